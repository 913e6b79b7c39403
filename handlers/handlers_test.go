package handlers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/slackbot/listen"
	"takeoverbot/takeover"
	"takeoverbot/talk"
	"takeoverbot/telnyx"
)

// slack is a Slack whose answers are set, and which remembers what it was shown.
type slack struct {
	signed   func(http.Header) error
	verify   error
	dispatch func(ctx context.Context, body []byte) (listen.Answer, error)

	mu       sync.Mutex
	verified []string
}

// Signed answers what is set.
func (s *slack) Signed(h http.Header) error {
	if s.signed == nil {
		return nil
	}
	return s.signed(h)
}

// Verify answers what is set.
func (s *slack) Verify(_ http.Header, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verified = append(s.verified, string(body))
	return s.verify
}

// Dispatch answers what is set.
func (s *slack) Dispatch(ctx context.Context, body []byte) (listen.Answer, error) {
	if s.dispatch == nil {
		return listen.Answer{Kind: "line.take"}, nil
	}
	return s.dispatch(ctx, body)
}

// hooks are Telnyx's webhooks; err is the answer to a body that was verified.
type hooks struct {
	slack
	err error
}

// Receive answers what is set.
func (h *hooks) Receive(context.Context, []byte) (string, error) { return "reported", h.err }

// goodToken is the token of the only picture.
const goodToken = "ABCDEFGHIJKLMNOPQRSTUVWX23"

// album has one picture, and cannot be read for a token that begins with F.
type album struct{}

// Picture returns it.
func (album) Picture(_ context.Context, token string) (talk.Picture, bool, error) {
	if token[0] == 'F' {
		return talk.Picture{}, false, errors.New("the database is away")
	}
	return talk.Picture{Type: "image/png", Content: []byte("<html>")}, token == goodToken, nil
}

// surface is the HTTP surface on a real server.
type surface struct {
	*testing.T
	slack  *slack
	telnyx *hooks
	url    string
	server *server
	ready  error

	mu       sync.Mutex
	log      bytes.Buffer
	observed []string // "route status"
}

// Write appends to the log.
func (s *surface) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

// lines are the records of the log so far.
func (s *surface) lines() []map[string]any {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []map[string]any
	for dec := json.NewDecoder(bytes.NewReader(s.log.Bytes())); ; {
		var line map[string]any
		if err := dec.Decode(&line); errors.Is(err, io.EOF) {
			return lines
		} else if err != nil {
			s.Fatal(err)
		}
		lines = append(lines, line)
	}
}

func (s *surface) observe(route string, status int, _ time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.observed = append(s.observed, fmt.Sprint(route, " ", status))
}

// seen are the routes and statuses observed so far.
func (s *surface) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.observed
}

