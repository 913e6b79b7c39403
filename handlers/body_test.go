package handlers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"takeoverbot/slackbot/listen"
)

// chunked hides its length, so that the request has none.
type chunked struct{ io.Reader }

func TestBodyLimit(t *testing.T) {
	tests := []struct {
		name  string
		size  int
		plain bool // says its length
		want  int
	}{
		{"nothing", 0, true, 200},
		{"a whole box", 250_000, true, 200},
		{"a whole box, chunked", 250_000, false, 200},
		{"the limit", maxBody, true, 200},
		{"the limit, chunked", maxBody, false, 200},
		{"one more", maxBody + 1, true, 413},
		{"one more, chunked", maxBody + 1, false, 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSurface(t)
			content := strings.Repeat("x", tt.size)
			var body io.Reader = strings.NewReader(content)
			if !tt.plain {
				body = chunked{body}
			}
			var dispatched []byte
			s.slack.dispatch = func(_ context.Context, body []byte) (listen.Answer, error) {
				dispatched = body
				return listen.Answer{}, nil
			}
			// In memory: over TCP a sender that is refused may see its connection cut first.
			w := httptest.NewRecorder()
			s.server.handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/interactions", body))
			if w.Code != tt.want {
				t.Fatalf("status %d, want %d", w.Code, tt.want)
			}
			switch {
			case tt.want != 200 && (len(s.slack.verified) > 0 || dispatched != nil):
				t.Error("what was refused was looked at")
			case tt.want == 200 && (len(s.slack.verified) != 1 || s.slack.verified[0] != content || string(dispatched) != content):
				t.Error("the body was not verified and dispatched as it came, once")
			}
			s.wantAllRoom()
		})
	}
}

// broken fails in the middle of a body.
type broken struct{ io.Reader }

// Read fails.
func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestBrokenBody(t *testing.T) {
	s := newSurface(t)
	w := httptest.NewRecorder()
	s.server.handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/events", broken{strings.NewReader("half")}))
	if w.Code != http.StatusBadRequest || len(s.slack.verified) > 0 {
		t.Errorf("status %d, verified %q; want 400 and that nobody looked at it", w.Code, s.slack.verified)
	}
	s.wantAllRoom()
}

// wantAllRoom: every request has given back what it held.
func (s *surface) wantAllRoom() {
	s.Helper()
	for name, r := range map[string]*room{"small": s.server.small, "large": s.server.large} {
		r.mu.Lock()
		if r.held != 0 || len(r.holds) != 0 || len(r.arriving) != 0 {
			s.Errorf("a request that was answered still counts: %d bytes in the %s room, %d senders, %d arriving", r.held, name, len(r.holds), len(r.arriving))
		}
		r.mu.Unlock()
	}
}

// unread fails the test when it is read.
type unread struct{ *testing.T }

// Read must not be called.
func (u unread) Read([]byte) (int, error) {
	u.Error("the body was read although there was no room for it")
	return 0, io.EOF
}

func TestNoRoom(t *testing.T) {
	tests := []struct {
		name         string
		small, large int64
		size         int
		want         int
	}{
		{"too many at once", share - 1, largeRoom, 10, 503},
		{"one more", share, 0, 10, 200},
		{"as large as all small ones", share, 0, smallBody - 1, 200},
		{"too large for what is left", share, smallBody*copies - 1, smallBody + 1, 503},
		{"just fits", share, smallBody * copies, smallBody + 1, 200},
		{"the largest", share, (maxBody + 1 - smallBody) * copies, maxBody, 200},
	}
	for _, tt := range tests {
		for _, plain := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, ", says its length: ", plain), func(t *testing.T) {
				s := newSurface(t)
				s.server.small, s.server.large = newRoom(tt.small, tt.small), newRoom(tt.large, tt.large)
				var body io.Reader = strings.NewReader(strings.Repeat("x", tt.size))
				if tt.want == 503 && tt.size < smallBody {
					body = unread{t}
				}
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/commands", body)
				if r.ContentLength = int64(tt.size); !plain {
					r.ContentLength = -1
				}
				w := httptest.NewRecorder()
				s.server.handler().ServeHTTP(w, r)
				if w.Code != tt.want {
					t.Errorf("status %d, want %d", w.Code, tt.want)
				}
				if got := w.Header().Get("Retry-After"); (got == "1") != (tt.want == 503) {
					t.Errorf("Retry-After %q", got)
				}
				s.wantAllRoom()
			})
		}
	}
}

// TestRoomIsShared: a request that is being worked keeps its place until its end, and
// health is answered all the same.
func TestRoomIsShared(t *testing.T) {
	s := newSurface(t)
	s.server.small = newRoom(2*share-1, 2*share)
	inside, goOn := make(chan struct{}), make(chan struct{})
	s.slack.dispatch = func(context.Context, []byte) (listen.Answer, error) {
		inside <- struct{}{}
		<-goOn
		return listen.Answer{}, nil
	}
	first := make(chan int)
	go func() {
		resp, _, err := s.trySend(http.MethodPost, "/slack/commands", strings.NewReader("x"))
		if err != nil {
			t.Error(err)
			close(first)
			return
		}
		first <- resp.StatusCode
	}()
	<-inside
	if resp, _ := s.send(http.MethodPost, "/slack/commands", strings.NewReader("x")); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a second one: %d, want 503", resp.StatusCode)
	}
	if resp, _ := s.send(http.MethodGet, "/healthz", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("health: %d", resp.StatusCode)
	}
	close(goOn)
	if got := <-first; got != http.StatusOK {
		t.Errorf("the first one: %d", got)
	}
}
