package desktest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

// The line of the fixture's tests, as slacktest.LineIn makes it, and its newest conversation.
const (
	LineID         = takeover.LineID("ln_kq3v5n2m")
	ConversationID = takeover.ConversationID("c0ffee00-0000-4000-8000-000000000001")
)

// Bot has the methods of both halves of the Slack side.
type Bot struct {
	*listen.Listener
	*write.Writer
}

// NewBot returns a Bot; it panics where New returns an error.
func NewBot(cfg slackbot.Config, deps slackbot.Deps) *Bot {
	listener, writer, err := slackbot.New(cfg, deps)
	if err != nil {
		panic(err)
	}
	return &Bot{listener, writer}
}

// Store is a slackbot.Store in memory.
type Store struct {
	*Backend
	*slacktest.Posts
	*slacktest.People
}

// Desk is a bot on real HTTP between a Backend and a simulated Slack.
type Desk struct {
	*testing.T
	Backend *Backend
	Slack   *slacksim.Sim
	Client  *slackapi.Client
	Posts   *slacktest.Posts
	Known   *slacktest.People
	Config  slackbot.Config
	Bot     *Bot
	Tasks   sync.WaitGroup
}

// New returns a desk in whose Backend the lines are, and which ends with the test.
func New(t *testing.T, lines ...takeover.Line) *Desk {
	t.Helper()
	d := &Desk{T: t, Backend: NewBackend(lines...), Posts: slacktest.NewPosts(), Known: new(slacktest.People)}
	d.Slack = slacksim.New(slacksim.Options{BotToken: slacktest.Token, SigningSecret: "s", NoRateLimits: true})
	if _, err := d.Slack.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Slack.Close)
	t.Cleanup(func() {
		for _, v := range d.Slack.Violations() {
			t.Error("violation:", v)
		}
	})
	d.Config = slackbot.Config{Token: slacktest.Token, SigningSecret: "s", APIURL: d.Slack.APIURL(), Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}, Region: "US", Providers: []string{"Telnyx"}}
	d.Bot = NewBot(d.Config, d.Deps())
	d.Backend.Checks = d.Tasks.Wait
	d.Backend.Tell = func(ctx context.Context, job takeover.TellJob) error {
		if d.Bot.Writer == nil {
			return nil
		}
		return d.Bot.Tell(ctx, job)
	}
	d.Client = slackapi.New(slackapi.Config{Token: d.Config.Token, APIURL: d.Config.APIURL, Posts: d.Posts, Now: time.Now, Pacer: slackapi.Unpaced()})
	server := httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(server.Close)
	t.Cleanup(d.Tasks.Wait)
	d.Slack.SetBotURL(server.URL)
	return d
}

// Deps are what the bot of the desk works with.
func (d *Desk) Deps() slackbot.Deps {
	return slackbot.Deps{Inbox: d.Backend, Service: d.Backend, Store: Store{d.Backend, d.Posts, d.Known},
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: d.Tasks.Go, Pacer: slackapi.Unpaced()}
}

// serve does what the routes do.
func (d *Desk) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = d.Bot.Verify(r.Header, body)
	}
	var answer listen.Answer
	if err == nil {
		answer, err = d.Bot.Dispatch(r.Context(), body)
	}
	if err != nil {
		http.Error(w, http.StatusText(listen.Status(err)), listen.Status(err))
		return
	}
	if answer.ContentType != "" {
		w.Header().Set("Content-Type", answer.ContentType)
	}
	_, _ = w.Write(answer.Body)
}

// Fine returns a delivery that has to have been acknowledged.
func (d *Desk) Fine(got slacksim.Delivery) slacksim.Delivery {
	d.Helper()
	if !got.OK() {
		d.Fatalf("%s was not taken: status %d, %v", got.Kind, got.Status, got.Err)
	}
	d.Tasks.Wait()
	return got
}

// Offline returns a bot that knows its own name, but of whose calls Slack refuses all others.
func Offline() (*Bot, *Backend) {
	h := NewBackend(slacktest.LineIn(takeover.StateHeld))
	b := NewBot(slackbot.Config{Token: slacktest.Token, SigningSecret: "s", APIURL: "http://127.0.0.1:1/", Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}, Region: "US", Providers: []string{"Telnyx"}},
		slackbot.Deps{Inbox: h, Service: h, Store: Store{h, slacktest.NewPosts(), new(slacktest.People)}, HTTP: &http.Client{Transport: slacktest.Transport(func(r *http.Request) *http.Response {
			if strings.HasSuffix(r.URL.Path, "auth.test") {
				return slacktest.Response(http.StatusOK, nil, `{"ok":true,"team_id":"`+slacksim.TeamID+`","url":"https://demo.slack.com/"}`)
			}
			return slacktest.Response(http.StatusOK, nil, `{"ok":false,"error":"missing_scope"}`)
		})}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: func(task func()) { task() }, Pacer: slackapi.Unpaced()})
	b.Listener.People.Link(context.Background(), "C1", "1.1") // the bot knows itself
	return b, h
}
