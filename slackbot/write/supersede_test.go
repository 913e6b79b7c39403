package write_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// uneditable is a desk with a card that says that the AI answers, on a line that was taken over,
// and that Slack does not edit any more.
func uneditable(t *testing.T, code string) (d *desktest.Desk, old slacksim.Message, job takeover.DrawJob) {
	t.Helper()
	d = desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(3)
	old = d.Open(desktest.LineID)
	time.Sleep(5 * time.Millisecond)
	if code == "no_permission" {
		d.Slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: code})
	} else {
		slacktest.Must(t, d.Slack.SetEditWindow(time.Millisecond, code))
	}
	l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	return d, old, takeover.DrawJob{Line: desktest.LineID, Version: l.Version}
}

// wantSuperseded checks that a new card has the line's state, and that the two cards are linked.
func wantSuperseded(t *testing.T, d *desktest.Desk, old slacksim.Message) {
	t.Helper()
	card, _, err := d.Posts.Card(t.Context(), desktest.LineID)
	slacktest.Must(t, err)
	cards := d.Slack.Messages(slacksim.DeskChannel)
	if len(cards) != 2 || card.TS != cards[1].TS || !strings.Contains(d.Read(cards[1]), "AI is silent (checked ") {
		t.Fatalf("the line's card is %+v; the channel has %+v", card, cards)
	}
	for in, want := range map[string][]string{
		old.TS:  {"The card above is out of date", "/p" + strings.ReplaceAll(card.TS, ".", "")},
		card.TS: {"this one takes its place", "/p" + strings.ReplaceAll(old.TS, ".", "")},
	} {
		thread := d.Slack.Thread(slacksim.DeskChannel, in)
		if len(thread) == 0 {
			t.Fatalf("nothing stands below %s", in)
		}
		if last := thread[len(thread)-1]; !strings.Contains(last.Text, want[0]) || !strings.Contains(last.Text, want[1]) {
			t.Errorf("below %s stands %q", in, last.Text)
		}
	}
	if n := len(d.Slack.Thread(slacksim.DeskChannel, old.TS)); n != 2 { // the messages, and that it is out of date
		t.Errorf("%d messages below the old card", n)
	}
}

func TestACardThatSlackNoLongerEditsIsSuperseded(t *testing.T) {
	t.Parallel()
	for _, code := range []string{slacksim.EditWindowClosed, slacksim.CantUpdateMessage, slacksim.MessageNotFound, "no_permission"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			d, old, job := uneditable(t, code)
			slacktest.Must(t, d.Bot.Draw(t.Context(), job))
			slacktest.Must(t, d.Bot.Draw(t.Context(), job))
			wantSuperseded(t, d, old)
		})
	}
}

// TestSupersededOnceWhereTheProcessDies: at any of its writes.
func TestSupersededOnceWhereTheProcessDies(t *testing.T) {
	t.Parallel()
	for killAt := range 9 {
		t.Run(fmt.Sprint(killAt), func(t *testing.T) {
			t.Parallel()
			d, old, job := uneditable(t, slacksim.EditWindowClosed)
			n := 0
			d.Posts.BeforePut = func(any) error {
				if n++; n > killAt {
					return slacktest.ErrKilled
				}
				return nil
			}
			_ = d.Bot.Draw(t.Context(), job)
			d.Posts.BeforePut = nil
			slacktest.Must(t, d.Slack.SetEditWindow(time.Hour, slacksim.EditWindowClosed)) // the new card can be edited
			if killAt < 8 {                                                                // the process died before the new card was stored
				d.Slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: slacksim.EditWindowClosed})
			}
			d.Draw(job.Version)
			wantSuperseded(t, d, old)
		})
	}
}

// TestTheThreadSaysThatItsCardIsOutOfDate: Slack takes no new card either.
func TestTheThreadSaysThatItsCardIsOutOfDate(t *testing.T) {
	t.Parallel()
	d, old, job := uneditable(t, slacksim.EditWindowClosed)
	for range 2 {
		d.Slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "restricted_action"})
		if err := d.Bot.Draw(t.Context(), job); !slackapi.IsCode(err, "restricted_action") {
			t.Fatal(err)
		}
	}
	thread := d.Thread(old)
	if len(thread) != 2 || !strings.Contains(thread[1], "neither change it nor post a new one") {
		t.Fatalf("below the card stands %q", thread)
	}
	slacktest.Must(t, d.Bot.Draw(context.WithoutCancel(t.Context()), job))
	if cards := d.Slack.Messages(slacksim.DeskChannel); len(cards) != 2 || !strings.Contains(d.Read(cards[1]), "AI is silent") {
		t.Errorf("once Slack takes a new card, the channel has %+v", cards)
	}
}

// TestANewCardIsNotPostedForAFailureThatPasses.
func TestANewCardIsNotPostedForAFailureThatPasses(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"internal_error", "service_unavailable", "ratelimited", "missing_scope", "not_in_channel", "token_revoked"} {
		d, _, job := uneditable(t, slacksim.EditWindowClosed)
		d.Slack.ClearFaults()
		d.Slack.FailNext("chat.update", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: code})
		if _, later := errors.AsType[*takeover.LaterError](d.Bot.Draw(t.Context(), job)); !later {
			t.Errorf("%s: the job does not come back", code)
		}
		if n := len(d.Slack.Messages(slacksim.DeskChannel)); n != 1 {
			t.Errorf("%s: %d cards", code, n)
		}
	}
}
