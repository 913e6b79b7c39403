package handlers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"takeoverbot/slackbot/listen"
)

// TestLogKeepsSecrets: one line for each request, and nothing in it that a sender
// chose: a number may stand anywhere.
func TestLogKeepsSecrets(t *testing.T) {
	const number = "14155550137"
	s := newSurface(t)
	requests := []struct{ method, path string }{
		{http.MethodGet, "/" + number},
		{http.MethodPost, "/slack/" + number},
		{http.MethodPost, "/slack/commands?text=" + number},
		{http.MethodGet, "/slack/commands?text=" + number},
		{number, "/healthz"},
		{http.MethodGet, "/healthz/%2B" + number},
	}
	for _, r := range requests {
		s.send(r.method, r.path, strings.NewReader("text="+number))
	}
	lines := s.lines()
	if len(lines) != len(requests) {
		t.Errorf("%d lines for %d requests", len(lines), len(requests))
	}
	for _, line := range lines {
		if strings.Contains(fmt.Sprint(line), number) {
			t.Errorf("a number is in the log: %v", line)
		}
		for _, key := range []string{"method", "route", "status", "ms"} {
			if _, ok := line[key]; !ok {
				t.Errorf("no %s in %v", key, line)
			}
		}
	}
}

func TestLogLevels(t *testing.T) {
	s := newSurface(t)
	levels := map[string]string{"/healthz": "DEBUG", "/readyz": "DEBUG", "/metrics": "DEBUG", "/nothing": "WARN"}
	for path, want := range levels {
		s.send(http.MethodGet, path, nil)
		lines := s.lines()
		if got := lines[len(lines)-1]["level"]; got != want {
			t.Errorf("%s is logged as %v, want %s", path, got, want)
		}
	}
	s.send(http.MethodPost, "/slack/events", nil)
	if lines := s.lines(); lines[len(lines)-1]["level"] != "INFO" {
		t.Errorf("a request is logged as %v", lines[len(lines)-1])
	}
}

// TestUnknownPathsAreOneSeries: somebody who tries paths must not fill the metrics.
func TestUnknownPathsAreOneSeries(t *testing.T) {
	s := newSurface(t)
	for i := range 50 {
		s.send(http.MethodGet, fmt.Sprintf("/wp-admin/%d.php", i), nil)
	}
	seen := slices.Compact(slices.Sorted(slices.Values(s.seen())))
	if want := []string{"other 404"}; !slices.Equal(seen, want) {
		t.Errorf("series %q, want %q", seen, want)
	}
}

func TestPanic(t *testing.T) {
	s := newSurface(t)
	s.slack.dispatch = func(context.Context, []byte) (listen.Answer, error) { panic("out of range") }
	resp, body := s.send(http.MethodPost, "/slack/commands", strings.NewReader("x"))
	if resp.StatusCode != http.StatusInternalServerError || strings.Contains(body, "range") {
		t.Errorf("%d %q, want a 500 that keeps the cause for the log", resp.StatusCode, body)
	}
	lines := s.lines()
	if len(lines) != 1 || lines[0]["panic"] != "out of range" || lines[0]["status"] != 500.0 || lines[0]["level"] != "ERROR" ||
		!strings.Contains(fmt.Sprint(lines[0]["stack"]), "handlers.TestPanic") {
		t.Errorf("log %v, want the panic and where it was", lines)
	}
	if got := s.seen(); !slices.Equal(got, []string{"/slack/commands 500"}) {
		t.Errorf("observed %q", got)
	}
	s.wantAllRoom()
}

// TestPanicInTheMiddle: an answer that was begun must not pass for a whole one.
func TestPanicInTheMiddle(t *testing.T) {
	s := newSurface(t)
	s.server.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		panic("out of range")
	})
	s.serve()
	if _, body, err := s.trySend(http.MethodGet, "/metrics", nil); err == nil {
		t.Errorf("a whole answer: %q", body)
	}
	if lines := s.lines(); len(lines) != 1 || lines[0]["status"] != 500.0 {
		t.Errorf("log %v, want one line with a 500", lines)
	}
	if resp, _ := s.send(http.MethodGet, "/healthz", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("after it: %d", resp.StatusCode)
	}
}
