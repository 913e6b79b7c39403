package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/slackapi"
)

const appToken = "xapp-1-of-this-test"

// desk is a Socket between the simulated Slack and a listener that a test writes.
type desk struct {
	*testing.T
	slack  *slacksim.Sim
	socket *Socket
	stop   func() // and wait until Run has returned

	mu       sync.Mutex
	bodies   []string
	dispatch func(ctx context.Context, body string) (listen.Answer, error)
	ended    []string
	handled  []string
	open     int
	log      strings.Builder
}

// Dispatch keeps the body and does what the test says.
func (d *desk) Dispatch(ctx context.Context, body []byte) (listen.Answer, error) {
	d.mu.Lock()
	d.bodies = append(d.bodies, string(body))
	dispatch := d.dispatch
	d.mu.Unlock()
	if dispatch == nil {
		return listen.Answer{}, nil
	}
	return dispatch(ctx, string(body))
}

// Write keeps the log.
func (d *desk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Write(p)
}

// quick are times with which nothing happens by itself within a test, but retries come soon.
var quick = times{open: 10 * time.Second, ping: time.Minute, age: time.Hour, grace: time.Minute, settled: 0,
	least: 5 * time.Millisecond, longest: 20 * time.Millisecond}

// start starts a Socket and waits until both connections are open, if open says so.
func start(t *testing.T, opt slacksim.Options, times times, open bool) *desk {
	t.Helper()
	opt.BotToken, opt.SigningSecret, opt.NoRateLimits = slacktest.Token, "s", true
	if opt.AppToken == "" {
		opt.AppToken = appToken
	}
	d := &desk{T: t, slack: slacksim.New(opt)}
	if _, err := d.slack.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.slack.Close)
	d.slack.SetSocketMode(true)
	client := slackapi.New(slackapi.Config{Token: slacktest.Token, AppToken: appToken, APIURL: d.slack.APIURL()})
	d.socket = New(Deps{
		Slack: client, Listener: d, Log: slog.New(slog.NewTextHandler(d, nil)),
		Changed: func(open int, _ Trouble) { d.locked(func() { d.open = open }) },
		Handled: func(kind, outcome string) { d.locked(func() { d.handled = append(d.handled, kind+" "+outcome) }) },
		Ended:   func(why string) { d.locked(func() { d.ended = append(d.ended, why) }) },
	})
	d.socket.times = times
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { d.socket.Run(ctx) })
	d.stop = func() { cancel(); running.Wait() }
	t.Cleanup(d.stop)
	if open {
		d.until("two connections are open", func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.open == connections
		})
	}
	return d
}

func (d *desk) locked(do func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	do()
}

// until waits until ok says so.
func (d *desk) until(what string, ok func() bool) {
	d.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			d.Fatalf("%s: not within 10 s; ended %q, log:\n%s", what, d.all(&d.ended), d.said())
		}
	}
}

func (d *desk) said() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.String()
}

func (d *desk) all(list *[]string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(*list, ",")
}

func (d *desk) slash(text string) slacksim.Delivery {
	return d.slack.SlashCommand(d.Context(), slacksim.Dana, slacksim.DeskChannel, "/takeover", text)
}

// jsonAnswer is a private answer with so many characters of text.
func jsonAnswer(n int) listen.Answer {
	body, _ := json.Marshal(map[string]any{"response_type": "ephemeral", "text": strings.Repeat("a", n)})
	return listen.Answer{ContentType: "application/json", Body: body, Kind: "test"}
}

