package slackbot

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

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// draw runs the drawing of a version, as its job does: again when it is asked to.
func (d *desk) draw(version int64) {
	d.Helper()
	for {
		err := d.bot.Draw(d.Context(), takeover.DrawJob{Line: testLine, Version: version})
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			slacktest.Must(d.T, err)
			return
		}
	}
}

func TestDrawShowsTheStoredState(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	card := d.open(testLine)
	for _, state := range []takeover.State{takeover.StateTaking, takeover.StateHeld, takeover.StateReturning, takeover.StateAI} {
		l := d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(state); l.Version = v })
		d.draw(l.Version)
		got := d.slack.Messages(slacksim.DeskChannel)[0]
		if want := render.Card(l).Text; got.Text != want || got.TS != card.TS {
			t.Errorf("%s: the card says %q, want %q", state, got.Text, want)
		}
	}
}

func TestDrawWithoutACardDoesNothing(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	d.draw(7)
	if calls := d.slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

func TestDrawRepeatedDoesNothing(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.open(testLine)
	l := d.house.change(testLine, func(l *takeover.Line) { l.State, l.Takeover.Holder = takeover.StateTaking, slacktest.Holder })
	d.slack.ForgetCalls()
	for range 5 {
		d.draw(l.Version)
		d.draw(l.Version - 1)
	}
	if n := d.times("chat.update"); n != 1 {
		t.Errorf("%d updates, want 1", n)
	}
}

// TestDrawCoalesces: a hundred changes within a moment cost few updates, and the last
// state is what stands in the end.
func TestDrawCoalesces(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.open(testLine)
	d.slack.ForgetCalls()
	d.slack.SetLatency("chat.update", 20*time.Millisecond)
	var jobs sync.WaitGroup
	for i := range 100 {
		l := d.house.change(testLine, func(l *takeover.Line) {
			v := l.Version
			*l = slacktest.LineIn(takeover.StateHeld)
			l.Version, l.Ref = v, takeover.Ref(fmt.Sprintf("r%03d", i))
		})
		jobs.Go(func() { d.draw(l.Version) })
	}
	jobs.Wait()
	if n := d.times("chat.update"); n > 10 {
		t.Errorf("%d updates for 100 versions", n)
	}
	if got := d.read(d.slack.Messages(slacksim.DeskChannel)[0]); !strings.Contains(got, "ref r099") {
		t.Errorf("the card shows %q, want the last state", got)
	}
}

func TestDrawPutsUpALostCard(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	lost := d.open(testLine)
	d.deleteCard(lost)
	l := d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	d.draw(l.Version)
	d.draw(l.Version)
	card := d.card()
	if card.TS == lost.TS || !strings.Contains(card.Text, "AI is silent") || len(d.slack.Messages(slacksim.DeskChannel)) != 1 {
		t.Errorf("card %q at %s, lost at %s", card.Text, card.TS, lost.TS)
	}
	l = d.house.change(testLine, func(l *takeover.Line) { l.Ref = "newx" })
	d.draw(l.Version)
	if got := d.read(d.card()); !strings.Contains(got, "ref newx") {
		t.Errorf("the new card is not drawn on: %q", got)
	}
}

// TestACardFoundAgainIsDrawnAnew: the process that posted it died before it could note
// what is on it, and the line went on.
func TestACardFoundAgainIsDrawnAnew(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.posts.KillBeforePlace()
	d.put(takeover.Open)
	if err := d.tryLast(); !errors.Is(err, slacktest.ErrKilled) {
		t.Fatal(err)
	}
	d.posts.BeforePut = nil
	d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	d.workLast()
	if got := d.read(d.card()); !strings.Contains(got, "AI is silent") || len(d.slack.Messages(slacksim.DeskChannel)) != 1 {
		t.Errorf("the card shows %q", got)
	}
}

func TestDrawComesBackWhereSlackFails(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.open(testLine)
	l := d.house.change(testLine, func(l *takeover.Line) { l.State, l.Takeover.Holder = takeover.StateTaking, slacktest.Holder })
	job := takeover.DrawJob{Line: testLine, Version: l.Version}
	d.slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: time.Second})
	slacktest.WantLater(t, d.bot.Draw(t.Context(), job), time.Second)
	d.slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultDropBeforeCommit})
	if err := d.bot.Draw(t.Context(), job); err == nil {
		t.Error("an update that was lost counts as drawn")
	}
	d.draw(l.Version)
	if got := d.read(d.card()); !strings.Contains(got, "Taking over…") {
		t.Errorf("the card shows %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l = d.house.change(testLine, func(*takeover.Line) {})
	if err := d.bot.Draw(ctx, takeover.DrawJob{Line: testLine, Version: l.Version}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the program", err)
	}
}

// TestALateDrawingIsDrawnOver: a process that was halted ends its drawing after another
// one has drawn a newer state.
func TestALateDrawingIsDrawnOver(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.open(testLine)
	late := d.house.change(testLine, func(l *takeover.Line) { l.State, l.Takeover.Holder = takeover.StateTaking, slacktest.Holder })
	var once sync.Once
	reader := &haltedReader{Reader: d.house, after: func() {
		once.Do(func() { // its lease is over meanwhile, and another process draws
			newer := d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
			other := newBot(d.cfg, d.deps())
			d.posts.EndLeases()
			slacktest.Must(t, other.Draw(t.Context(), takeover.DrawJob{Line: testLine, Version: newer.Version}))
		})
	}}
	d.bot.Writer.deps.Reader = reader
	slacktest.Must(t, d.bot.Draw(t.Context(), takeover.DrawJob{Line: testLine, Version: late.Version}))
	if got := d.read(d.card()); !strings.Contains(got, "AI is silent") {
		t.Errorf("an older state was drawn over a newer one: %q", got)
	}
}

// haltedReader is a Reader after which its process is halted.
type haltedReader struct {
	Reader
	after func()
}

func (r *haltedReader) Line(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	l, err := r.Reader.Line(ctx, id)
	r.after()
	return l, err
}

// idleBot is a bot on posts and a house, for tests in which time is turned: it has no Slack.
func idleBot(h *house, posts *slacktest.Posts) *bot {
	return newBot(Config{Token: slacktest.Token, APIURL: "http://127.0.0.1:1/", Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}},
		Deps{Inbox: h, Service: h, Store: both{h, posts}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: func(task func()) { task() }})
}

