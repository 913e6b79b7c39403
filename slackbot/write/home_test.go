package write_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

// keeping runs the keeper of Homes until it is stopped, or the test ends.
func keeping(d *desktest.Desk) (stop func()) {
	ctx, cancel := context.WithCancel(d.Context())
	var keeper sync.WaitGroup
	keeper.Go(func() { d.Bot.KeepHomes(ctx) })
	stop = func() { cancel(); keeper.Wait() }
	d.Cleanup(stop)
	return stop
}

// shows waits until the Home of a user has a text on it.
func shows(d *desktest.Desk, user, part string) time.Duration {
	d.Helper()
	began := time.Now()
	for {
		if v := d.Slack.Home(user); v != nil {
			raw, err := json.Marshal(v.Blocks)
			slacktest.Must(d.T, err)
			if strings.Contains(string(raw), part) {
				return time.Since(began)
			}
		}
		if time.Since(began) > 5*time.Second {
			d.Fatalf("the Home of %s does not show %q: %+v", user, part, d.Slack.Home(user))
		}
		<-time.After(5 * time.Millisecond) // Slack sends no event for a published Home
	}
}

func TestHomeFollowsChanges(t *testing.T) {
	d := desktest.New(t, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana }))
	keeping(d)
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Omar))
	shows(d, slacksim.Dana, "Yours")
	shows(d, slacksim.Omar, "waits since")
	line := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Holder = slacksim.Omar })
	slacktest.Must(t, d.Bot.Draw(t.Context(), takeover.DrawJob{Line: desktest.LineID, Version: line.Version}))
	if took := shows(d, slacksim.Omar, "Yours"); took > 2*time.Second {
		t.Errorf("it took %s, want two seconds at most", took)
	}
}

// TestHomesDoNotFloodSlack: many changes cost few publications, and none where the content is
// the same.
func TestHomesDoNotFloodSlack(t *testing.T) {
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	stop := keeping(d)
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	shows(d, slacksim.Dana, "waits since")
	before := d.Times("views.publish")
	began := time.Now()
	for i := range 200 {
		line := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Hold.Until = slacktest.Night.Add(time.Duration(i) * time.Minute) })
		slacktest.Must(t, d.Bot.Draw(t.Context(), takeover.DrawJob{Line: desktest.LineID, Version: line.Version}))
	}
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Holder = "U0LAST" })
	d.Bot.LineChanged()
	shows(d, slacksim.Dana, "U0LAST")
	if n, most := d.Times("views.publish")-before, 2+int(time.Since(began)/write.HomePace); n > most {
		t.Errorf("%d publications, want at most %d", n, most)
	}
	stop()
	slacktest.Must(t, d.Bot.PublishHomes(t.Context())) // stopping may have lost the answer to the last one
	before = d.Times("views.publish")
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	if n := d.Times("views.publish") - before; n != 0 {
		t.Errorf("%d publications of what stands there already", n)
	}
}

// TestAHomeThatFailedIsTriedAgain: but not one that Slack does not show.
func TestAHomeThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	keeping(d)
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	shows(d, slacksim.Dana, "waits since")
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Omar))
	shows(d, slacksim.Omar, "waits since")

	d = desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	d.Slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "not_enabled"})
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	if _, kept, _ := d.Posts.Home(t.Context(), slacksim.Dana); kept {
		t.Error("a Home that Slack does not show is kept")
	}
}

// TestHomesAfterARestart: a new process publishes the changed Homes, once, and not those that
// were opened more than a day ago.
func TestHomesAfterARestart(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	now := time.Now()
	deps := d.Deps()
	deps.Now, d.Posts.Now = func() time.Time { return now }, func() time.Time { return now }
	d.Bot = desktest.NewBot(d.Config, deps)
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Omar))
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	now = now.Add(write.HomeFor / 2)
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	now = now.Add(write.HomeFor/2 + time.Minute)
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Holder = "U0NEW" })
	d.Bot = desktest.NewBot(d.Config, deps)
	before := d.Times("views.publish")
	keeping(d)
	shows(d, slacksim.Dana, "U0NEW")
	if n := d.Times("views.publish") - before; n != 1 {
		t.Errorf("%d publications, want Dana's alone", n)
	}
}

// TestTwoProcessesPublishInTurn: a process does not publish an older state over a newer one of
// another process.
func TestTwoProcessesPublishInTurn(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	lease, ok, err := d.Posts.Lease(t.Context(), "homes", time.Minute)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := d.Bot.PublishHomes(t.Context()); err == nil || d.Slack.Home(slacksim.Dana) != nil {
		t.Errorf("published beside another process: %v", err)
	}
	lease.Release()
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	if d.Slack.Home(slacksim.Dana) == nil {
		t.Error("not published after it")
	}
}

