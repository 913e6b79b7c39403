package handlers

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/slackbot/listen"
)

// shortTime is how long a body may take in these tests.
const shortTime = 300 * time.Millisecond

// onlySigned makes the surface take only what carries a signature, as the bot does.
func onlySigned(s *surface) {
	s.slack.signed = func(h http.Header) error {
		if h.Get("X-Slack-Signature") == "" {
			return listen.ErrUnverified
		}
		return nil
	}
}

// promise opens a connection that says how long a body it will send, and sends one byte.
func (s *surface) promise(size int64, headers string) net.Conn {
	s.Helper()
	c, err := (&net.Dialer{}).DialContext(s.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = c.Close() })
	if _, err := fmt.Fprintf(c, "POST /slack/events HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n{", headers, size); err != nil {
		s.Fatal(err)
	}
	return c
}

// click sends what Slack would, and wants it to be taken.
func (s *surface) click() {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, s.url+"/slack/interactions", strings.NewReader("payload=%7B%7D"+strings.Repeat("x", 20_000)))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("X-Slack-Signature", "v0=00")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		s.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		s.Errorf("status %d: a click of Slack's is refused because of strangers", resp.StatusCode)
	}
}

// signed is a header that is well-formed; that the signature is wrong shows only after the body.
const signed = "X-Slack-Signature: v0=00\r\n"

// TestStrangersTakeNoRoom: who only says that a large body will come, or opens many
// connections, keeps nobody out.
func TestStrangersTakeNoRoom(t *testing.T) {
	for name, tt := range map[string]struct {
		headers string
		sizes   []int64
		want    int
	}{
		"large":              {"", slices.Repeat([]int64{maxBody}, 9), 401},
		"many":               {"", make([]int64, maxInFlight), 401},
		"larger":             {"", []int64{maxBody + 1}, 401},
		"larger, signed":     {signed, []int64{maxBody + 1}, 413},
		"large, signed":      {signed, slices.Repeat([]int64{maxBody}, 100), 400},
		"all sizes, signed":  {signed, slices.Concat(slices.Repeat([]int64{maxBody}, 28), slices.Repeat([]int64{maxBody / 10}, 20), slices.Repeat([]int64{smallBody}, 20)), 400},
		"many large, signed": {signed, slices.Repeat([]int64{maxBody}, maxInFlight), 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSurface(t)
			onlySigned(s)
			s.server.bodyTime = shortTime
			for i, size := range tt.sizes {
				if i > 0 && size != tt.sizes[i-1] {
					time.Sleep(50 * time.Millisecond) // so that the smaller ones find what the larger ones have left
				}
				s.promise(max(size, 10), tt.headers)
			}
			time.Sleep(100 * time.Millisecond)
			s.click()
			s.allAnswered(len(tt.sizes) + 1)
			for _, seen := range s.seen() {
				if seen != fmt.Sprint("/slack/events ", tt.want) && seen != "/slack/events 503" && seen != "/slack/interactions 200" {
					t.Errorf("observed %s", seen)
				}
			}
			s.wantAllRoom()
		})
	}
}

// TestTheSlowestMakesRoom: bytes that arrived and then stopped coming make room for a body that
// is on its way, from any address; a large body never makes room for a small one.
func TestTheSlowestMakesRoom(t *testing.T) {
	s := newSurface(t)
	onlySigned(s)
	s.server.bodyTime = time.Minute
	s.server.large = newRoom(4*maxBody*copies, 4*maxBody*copies)
	conns := make([]net.Conn, 8)
	for i := range conns {
		conns[i] = s.promise(maxBody, signed)
		if _, err := conns[i].Write(make([]byte, maxBody/2)); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(200 * time.Millisecond) // until all have arrived
	s.click()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/slack/interactions", strings.NewReader(strings.Repeat("x", maxBody)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Slack-Signature", "v0=00")
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("a large modal: status %d", resp.StatusCode)
	}
	if n := s.answered("/slack/events 503"); n == 0 || n == len(conns) {
		t.Errorf("%d of %d slow senders were dropped, want some of them", n, len(conns))
	}
	for _, c := range conns {
		_ = c.Close()
	}
	s.allAnswered(len(conns) + 2)
	s.wantAllRoom()
}

// allAnswered waits until n requests were answered.
func (s *surface) allAnswered(n int) {
	s.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(s.seen()) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("%d of %d requests were answered", len(s.seen()), n)
		}
	}
}

// answered counts the requests that were answered so ("route status").
func (s *surface) answered(how string) (n int) {
	for _, seen := range s.seen() {
		if seen == how {
			n++
		}
	}
	return n
}

// TestSlowBodiesAreNotWaitedFor: a body that does not come within Slack's own patience
// gives its capacity back.
func TestSlowBodiesAreNotWaitedFor(t *testing.T) {
	s := newSurface(t)
	onlySigned(s)
	s.server.bodyTime = shortTime
	began := time.Now()
	c := s.promise(maxBody, signed)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if took := time.Since(began); resp.StatusCode != http.StatusBadRequest || took < shortTime || took > shortTime+5*time.Second {
		t.Errorf("status %d after %s, want 400 after %s", resp.StatusCode, took, shortTime)
	}
	s.finished(0)
	s.wantAllRoom()
}

// TestTheBodysDeadlineEndsWithTheBody: neither the work on a request nor the next one on
// the same connection is cut short.
func TestTheBodysDeadlineEndsWithTheBody(t *testing.T) {
	s := newSurface(t)
	s.server.bodyTime = shortTime
	s.slack.dispatch = func(ctx context.Context, _ []byte) (listen.Answer, error) {
		select {
		case <-ctx.Done():
			return listen.Answer{}, ctx.Err()
		case <-time.After(2 * shortTime):
			return listen.Answer{}, nil
		}
	}
	c, err := (&net.Dialer{}).DialContext(s.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	answers := bufio.NewReader(c)
	for i, body := range []string{"{}", "", "{}"} {
		if _, err := fmt.Fprintf(c, "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("request %d: %v", i+1, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.Close {
			t.Errorf("request %d: status %d, connection closed: %t", i+1, resp.StatusCode, resp.Close)
		}
	}
}