// TestBodiesAreThoseOfHTTP: what comes over a connection is parsed as what comes over HTTP.
func TestBodiesAreThoseOfHTTP(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, envelope, body string
		fails                bool
	}{
		{"event", `{"type":"events_api","payload":{"type":"event_callback","event":{"type":"message"}}}`, `{"type":"event_callback","event":{"type":"message"}}`, false},
		{"interaction", `{"type":"interactive","payload":{"type":"block_actions","user":{"id":"U1"},"text":"a&b=c \u00e9"}}`,
			url.Values{"payload": {`{"type":"block_actions","user":{"id":"U1"},"text":"a&b=c \u00e9"}`}}.Encode(), false},
		{"command", `{"type":"slash_commands","payload":{"command":"/takeover","text":"+1 415 & \"x\"","user_id":"U1","is_enterprise_install":false}}`,
			url.Values{"command": {"/takeover"}, "text": {`+1 415 & "x"`}, "user_id": {"U1"}, "is_enterprise_install": {"false"}}.Encode(), false},
		{"a command that is none", `{"type":"slash_commands","payload":[1]}`, "", true},
		{"a new type", `{"type":"holograms","payload":{}}`, "", true},
	} {
		var m message
		if err := json.Unmarshal([]byte(tt.envelope), &m); err != nil {
			t.Fatal(err)
		}
		body, err := m.body()
		if string(body) != tt.body || errors.Is(err, listen.ErrUnreadable) != tt.fails {
			t.Errorf("%s: %q, %v", tt.name, body, err)
		}
		if tt.fails {
			continue
		}
		if _, err := listen.Parse(body); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestAcknowledgedWhenStored: no acknowledgement goes out before the listener has returned, and none
// where it failed.
func TestAcknowledgedWhenStored(t *testing.T) {
	t.Parallel()
	d := start(t, slacksim.Options{AckLimit: time.Second}, quick, true)
	stored := make(chan struct{})
	store := sync.OnceFunc(func() { close(stored) })
	t.Cleanup(store)
	d.locked(func() {
		d.dispatch = func(context.Context, string) (listen.Answer, error) { <-stored; return jsonAnswer(3), nil }
	})
	answered := make(chan slacksim.Delivery, 1)
	go func() { answered <- d.slash("open") }()
	d.until("the command came", func() bool { return d.all(&d.bodies) != "" })
	select {
	case got := <-answered:
		t.Fatalf("acknowledged before it was stored: %+v", got)
	case <-time.After(50 * time.Millisecond):
	}
	store()
	if got := <-answered; !got.OK() || got.Private == nil || got.Private.Text != "aaa" {
		t.Errorf("answered %+v", got)
	}

	d.locked(func() {
		d.dispatch = func(context.Context, string) (listen.Answer, error) { return listen.Answer{}, errors.New("no disk") }
	})
	if got := d.slash("mine"); !errors.Is(got.Err, slacksim.ErrTimeout) {
		t.Errorf("what was not stored was acknowledged: %+v", got)
	}
	d.until("both are counted", func() bool {
		all := d.all(&d.handled)
		return strings.Count(all, ",") == 1 && strings.Contains(all, "slash_commands acknowledged") && strings.Contains(all, "slash_commands failed")
	})
}

// TestALargeAnswerGoesToTheResponseURL: Slack drops acknowledgements of 20 kB without a word.
func TestALargeAnswerGoesToTheResponseURL(t *testing.T) {
	t.Parallel()
	d := start(t, slacksim.Options{}, quick, true)
	for _, n := range []int{19_000, 20_500, 39_000} {
		d.locked(func() {
			d.dispatch = func(context.Context, string) (listen.Answer, error) { return jsonAnswer(n), nil }
		})
		if got := d.slash("open"); !got.OK() {
			t.Fatalf("%d: %+v", n, got)
		}
		d.until(fmt.Sprintf("the answer of %d characters is shown", n), func() bool {
			private := d.slack.Private(slacksim.Dana)
			return len(private) > 0 && len(private[len(private)-1].Text) == n
		})
	}
	if v := d.slack.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

// TestARefreshLeavesNoGap: Slack replaces all connections while people click without a pause.
func TestARefreshLeavesNoGap(t *testing.T) {
	t.Parallel()
	times := quick
	times.grace = 50 * time.Millisecond // after it the former connections end; Slack would wait for longer
	d := start(t, slacksim.Options{}, times, true)
	var clicking sync.WaitGroup
	stop := make(chan struct{})
	var sent int
	clicking.Go(func() {
		for ; ; sent++ {
			select {
			case <-stop:
				return
			default:
			}
			if got := d.slash(fmt.Sprint(sent)); !got.OK() {
				t.Errorf("click %d: %+v", sent, got.Err)
			}
		}
	})
	for range 3 {
		before := d.all(&d.ended)
		d.slack.RefreshSockets(10 * time.Second)
		d.until("both connections were replaced", func() bool {
			return strings.Count(d.all(&d.ended), "replaced") == strings.Count(before, "replaced")+2 && d.slack.Sockets() == 2
		})
	}
	close(stop)
	clicking.Wait()
	if sent == 0 {
		t.Error("nobody clicked")
	}
}

// TestAnOldConnectionIsReplaced: a connection that answers pings may be deaf all the same.
func TestAnOldConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	times := quick
	times.age, times.grace = 100*time.Millisecond, 10*time.Millisecond
	d := start(t, slacksim.Options{}, times, true)
	d.until("connections were replaced", func() bool { return strings.Count(d.all(&d.ended), "replaced") >= 4 })
	if ended := d.all(&d.ended); strings.Contains(ended, "broken") || strings.Contains(ended, "silent") {
		t.Error(ended)
	}
}

// TestASilentConnectionIsReplaced: it stays open, and nothing comes on it, not even the answer to a
// ping. The other one works meanwhile, and an event that was sent into the silence comes again.
func TestASilentConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	times := quick
	times.ping = 400 * time.Millisecond
	d := start(t, slacksim.Options{AckLimit: 300 * time.Millisecond, PingEvery: time.Minute}, times, true)
	time.Sleep(3 * times.ping) // longer than the watchdog allows a silent one
	if got := d.all(&d.ended); got != "" {
		t.Fatalf("a connection that answers pings ended: %s", got)
	}
	d.slack.SilenceSockets(1)
	for i := range 2 {
		_ = d.slack.Event(t.Context(), fmt.Appendf(nil, `{"type":"message","n":%d}`, i))
	}
	d.until("the silent one was replaced", func() bool { return d.all(&d.ended) == "silent" && d.slack.Sockets() >= 2 && d.socket.Err() == nil })
	d.until("both events came", func() bool {
		all := d.all(&d.bodies)
		return strings.Contains(all, `"n":0`) && strings.Contains(all, `"n":1`)
	})
}

