package slacksim

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	testToken  = "xoxb-test-token"
)

// testClock is moved by hand.
type testClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *testClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// rig is a simulator on a port, a clock, and a bot that records.
type rig struct {
	*Sim
	t     *testing.T
	clock *testClock
	bot   *testBot
	base  string
}

// testBot answers every request with what respond says; nil is an empty 200.
type testBot struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	respond  func(w http.ResponseWriter, r *http.Request, body string)
}

func (b *testBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	b.mu.Lock()
	b.requests, b.bodies = append(b.requests, r), append(b.bodies, string(body))
	respond := b.respond
	b.mu.Unlock()
	if respond != nil {
		respond(w, r, string(body))
	}
}

func (b *testBot) answer(f func(w http.ResponseWriter, r *http.Request, body string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.respond = f
}

func (b *testBot) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.requests)
}

// payload is the last interaction's.
func (b *testBot) payload(t *testing.T) map[string]any {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	r, err := http.NewRequest("POST", "/", strings.NewReader(b.bodies[len(b.bodies)-1]))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", formType)
	var p map[string]any
	if err := json.Unmarshal([]byte(r.PostFormValue("payload")), &p); err != nil {
		t.Fatalf("payload: %v", err)
	}
	return p
}

func (b *testBot) last() (*http.Request, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests[len(b.requests)-1], b.bodies[len(b.bodies)-1]
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	clock := &testClock{t: time.Date(2026, 11, 22, 3, 11, 0, 247000, time.UTC)}
	opt := Options{SigningSecret: testSecret, BotToken: testToken, Now: clock.now, PostBurst: 100,
		RetryDelays: []time.Duration{0, 0, 0}}
	for _, f := range change {
		f(&opt)
	}
	bot := &testBot{}
	server := httptest.NewServer(bot)
	opt.BotURL = server.URL
	s := New(opt)
	base, err := s.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})
	return &rig{Sim: s, t: t, clock: clock, bot: bot, base: base}
}

type answer map[string]any

func (a answer) err() string { e, _ := a["error"].(string); return e }

func (a answer) str(key string) string { v, _ := a[key].(string); return v }

// call makes a JSON call with the right token.
func (r *rig) call(method string, args map[string]any) answer {
	r.t.Helper()
	out, resp := r.raw(method, "application/json", "Bearer "+testToken, string(encode(args)))
	if resp.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: HTTP %d", method, resp.StatusCode)
	}
	return out
}

func (r *rig) raw(method, contentType, authorization, body string) (answer, *http.Response) {
	r.t.Helper()
	return r.do("/api/"+method, contentType, authorization, body)
}

func (r *rig) do(path, contentType, authorization, body string) (answer, *http.Response) {
	r.t.Helper()
	req, err := http.NewRequest("POST", r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatalf("%s: %v", path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var out answer
	_ = json.Unmarshal(bytes.TrimSpace(raw), &out)
	return out, resp
}

// post puts a message into #on-call and returns its ts.
func (r *rig) post(args map[string]any) string {
	r.t.Helper()
	full := map[string]any{"channel": DeskChannel, "text": "card", "unfurl_links": false, "unfurl_media": false}
	for k, v := range args {
		full[k] = v
	}
	out := r.call("chat.postMessage", full)
	if out["ok"] != true {
		r.t.Fatalf("post: %v", out)
	}
	return out.str("ts")
}

// clean fails the test when there are violations.
func (r *rig) clean() {
	r.t.Helper()
	if v := r.Violations(); len(v) > 0 {
		r.t.Errorf("violations: %q", v)
	}
}

// violated fails the test unless exactly one violation has the word in it.
func (r *rig) violated(word string) {
	r.t.Helper()
	if v := r.Violations(); len(v) != 1 || !strings.Contains(v[0], word) {
		r.t.Errorf("violations %q, want one with %q", v, word)
	}
}

func mustOK(t *testing.T, d Delivery) Delivery {
	t.Helper()
	if !d.OK() {
		t.Fatalf("%s: HTTP %d, %v", d.Kind, d.Status, d.Err)
	}
	return d
}

// m and l shorten JSON in tests.
type (
	m = map[string]any
	l = []any
)

func plain(t string) m { return m{"type": "plain_text", "text": t} }

func mrk(t string) m { return m{"type": "mrkdwn", "text": t, "verbatim": true} }

func button(id, text, value string) m {
	return m{"type": "button", "action_id": id, "text": plain(text), "value": value}
}

func actions(elements ...any) m {
	return m{"type": "actions", "block_id": "act", "elements": elements}
}

func rep(n int) string { return strings.Repeat("é", n) }

func TestSeededPeopleSeeTheirChannels(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	for user, want := range map[string]int{Dana: 2, Guest: 1, Outside: 1, "": 2} {
		if n := len(s.Snapshot(user, nil).Channels); n != want {
			t.Errorf("%q sees %d channels, want %d", user, n, want)
		}
	}
	if z := s.Snapshot(Dana, nil).Zone; z != "America/Los_Angeles" {
		t.Errorf("Dana's zone is %s", z)
	}
}

func TestStartTwiceAndAfterClose(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	if _, err := s.Start(context.Background(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(context.Background(), "127.0.0.1:0"); err == nil {
		t.Error("a second Start succeeded")
	}
	s.Close()
	s.Close()
	if _, err := s.Start(context.Background(), "127.0.0.1:0"); err == nil {
		t.Error("Start after Close succeeded")
	}
}
