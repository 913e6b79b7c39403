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

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// heldLines are n held lines: those of an even number are Omar's, and on every third the
// end user waits, the last of them longest.
func heldLines(n int) []takeover.Line {
	lines := make([]takeover.Line, n)
	for i := range lines {
		l := lineIn(takeover.StateHeld)
		l.ID, l.Takeover.Holder = takeover.LineID(fmt.Sprintf("ln_%04d", i)), slacksim.Dana
		l.EndUser, l.Newest.Name = takeover.Target(fmt.Sprintf("+1415555%04d", i)), fmt.Sprintf("Tenant %d <!here>", i)
		if i%2 == 0 {
			l.Takeover.Holder = slacksim.Omar
		}
		l.Recent = recentOf(l.Recent.Lines[:2])
		if i%3 == 0 {
			l.Recent.WaitsSince = night.Add(-time.Duration(i) * time.Minute)
		}
		lines[i] = l
	}
	return lines
}

// homeText is the JSON of a Home, for looking for words.
func homeText(t *testing.T, v slack.HomeTabViewRequest) string {
	t.Helper()
	raw, err := json.Marshal(v)
	slacktest.Must(t, err)
	return string(raw)
}

func TestHomeView(t *testing.T) {
	lines := heldLines(100)
	waitingFirst(lines)
	h := homeData{lines: lines, asOf: night, viewer: slacksim.Dana, role: people.Responder}
	seen := map[string]int{}
	for page := range 5 {
		h.page = page
		view := h.view()
		l := slacktest.Look(view.Blocks.BlockSet, 100)
		l.Faults = nil // the sum of a Home's characters has another limit
		raw := homeText(t, view)
		if len(view.Blocks.BlockSet) > 100 || len(raw) > 250_000 {
			t.Errorf("page %d has %d blocks, %d bytes", page, len(view.Blocks.BlockSet), len(raw))
		}
		if strings.Contains(raw, `\u003c!here\u003e","type":"mrkdwn"`) {
			t.Error("a name became mark-up")
		}
		for i := range lines {
			seen[string(lines[i].ID)] += strings.Count(raw, `"value":"`+string(lines[i].ID)+`"`)
		}
	}
	for _, l := range lines {
		if seen[string(l.ID)] == 0 {
			t.Errorf("%s is on no page", l.ID)
		}
	}
	rows := h.rows()
	for i := 1; i < 34; i++ {
		if rows[i].line.WaitingSince().Before(rows[i-1].line.WaitingSince()) {
			t.Errorf("row %d waits longer than the one before", i)
		}
	}
	if rows[0].part != "Waiting, longest first" || rows[34].part != "Yours" || rows[len(rows)-1].part != "Held by others" {
		t.Errorf("parts %q, %q, %q", rows[0].part, rows[34].part, rows[len(rows)-1].part)
	}
}

// TestHomeKeepsToSlacksLimits and the marks of every block are our own.
func TestHomeKeepsToSlacksLimits(t *testing.T) {
	hostile := with(lineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Newest.Name, l.Takeover.Holder = "<!channel> *x* &amp; "+strings.Repeat("long ", 80), slacksim.Dana
	})
	offered := with(lineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.ID, l.Takeover.Handoff = "ln_2", takeover.Handoff{Ref: "q2w3", To: slacksim.Omar, By: slacksim.Dana, At: night}
	})
	ranOut := with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.ID, l.Takeover.Hold.Step = "ln_3", takeover.HoldAsked })
	lines := []takeover.Line{hostile, offered, ranOut, with(inTrouble(takeover.StateTaking, takeover.Refused, 422), func(l *takeover.Line) { l.ID = "ln_4" }),
		with(lineIn(takeover.StateReturning), func(l *takeover.Line) { l.ID = "ln_5" })}
	for _, lines := range [][]takeover.Line{nil, lines} {
		for r := people.Reader; r <= people.Admin; r++ {
			v := homeData{lines: lines, asOf: night, viewer: slacksim.Dana, role: r}.view()
			for _, f := range slacktest.Look(v.Blocks.BlockSet, 100).Faults {
				t.Errorf("role %d: %s", r, f)
			}
			if !strings.Contains(homeText(t, v), "As of ") {
				t.Error("it does not say how current it is")
			}
		}
	}
}

// TestReadersSeeMaskedNumbers, and no buttons that act.
func TestReadersSeeMaskedNumbers(t *testing.T) {
	mine := with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	for r, whole := range map[people.Role]bool{people.Reader: false, people.Responder: true, people.Lead: true} {
		text := homeText(t, homeData{lines: []takeover.Line{mine}, asOf: night, viewer: slacksim.Dana, role: r}.view())
		if strings.Contains(text, "415-555-0137") != whole || strings.Contains(text, actionHandBack) != whole {
			t.Errorf("role %d: whole number and buttons wanted %t: %s", r, whole, text)
		}
	}
}

