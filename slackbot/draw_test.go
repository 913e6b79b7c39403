package slackbot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// draw runs the drawing of a version, as its job does: again when it is asked to.
func (d *desk) draw(version int64) {
	d.Helper()
	for {
		err := d.bot.Draw(d.Context(), takeover.DrawJob{Line: testLine, Version: version})
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			must(d.T, err)
			return
		}
	}
}

func TestDrawShowsTheStoredState(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateAI))
	card := d.open(testLine)
	for _, state := range []takeover.State{takeover.StateTaking, takeover.StateHeld, takeover.StateReturning, takeover.StateAI} {
		l := d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = lineIn(state); l.Version = v })
		d.draw(l.Version)
		got := d.slack.Messages(slacksim.DeskChannel)[0]
		if want := cardSentence(cardState(l), l); got.Text != want || got.TS != card.TS {
			t.Errorf("%s: the card says %q, want %q", state, got.Text, want)
		}
	}
}

func TestDrawWithoutACardDoesNothing(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateHeld))
	d.draw(7)
	if calls := d.slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

func TestDrawRepeatedDoesNothing(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateAI))
	d.open(testLine)
	l := d.house.change(testLine, func(l *takeover.Line) { l.State, l.Holder = takeover.StateTaking, holder })
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
	d := newDesk(t, lineIn(takeover.StateAI))
	d.open(testLine)
	d.slack.ForgetCalls()
	d.slack.SetLatency("chat.update", 20*time.Millisecond)
	var jobs sync.WaitGroup
	for i := range 100 {
		l := d.house.change(testLine, func(l *takeover.Line) {
			v := l.Version
			*l = lineIn(takeover.StateHeld)
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
	d := newDesk(t, lineIn(takeover.StateAI))
	lost := d.open(testLine)
	d.deleteCard(lost)
	l := d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = lineIn(takeover.StateHeld); l.Version = v })
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
	d := newDesk(t, lineIn(takeover.StateAI))
	d.posts.killBeforePlace()
	d.put(takeover.Open)
	if err := d.tryLast(); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	d.posts.beforePut = nil
	d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = lineIn(takeover.StateHeld); l.Version = v })
	d.workLast()
	if got := d.read(d.card()); !strings.Contains(got, "AI is silent") || len(d.slack.Messages(slacksim.DeskChannel)) != 1 {
		t.Errorf("the card shows %q", got)
	}
}

func TestDrawComesBackWhereSlackFails(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateAI))
	d.open(testLine)
	l := d.house.change(testLine, func(l *takeover.Line) { l.State, l.Holder = takeover.StateTaking, holder })
	job := takeover.DrawJob{Line: testLine, Version: l.Version}
	d.slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: time.Second})
	wantLater(t, d.bot.Draw(t.Context(), job), time.Second)
	d.bot.slack.pacer = unpaced()
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
