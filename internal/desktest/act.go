package desktest

import (
	"errors"
	"fmt"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Draw runs the drawing of a version, as its job does: again when it is asked to.
func (d *Desk) Draw(version int64) {
	d.Helper()
	for {
		err := d.Bot.Draw(d.Context(), takeover.DrawJob{Line: LineID, Version: version})
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			slacktest.Must(d.T, err)
			return
		}
	}
}

// Put stores a command of Dana for the line of these tests.
func (d *Desk) Put(verb takeover.Verb, change ...func(*takeover.Command)) {
	d.Helper()
	c := takeover.Command{Key: fmt.Sprint(verb, len(d.Backend.Stored())), Verb: verb, By: slacksim.Dana, Line: LineID,
		Reply: takeover.Reply{Channel: slacksim.DeskChannel}}
	for _, f := range change {
		f(&c)
	}
	slacktest.Must(d.T, d.Backend.Put(d.Context(), c))
}

// Ask types the command; the acknowledgement has to be fine.
func (d *Desk) Ask(user, text string) slacksim.Delivery {
	d.Helper()
	return d.Fine(d.Slack.SlashCommand(d.Context(), user, slacksim.DeskChannel, "/takeover", text))
}

// Click presses a button of a message; the acknowledgement has to be fine.
func (d *Desk) Click(user string, at slacksim.Ref, action string, pick ...slacksim.Pick) slacksim.Delivery {
	d.Helper()
	return d.Fine(d.Slack.Click(d.Context(), user, at, action, pick...))
}

// WorkLast works the command that was stored last, as its job does.
func (d *Desk) WorkLast() {
	d.Helper()
	slacktest.Must(d.T, d.TryLast())
}

// TryLast works the command that was stored last, and returns what its job would.
func (d *Desk) TryLast() error {
	d.Helper()
	n := int64(len(d.Backend.Commands))
	if n == 0 {
		d.Fatal("nothing is stored")
	}
	c, _ := d.Backend.Command(d.Context(), n)
	return d.Bot.Work(d.Context(), takeover.WorkJob{Command: n, Verb: c.Verb})
}

// Open shows the line's card, as Dana's search would.
func (d *Desk) Open(id takeover.LineID) slacksim.Message {
	d.Helper()
	n := len(d.Backend.Commands)
	slacktest.Must(d.T, d.Backend.Put(d.Context(), takeover.Command{Key: "open/" + time.Now().String(), Verb: takeover.Open, By: slacksim.Dana, Line: id,
		Reply: takeover.Reply{Channel: slacksim.DeskChannel}}))
	slacktest.Must(d.T, d.Bot.Work(d.Context(), takeover.WorkJob{Command: int64(n + 1), Verb: takeover.Open}))
	return d.Card()
}

// Write writes in the thread of a card.
func (d *Desk) Write(user string, card slacksim.Message, text string) slacksim.Delivery {
	d.Helper()
	_, got := d.Slack.Say(d.Context(), user, card.Channel, card.TS, text)
	return d.Fine(got)
}

// PutUp puts up the card of a line.
func (d *Desk) PutUp(l takeover.Line) slacksim.Message {
	d.Helper()
	post, err := d.Client.PostOnce(d.Context(), slackapi.Urgent, "card/"+string(l.ID), slackapi.Place{Channel: slacksim.DeskChannel}, render.Card(l, slacktest.Night))
	slacktest.Must(d.T, err)
	slacktest.Must(d.T, d.Posts.PutCard(d.Context(), takeover.Card{Line: l.ID, Channel: post.Channel, TS: post.TS, Drawn: l.Version}))
	return d.Card()
}

// AsksFirst refuses the hand-back that was stored last, as the domain does to ask for confirmation.
func (d *Desk) AsksFirst(l takeover.Line) {
	d.Helper()
	n := len(d.Backend.Stored())
	if n == 0 || d.Backend.Stored()[n-1].Verb != takeover.GiveBack || !d.Backend.Stored()[n-1].AskFirst {
		d.Fatalf("stored %+v, want a hand-back that is asked about", d.Backend.Stored())
	}
	slacktest.Must(d.T, d.Bot.Tell(d.Context(), takeover.TellJob{Command: int64(n), Refusal: render.RefusalOf(takeover.RefusedUnasked, l)}))
}
