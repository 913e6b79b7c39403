package demo

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

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// fakeBot is a process that is only said to be there.
type fakeBot struct {
	mu      sync.Mutex
	running bool
	err     error
}

func (b *fakeBot) Kill() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = false
	return b.err
}

func (b *fakeBot) Start(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = b.err == nil
	return b.err
}

func (b *fakeBot) Running() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running
}

func (b *fakeBot) LogTail(int) []string { return []string{"level=INFO msg=listening"} }

// fixture is a demo without a real bot: what a bot would post is posted by the tests.
type fixture struct {
	*Demo
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim
	bot    *fakeBot
	// telnyxURL is where Telnyx takes texts of the bot.
	telnyxURL string
	page      *httptest.Server
	// received are the requests that the bot got.
	received chan *http.Request

	// turned is what the bot does when its clock turns; nil is nothing.
	turned func(ahead time.Duration)
}

func (h *fixture) turn(ahead time.Duration) error {
	if h.turned != nil {
		h.turned(ahead)
	}
	return h.bot.err
}

const (
	testToken = "xoxb-test"
	testDelay = 20 * time.Millisecond
)

// newFixture runs until the test ends. answer is what the bot replies to everything.
func newFixture(t *testing.T, answer http.HandlerFunc) *fixture {
	t.Helper()
	h := &fixture{bot: &fakeBot{running: true}, received: make(chan *http.Request, 100)}
	if answer == nil {
		answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
	}
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a broken body is an empty one
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.received <- r
		answer(w, r)
	}))
	t.Cleanup(bot.Close)
	h.slack = slacksim.New(slacksim.Options{BotToken: testToken, SigningSecret: "secret", BotURL: bot.URL, NoRateLimits: true})
	if _, err := h.slack.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.slack.Close)
	h.telnyx = telnyxsim.New(telnyxsim.Options{ReplyDelay: testDelay})
	t.Cleanup(func() { _ = h.telnyx.Close() })
	h.telnyx.Load(telnyxsim.Seeds(time.Now()))
	url, err := h.telnyx.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.telnyxURL = url
	h.Demo = New(Options{Slack: h.slack, Telnyx: h.telnyx, Bot: h.bot, TurnClock: h.turn, ReplyDelay: testDelay})
	h.run(t)
	return h
}

func (h *fixture) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.Run(ctx) })
	h.page = httptest.NewServer(h.Handler())
	t.Cleanup(func() {
		cancel()
		running.Wait()
		h.page.Close()
	})
}

// post is what the bot posts into #on-call. Blocks are given as JSON.
func (h *fixture) post(t *testing.T, text, blocks string) (ts string) {
	t.Helper()
	body := map[string]any{"channel": slacksim.DeskChannel, "text": text, "unfurl_links": false, "unfurl_media": false}
	if blocks != "" {
		body["blocks"] = json.RawMessage(blocks)
	}
	return h.call(t, "chat.postMessage", body)
}

// texts is a text of the bot to the end user of the tour.
func (h *fixture) texts(t *testing.T, words string) {
	t.Helper()
	raw, err := json.Marshal(map[string]string{"from": h.tour.line.Agent, "to": h.tour.line.EndUser, "text": words})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.telnyxURL+"/messages", bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer key")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("a text: HTTP %d", resp.StatusCode)
	}
}

// call is a call of the bot; it returns the ts of the answer, if there is one.
func (h *fixture) call(t *testing.T, method string, body map[string]any) (ts string) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.slack.APIURL()+method, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	var answer struct {
		OK    bool
		TS    string
		Error string
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		t.Fatalf("%s: %v %s", method, err, answer.Error)
	}
	return answer.TS
}

// get asks the page's server and returns the status.
func (h *fixture) get(t *testing.T, path string, into any) int {
	t.Helper()
	resp, err := http.Get(h.page.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if into != nil {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			t.Fatalf("GET %s: %v", path, err)
		}
	}
	return resp.StatusCode
}

// do posts an action as the page does and returns the problem it is told.
func (h *fixture) do(t *testing.T, action string, in input) string {
	t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.page.URL+"/do/"+action, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(tokenHeader, h.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct{ Problem string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatalf("POST %s: HTTP %d: %v", action, resp.StatusCode, err)
	}
	return answer.Problem
}

// eventually waits until seen says yes, looking again at every change that the page
// hears of.
func (h *fixture) eventually(t *testing.T, what string, seen func() bool) {
	t.Helper()
	ticks, cancel := h.hub.subscribe()
	defer cancel()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for !seen() {
		select {
		case <-ticks:
		case <-deadline.C:
			t.Fatalf("never seen: %s", what)
		}
	}
}

// sketch writes nodes down in one line, as kind(content).
func sketch(nodes []slacksim.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Kind == slacksim.KindText {
			b.WriteString(n.Text)
		} else {
			b.WriteString(n.Kind + "(" + n.Text + sketch(n.Kids) + ")")
		}
	}
	return b.String()
}
