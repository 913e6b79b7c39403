package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/store"
	"takeoverbot/takeover"
)

// TestHomeOfAFullDesk: ninety held lines are three pages of forty rows at most, which can
// be turned; many changes at once are few publications; and the watch costs one list call
// a tick for all of them.
func TestHomeOfAFullDesk(t *testing.T) {
	t.Parallel()
	const lines = 90
	w := newWorld(t, worldOptions{})
	w.lenient = true // on a busy machine two posts may arrive closer together than they left
	w.hold(lines)
	w.bot().start(t)
	s := &script{name: "home", w: w}
	wordOpenHome(s, false, []string{"dana"})
	wordHome(s, false, []string{"dana", "90 lines held", "Page 1 of 3", "Yours"})
	for page, rows := range []int{40, 40, 10} {
		if page > 0 {
			s.click("dana", "home.page", page)
			wordHome(s, false, []string{"dana", fmt.Sprintf("Page %d of 3", page+1)})
		}
		if n := strings.Count(w.homeText(slacksim.Dana), "[Hand back]"); n != rows {
			t.Errorf("page %d has %d rows of the holder's, want %d", page+1, n, rows)
		}
	}
	w.slack.ForgetCalls()
	began := time.Now()
	for i := range 30 {
		w.telnyx.Text(t.Context(), telnyxsim.BulkEndUser(i), telnyxsim.SeedAgent, "hello?")
		d := w.slack.SlashCommand(t.Context(), slacksim.Dana, slacksim.DeskChannel, "/takeover", fmt.Sprintf("handoff 01%02d @omar", 60+i))
		s.took(d)
	}
	w.eventually("all that is offered", func() bool { return w.deeds(takeover.DidOffer) == 30 })
	took := time.Since(began)
	if n := len(w.slackCalls("views.publish")); n > int(took.Seconds())+3 {
		t.Errorf("%d publications in %s", n, took)
	}
	checkBlames(w, `^rate limit: chat\.postMessage`)
}

// click presses the first button of an action in the Home; of the page buttons the last,
// which turns on.
func (s *script) click(who, action string, page int) {
	s.w.Helper()
	v := s.w.slack.Home(s.person(who))
	s.took(s.w.slack.Click(s.w.Context(), s.person(who), v.Ref(), action, slacksim.Pick{Value: fmt.Sprint(page)}))
}

// slackCalls are the calls of a method since they were last forgotten.
func (w *world) slackCalls(method string) []slacksim.Call {
	var some []slacksim.Call
	for _, c := range w.slack.Calls() {
		if c.Method == method {
			some = append(some, c)
		}
	}
	return some
}

// hold has Dana hold n lines, as an earlier process has left them.
func (w *world) hold(n int) {
	w.Helper()
	w.telnyx.Load(telnyxsim.Bulk(n, telnyxsim.SeedAgent, time.Now()))
	d, err := db.Open(w.Context(), w.database)
	w.must(nil, err)
	nothing := func(context.Context, *db.Tx, []takeover.Job) error { return nil }
	w.must(nil, store.New(d, nothing, time.Now, "before").Change(w.Context(), func(ctx context.Context, tx takeover.Tx) error {
		for i := range n {
			if err := w.flags.flip(telnyxsim.BulkID(i), true); err != nil {
				return err
			}
			l, err := tx.Save(ctx, heldLine(i))
			if err != nil {
				return err
			}
			claim := takeover.Entry{Key: l.Claim, Line: l.ID, At: l.ClaimedAt, Who: l.Holder, Origin: takeover.FromButton, Deed: takeover.DidClaim, Ref: l.Ref}
			if err := tx.Record(ctx, claim); err != nil {
				return err
			}
		}
		return nil
	}))
	w.must(nil, d.Close())
}

func heldLine(i int) takeover.Line {
	id, now := takeover.ConversationID(telnyxsim.BulkID(i)), time.Now().UTC()
	l := takeover.NewLine(takeover.LineID(fmt.Sprintf("ln_bulk%04d", i)), "Telnyx", takeover.Conversation{ID: id, Channel: takeover.ChannelText,
		EndUser: takeover.Target(telnyxsim.BulkEndUser(i)), Agent: telnyxsim.SeedAgent}, now)
	l.State, l.Holder, l.Ref, l.Claim = takeover.StateHeld, slacksim.Dana, "k7f2", fmt.Sprint("earlier/", i)
	l.ListedAt, l.ClaimedAt, l.HeldSince, l.CheckedAt = now, now, now, now
	l.Hold = takeover.Hold{For: time.Hour, Until: now.Add(time.Hour), NextAt: now.Add(time.Hour)}
	return l
}
