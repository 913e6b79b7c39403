package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// formType is how Slack sends commands and interactions.
const formType = "application/x-www-form-urlencoded"

// request is a request that no person in Slack makes.
type request struct {
	name, method, path, kind, body string
	secret                         string            // signs it; empty is no signature
	age                            time.Duration     // of the signature
	header                         map[string]string // changed after signing
	chunked                        bool              // without a length in front
	want                           int
	answer                         string // that the body has to be; empty is anything
}

// typed is the body of a typed command.
func typed(text string) string {
	return url.Values{"command": {"/takeover"}, "text": {text}, "user_id": {slacksim.Dana}, "team_id": {slacksim.TeamID},
		"channel_id": {slacksim.DeskChannel}, "trigger_id": {"1.1." + text}}.Encode()
}

// refusedRequests are those that must leave no trace in the store.
func refusedRequests() []request {
	event := func(inner string) string {
		return `{"type":"event_callback","team_id":"T0DEMO","event_id":"Ev1","event":` + inner + `}`
	}
	help := typed("help")
	return []request{
		{name: "signed", body: help, want: 200},
		{name: "unsigned", body: help, secret: "-", want: 401},
		{name: "another secret", body: help, secret: "another", want: 401},
		{name: "301 s old", body: help, age: 301 * time.Second, want: 401},
		{name: "301 s ahead", body: help, age: -301 * time.Second, want: 401},
		{name: "no time", body: help, header: map[string]string{"X-Slack-Request-Timestamp": ""}, want: 401},
		{name: "time is no number", body: help, header: map[string]string{"X-Slack-Request-Timestamp": "now"}, want: 401},
		{name: "another time", body: help, header: map[string]string{"X-Slack-Request-Timestamp": fmt.Sprint(time.Now().Unix() + 7)}, want: 401},
		{name: "signature of another version", body: help, header: map[string]string{"X-Slack-Signature": "v1=00"}, want: 401},
		{name: "signature is not hex", body: help, header: map[string]string{"X-Slack-Signature": "v0=zz"}, want: 401},
		{name: "said to be too large", body: strings.Repeat("a", 5<<20), want: 413},
		{name: "too large, unsaid", body: strings.Repeat("a", 5<<20), chunked: true, want: 413},
		{name: "250 kB box", path: "/slack/interactions", body: "payload=" + url.QueryEscape(`{"type":"view_submission","user":{"id":"U0DANA","team_id":"T0DEMO"},"view":{"callback_id":"other","private_metadata":"`+strings.Repeat("ü", 120_000)+`"}}`), want: 200},
		{name: "empty", body: "", want: 400},
		{name: "no command", body: "text=hello&user_id=U0DANA", want: 400},
		{name: "not a form", body: "%zz=%", want: 400},
		{name: "interaction is not JSON", path: "/slack/interactions", body: "payload=%7Bbroken", want: 400},
		{name: "interaction of nobody", path: "/slack/interactions", body: "payload=" + url.QueryEscape(`{"type":"block_actions"}`), want: 400},
		{name: "event is not JSON", path: "/slack/events", kind: "application/json", body: `{"type":`, want: 400},
		{name: "event of unknown type", path: "/slack/events", kind: "application/json", body: `{"type":"brand_new"}`, want: 400},
		{name: "certificate check", body: "ssl_check=1&token=x", want: 200},
		{name: "unsigned certificate check", body: "ssl_check=1&token=x", secret: "-", want: 200},
		{name: "unsigned, with a command beside the check", body: "ssl_check=1&token=x&command=%2Ftakeover", secret: "-", want: 401},
		{name: "unsigned, the check without a token", body: "ssl_check=1", secret: "-", want: 401},
		{name: "unsigned, the check with an empty token", body: "ssl_check=1&token=", secret: "-", want: 401},
		{name: "unsigned, the check twice", body: "ssl_check=1&ssl_check=1&token=x", secret: "-", want: 401},
		{name: "unsigned, another check", body: "ssl_check=true&token=x", secret: "-", want: 401},
		{name: "unsigned, a long check", body: "ssl_check=1&token=" + strings.Repeat("x", 300), secret: "-", want: 401},
		{name: "the check with a wrong signature", body: "ssl_check=1&token=x", secret: "another", want: 401},
		{name: "challenge", path: "/slack/events", kind: "application/json", body: `{"type":"url_verification","challenge":"c-17"}`, want: 200, answer: "c-17"},
		{name: "unsigned challenge", path: "/slack/events", kind: "application/json", body: `{"type":"url_verification","challenge":"c-17"}`, secret: "-", want: 401},
		{name: "message in another thread", path: "/slack/events", kind: "application/json", body: event(`{"type":"message","channel":"C0DESK","user":"U0DANA","ts":"1.1","thread_ts":"1.0","text":"hi"}`), want: 200},
		{name: "event of a kind that is not known yet", path: "/slack/events", kind: "application/json", body: event(`{"type":"brand_new","blocks":[{"type":"newer"}]}`), want: 200},
		{name: "event that is no object", path: "/slack/events", kind: "application/json", body: event(`null`), want: 200},
		{name: "limit notice", path: "/slack/events", kind: "application/json", body: `{"type":"app_rate_limited"}`, want: 200},
		{name: "another app's button", path: "/slack/interactions", body: "payload=" + url.QueryEscape(`{"type":"block_actions","user":{"id":"U0DANA","team_id":"T0DEMO"},"actions":[{"action_id":"poll.vote","type":"button"}]}`), want: 200},
		{name: "shortcut that is not ours", path: "/slack/interactions", body: "payload=" + url.QueryEscape(`{"type":"message_action","callback_id":"other","user":{"id":"U0DANA","team_id":"T0DEMO"}}`), want: 200},
		{name: "fetched", method: http.MethodGet, want: 405},
		{name: "no such route", path: "/slack/other", body: help, want: 404},
		{name: "routes of a later version", path: "/v1/escalations", body: "{}", want: 404},
		{name: "a webhook without a signature", path: "/telnyx/webhooks", body: "{}", want: 401},
	}
}