// TestACutConnectionIsReplaced: what was handled when it broke is stored, and comes again.
func TestACutConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	d := start(t, slacksim.Options{}, quick, true)
	for range 3 {
		d.slack.CutSockets()
		d.until("connections are open again", func() bool { return d.slack.Sockets() == 2 && d.socket.Err() == nil })
		if got := d.slash("open"); !got.OK() {
			t.Errorf("after a cut: %+v", got)
		}
	}
}

// TestTroublesAreSaidInWords: why no connection can be opened stands in the log, once.
func TestTroublesAreSaidInWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		trouble Trouble
		words   string
		opt     slacksim.Options
		fault   *slacksim.Fault
	}{
		{TokenRefused, "Slack refuses SLACK_APP_TOKEN", slacksim.Options{AppToken: "xapp-another"}, nil},
		{NoScope, "lacks the scope connections:write", slacksim.Options{AppScopes: []string{"authorizations:read"}}, nil},
		{TokenRefused, "Slack refuses SLACK_APP_TOKEN", slacksim.Options{}, &slacksim.Fault{Kind: slacksim.FaultError, Error: "account_inactive"}},
		{Refused, "app's page Socket Mode", slacksim.Options{}, &slacksim.Fault{Kind: slacksim.FaultError, Error: "forbidden_team"}},
		{Unreachable, "reaches slack.com", slacksim.Options{}, &slacksim.Fault{Kind: slacksim.FaultUnavailable}},
		{Unreachable, "reaches slack.com", slacksim.Options{}, &slacksim.Fault{Kind: slacksim.FaultDropBeforeCommit}},
	} {
		t.Run(string(tt.trouble)+" "+tt.words, func(t *testing.T) {
			t.Parallel()
			// What comes after the cut is said once only if no connection opens after it.
			d := start(t, tt.opt, quick, tt.fault != nil)
			if tt.fault != nil {
				d.slack.FailNext("apps.connections.open", 1000, *tt.fault)
				d.slack.CutSockets()
			}
			d.until("it is said", func() bool {
				err := d.socket.Err()
				return err != nil && err.Error() == tt.trouble.Words() && strings.Contains(err.Error(), tt.words)
			})
			time.Sleep(100 * time.Millisecond) // some further attempts
			if log := d.said(); strings.Count(log, "why="+string(tt.trouble)+" ") != 1 || strings.Contains(log, appToken) {
				t.Errorf("the log:\n%s", log)
			}
		})
	}
}

