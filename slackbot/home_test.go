package slackbot

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

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// keeping runs the keeper of Homes until it is stopped, or the test ends.
func (d *desk) keeping() (stop func()) {
	ctx, cancel := context.WithCancel(d.Context())
	var keeper sync.WaitGroup
	keeper.Go(func() { d.bot.KeepHomes(ctx) })
	stop = func() { cancel(); keeper.Wait() }
	d.Cleanup(stop)
	return stop
}

// shows waits until somebody's Home has a text on it.
func (d *desk) shows(user, part string) time.Duration {
	d.Helper()
	began := time.Now()
	for {
		if v := d.slack.Home(user); v != nil {
			raw, err := json.Marshal(v.Blocks)
			slacktest.Must(d.T, err)
			if strings.Contains(string(raw), part) {
				return time.Since(began)
			}
		}
		if time.Since(began) > 5*time.Second {
			d.Fatalf("the Home of %s does not show %q: %+v", user, part, d.slack.Home(user))
		}
		<-time.After(5 * time.Millisecond) // there is no event for another's screen
	}
}

func TestHomeFollowsChanges(t *testing.T) {
	d := newDesk(t, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana }))
	d.keeping()
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Omar))
	d.shows(slacksim.Dana, "Yours")
	d.shows(slacksim.Omar, "waits since")
	line := d.house.change(theLine, func(l *takeover.Line) { l.Takeover.Holder = slacksim.Omar })
	slacktest.Must(t, d.bot.Draw(t.Context(), takeover.DrawJob{Line: theLine, Version: line.Version}))
	if took := d.shows(slacksim.Omar, "Yours"); took > 2*time.Second {
		t.Errorf("it took %s, want two seconds at most", took)
	}
}

// TestHomesDoNotFloodSlack: many changes are few publications, and none where the same
// stands there.
func TestHomesDoNotFloodSlack(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	stop := d.keeping()
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.shows(slacksim.Dana, "waits since")
	before := d.times("views.publish")
	began := time.Now()
	for i := range 200 {
		line := d.house.change(theLine, func(l *takeover.Line) { l.Takeover.Hold.Until = slacktest.Night.Add(time.Duration(i) * time.Minute) })
		slacktest.Must(t, d.bot.Draw(t.Context(), takeover.DrawJob{Line: theLine, Version: line.Version}))
	}
	d.house.change(theLine, func(l *takeover.Line) { l.Takeover.Holder = "U0LAST" })
	d.bot.homes.changed()
	d.shows(slacksim.Dana, "U0LAST")
	if n, most := d.times("views.publish")-before, 2+int(time.Since(began)/homePace); n > most {
		t.Errorf("%d publications, want at most %d", n, most)
	}
	stop()
	slacktest.Must(t, d.bot.publishHomes(t.Context())) // stopping may have lost the answer to the last one
	before = d.times("views.publish")
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	if n := d.times("views.publish") - before; n != 0 {
		t.Errorf("%d publications of what stands there already", n)
	}
}

// TestAHomeThatFailedIsTriedAgain, and one that Slack does not show is left alone.
func TestAHomeThatFailedIsTriedAgain(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	d.slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.keeping()
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.shows(slacksim.Dana, "waits since")
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Omar))
	d.shows(slacksim.Omar, "waits since")

	d = newDesk(t, slacktest.LineIn(takeover.StateHeld))
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "not_enabled"})
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	if _, kept, _ := d.posts.Home(t.Context(), slacksim.Dana); kept {
		t.Error("a Home that Slack does not show is kept")
	}
}

// TestHomesAfterARestart: a new process publishes what changed meanwhile, once, and not
// what was opened more than a day ago.
func TestHomesAfterARestart(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	now := time.Now()
	deps := d.deps()
	deps.Now, d.posts.Now = func() time.Time { return now }, func() time.Time { return now }
	d.bot = newBot(d.cfg, deps)
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Omar))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	now = now.Add(homeFor / 2)
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	now = now.Add(homeFor/2 + time.Minute)
	d.house.change(theLine, func(l *takeover.Line) { l.Takeover.Holder = "U0NEW" })
	d.bot = newBot(d.cfg, deps)
	before := d.times("views.publish")
	d.keeping()
	d.shows(slacksim.Dana, "U0NEW")
	if n := d.times("views.publish") - before; n != 1 {
		t.Errorf("%d publications, want Dana's alone", n)
	}
}

