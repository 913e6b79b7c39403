package slacksim

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

const testAppToken = "xapp-test"

// socketSim is a simulator whose app uses Socket Mode.
func socketSim(t *testing.T, opt Options) (*Sim, string) {
	t.Helper()
	opt.BotToken, opt.AppToken, opt.SigningSecret, opt.NoRateLimits = testToken, testAppToken, "s", true
	s := New(opt)
	base, err := s.Start(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.SetSocketMode(true)
	return s, base
}

// askConnection calls apps.connections.open.
func askConnection(t *testing.T, base, authorization, body string) (url, code string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/apps.connections.open", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorization != "" {
		req.Header.Set("Authorization", "Bearer "+authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out struct{ URL, Error string }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out.URL, out.Error
}

// envelopeOf is what a test reads of what Slack sends.
type envelopeOf struct {
	Type, Reason    string
	NumConnections  int             `json:"num_connections"`
	EnvelopeID      string          `json:"envelope_id"`
	RetryAttempt    int             `json:"retry_attempt"`
	Payload         json.RawMessage `json:"payload"`
	AcceptsResponse bool            `json:"accepts_response_payload"`
}

// connected opens a connection and returns it with the first message.
func connected(t *testing.T, base string) (*websocket.Conn, envelopeOf) {
	t.Helper()
	url, code := askConnection(t, base, testAppToken, "")
	if code != "" {
		t.Fatal(code)
	}
	ws, resp, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	if _, resp, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil); err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("the address works twice: %v", err)
	} else {
		_ = resp.Body.Close()
	}
	return ws, next(t, ws)
}