// TestSwitchedOffInSlack: the bot says so, and works again once Socket Mode is switched on.
func TestSwitchedOffInSlack(t *testing.T) {
	t.Parallel()
	d := start(t, slacksim.Options{}, quick, true)
	d.slack.SetSocketMode(false)
	d.until("it is said", func() bool {
		err := d.socket.Err()
		return err != nil && strings.Contains(err.Error(), "Socket Mode is switched off in Slack")
	})
	d.until("both ended", func() bool { return strings.HasPrefix(d.all(&d.ended), "link_disabled,link_disabled") })
	d.slack.SetSocketMode(true)
	d.until("connections are open again", func() bool { return d.slack.Sockets() == 2 && d.socket.Err() == nil })
}

// TestAtMostTenConnections: with five replicas there is no room for an eleventh while one is
// replaced: it goes first.
func TestAtMostTenConnections(t *testing.T) {
	t.Parallel()
	times := quick
	times.grace = 50 * time.Millisecond
	d := start(t, slacksim.Options{}, times, true)
	for range 4 {
		other := New(d.socket.Deps)
		other.times = times
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { other.Run(ctx) })
		t.Cleanup(func() { cancel(); running.Wait() })
	}
	d.until("ten are open", func() bool { return d.slack.Sockets() == 10 })
	d.slack.RefreshSockets(time.Hour) // so that nothing else ends the former ones
	d.until("all were replaced", func() bool { return strings.Count(d.all(&d.ended), "replaced") >= 10 && d.slack.Sockets() == 10 })
	if got := d.slash("open"); !got.OK() {
		t.Errorf("%+v", got)
	}
}

// TestStopFinishesWhatCame: an envelope that is being handled when the bot stops is acknowledged.
func TestStopFinishesWhatCame(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("stop", func(t *testing.T) {
		d := start(t, slacksim.Options{}, quick, true)
		stored := make(chan struct{})
		d.locked(func() {
			d.dispatch = func(ctx context.Context, _ string) (listen.Answer, error) {
				<-stored
				return listen.Answer{}, ctx.Err()
			}
		})
		answered := make(chan slacksim.Delivery, 1)
		go func() { answered <- d.slash("open") }()
		for d.all(&d.bodies) == "" {
			time.Sleep(time.Millisecond)
		}
		stopped := make(chan struct{})
		go func() { d.stop(); close(stopped) }()
		select {
		case <-stopped:
			t.Error("Run returned while an envelope was handled")
		case <-time.After(50 * time.Millisecond):
		}
		close(stored)
		if got := <-answered; !got.OK() {
			t.Errorf("%+v", got)
		}
		<-stopped
		if n := d.slack.Sockets(); n > 0 {
			d.until("no connection is open", func() bool { return d.slack.Sockets() == 0 })
		}
	})
	goleak.VerifyNone(t, before)
}
