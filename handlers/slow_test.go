package handlers

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
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

// TestStrangersTakeNoRoom: who only says that a large body will come, or opens many
// connections, keeps nobody out.
func TestStrangersTakeNoRoom(t *testing.T) {
	for name, sizes := range map[string][]int64{
		"large":  {maxBody, maxBody, maxBody, maxBody, maxBody, (maxBytes - 5*maxBody*copies) / copies},
		"many":   make([]int64, maxInFlight),
		"larger": {maxBody + 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSurface(t)
			onlySigned(s)
			s.server.bodyTime = shortTime
			for _, size := range sizes {
				s.promise(max(size, 10), "")
			}
			s.click()
			for deadline := time.Now().Add(10 * time.Second); len(s.seen()) < len(sizes)+1; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%d of %d strangers were answered", len(s.seen())-1, len(sizes))
				}
			}
			for _, seen := range s.seen() {
				if seen != "/slack/events 401" && seen != "/slack/interactions 200" {
					t.Errorf("observed %s", seen)
				}
			}
			s.wantAllRoom()
		})
	}
}

// TestSlowBodiesAreNotWaitedFor: a body that does not come within Slack's own patience
// gives its capacity back.
func TestSlowBodiesAreNotWaitedFor(t *testing.T) {
	s := newSurface(t)
	onlySigned(s)
	s.server.bodyTime = shortTime
	began := time.Now()
	c := s.promise(maxBody, "X-Slack-Signature: v0=00\r\n")
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
