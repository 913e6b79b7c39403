package listen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// heldBox opens a box about a line that somebody has, or says privately why not. It is not
// stored: nothing has happened yet, and Slack wants the box within three seconds. build
// returns the box, or a refusal.
func (ln *Listener) heldBox(ctx context.Context, in interaction, id takeover.LineID, build func(takeover.Line) (slack.ModalViewRequest, *takeover.Refusal)) (Answer, error) {
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
	if err := ln.Slack.OpenModal(ctx, in.TriggerID, box); err != nil {
		ln.Log.WarnContext(ctx, "box not opened", "box", box.CallbackID, "err", err)
		ln.answerLater(ctx, in, "Slack did not open the box. Nothing was changed: whoever spoke on the line still does. Please press again.")
	}
}

// refuseStale answers a button of an old card: the state is shown as it is now.
func (ln *Listener) refuseStale(ctx context.Context, in interaction, line takeover.Line) (Answer, error) {
	ln.answerLater(ctx, in, render.Refusal(render.StaleRefusal(line)))
	c := takeover.Command{Key: "stale/" + in.key(), Verb: takeover.Refresh, By: takeover.OperatorID(in.User.ID),
		Origin: takeover.FromButton, At: ln.Now().UTC(), Line: line.ID}
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

// boxNote is what a box remembers: its line, where it was opened, and who held the line
// then. Each may be empty.
func boxNote(line takeover.LineID, channel string, holder takeover.OperatorID) string {
	return strings.TrimRight(string(line)+" "+channel+" "+string(holder), " ")
}

func parseBoxNote(note string) (line takeover.LineID, channel string, holder takeover.OperatorID) {
	parts := append(strings.SplitN(note, " ", 3), "", "")
	return takeover.LineID(parts[0]), parts[1], takeover.OperatorID(parts[2])
}
