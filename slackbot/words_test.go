package slackbot_test

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/takeover"
)

func TestTellAnswersOnlyWhoPressed(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	card := d.Open(desktest.LineID)
	d.Click(slacksim.Omar, card.Ref(), "line.take")
	n := int64(len(d.Backend.Stored()))
	job := takeover.TellJob{Command: n, Refusal: takeover.Refusal{Kind: takeover.RefusedTaken, State: takeover.StateHeld, Holder: slacksim.Dana, Earlier: 300_000_000}}
	slacktest.Must(t, d.Bot.Tell(t.Context(), job))
	if _, text := d.Private(slacksim.Omar); !strings.HasPrefix(text, "@Dana was faster: 0.3 seconds earlier. Nothing was changed; @Dana has it. Write to @Dana, or take the line: ") {
		t.Errorf("told %q", text)
	}
	for _, p := range d.Slack.Private(slacksim.Dana) {
		if strings.Contains(p.Text, "faster") {
			t.Error("the holder was told what the other one was")
		}
	}
}

// TestHandBackAnywayOpensTheBox: the button below the question is the one that asks what
// was agreed.
func TestHandBackAnywayOpensTheBox(t *testing.T) {
	t.Parallel()
	l := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	d := desktest.New(t, l)
	card := d.PutUp(l)
	d.Write(slacksim.Dana, card, "!back")
	d.AsksFirst(l)
	d.Told(slacksim.Dana, "Hand back anyway? The end user still waits for an answer to “YES. Please send somebody”.", card.TS)
	question, _ := d.Private(slacksim.Dana)
	d.Click(slacksim.Dana, question.Ref(), ids.HandBack)
	if v := d.Slack.View(slacksim.Dana); v == nil || v.CallbackID != ids.HandBack {
		t.Errorf("opened %+v", v)
	}
}

// TestBackDeliveredAgain: Slack may deliver "!back" again, after its question was asked
// and when nobody waits any more. It is the same wish, and the question stands.
func TestBackDeliveredAgain(t *testing.T) {
	t.Parallel()
	l := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	d := desktest.New(t, l)
	card := d.PutUp(l)
	got := d.Write(slacksim.Dana, card, "!back")
	d.AsksFirst(l)
	d.Backend.Change(l.ID, func(l *takeover.Line) { l.Recent = slacktest.RecentOf(l.Recent.Lines[:2]) }) // Dana has answered herself, and keeps the line
	d.Fine(d.Slack.Redeliver(t.Context(), got, true))
	d.Fine(d.Slack.Redeliver(t.Context(), got, false))
	if stored := d.Backend.Stored(); len(stored) != 1 {
		t.Errorf("stored again: %+v", stored)
	}
	d.Told(slacksim.Dana, "Hand back anyway?", card.TS)
}

// TestBackByNumberOpensTheBox: the digits show neither whose line it is nor who waits; the box of
// the card's button says both.
func TestBackByNumberOpensTheBox(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
	d.Ask(slacksim.Omar, "back 0137")
	v := d.Slack.View(slacksim.Omar)
	if v == nil || v.CallbackID != ids.HandBack || len(d.Backend.Stored()) > 0 {
		t.Fatalf("opened %+v, stored %+v", v, d.Backend.Stored())
	}
	if text := d.Slack.PlainView(*v, time.UTC); !strings.Contains(text, "@Dana has had this since") {
		t.Errorf("the box says %q", text)
	}
}

// TestTakeByWordShowsTheCard: one command, so that nothing is taken over that Slack says
// was not; and it opens the line, too.
func TestTakeByWordShowsTheCard(t *testing.T) {
	t.Parallel()
	l := slacktest.LineIn(takeover.StateAI)
	d := desktest.New(t, l)
	d.Ask(slacksim.Dana, "take +14155550137")
	slacktest.Must(t, d.Bot.Work(t.Context(), takeover.WorkJob{Command: 1, Verb: takeover.Open}))
	if got := d.Read(d.Card()); !strings.Contains(got, "AI is answering") {
		t.Errorf("the card says %q", got)
	}
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "The card is") {
		t.Errorf("told %q", text)
	}
}
