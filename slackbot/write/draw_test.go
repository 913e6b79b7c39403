package write_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

func TestDrawShowsTheStoredState(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	card := d.Open(desktest.LineID)
	for _, state := range []takeover.State{takeover.StateTaking, takeover.StateHeld, takeover.StateReturning, takeover.StateAI} {
		l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) {
			v := l.Version
			*l = slacktest.LineIn(state)
			l.Version, l.ComparedAt = v, time.Now()
		})
		d.Draw(l.Version)
		got := d.Slack.Messages(slacksim.DeskChannel)[0]
		if want := render.Card(l, slacktest.DrawnAt(l)).Text; got.Text != want || got.TS != card.TS {
			t.Errorf("%s: the card says %q, want %q", state, got.Text, want)
		}
	}
}

func TestDrawWithoutACardDoesNothing(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Draw(7)
	if calls := d.Slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

func TestDrawRepeatedDoesNothing(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Open(desktest.LineID)
	l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.State, l.Takeover.Holder = takeover.StateTaking, slacktest.Holder })
	d.Slack.ForgetCalls()
	for range 5 {
		d.Draw(l.Version)
		d.Draw(l.Version - 1)
	}
	if n := d.Times("chat.update"); n != 1 {
		t.Errorf("%d updates, want 1", n)
	}
}

// TestDrawCoalesces: a hundred changes at nearly the same time cost few updates, and the card
// shows the last state in the end.
func TestDrawCoalesces(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Open(desktest.LineID)
	d.Slack.ForgetCalls()
	d.Slack.SetLatency("chat.update", 20*time.Millisecond)
	var jobs sync.WaitGroup
	for i := range 100 {
		l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) {
			v := l.Version
			*l = slacktest.LineIn(takeover.StateHeld)
			l.Version, l.Ref = v, takeover.Ref(fmt.Sprintf("r%03d", i))
		})
		jobs.Go(func() { d.Draw(l.Version) })
	}
	jobs.Wait()
	if n := d.Times("chat.update"); n > 10 {
		t.Errorf("%d updates for 100 versions", n)
	}
	if got := d.Read(d.Slack.Messages(slacksim.DeskChannel)[0]); !strings.Contains(got, "ref r099") {
		t.Errorf("the card shows %q, want the last state", got)
	}
}

func TestDrawPutsUpALostCard(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	lost := d.Open(desktest.LineID)
	deleteCard(d, lost)
	l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	d.Draw(l.Version)
	d.Draw(l.Version)
	card := d.Card()
	if card.TS == lost.TS || !strings.Contains(card.Text, "AI is silent") || len(d.Slack.Messages(slacksim.DeskChannel)) != 1 {
		t.Errorf("card %q at %s, lost at %s", card.Text, card.TS, lost.TS)
	}
	l = d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Ref = "newx" })
	d.Draw(l.Version)
	if got := d.Read(d.Card()); !strings.Contains(got, "ref newx") {
		t.Errorf("the new card is not drawn on: %q", got)
	}
}

// TestACardFoundAgainIsDrawnAnew: the process that posted it died before it stored which state
// the card shows, and the line changed after that.
func TestACardFoundAgainIsDrawnAnew(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Posts.KillBeforePlace()
	d.Put(takeover.Open)
	if err := d.TryLast(); !errors.Is(err, slacktest.ErrKilled) {
		t.Fatal(err)
	}
	d.Posts.BeforePut = nil
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	d.WorkLast()
	if got := d.Read(d.Card()); !strings.Contains(got, "AI is silent") || len(d.Slack.Messages(slacksim.DeskChannel)) != 1 {
		t.Errorf("the card shows %q", got)
	}
}

func TestDrawComesBackWhereSlackFails(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Open(desktest.LineID)
	l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.State, l.Takeover.Holder = takeover.StateTaking, slacktest.Holder })
	job := takeover.DrawJob{Line: desktest.LineID, Version: l.Version}
	d.Slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: time.Second})
	slacktest.WantLater(t, d.Bot.Draw(t.Context(), job), time.Second)
	d.Slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultDropBeforeCommit})
	if err := d.Bot.Draw(t.Context(), job); err == nil {
		t.Error("an update that was lost counts as drawn")
	}
	d.Draw(l.Version)
	if got := d.Read(d.Card()); !strings.Contains(got, "Taking over…") {
		t.Errorf("the card shows %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l = d.Backend.Change(desktest.LineID, func(*takeover.Line) {})
	if err := d.Bot.Draw(ctx, takeover.DrawJob{Line: desktest.LineID, Version: l.Version}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the program", err)
	}
}

// TestALateDrawingIsDrawnOver: a process that was halted finishes its drawing after another
// one has drawn a newer state.
func TestALateDrawingIsDrawnOver(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Open(desktest.LineID)
	late := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.State, l.Takeover.Holder = takeover.StateTaking, slacktest.Holder })
	var once sync.Once
	reader := &haltedReader{Reader: d.Backend, after: func() {
		once.Do(func() { // its lease expires meanwhile, and another process draws
			newer := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
			other := desktest.NewBot(d.Config, d.Deps())
			d.Posts.EndLeases()
			slacktest.Must(t, other.Draw(t.Context(), takeover.DrawJob{Line: desktest.LineID, Version: newer.Version}))
		})
	}}
	d.Bot.Reader = reader
	slacktest.Must(t, d.Bot.Draw(t.Context(), takeover.DrawJob{Line: desktest.LineID, Version: late.Version}))
	if got := d.Read(d.Card()); !strings.Contains(got, "AI is silent") {
		t.Errorf("an older state was drawn over a newer one: %q", got)
	}
}

