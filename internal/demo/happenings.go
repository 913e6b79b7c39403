package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"takeoverbot/internal/telnyxsim"
)

// happening is something that the outside does by itself: a button beside the phone.
type happening struct {
	name     string
	label    string
	sentence string
	// needs says that the line must be one of texts.
	needs bool
	do    func(*Demo, context.Context, line) error
}

// happenings are in the order of the page.
func happenings() []happening {
	return []happening{
		{name: "fresh", label: "New conversation", needs: true,
			sentence: "After its inactivity setting, Telnyx opens a new conversation for the same two numbers, without the flag that silences the AI. A held line must not lose its silence.",
			do:       (*Demo).textAfresh},
		{name: "call", label: "Phone call",
			sentence: "The same end user phones, while an operator may be texting: the call is announced on the card and in the thread, and not silenced.",
			do:       (*Demo).phoneCall},
		{name: "stop", label: "Writes STOP", needs: true,
			sentence: "The end user writes STOP: Telnyx lets no text out to this phone until START comes from it. The card says so, and the operator who writes is told.",
			do:       (*Demo).optOut},
		{name: "speaks", label: "AI speaks anyway", needs: true,
			sentence: "An answer that was in the air goes out although the AI is silenced: the card turns red, with the exact words.",
			do:       (*Demo).speakAnyway},
		{name: "outside", label: "AI on elsewhere",
			sentence: "The AI is switched on in Telnyx's portal, without the bot: within 30 seconds the card says so, and the bot does not switch it off again by itself.",
			do:       (*Demo).switchOn},
		{name: "stale", label: "Stale reading",
			sentence: "One list of Telnyx shows the flag as it is not: the card stops saying “silent” at the next comparison, within 30 seconds, and says it again when a second reading is right. The takeover goes on.",
			do:       (*Demo).misread},
	}
}

// doHappen lets one thing happen on the chosen line.
func (d *Demo) doHappen(r *http.Request, in input) error {
	l := d.line(in.Line)
	for _, h := range happenings() {
		if h.name != in.Name {
			continue
		}
		if h.needs && !l.CanText {
			return errors.New("this line is a call: choose one that texts")
		}
		return h.do(d, lasting(r), l)
	}
	return fmt.Errorf("nothing is called %q", in.Name)
}

// textAfresh is a text that comes after the assistant's inactivity setting.
func (d *Demo) textAfresh(ctx context.Context, l line) error {
	d.telnyx.SetInactivity(time.Nanosecond)
	defer d.telnyx.SetInactivity(0)
	d.telnyx.Text(ctx, l.EndUser, l.Agent, "Me again. Is somebody still there?")
	return nil
}

func (d *Demo) optOut(ctx context.Context, l line) error {
	d.telnyx.Text(ctx, l.EndUser, l.Agent, "STOP")
	return nil
}

func (d *Demo) phoneCall(ctx context.Context, l line) error {
	d.telnyx.PhoneCall(ctx, l.EndUser, l.Agent, "Hello? I would rather talk to somebody.")
	return nil
}

func (d *Demo) speakAnyway(_ context.Context, l line) error {
	c, ok := d.newest(l)
	if !ok {
		return errors.New("there is no conversation on this line")
	}
	return d.telnyx.AssistantSays(c.ID, "A technician is on the way and will be there in ten minutes.")
}

func (d *Demo) switchOn(_ context.Context, l line) error {
	c, ok := d.newest(l)
	if !ok || !c.AIDisabled() {
		return errors.New("the AI of this line is on already: take the line over first")
	}
	return d.telnyx.FlipAI(c.ID, false)
}

// misread has the next reading of the flag say that the AI is on, although it is not.
func (d *Demo) misread(_ context.Context, l line) error {
	c, ok := d.newest(l)
	if !ok || !c.AIDisabled() {
		return errors.New("the AI of this line is on: take the line over first")
	}
	return d.telnyx.Misread(telnyxsim.Misread{ID: c.ID, How: telnyxsim.ReadFlagOff, Times: 1})
}

// newest is the conversation of a line that a text would go to.
func (d *Demo) newest(l line) (telnyxsim.Conversation, bool) {
	bubbles := d.telnyx.Phone(l.EndUser, l.Agent)
	for i := len(bubbles) - 1; i >= 0; i-- {
		if c, ok := d.telnyx.Conversation(bubbles[i].ConversationID); ok && c.Channel() != "phone_call" {
			return c, true
		}
	}
	return telnyxsim.Conversation{}, false
}

// happeningRow is a happening as the page shows it.
type happeningRow struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	Sentence string `json:"sentence"`
}

func happeningRows() []happeningRow {
	var out []happeningRow
	for _, h := range happenings() {
		out = append(out, happeningRow{h.name, h.label, h.sentence})
	}
	return out
}