func TestHomePages(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.HeldLines(90)...)
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Lena))
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	d.Click(slacksim.Lena, d.Slack.Home(slacksim.Lena).Ref(), ids.HomePage, slacksim.Pick{Value: "1"})
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	shows(d, slacksim.Lena, "Page 2 of 3")
	d.Click(slacksim.Lena, d.Slack.Home(slacksim.Lena).Ref(), ids.HomePage, slacksim.Pick{Value: "2"})
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	shows(d, slacksim.Lena, "Page 3 of 3")
	d.Backend.Mu.Lock()
	clear(d.Backend.Lines)
	d.Backend.Mu.Unlock()
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	shows(d, slacksim.Lena, "Nobody holds a line")
}

// TestHomeOfAStranger shows how to get access, and nothing else; the tab of messages is
// no Home.
func TestHomeOfAStranger(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Guest))
	d.Fine(d.Slack.OpenMessages(t.Context(), slacksim.Dana))
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	v := d.Slack.Home(slacksim.Guest)
	if v == nil {
		t.Fatal("the guest is not told")
	}
	if raw := string(v.Blocks); !strings.Contains(raw, "Guests can neither") || strings.Contains(raw, "0137") {
		t.Errorf("the guest sees %s", raw)
	}
	if d.Slack.Home(slacksim.Dana) != nil {
		t.Error("a Home was published to the tab of messages")
	}
	if _, kept, _ := d.Posts.Home(t.Context(), slacksim.Guest); kept {
		t.Error("the guest's Home is kept")
	}
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	d.Slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana", IsRestricted: true})
	d.Bot.Writer.People = people.New(d.Bot.Writer.Slack, takeover.Groups{}, new(slacktest.People), time.Now, slog.New(slog.DiscardHandler))
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	d.Tasks.Wait()
	shows(d, slacksim.Dana, "Guests can neither")
}

// TestEveryHomeHasItsTurn: where lines change between any two rounds, and Slack's limit
// ends each round early, those whose Home was opened first are not left out.
func TestEveryHomeHasItsTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const viewers = 100 // far more than one round publishes
		published := map[string]int{}
		h, posts := desktest.NewBackend(slacktest.LineIn(takeover.StateHeld)), slacktest.NewPosts()
		b := desktest.NewBot(slackbot.Config{Token: slacktest.Token, APIURL: "http://127.0.0.1:1/", Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}}, slackbot.Deps{
			Inbox: h, Service: h, Store: desktest.Store{Backend: h, Posts: posts, People: new(slacktest.People)}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: func(task func()) { task() },
			HTTP: &http.Client{Transport: slacktest.Transport(func(r *http.Request) *http.Response {
				switch {
				case strings.HasSuffix(r.URL.Path, "auth.test"):
					return slacktest.Response(http.StatusOK, nil, `{"ok":true,"team_id":"T1"}`)
				case strings.HasSuffix(r.URL.Path, "users.info"):
					return slacktest.Response(http.StatusOK, nil, `{"ok":true,"user":{"team_id":"T1"}}`)
				}
				var view struct {
					User string `json:"user_id"`
				}
				slacktest.Must(t, json.NewDecoder(r.Body).Decode(&view))
				published[view.User]++
				return slacktest.Response(http.StatusOK, nil, `{"ok":true}`)
			})},
		})
		for i := range viewers {
			id := fmt.Sprintf("U0V%03d", i)
			if member, err := b.Listener.People.Member(t.Context(), id); !member {
				t.Fatal(err)
			}
			slacktest.Must(t, posts.OpenHome(t.Context(), takeover.OperatorID(id), 0))
		}
		for i := range 6 {
			h.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Hold.Until = slacktest.Night.Add(time.Duration(i) * time.Minute) })
			_ = b.PublishHomes(t.Context()) // ends early: what it cannot do is for the next round
			time.Sleep(write.HomePace)
		}
		if len(published) < viewers {
			t.Errorf("%d of %d Homes were never published", viewers-len(published), viewers)
		}
	})
}

// TestAHomeOutlivesAnOutageOfTheToken: the person does not have to open it again.
func TestAHomeOutlivesAnOutageOfTheToken(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	d.Slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "invalid_auth"})
	if err := d.Bot.PublishHomes(t.Context()); err == nil {
		t.Error("a Home that was not published counts as published")
	}
	slacktest.Must(t, d.Bot.PublishHomes(t.Context()))
	shows(d, slacksim.Dana, "waits since")
}