// TestHomeSilenceHasATime: "silent" never stands there without when it was seen.
func TestHomeSilenceHasATime(t *testing.T) {
	for _, state := range []takeover.State{takeover.StateTaking, takeover.StateHeld, takeover.StateReturning} {
		for _, l := range []takeover.Line{lineIn(state), inTrouble(state, takeover.NoAnswer, 0)} {
			words := homeWords(l)
			if slacktest.ClaimsSilence(words) && (l.State != takeover.StateHeld || !strings.Contains(words, "<!date^")) {
				t.Errorf("%s: %q", state, words)
			}
		}
	}
}

func TestDigestIsOfWhatMatters(t *testing.T) {
	h := homeData{lines: []takeover.Line{lineIn(takeover.StateHeld)}, asOf: night, viewer: slacksim.Dana, role: people.Responder}
	was := h.digest()
	later := h
	later.asOf = night.Add(time.Hour)
	later.lines = []takeover.Line{with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.ComparedAt = night.Add(time.Hour) })}
	if later.digest() != was {
		t.Error("a newer comparison alone makes another Home")
	}
	for name, change := range map[string]func(*takeover.Line){
		"another holder": func(l *takeover.Line) { l.Takeover.Holder = slacksim.Omar }, "more time": func(l *takeover.Line) { l.Takeover.Hold.Until = night.Add(time.Hour) },
		"nobody waits": func(l *takeover.Line) { l.Recent = recentOf(l.Recent.Lines[:2]) }, "an offer": func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{To: "U1"} },
	} {
		changed := h
		changed.lines = []takeover.Line{with(lineIn(takeover.StateHeld), change)}
		if changed.digest() == was {
			t.Errorf("%s makes no other Home", name)
		}
	}
	known := takeover.Home{Digest: was, AsOf: night}
	if !h.stands(known, was) || h.stands(takeover.Home{}, was) || h.stands(known, "other") {
		t.Error("what stands is not recognised")
	}
	if h.asOf = night.Add(homeAge); h.stands(known, was) {
		t.Error("an old Home with lines on it is not renewed")
	}
	if h.lines = nil; !h.stands(known, was) {
		t.Error("an empty Home is renewed")
	}
}

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
	d := newDesk(t, with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana }))
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
	d := newDesk(t, lineIn(takeover.StateHeld))
	stop := d.keeping()
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.shows(slacksim.Dana, "waits since")
	before := d.times("views.publish")
	began := time.Now()
	for i := range 200 {
		line := d.house.change(theLine, func(l *takeover.Line) { l.Takeover.Hold.Until = night.Add(time.Duration(i) * time.Minute) })
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
	d := newDesk(t, lineIn(takeover.StateHeld))
	d.slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.keeping()
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.shows(slacksim.Dana, "waits since")
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Omar))
	d.shows(slacksim.Omar, "waits since")

	d = newDesk(t, lineIn(takeover.StateHeld))
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
	d := newDesk(t, lineIn(takeover.StateHeld))
	now := time.Now()
	d.bot.deps.Now, d.posts.Now = func() time.Time { return now }, func() time.Time { return now }
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Omar))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	now = now.Add(homeFor / 2)
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	now = now.Add(homeFor/2 + time.Minute)
	d.house.change(theLine, func(l *takeover.Line) { l.Takeover.Holder = "U0NEW" })
	d.bot = New(d.bot.cfg, d.bot.deps)
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
	d := newDesk(t, lineIn(takeover.StateHeld))
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
	d := newDesk(t, heldLines(90)...)
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Lena))
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.click(slacksim.Lena, d.slack.Home(slacksim.Lena).Ref(), actionHomePage, slacksim.Pick{Value: "1"})
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.shows(slacksim.Lena, "Page 2 of 3")
	d.click(slacksim.Lena, d.slack.Home(slacksim.Lena).Ref(), actionHomePage, slacksim.Pick{Value: "2"})
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
	d := newDesk(t, lineIn(takeover.StateHeld))
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
	d.bot.people = people.New(d.bot.slack, people.Groups{}, time.Now, slog.New(slog.DiscardHandler))
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
		h, posts := newHouse(lineIn(takeover.StateHeld)), slacktest.NewPosts()
		b := New(Config{Token: slacktest.Token, APIURL: "http://127.0.0.1:1/", Channel: slacksim.DeskChannel}, Deps{
			Inbox: h, Service: h, Reader: h, Posts: posts, Log: slog.New(slog.DiscardHandler), Now: time.Now,
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
			if member, err := b.people.Member(t.Context(), id); !member {
				t.Fatal(err)
			}
			slacktest.Must(t, posts.OpenHome(t.Context(), takeover.OperatorID(id), 0))
		}
		for i := range 6 {
			h.change(theLine, func(l *takeover.Line) { l.Takeover.Hold.Until = night.Add(time.Duration(i) * time.Minute) })
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
	d := newDesk(t, lineIn(takeover.StateHeld))
	d.fine(d.slack.OpenHome(t.Context(), slacksim.Dana))
	d.slack.FailNext("views.publish", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "invalid_auth"})
	if err := d.bot.publishHomes(t.Context()); err == nil {
		t.Error("a Home that was not published counts as published")
	}
	slacktest.Must(t, d.bot.publishHomes(t.Context()))
	d.shows(slacksim.Dana, "waits since")
}
