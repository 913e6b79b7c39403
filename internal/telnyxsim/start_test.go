package telnyxsim

import (
	"context"
	"net/http"
	"testing"
	"time"
)

func TestCloseWithoutStart(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Start(context.Background(), "127.0.0.1:0"); err == nil {
		t.Error("started after Close")
	}
}

func TestStartIsForOnce(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	defer s.Close()
	if _, err := s.Start(context.Background(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(context.Background(), "127.0.0.1:0"); err == nil {
		t.Error("started twice")
	}
}

func TestStartReportsAnAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	one, two := New(Options{}), New(Options{})
	defer one.Close()
	defer two.Close()
	base, err := one.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := two.Start(context.Background(), base[len("http://"):len(base)-len(basePath)]); err == nil {
		t.Error("two simulators on one address")
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	ctx, cancel := context.WithCancel(context.Background())
	base, err := s.Start(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for began := time.Now(); ; { // it ends with the context, without Close
		resp, err := http.Get(base + "/ai/conversations")
		if err != nil {
			break
		}
		resp.Body.Close()
		if time.Since(began) > 5*time.Second {
			t.Fatal("it still answers")
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