// TestRequestsAreCheckedFirst: an unsigned request learns nothing, what is unreadable
// or unrelated is refused or acknowledged, and none of it reaches the store.
func TestRequestsAreCheckedFirst(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{})
	for _, r := range refusedRequests() {
		status, body := s.send(r)
		if status != r.want {
			t.Errorf("%s: %d, not %d: %s", r.name, status, r.want, body)
		}
		if r.answer != "" && body != r.answer {
			t.Errorf("%s: answered %q", r.name, body)
		}
		if status < 400 {
			continue // help shows a number by way of example
		}
		if len(body) > 100 {
			t.Errorf("%s: a refusal of %d bytes", r.name, len(body))
		}
		for _, found := range leaks(body, s.hidden()) {
			t.Errorf("%s: the answer holds %s", r.name, found)
		}
	}
	if n := s.inbox(); n != 0 {
		t.Errorf("%d requests were stored", n)
	}
}

// TestTheQueryIsIgnored: only what was signed counts.
func TestTheQueryIsIgnored(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{})
	status, body := s.send(request{path: "/slack/commands?text=%2B14155550112&payload=%7B%7D&command=/x", body: typed("+1 415 555 0137")})
	if status != http.StatusOK {
		t.Fatal(status, body)
	}
	stored := bodies[takeover.Command](s, "SELECT body FROM inbox")
	if len(stored) != 1 || stored[0].Query.Value != "+14155550137" {
		t.Errorf("stored: %+v", stored)
	}
}

// send makes the request, in the name of Slack if it is signed so.
func (s *system) send(r request) (status int, body string) {
	s.Helper()
	if r.method == "" {
		r.method = http.MethodPost
	}
	if r.path == "" {
		r.path = "/slack/commands"
	}
	if r.kind == "" {
		r.kind = formType
	}
	if r.secret == "" {
		r.secret = testSigningSecret
	}
	var content io.Reader = strings.NewReader(r.body)
	if r.chunked {
		content = io.MultiReader(content)
	}
	req, err := http.NewRequestWithContext(s.Context(), r.method, "http://"+s.bot().addr+r.path, content)
	s.must(nil, err)
	req.Header.Set("Content-Type", r.kind)
	if r.secret != "-" {
		signature, at := slacksim.Sign(r.secret, time.Now().Add(-r.age), []byte(r.body))
		req.Header.Set("X-Slack-Signature", signature)
		req.Header.Set("X-Slack-Request-Timestamp", at)
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	return s.do(req)
}

// TestOneRouteTakesAll: each of the three routes can be the only one that Slack knows.
func TestOneRouteTakesAll(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/slack/commands", "/slack/interactions", "/slack/events"} {
		t.Run(strings.TrimPrefix(path, "/slack/"), func(t *testing.T) {
			t.Parallel()
			s := startSystem(t, options{commonPath: path})
			if err := s.slack.VerifyURL(t.Context()); err != nil {
				t.Error(err)
			}
			s.run("slash", "dana", "+1 415 555 0137")
			s.run("click", "dana", "line.take")
			s.run("card", "AI is silent (checked ")
			s.run("click", "dana", "line.handback")
			s.run("submit", "dana")
			s.run("card", "AI is answering again")
			s.run("say", "dana", "thanks")
		})
	}
}
