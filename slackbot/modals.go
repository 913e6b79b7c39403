package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// maxNote is how many characters a note for the AI may have; Slack's input allows 3,000.
const maxNote = 2000

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

// heldBox opens a box about a line that somebody has, or says privately why not. It is not
// stored: nothing has happened yet, and Slack wants the box within three seconds. build
// returns the box, or a refusal.
func (ln *Listener) heldBox(ctx context.Context, in interaction, id takeover.LineID, build func(takeover.Line) (slack.ModalViewRequest, *takeover.Refusal)) (Answer, error) {
	kind := in.Actions[0].ActionID
	line, err := ln.deps.Lines.Line(ctx, id)
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
	box, refusal := build(line)
	if refusal != nil {
		ln.answerLater(ctx, in, render.Refusal(*refusal))
		return Answer{Kind: kind}, nil
	}
	ln.openBox(ctx, in, box)
	return Answer{Kind: kind}, nil
}

// openBox opens a box; where Slack does not, the person is told to press again.
func (ln *Listener) openBox(ctx context.Context, in interaction, box slack.ModalViewRequest) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if err := ln.slack.OpenModal(ctx, in.TriggerID, box); err != nil {
		ln.deps.Log.WarnContext(ctx, "box not opened", "box", box.CallbackID, "err", err)
		ln.answerLater(ctx, in, "Slack did not open the box. Nothing was changed: whoever spoke on the line still does. Please press again.")
	}
}

// refuseStale answers a button of an old card: the state is shown as it is now.
func (ln *Listener) refuseStale(ctx context.Context, in interaction, line takeover.Line) (Answer, error) {
	ln.answerLater(ctx, in, render.Refusal(render.StaleRefusal(line)))
	c := takeover.Command{Key: "stale/" + in.key(), Verb: takeover.Refresh, By: takeover.OperatorID(in.User.ID),
		Origin: takeover.FromButton, At: ln.deps.Now().UTC(), Line: line.ID}
	if err := ln.put(ctx, c); err != nil {
		return Answer{}, fmt.Errorf("store the refresh: %w", err)
	}
	return Answer{Kind: in.Actions[0].ActionID}, nil
}

// box is a modal view that keeps to Slack's lengths.
func box(callback, note, title, submit string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: note,
		Title: mrkdwn.Plain(title), Submit: mrkdwn.Plain(submit), Close: mrkdwn.Plain("Cancel"), Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// noteInput is a field of one line.
func noteInput(label, hint, example string) *slack.InputBlock {
	return slack.NewInputBlock(ids.NoteBlock, mrkdwn.Plain(label), mrkdwn.Plain(hint), slack.NewPlainTextInputBlockElement(mrkdwn.Plain(example), ids.NoteInput).WithMaxLength(render.MaxRemark))
}

// aboutLine is who a box is about, as literal text.
func aboutLine(l takeover.Line) slack.Block {
	return slack.NewContextBlock("who", mrkdwn.Plain(render.Who(l)))
}

// fieldError keeps a box open and says under its input what is wrong.
func fieldError(callback, block, sentence string) (Answer, error) {
	body, err := json.Marshal(slack.NewErrorsViewSubmissionResponse(map[string]string{block: sentence}))
	if err != nil {
		return Answer{}, fmt.Errorf("encode the field error: %w", err)
	}
	return Answer{ContentType: "application/json; charset=utf-8", Body: body, Kind: callback}, nil
}