// TestTwoProcessesPublishInTurn: what one has read is not published after what another
// has read later.
func TestTwoProcessesPublishInTurn(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	release, ok, err := d.posts.Lease(t.Context(), "homes", time.Minute)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if err := d.bot.publishHomes(t.Context()); err == nil || d.slack.Home(slacksim.Dana) != nil {
		t.Errorf("published beside another process: %v", err)
	}
	release()
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	if d.slack.Home(slacksim.Dana) == nil {
		t.Error("not published after it")
	}
}

func TestHomePages(t *testing.T) {
	d := newDesk(t, slacktest.HeldLines(90)...)
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Lena))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.click(slacksim.Lena, d.slack.Home(slacksim.Lena).Ref(), ids.HomePage, slacksim.Pick{Value: "1"})
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.shows(slacksim.Lena, "Page 2 of 3")
	d.click(slacksim.Lena, d.slack.Home(slacksim.Lena).Ref(), ids.HomePage, slacksim.Pick{Value: "2"})
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.shows(slacksim.Lena, "Page 3 of 3")
	d.house.mu.Lock()
	clear(d.house.lines)
	d.house.mu.Unlock()
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.shows(slacksim.Lena, "Nobody holds a line")
}

// TestHomeOfAStranger shows how to get access, and nothing else; the tab of messages is
// no Home.
func TestHomeOfAStranger(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Guest))
	d.fine(d.slack.OpenMessages(t.Context(), slacksim.Dana))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	v := d.slack.Home(slacksim.Guest)
	if v == nil {
		t.Fatal("the guest is not told")
	}
	if raw := string(v.Blocks); !strings.Contains(raw, "Guests can neither") || strings.Contains(raw, "0137") {
		t.Errorf("the guest sees %s", raw)
	}
	if d.slack.Home(slacksim.Dana) != nil {
		t.Error("a Home was published to the tab of messages")
	}
	if _, kept, _ := d.posts.Home(t.Context(), slacksim.Guest); kept {
		t.Error("the guest's Home is kept")
	}
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana", IsRestricted: true})
	d.bot.Writer.people = people.New(d.bot.Writer.slack, takeover.Groups{}, time.Now, slog.New(slog.DiscardHandler))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.tasks.Wait()
	d.shows(slacksim.Dana, "full members")
}

// TestEveryHomeHasItsTurn: where lines change between any two rounds, and Slack's limit
// ends each round early, those whose Home was opened first are not left out.
func TestEveryHomeHasItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const viewers = 100 // far more than one round publishes
		published := map[string]int{}
		h, posts := newHouse(slacktest.LineIn(takeover.StateHeld)), slacktest.NewPosts()
		b := newBot(Config{Token: slacktest.Token, APIURL: "http://127.0.0.1:1/", Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}}, Deps{
			Inbox: h, Service: h, Store: both{h, posts}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: func(task func()) { task() },
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
			if member, err := b.Listener.people.Member(t.Context(), id); !member {
				t.Fatal(err)
			}
			slacktest.Must(t, posts.OpenHome(t.Context(), takeover.OperatorID(id), 0))
		}
		for i := range 6 {
			h.change(theLine, func(l *takeover.Line) { l.Takeover.Hold.Until = slacktest.Night.Add(time.Duration(i) * time.Minute) })
			_ = b.publishHomes(t.Context()) // ends early: what it cannot do is for the next round
			time.Sleep(homePace)
		}
		if len(published) < viewers {
			t.Errorf("%d of %d Homes were never published", viewers-len(published), viewers)
		}
	})
}

// TestAHomeOutlivesAnOutageOfTheToken: nobody has to open it again.
func TestAHomeOutlivesAnOutageOfTheToken(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "invalid_auth"})
	if err := d.bot.publishHomes(t.Context()); err == nil {
		t.Error("a Home that was not published counts as published")
	}
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.shows(slacksim.Dana, "waits since")
}
