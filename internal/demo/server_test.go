package demo

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

func TestHost(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for host, want := range map[string]int{
		"127.0.0.1:8080":        http.StatusOK,
		"localhost:8080":        http.StatusOK,
		"localhost":             http.StatusOK,
		"[::1]:8080":            http.StatusOK,
		"[::1]":                 http.StatusOK,
		"127.8.9.1":             http.StatusOK,
		"evil.example":          http.StatusMisdirectedRequest,
		"evil.example:8080":     http.StatusMisdirectedRequest,
		"localhost.evil.com":    http.StatusMisdirectedRequest,
		"127.0.0.1.nip.io:8080": http.StatusMisdirectedRequest,
		"192.168.0.7:8080":      http.StatusMisdirectedRequest,
		"0.0.0.0:8080":          http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/state", "/static/app.js"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.page.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("GET %s as %s: HTTP %d, not %d", path, host, resp.StatusCode, want)
			}
		}
	}
}

func TestTokenIsNeeded(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for name := range h.actions() {
		for _, token := range []string{"", "wrong", strings.ToLower(h.token)} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.page.URL+"/do/"+name, strings.NewReader(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set(tokenHeader, token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusForbidden {
				t.Errorf("POST %s with the token %q: HTTP %d", name, token, resp.StatusCode)
			}
		}
	}
	if !h.bot.Running() || len(h.received) > 0 {
		t.Error("a request without the token had an effect")
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	resp, err := http.Get(h.page.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	policy := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the policy is %q", policy)
	}
	body := readAll(t, resp)
	if !strings.Contains(body, h.token) {
		t.Error("the page does not carry its token")
	}
	for _, bad := range []string{"<script>", "<style", " style=", " onclick=", "http://", "https://"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page has %q: inline code or something of another server", bad)
		}
	}
	for _, path := range []string{"app.js", "dom.js", "nodes.js", "slack.js", "phone.js", "strips.js", "page.css", "slack.css", "phone.css", "icon.svg"} {
		if status := h.get(t, "/static/"+path, nil); status != http.StatusOK {
			t.Errorf("%s: HTTP %d", path, status)
		}
	}
}

// TestScriptsSetTextOnly: nothing in the page's scripts makes mark-up out of text.
func TestScriptsSetTextOnly(t *testing.T) {
	t.Parallel()
	files, err := web.ReadDir("web")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := web.ReadFile("web/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc"} {
			if strings.Contains(string(raw), bad) {
				t.Errorf("%s uses %s", f.Name(), bad)
			}
		}
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	h.post(t, "Hello", `[{"type":"section","text":{"type":"mrkdwn","text":"*bold*","verbatim":true}}]`)
	var s state
	h.get(t, "/state?user="+slacksim.Omar, &s)
	if s.Viewer.Name != "Omar" || s.Viewer.Zone != "Europe/Berlin" || len(s.People) != 5 || !s.Running {
		t.Errorf("viewer %+v of %d people, running %t", s.Viewer, len(s.People), s.Running)
	}
	if s.Channel != slacksim.DeskChannel || len(s.Channels) != 2 || len(s.Messages) != 1 || sketch(s.Messages[0].Body) != "section(p(b(bold)))" {
		t.Errorf("channel %s of %d with %+v", s.Channel, len(s.Channels), s.Messages)
	}
	if s.Phone.Line.EndUser != telnyxsim.SeedEndUser || len(s.Phone.Lines) < 12 || len(s.Phone.Bubbles) == 0 || s.Phone.Number != "+1 415 555 0137" {
		t.Errorf("the phone is that of %+v", s.Phone.Line)
	}
	if len(s.Switches) != len(badNights()) || len(s.Tour) != int(stepCount) {
		t.Errorf("%d switches, %d steps", len(s.Switches), len(s.Tour))
	}
	h.get(t, "/state?user="+slacksim.Guest, &s)
	if s.Viewer.ID != slacksim.Guest || len(s.Channels) != 1 {
		t.Errorf("a guest %+v sees %d channels", s.Viewer, len(s.Channels))
	}
	h.get(t, "/state?user=nobody&channel=nowhere&thread=1.2&line=x", &s)
	if s.Viewer.ID != slacksim.Dana || s.Channel != slacksim.DeskChannel {
		t.Errorf("for what is not there: %s in %s", s.Viewer.ID, s.Channel)
	}
}

func TestEventsTellOfChanges(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	resp, err := http.Get(h.page.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	events := bufio.NewScanner(resp.Body)
	next := func() {
		for events.Scan() {
			if events.Text() == "event: changed" {
				return
			}
		}
		t.Fatal("the stream ended")
	}
	next() // at once, for what was missed
	h.post(t, "Hello", "")
	next()
	if err := h.bot.Kill(); err != nil {
		t.Fatal(err)
	}
	next()
}

func TestLogAndFiles(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	var got struct{ Lines []string }
	h.get(t, "/log", &got)
	if len(got.Lines) != 1 {
		t.Errorf("the log is %q", got.Lines)
	}
	if status := h.get(t, "/files/F404", nil); status != http.StatusNotFound {
		t.Errorf("a file that is not there: HTTP %d", status)
	}
}
