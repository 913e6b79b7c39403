package write_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

func TestSayWritesOnceBelowTheCard(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	card := d.Open(desktest.LineID)
	e := slacktest.EntryOf(takeover.EventSilenced)
	e.Line, e.Who = desktest.LineID, ""
	for range 3 {
		slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	}
	thread := d.Thread(card)
	if len(thread) != 1 || !strings.Contains(thread[0], "took over. The AI is silent (read back at 03:14:09") {
		t.Errorf("the thread says %q", thread)
	}
	if n := len(d.Slack.Messages(slacksim.DeskChannel)); n != 1 {
		t.Errorf("%d messages in the channel: the thread is for this", n)
	}
}

// TestSayWithoutACardSaysNothing: a line on which the AI answers needs no card.
func TestSayWithoutACardSaysNothing(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	e := slacktest.EntryOf(takeover.EventReleased)
	e.Line = desktest.LineID
	slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	e.Line = "ln_gone"
	slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if calls := d.Slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

// TestSayIsFasterThanTheCard: a message about a taken line that comes before its card, or while
// the card is being posted, is below the card in the end.
func TestSayIsFasterThanTheCard(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*desktest.Desk){
		"no card": func(*desktest.Desk) {},
		"begun by a process that died": func(d *desktest.Desk) {
			slacktest.Must(d.T, d.Posts.PutPost(d.Context(), takeover.Post{Key: write.CardKey(desktest.LineID), Channel: slacksim.DeskChannel, Begun: time.Unix(1, 0)}))
		},
		"found again": func(d *desktest.Desk) {
			d.Posts.KillBeforePlace()
			_, err := d.Bot.PutUpCard(d.Context(), slacktest.LineIn(takeover.StateAI))
			if !errors.Is(err, slacktest.ErrKilled) {
				d.Fatal(err)
			}
			d.Posts.BeforePut = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
			before(d)
			e := slacktest.EntryOf(takeover.EventSilenced)
			e.Line = desktest.LineID
			slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
			d.Put(takeover.Open)
			d.WorkLast()
			cards := d.Slack.Messages(slacksim.DeskChannel)
			if len(cards) != 1 || !strings.Contains(d.Read(cards[0]), "AI is silent") {
				t.Fatalf("%d cards, the last says %q", len(cards), d.Read(d.Card()))
			}
			if thread := d.Thread(cards[0]); len(thread) < 1 || !strings.Contains(thread[0], "took over. The AI is silent") {
				t.Errorf("the thread says %q", thread)
			}
		})
	}
}

func TestSayWaitsForWhoeverPutsTheCardUp(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	slacktest.Must(t, d.Posts.PutPost(t.Context(), takeover.Post{Key: write.CardKey(desktest.LineID), Channel: slacksim.DeskChannel, Begun: time.Unix(1, 0)}))
	lease, _, err := d.Posts.Lease(t.Context(), "post/"+write.CardKey(desktest.LineID), time.Minute)
	slacktest.Must(t, err)
	defer lease.Release()
	e := slacktest.EntryOf(takeover.EventSilenced)
	e.Line = desktest.LineID
	slacktest.WantLater(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}), slackapi.BusyWait)
}

func TestTheDeskIsToldInTheChannel(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422))
	d.Open(desktest.LineID)
	e := slacktest.EntryOf(takeover.EventDeskWarned)
	e.Line = desktest.LineID
	slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if got := d.Read(d.Card()); !strings.HasPrefix(got, "For the whole desk: after 60 seconds this is still not proven. NOT silent (") {
		t.Errorf("the channel says %q", got)
	}
}

// TestTheDeskIsToldAlthoughTheCardIsLost: the drawing that comes with it puts up a new
// card, and the warning is not lost with the old one.
func TestTheDeskIsToldAlthoughTheCardIsLost(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422))
	lost := d.Open(desktest.LineID)
	deleteCard(d, lost)
	l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Trouble.DeskTold = true })
	e := slacktest.EntryOf(takeover.EventDeskWarned)
	e.Line = desktest.LineID
	slacktest.WantLater(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}), time.Second)
	d.Draw(l.Version)
	slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if got := d.Read(d.Card()); !strings.HasPrefix(got, "For the whole desk:") {
		t.Errorf("the channel says %q", got)
	}
}

func TestSayGivesUpWhereNoCardComes(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	card := d.Open(desktest.LineID)
	deleteCard(d, card)
	e := slacktest.EntryOf(takeover.EventSilenced)
	e.Line = desktest.LineID
	slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if n := len(d.Slack.Messages(slacksim.DeskChannel)); n != 0 {
		t.Errorf("%d messages in the channel: a line of a thread is none for it", n)
	}
}