// haltedReader is a Reader after which its process is halted.
type haltedReader struct {
	write.Reader
	after func()
}

func (r *haltedReader) Line(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	l, err := r.Reader.Line(ctx, id)
	r.after()
	return l, err
}

// idleBot is a bot without a Slack, for tests with synthetic time.
func idleBot(h *desktest.Backend, posts *slacktest.Posts) *desktest.Bot {
	return desktest.NewBot(slackbot.Config{Token: slacktest.Token, APIURL: "http://127.0.0.1:1/", Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}},
		slackbot.Deps{Inbox: h, Service: h, Store: desktest.Store{Backend: h, Posts: posts, People: new(slacktest.People)}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: func(task func()) { task() }})
}

// TestNoLeaseWhileWaitingForATurn: it would expire before Slack's limit allows the update.
func TestNoLeaseWhileWaitingForATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := slacktest.LineIn(takeover.StateHeld)
		posts := slacktest.NewPosts()
		b := idleBot(desktest.NewBackend(l), posts)
		slacktest.Must(t, posts.PutCard(t.Context(), takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1.1"}))
		for range 17 { // five may go at once, the twelve others make it wait for 20 seconds
			go func() { slacktest.Must(t, b.Writer.Slack.AwaitUpdate(t.Context(), slackapi.Alarm)) }()
		}
		synctest.Wait()
		done := make(chan error)
		go func() { done <- b.Draw(t.Context(), takeover.DrawJob{Line: l.ID, Version: l.Version + 1}) }()
		time.Sleep(19 * time.Second)
		if posts.Leased("draw/" + string(l.ID)) {
			t.Error("the lease is taken before the limit allows an update")
		}
		if err := <-done; err == nil {
			t.Error("drawn without Slack")
		}
	})
}

// TestADrawingEndsBeforeItsLease: also if the store hangs.
func TestADrawingEndsBeforeItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := slacktest.LineIn(takeover.StateHeld)
		h, posts := desktest.NewBackend(l), slacktest.NewPosts()
		h.ReaderUp = make(chan struct{})
		b := idleBot(h, posts)
		slacktest.Must(t, posts.PutCard(t.Context(), takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1.1"}))
		began := time.Now()
		err := b.Draw(t.Context(), takeover.DrawJob{Line: l.ID, Version: l.Version + 1})
		if took := time.Since(began); err == nil || took >= write.DrawLease-time.Second {
			t.Errorf("%v after %s, its lease is for %s", err, took, write.DrawLease)
		}
	})
}

// taken is a line that Dana has just begun to take over.
func taken(l *takeover.Line) {
	v := l.Version
	*l = slacktest.LineIn(takeover.StateTaking)
	l.Version, l.Since = v, time.Now()
}

// TestAQuickTakeoverCostsOneUpdate: one that is proven within a second; another one is shown
// within a second as not proven yet.
func TestAQuickTakeoverCostsOneUpdate(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		proven  time.Duration
		updates int
	}{"quick": {300 * time.Millisecond, 1}, "slow": {1500 * time.Millisecond, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
			d.Open(desktest.LineID)
			d.Slack.ForgetCalls()
			click := time.Now()
			l := d.Backend.Change(desktest.LineID, taken)
			var jobs sync.WaitGroup
			jobs.Go(func() {
				d.Draw(l.Version)
				if took := time.Since(click); took > time.Second {
					t.Errorf("the click shows after %s", took)
				}
			})
			time.Sleep(tc.proven)
			l = d.Backend.Change(desktest.LineID, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
			d.Draw(l.Version)
			jobs.Wait()
			if n := d.Times("chat.update"); n != tc.updates {
				t.Errorf("%d updates, want %d", n, tc.updates)
			}
			if got := d.Read(d.Card()); !strings.Contains(got, "AI is silent") {
				t.Errorf("the card shows %q", got)
			}
		})
	}
}

// TestTheMostUrgentCardIsDrawnFirst where Slack's limit makes the others wait.
func TestTheMostUrgentCardIsDrawnFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(slacktest.Night.Add(time.Hour))) // the lines are of that night
		var lines []takeover.Line
		for i, l := range []takeover.Line{slacktest.LineIn(takeover.StateAI), slacktest.LineIn(takeover.StateHeld), slacktest.Cards()["spoke"],
			slacktest.LineIn(takeover.StateAI)} {
			l.ID, l.Version, l.ComparedAt = takeover.LineID(fmt.Sprint(i)), 2, time.Now()
			lines = append(lines, l)
		}
		posts, drawn := slacktest.NewPosts(), []string{}
		b := idleBot(desktest.NewBackend(lines...), posts)
		for range 5 { // so many may go at once
			slacktest.Must(t, b.Writer.Slack.AwaitUpdate(t.Context(), slackapi.Urgent))
		}
		var jobs sync.WaitGroup
		var mu sync.Mutex
		for _, l := range lines {
			slacktest.Must(t, posts.PutCard(t.Context(), takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1.1" + string(l.ID), Silent: l.ID == "3"}))
			jobs.Go(func() {
				_ = b.Draw(t.Context(), takeover.DrawJob{Line: l.ID, Version: l.Version}) // there is no Slack
				mu.Lock()
				defer mu.Unlock()
				drawn = append(drawn, string(l.ID))
			})
			synctest.Wait()
		}
		jobs.Wait()
		if got := strings.Join(drawn, " "); got != "2 3 1 0" { // 3 is handed back, and its card still says silent
			t.Errorf("drawn in the order %q", got)
		}
	})
}