func next(t *testing.T, ws *websocket.Conn) envelopeOf {
	t.Helper()
	var e envelopeOf
	_ = ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	if err := ws.ReadJSON(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

func acknowledge(t *testing.T, ws *websocket.Conn, e envelopeOf, payload any) {
	t.Helper()
	ack := map[string]any{"envelope_id": e.EnvelopeID}
	if payload != nil {
		ack["payload"] = payload
	}
	if err := ws.WriteJSON(ack); err != nil {
		t.Fatal(err)
	}
}

// TestConnectionsNeedTheAppLevelToken in the header, with its scope.
func TestConnectionsNeedTheAppLevelToken(t *testing.T) {
	_, base := socketSim(t, Options{})
	for _, tt := range []struct{ authorization, body, code string }{
		{testAppToken, "", ""}, {"", "", "not_authed"}, {"", "token=" + testAppToken, "not_authed"},
		{testToken, "", "not_allowed_token_type"}, {"xapp-other", "", "invalid_auth"},
	} {
		if _, code := askConnection(t, base, tt.authorization, tt.body); code != tt.code {
			t.Errorf("%q %q: %q, want %q", tt.authorization, tt.body, code, tt.code)
		}
	}
	_, base = socketSim(t, Options{AppScopes: []string{"authorizations:read"}})
	if _, code := askConnection(t, base, testAppToken, ""); code != "missing_scope" {
		t.Errorf("without the scope: %q", code)
	}
}

// TestConnectionOfAnotherApp: Slack opens it, hello names the app, and nothing of this app comes there.
func TestConnectionOfAnotherApp(t *testing.T) {
	s, base := socketSim(t, Options{OtherAppToken: "xapp-other-app"})
	for token, app := range map[string]string{testAppToken: AppID, "xapp-other-app": OtherAppID} {
		address, code := askConnection(t, base, token, "")
		if code != "" || strings.Contains(address, app) {
			t.Fatalf("%q: %s; only hello tells the app", code, address)
		}
		ws, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		t.Cleanup(func() { _ = ws.Close() })
		var hello struct {
			ConnectionInfo struct {
				AppID string `json:"app_id"`
			} `json:"connection_info"`
		}
		if err := ws.ReadJSON(&hello); err != nil || hello.ConnectionInfo.AppID != app {
			t.Errorf("hello of %q, %v, want %s", hello.ConnectionInfo.AppID, err, app)
		}
	}
	if n := s.Sockets(); n != 1 {
		t.Errorf("%d connections of this app", n)
	}
}

// TestEnvelopes: a command has its form as an object, an event as HTTP has it; a request goes to another
// connection where the first one breaks, and comes again, counted, where it is not acknowledged.
func TestEnvelopes(t *testing.T) {
	s, base := socketSim(t, Options{AckLimit: 300 * time.Millisecond, RetryDelays: []time.Duration{0}})
	first, hello := connected(t, base)
	if hello.Type != "hello" || hello.NumConnections != 1 {
		t.Errorf("%+v", hello)
	}
	second, hello := connected(t, base)
	if hello.NumConnections != 2 {
		t.Errorf("%+v", hello)
	}
	answered := make(chan Delivery, 1)
	go func() { answered <- s.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", "open & shut") }()
	// The simulator takes the connections in turn, the second one first or not: break the connection that got the event.
	got := make(chan *websocket.Conn, 2)
	for _, ws := range []*websocket.Conn{first, second} {
		go func() {
			if _, _, err := ws.ReadMessage(); err == nil {
				got <- ws
			}
		}()
	}
	broken := <-got
	_ = broken.UnderlyingConn().Close()
	select {
	case <-got: // and the other one is asked
	case <-time.After(5 * time.Second):
		t.Fatal("the command did not go to the other connection")
	}
	if d := <-answered; !errors.Is(d.Err, ErrTimeout) {
		t.Errorf("nothing was acknowledged: %+v", d)
	}
	alive := first
	if broken == first {
		alive = second
	}

	for _, tt := range []struct {
		size int
		ok   bool
	}{{10, true}, {19_000, true}, {20_500, false}} {
		go func() { answered <- s.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", "open & shut") }()
		e := next(t, alive)
		var form map[string]string
		if err := json.Unmarshal(e.Payload, &form); err != nil || e.Type != "slash_commands" || form["text"] != "open &amp; shut" || !e.AcceptsResponse {
			t.Errorf("%+v %s %v", e, e.Payload, err)
		}
		acknowledge(t, alive, e, map[string]string{"text": strings.Repeat("a", tt.size)})
		if d := <-answered; d.OK() != tt.ok {
			t.Errorf("an acknowledgement of %d bytes: %+v", tt.size, d.Err)
		}
	}

	s.ForgetViolations()
	go func() { answered <- s.Event(t.Context(), json.RawMessage(`{"type":"message"}`)) }()
	e := next(t, alive)
	if e.Type != "events_api" || e.AcceptsResponse || e.RetryAttempt != 0 || !strings.Contains(string(e.Payload), `"event_callback"`) {
		t.Errorf("%+v %s", e, e.Payload)
	}
	<-answered
	if again := next(t, alive); again.RetryAttempt != 1 || string(again.Payload) != string(e.Payload) {
		t.Errorf("again: %+v", again)
	} else {
		acknowledge(t, alive, again, nil)
		acknowledge(t, alive, again, nil)
	}
	for end := time.Now().Add(5 * time.Second); !slices.ContainsFunc(s.Violations(), func(v string) bool { return strings.Contains(v, "acknowledged twice") }); {
		if time.Now().After(end) {
			t.Fatalf("the second acknowledgement is no violation: %q", s.Violations())
		}
		time.Sleep(time.Millisecond)
	}
}

// TestDisconnects: Slack warns before it replaces connections, and says why it refuses one.
func TestDisconnects(t *testing.T) {
	s, base := socketSim(t, Options{})
	ws, _ := connected(t, base)
	s.RefreshSockets(20 * time.Millisecond)
	if e := next(t, ws); e.Type != "disconnect" || e.Reason != "warning" {
		t.Errorf("%+v", e)
	}
	if e := next(t, ws); e.Type != "disconnect" || e.Reason != "refresh_requested" {
		t.Errorf("%+v", e)
	}
	if _, _, err := ws.ReadMessage(); err == nil {
		t.Error("the connection is still open")
	}
	for range maxSockets {
		if _, e := connected(t, base); e.Type != "hello" {
			t.Errorf("%+v", e)
		}
	}
	if _, e := connected(t, base); e.Reason != "too_many_websockets" {
		t.Errorf("the eleventh: %+v", e)
	}
	s.SetSocketMode(false)
	if _, e := connected(t, base); e.Reason != "link_disabled" {
		t.Errorf("switched off: %+v", e)
	}
}
