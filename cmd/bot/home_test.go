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
	s := newSystem(t, options{})
	s.allowViolations = true // on a busy machine two posts may arrive closer together than they left
	s.hold(lines)
	s.bot().start(t)
	s.run("open-home", "dana")
	s.run("home", "dana", "90 lines held", "Page 1 of 3", "Yours")
	for page, rows := range []int{40, 40, 10} {
		if page > 0 {
			s.click("dana", "home.page", page)
			s.run("home", "dana", fmt.Sprintf("Page %d of 3", page+1))
		}
		if n := strings.Count(s.homeText(slacksim.Dana), "[Hand back]"); n != rows {
			t.Errorf("page %d has %d rows of the holder's, want %d", page+1, n, rows)
		}
	}
	s.slack.ForgetCalls()
	began := time.Now()
	for i := range 30 {
		s.telnyx.Text(t.Context(), telnyxsim.BulkEndUser(i), telnyxsim.SeedAgent, "hello?")
		d := s.slack.SlashCommand(t.Context(), slacksim.Dana, slacksim.DeskChannel, "/takeover", fmt.Sprintf("handoff 01%02d @omar", 60+i))
		s.acknowledged(d)
	}
	s.eventually("all that is offered", func() bool { return s.events(takeover.EventOffered) == 30 })
	took := time.Since(began)
	if n := len(s.slackCalls("views.publish")); n > int(took.Seconds())+3 {
		t.Errorf("%d publications in %s", n, took)
	}
	checkViolations(s, `^rate limit: chat\.postMessage`)
}

// click presses the first button of an action in the Home; of the page buttons the last,
// which turns on.
func (s *system) click(who, action string, page int) {
	s.Helper()
	v := s.slack.Home(s.person(who))
	s.acknowledged(s.slack.Click(s.Context(), s.person(who), v.Ref(), action, slacksim.Pick{Value: fmt.Sprint(page)}))
}

// slackCalls are the calls of a method since they were last forgotten.
func (s *system) slackCalls(method string) []slacksim.Call {
	var some []slacksim.Call
	for _, c := range s.slack.Calls() {
		if c.Method == method {
			some = append(some, c)
		}
	}
	return some
}

// hold has Dana hold n lines, as an earlier process has left them.
func (s *system) hold(n int) {
	s.Helper()
	s.telnyx.Load(telnyxsim.Bulk(n, telnyxsim.SeedAgent, time.Now()))
	d, err := db.Open(s.Context(), s.database)
	s.must(nil, err)
	nothing := func(context.Context, *db.Tx, []takeover.Job) error { return nil }
	s.must(nil, store.New(d, nothing, time.Now, "before").Change(s.Context(), func(ctx context.Context, tx takeover.Tx) error {
		for i := range n {
			if err := s.flags.flip(telnyxsim.BulkID(i), true); err != nil {
				return err
			}
			l, err := tx.Save(ctx, heldLine(i))
			if err != nil {
				return err
			}
			claim := takeover.Entry{Key: l.Takeover.Claim, Line: l.ID, At: l.Takeover.ClaimedAt, Who: l.Takeover.Holder, Origin: takeover.FromButton, Event: takeover.EventClaimed, Ref: l.Ref}
			if err := tx.Record(ctx, claim); err != nil {
				return err
			}
		}
		return nil
	}))
	s.must(nil, d.Close())
}

func heldLine(i int) takeover.Line {
	id, now := takeover.ConversationID(telnyxsim.BulkID(i)), time.Now().UTC()
	l := takeover.NewLine(takeover.LineID(fmt.Sprintf("ln_bulk%04d", i)), "Telnyx", takeover.Conversation{ID: id, Channel: takeover.ChannelText,
		EndUser: takeover.Target(telnyxsim.BulkEndUser(i)), Agent: telnyxsim.SeedAgent}, now)
	l.State, l.Takeover.Holder, l.Ref, l.Takeover.Claim = takeover.StateHeld, slacksim.Dana, "k7f2", fmt.Sprint("earlier/", i)
	l.Takeover.ListedAt, l.Takeover.ClaimedAt, l.Takeover.GotAt, l.Takeover.ProvenAt, l.Covered[0].CheckedAt = now, now, now, now, now
	l.Takeover.Hold = takeover.Hold{For: time.Hour, Until: now.Add(time.Hour), NextAt: now.Add(time.Hour)}
	return l
}