func newSurface(t *testing.T) *surface {
	t.Helper()
	s := &surface{T: t, slack: &slack{}, telnyx: &hooks{}}
	s.server = newServer(Deps{
		Slack: s.slack, Telnyx: s.telnyx, Pictures: album{}, Observe: s.observe,
		Ready:   func(context.Context) error { return s.ready },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "# metrics\n") }),
		Log:     slog.New(slog.NewJSONHandler(s, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	s.serve()
	return s
}

// serve has requests answered by the routes as they are now.
func (s *surface) serve() {
	server := httptest.NewUnstartedServer(s.server.handler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	s.Cleanup(server.Close)
	s.url = server.URL
}

// send makes a request. The answer's body is read; the connection is not used again.
func (s *surface) send(method, path string, body io.Reader) (*http.Response, string) {
	s.Helper()
	before := len(s.seen())
	resp, text, err := s.trySend(method, path, body)
	if err != nil {
		s.Fatal(err)
	}
	s.finished(before)
	return resp, text
}

// finished waits until a request was observed after so many: its answer is sent first.
func (s *surface) finished(before int) {
	s.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	timeout := time.After(10 * time.Second)
	for len(s.seen()) == before {
		select {
		case <-tick.C:
		case <-timeout:
			s.Fatal("the request was not observed")
		}
	}
}

func (s *surface) trySend(method, path string, body io.Reader) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(s.Context(), method, s.url+path, body)
	if err != nil {
		return nil, "", err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req) // no client: redirects are answers too
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func TestRoutes(t *testing.T) {
	const get, post, head, del = http.MethodGet, http.MethodPost, http.MethodHead, http.MethodDelete
	tests := []struct {
		method, path string
		want         int
		route        string
	}{
		{post, "/slack/commands", 200, "/slack/commands"},
		{post, "/slack/interactions", 200, "/slack/interactions"},
		{post, "/slack/events", 200, "/slack/events"},
		{post, "/slack/events?x=1", 200, "/slack/events"},
		{post, "/telnyx/webhooks", 200, "/telnyx/webhooks"},
		{get, "/telnyx/webhooks", 405, "other"},
		{get, "/media/" + goodToken, 200, "/media/{token}"},
		{head, "/media/" + goodToken, 200, "/media/{token}"},
		{post, "/media/" + goodToken, 405, "other"},
		{get, "/media/" + strings.Repeat("A", 26), 404, "/media/{token}"},
		{get, "/media/F" + strings.Repeat("A", 25), 503, "/media/{token}"},
		{get, "/media/" + strings.Repeat("A", 25), 404, "/media/{token}"},
		{get, "/media/Fa%2F..%2F", 404, "other"},
		{get, "/media/", 404, "other"},
		{get, "/slack/events", 405, "other"},
		{del, "/slack/commands", 405, "other"},
		{post, "/slack", 404, "other"},
		{post, "/slack/events/", 404, "other"},
		{post, "//slack/events", 404, "other"}, // no redirect: the sender would come back with a GET
		{post, "/slack/./events", 404, "other"},
		{post, "/slack/EVENTS", 404, "other"},
		{get, "/healthz", 200, "/healthz"},
		{head, "/healthz", 200, "/healthz"},
		{post, "/healthz", 405, "other"},
		{get, "/readyz", 200, "/readyz"},
		{head, "/readyz", 200, "/readyz"},
		{get, "/metrics", 200, "/metrics"},
		{post, "/metrics", 405, "other"},
		{get, "/", 404, "other"},
		{get, "/debug/pprof/", 404, "other"},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			s := newSurface(t)
			resp, _ := s.send(tt.method, tt.path, strings.NewReader("{}"))
			if resp.StatusCode != tt.want {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.want)
			}
			if got, want := s.seen(), fmt.Sprint(tt.route, " ", tt.want); len(got) != 1 || got[0] != want {
				t.Errorf("observed %q, want %q", got, want)
			}
		})
	}
}

// TestRoutesApart: on two addresses each route is on one of them.
func TestRoutesApart(t *testing.T) {
	slack, checks := NewApart(newSurface(t).server.Deps)
	status := func(h http.Handler, method, path string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("{}")))
		return w.Code
	}
	for _, path := range []string{"/slack/commands", "/slack/interactions", "/slack/events", "/telnyx/webhooks"} {
		if here, there := status(slack, "POST", path), status(checks, "POST", path); here != 200 || there != 404 {
			t.Errorf("%s: %d, and %d among the checks", path, here, there)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if here, there := status(checks, "GET", path), status(slack, "GET", path); here != 200 || there != 404 {
			t.Errorf("%s: %d, and %d where Slack calls", path, here, there)
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	if _, body := newSurface(t).send(http.MethodHead, "/healthz", nil); body != "" {
		t.Errorf("body %q", body)
	}
}

func TestReadyz(t *testing.T) {
	s := newSurface(t)
	s.ready = errors.New("no database")
	resp, body := s.send(http.MethodGet, "/readyz", nil)
	if resp.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "database") {
		t.Errorf("%d %q, want a 503 that keeps the cause for the log", resp.StatusCode, body)
	}
	if lines := s.lines(); len(lines) != 1 || lines[0]["err"] != "no database" {
		t.Errorf("log %v", lines)
	}
	if resp, _ := s.send(http.MethodGet, "/healthz", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("alive: %d, but that asks nobody", resp.StatusCode)
	}
}

// TestOverSocketMode: without a signing secret there are no routes for Slack, and the bot is ready only
// while it is connected, and says in words why not.
func TestOverSocketMode(t *testing.T) {
	s := newSurface(t)
	var connected error
	s.server.Slack, s.server.Connected = nil, func() error { return connected }
	s.serve()
	for _, path := range []string{"/slack/commands", "/slack/interactions", "/slack/events"} {
		if resp, _ := s.send(http.MethodPost, path, strings.NewReader("command=/takeover&user_id=U1")); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	if resp, _ := s.send(http.MethodGet, "/readyz", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("connected: %d", resp.StatusCode)
	}
	connected = errors.New("Socket Mode is switched off")
	if resp, body := s.send(http.MethodGet, "/readyz", nil); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "Socket Mode is switched off") {
		t.Errorf("not connected: %d %q", resp.StatusCode, body)
	}
}

func TestErrorsBecomeStatuses(t *testing.T) {
	tests := []struct {
		name             string
		verify, dispatch error
		want             int
		retry            string
	}{
		{"nobody we know", fmt.Errorf("%w: wrong signature", listen.ErrUnverified), nil, 401, ""},
		{"unreadable", nil, fmt.Errorf("%w: event", listen.ErrUnreadable), 400, ""},
		{"busy", nil, fmt.Errorf("store: %w", takeover.ErrBusy), 503, "1"},
		{"not stored", nil, errors.New("disk full"), 503, "1"},
		{"too late", nil, context.DeadlineExceeded, 503, "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSurface(t)
			s.slack.verify = tt.verify
			s.slack.dispatch = func(context.Context, []byte) (listen.Answer, error) {
				if tt.verify != nil {
					t.Error("dispatched without being verified")
				}
				return listen.Answer{}, tt.dispatch
			}
			resp, body := s.send(http.MethodPost, "/slack/commands", strings.NewReader("x"))
			if resp.StatusCode != tt.want || resp.Header.Get("Retry-After") != tt.retry {
				t.Errorf("status %d, Retry-After %q; want %d, %q", resp.StatusCode, resp.Header.Get("Retry-After"), tt.want, tt.retry)
			}
			if want := http.StatusText(tt.want) + "\n"; body != want {
				t.Errorf("body %q, want %q: the cause is for the log", body, want)
			}
			if lines := s.lines(); len(lines) != 1 || !strings.Contains(fmt.Sprint(lines[0]["err"]), errors.Join(tt.verify, tt.dispatch).Error()) {
				t.Errorf("log %v", lines)
			}
		})
	}
}