// TestNoLeaseWhileWaitingForATurn, for it would be over when the turn comes.
func TestNoLeaseWhileWaitingForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := slacktest.LineIn(takeover.StateHeld)
		posts := slacktest.NewPosts()
		b := idleBot(newHouse(l), posts)
		slacktest.Must(t, posts.PutCard(t.Context(), takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1.1"}))
		for range 17 { // five may go at once, the twelve others make it wait for 20 seconds
			go func() { slacktest.Must(t, b.Writer.slack.AwaitUpdate(t.Context(), slackapi.Urgent)) }()
		}
		synctest.Wait()
		done := make(chan error)
		go func() { done <- b.Draw(t.Context(), takeover.DrawJob{Line: l.ID, Version: l.Version + 1}) }()
		time.Sleep(19 * time.Second)
		if posts.Leased("draw/" + string(l.ID)) {
			t.Error("the lease is taken before the turn has come")
		}
		if err := <-done; err == nil {
			t.Error("drawn without Slack")
		}
	})
}

// TestADrawingEndsBeforeItsLease, however long the store takes.
func TestADrawingEndsBeforeItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := slacktest.LineIn(takeover.StateHeld)
		h, posts := newHouse(l), slacktest.NewPosts()
		h.readerUp = make(chan struct{})
		b := idleBot(h, posts)
		slacktest.Must(t, posts.PutCard(t.Context(), takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1.1"}))
		began := time.Now()
		err := b.Draw(t.Context(), takeover.DrawJob{Line: l.ID, Version: l.Version + 1})
		if took := time.Since(began); err == nil || took >= drawLease-time.Second {
			t.Errorf("%v after %s, its lease is for %s", err, took, drawLease)
		}
	})
}
