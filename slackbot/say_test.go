package slackbot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

func TestSayWritesOnceBelowTheCard(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	card := d.open(testLine)
	e := slacktest.EntryOf(takeover.EventSilenced)
	e.Line, e.Who = testLine, ""
	for range 3 {
		slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	}
	thread := d.thread(card)
	if len(thread) != 1 || !strings.Contains(thread[0], "took over. The AI is silent (read back at 03:14:09") {
		t.Errorf("the thread says %q", thread)
	}
	if n := len(d.slack.Messages(slacksim.DeskChannel)); n != 1 {
		t.Errorf("%d messages in the channel: the thread is for this", n)
	}
}

// TestSayWithoutACardSaysNothing: where the AI answers, nobody looks for a card.
func TestSayWithoutACardSaysNothing(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	e := slacktest.EntryOf(takeover.EventReleased)
	e.Line = testLine
	slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	e.Line = "ln_gone"
	slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if calls := d.slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}

// TestSayIsFasterThanTheCard: what is said of a taken line before its card stands, or while
// it is put up, stands below it in the end.
func TestSayIsFasterThanTheCard(t *testing.T) {
	for name, before := range map[string]func(*desk){
		"no card": func(*desk) {},
		"begun by a process that died": func(d *desk) {
			slacktest.Must(d.T, d.posts.PutPost(d.Context(), takeover.Post{Key: cardKey(testLine), Channel: slacksim.DeskChannel, Begun: time.Unix(1, 0)}))
		},
		"found again": func(d *desk) {
			d.posts.KillBeforePlace()
			_, err := d.bot.putUpCard(d.Context(), slacktest.LineIn(takeover.StateAI))
			if !errors.Is(err, slacktest.ErrKilled) {
				d.Fatal(err)
			}
			d.posts.BeforePut = nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
			before(d)
			e := slacktest.EntryOf(takeover.EventSilenced)
			e.Line = testLine
			slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
			d.put(takeover.Open)
			d.workLast()
			cards := d.slack.Messages(slacksim.DeskChannel)
			if len(cards) != 1 || !strings.Contains(d.read(cards[0]), "AI is silent") {
				t.Fatalf("%d cards, the last says %q", len(cards), d.read(d.card()))
			}
			if thread := d.thread(cards[0]); len(thread) < 1 || !strings.Contains(thread[0], "took over. The AI is silent") {
				t.Errorf("the thread says %q", thread)
			}
		})
	}
}

// TestSayWaitsForWhoeverPutsTheCardUp.
func TestSayWaitsForWhoeverPutsTheCardUp(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	slacktest.Must(t, d.posts.PutPost(t.Context(), takeover.Post{Key: cardKey(testLine), Channel: slacksim.DeskChannel, Begun: time.Unix(1, 0)}))
	release, _, err := d.posts.Lease(t.Context(), "post/"+cardKey(testLine), time.Minute)
	slacktest.Must(t, err)
	defer release()
	e := slacktest.EntryOf(takeover.EventSilenced)
	e.Line = testLine
	slacktest.WantLater(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}), slackapi.BusyWait)
}

func TestTheDeskIsToldInTheChannel(t *testing.T) {
	d := newDesk(t, slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422))
	d.open(testLine)
	e := slacktest.EntryOf(takeover.EventDeskWarned)
	e.Line = testLine
	slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if got := d.read(d.card()); !strings.HasPrefix(got, "For the whole desk: after 60 seconds this is still not proven. NOT silent (") {
		t.Errorf("the channel says %q", got)
	}
}

// TestTheDeskIsToldAlthoughTheCardIsLost: the drawing that comes with it puts up a new
// card, and the warning is not lost with the old one.
func TestTheDeskIsToldAlthoughTheCardIsLost(t *testing.T) {
	d := newDesk(t, slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422))
	lost := d.open(testLine)
	d.deleteCard(lost)
	l := d.house.change(testLine, func(l *takeover.Line) { l.Trouble.DeskTold = true })
	e := slacktest.EntryOf(takeover.EventDeskWarned)
	e.Line = testLine
	slacktest.WantLater(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}), time.Second)
	d.draw(l.Version)
	slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if got := d.read(d.card()); !strings.HasPrefix(got, "For the whole desk:") {
		t.Errorf("the channel says %q", got)
	}
}

func TestSayGivesUpWhereNoCardComes(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	card := d.open(testLine)
	d.deleteCard(card)
	e := slacktest.EntryOf(takeover.EventSilenced)
	e.Line = testLine
	slacktest.Must(t, d.bot.Say(t.Context(), takeover.SayJob{Entry: e}))
	if n := len(d.slack.Messages(slacksim.DeskChannel)); n != 0 {
		t.Errorf("%d messages in the channel: a line of a thread is none for it", n)
	}
}

func TestTellAnswersOnlyWhoPressed(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	card := d.open(testLine)
	d.click(slacksim.Omar, card.Ref(), "line.take")
	n := int64(len(d.house.stored()))
	job := takeover.TellJob{Command: n, Refusal: takeover.Refusal{Kind: takeover.RefusedTaken, State: takeover.StateHeld, Holder: slacksim.Dana, Earlier: 300_000_000}}
	slacktest.Must(t, d.bot.Tell(t.Context(), job))
	if _, text := d.private(slacksim.Omar); !strings.HasPrefix(text, "@Dana was faster: 0.3 seconds earlier. Nothing was changed; @Dana has it and the AI is silent. Write to @Dana if you need the line, or take it: ") {
		t.Errorf("told %q", text)
	}
	for _, p := range d.slack.Private(slacksim.Dana) {
		if strings.Contains(p.Text, "faster") {
			t.Error("the holder was told what the other one was")
		}
	}
}

func TestTellWithoutAnybody(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.bot.Tell(t.Context(), takeover.TellJob{Command: 99})) // purged
	d.put(takeover.TakeOver, func(c *takeover.Command) { c.Reply = takeover.Reply{} })
	slacktest.Must(t, d.bot.Tell(t.Context(), takeover.TellJob{Command: 1}))
	d.put(takeover.TakeOver, func(c *takeover.Command) { c.By = "U0NOBODY" }) // left the channel
	slacktest.Must(t, d.bot.Tell(t.Context(), takeover.TellJob{Command: 2}))
	d.slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.put(takeover.TakeOver)
	if err := d.bot.Tell(t.Context(), takeover.TellJob{Command: 3}); err == nil {
		t.Error("an answer that did not go out counts as told")
	}
}
