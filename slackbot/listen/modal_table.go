package listen

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// modal is one row of the table of modals.
type modal struct {
	open  func(*Listener, context.Context, interaction, takeover.LineID) (Answer, error) // builds it and has Slack open it
	first string                                                                         // the field below which general refusals stand
	press string                                                                         // what the submit button says
	read  func(context.Context, *Listener, form, *takeover.Command) *wrong               // makes a command of what was entered
}

// modals are the modals by their id, which is also that of the button that opens each.
func modals() map[string]modal {
	return map[string]modal{
		ids.HandBack: {(*Listener).askNote, ids.NoteBlock, "Hand back", readHandBack},
		ids.HandOff:  {(*Listener).askWhom, ids.ToBlock, "Offer it", readHandOff},
		ids.PassAll:  {(*Listener).askWhomAll, ids.ToBlock, "Offer all", readPassAll},
		ids.TakeFrom: {(*Listener).askReason, ids.NoteBlock, "Take it", readTakeFrom},
		ids.HoldFor:  {(*Listener).askHowLong, ids.ForBlock, "Hold", readHoldFor},
	}
}

// submission is the task of a submitted modal.
func (ln *Listener) submission(in interaction) task {
	m, ok := modals()[in.View.CallbackID]
	if !ok {
		return noTask("unknown box")
	}
	t := ln.task(in, people.Responder, func(ctx context.Context) (Answer, error) { return ln.submit(ctx, in, m) })
	t.refuse = func(_ context.Context, refusal string) (Answer, error) {
		return fieldError(in.View.CallbackID, m.first, ln.bare(refusal, ""))
	}
	return t
}

// submit stores what a submitted modal says. An empty answer closes it.
func (ln *Listener) submit(ctx context.Context, in interaction, m modal) (Answer, error) {
	line, channel, seen := parseBoxNote(in.View.PrivateMetadata)
	c := takeover.Command{
		Key: in.View.CallbackID + "/" + in.View.ID + "/" + in.User.ID, By: takeover.OperatorID(in.User.ID), Origin: takeover.FromModal,
		At: ln.Now().UTC(), Line: line, From: seen, Reply: takeover.Reply{Channel: cmp.Or(channel, in.User.ID)},
	}
	if in.View.ID == "" {
		c.Key = in.key()
	}
	if wrong := m.read(ctx, ln, form{in.View, c.By}, &c); wrong != nil {
		return fieldError(in.View.CallbackID, wrong.block, wrong.sentence)
	}
	if err := ln.put(ctx, c); err != nil {
		// Slack shows a submitted box no reason for an HTTP error: say it in the box.
		if errors.Is(err, takeover.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
			return fieldError(in.View.CallbackID, m.first, fmt.Sprintf("The bot is overloaded: this may not have been stored. Please press %s again; it counts once.", m.press))
		}
		return Answer{}, fmt.Errorf("store what the box says: %w", err)
	}
	return Answer{Kind: in.View.CallbackID}, nil
}