// TestWebhooks: a webhook is acknowledged only once it is stored.
func TestWebhooks(t *testing.T) {
	for name, tt := range map[string]struct {
		signed, verify, err error
		body                string
		want                int
	}{
		"stored":        {nil, nil, nil, "{}", 200},
		"no signature":  {telnyx.ErrNoSignature, nil, nil, "{}", 401},
		"no key":        {telnyx.ErrNoKey, nil, nil, "{}", 401},
		"wrong":         {nil, telnyx.ErrWrongSignature, nil, "{}", 401},
		"too large":     {nil, nil, nil, strings.Repeat("x", maxBody+1), 413},
		"unreadable":    {nil, nil, fmt.Errorf("%w: no JSON", telnyx.ErrUnreadable), "{}", 400},
		"not stored":    {nil, nil, errors.New("disk full"), "{}", 503},
		"too many wait": {nil, nil, takeover.ErrBusy, "{}", 503},
	} {
		s := newSurface(t)
		s.telnyx.signed = func(http.Header) error { return tt.signed }
		s.telnyx.verify, s.telnyx.err = tt.verify, tt.err
		var verified []error
		s.server.TelnyxVerified = func(err error) { verified = append(verified, err) }
		resp, _ := s.send(http.MethodPost, "/telnyx/webhooks", strings.NewReader(tt.body))
		if resp.StatusCode != tt.want || len(s.slack.verified) > 0 {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, tt.want)
		}
		if tt.want != 413 && (len(verified) != 1 || !errors.Is(verified[0], cmp.Or(tt.signed, tt.verify))) {
			t.Errorf("%s: told of %v", name, verified)
		}
	}
	s := newSurface(t)
	s.server.Telnyx = nil
	s.serve()
	if resp, _ := s.send(http.MethodPost, "/telnyx/webhooks", strings.NewReader("{}")); resp.StatusCode != http.StatusNotFound {
		t.Errorf("without Telnyx: %d", resp.StatusCode)
	}
}

func TestAnswer(t *testing.T) {
	s := newSurface(t)
	s.slack.dispatch = func(_ context.Context, body []byte) (listen.Answer, error) {
		return listen.Answer{ContentType: "application/json; charset=utf-8", Body: append([]byte("seen "), body...), Kind: "help"}, nil
	}
	resp, body := s.send(http.MethodPost, "/slack/commands", strings.NewReader("a=b"))
	if resp.Header.Get("Content-Type") != "application/json; charset=utf-8" || body != "seen a=b" {
		t.Errorf("%v %q", resp.Header, body)
	}
	if lines := s.lines(); len(lines) != 1 || lines[0]["kind"] != "help" {
		t.Errorf("log %v, want the kind", lines)
	}
}
