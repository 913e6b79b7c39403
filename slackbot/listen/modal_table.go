package listen

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// modal is one row of the table of modals.
type modal struct {
	build func(modalRequest) (slack.ModalViewRequest, *takeover.Refusal)   // nil for the modal about all lines of its person
	first string                                                           // the field below which general refusals stand
	press string                                                           // what the submit button says
	read  func(context.Context, *Listener, form, *takeover.Command) *wrong // makes a command of what was entered
}

// modals are the modals by their id, which is also that of the button that opens each.
func modals() map[string]modal {
	return map[string]modal{
		ids.HandBack: {handBackModal, ids.NoteBlock, "Hand back", readHandBack},
		ids.HandOff:  {handOffModal, ids.ToBlock, "Offer it", readHandOff},
		ids.PassAll:  {nil, ids.ToBlock, "Offer all", readPassAll},
		ids.TakeFrom: {takeFromModal, ids.NoteBlock, "Take it", readTakeFrom},
		ids.Reply:    {replyModal, ids.ReplyBlock, "Send", readReply},
		ids.Correct:  {correctModal, ids.ReplyBlock, "Send", readCorrection},
		ids.HoldFor:  {holdForModal, ids.ForBlock, "Hold", readHoldFor},
	}
}

// openModal opens a modal about a line that an operator has, or says privately why not. This
// is not stored: nothing has happened yet, and Slack wants the modal within three seconds.
func (ln *Listener) openModal(ctx context.Context, in interaction, m modal, id takeover.LineID) (Answer, error) {
	if m.build == nil {
		return ln.openPassAll(ctx, in)
	}
	kind := in.Actions[0].ActionID
	line, err := ln.Lines.Line(ctx, id)
	if errors.Is(err, takeover.ErrNotFound) {
		ln.answerLater(ctx, in, render.Refusal(takeover.Refusal{Kind: takeover.RefusedNoLine}))
		return Answer{Kind: kind}, nil
	}
	if err != nil {
		return Answer{}, fmt.Errorf("load the line: %w", err)
	}
	if !line.Taken() {
		return ln.refuseStale(ctx, in, line)
	}
	view, refusal := m.build(modalRequest{line, takeover.OperatorID(in.User.ID), in.Container.ChannelID})
	if refusal != nil {
		ln.answerLater(ctx, in, render.Refusal(*refusal))
		return Answer{Kind: kind}, nil
	}
	ln.show(ctx, in, view)
	return Answer{Kind: kind}, nil
}

// submission is the task of a submitted modal.
func (ln *Listener) submission(in interaction) task {
	m, ok := modals()[in.View.CallbackID]
	if !ok {
		return noTask("unknown modal")
	}
	t := ln.stored(in, people.Responder, func(ctx context.Context) (Answer, error) { return ln.submit(ctx, in, m) })
	t.refuse = func(_ context.Context, refusal string) (Answer, error) {
		return fieldError(in.View.CallbackID, m.first, ln.bare(refusal, ""))
	}
	return t
}

// submit stores what a submitted modal says. An empty answer closes it.
func (ln *Listener) submit(ctx context.Context, in interaction, m modal) (Answer, error) {
	line, channel, seen := parseMetadata(in.View.PrivateMetadata)
	c := takeover.Command{
		Key: in.View.CallbackID + "/" + in.View.ID + "/" + in.User.ID, By: takeover.OperatorID(in.User.ID), Team: in.teamID(), Origin: takeover.FromModal,
		At: ln.Now().UTC(), Line: line, From: seen, Reply: takeover.Reply{Channel: cmp.Or(channel, in.User.ID)},
	}
	if in.View.ID == "" {
		c.Key = in.key()
	}
	if wrong := m.read(ctx, ln, form{in.View, c.By}, &c); wrong != nil {
		return fieldError(in.View.CallbackID, wrong.block, wrong.sentence)
	}
	answer, err := ln.store(ctx, in.View.CallbackID, c)
	if errors.Is(err, takeover.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
		// For an HTTP error Slack shows no reason in a submitted modal: say it below the field.
		return fieldError(in.View.CallbackID, m.first, fmt.Sprintf("The bot is overloaded: this may not have been stored. Please press %s again; it counts once.", m.press))
	}
	return answer, err
}
