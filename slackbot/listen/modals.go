package listen

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// modalRequest is what a modal is built from.
type modalRequest struct {
	line    takeover.Line
	by      takeover.OperatorID
	channel string // where it was asked for; empty outside of channels
}

// metadata is what most modals carry.
func (r modalRequest) metadata() string { return metadata(r.line.ID, r.channel, "") }

// show has Slack open a modal; where Slack does not, the person is told to press again.
func (ln *Listener) show(ctx context.Context, in interaction, view slack.ModalViewRequest) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if err := ln.Slack.OpenModal(ctx, in.TriggerID, view); err != nil {
		ln.Log.WarnContext(ctx, "modal not opened", "modal", view.CallbackID, "err", err)
		ln.answerLater(ctx, in, "Slack did not open the box. Nothing was changed on the line. Please press or type again.")
	}
}

// refuseStale answers a button of an outdated card, and has the card drawn again.
func (ln *Listener) refuseStale(ctx context.Context, in interaction, line takeover.Line) (Answer, error) {
	ln.answerLater(ctx, in, render.StaleRefusal(line))
	c := in.command(takeover.Refresh, ln.Now())
	c.Key, c.Line, c.Reply = "stale/"+c.Key, line.ID, takeover.Reply{}
	return ln.store(ctx, in.Actions[0].ActionID, c)
}

// newModal is a modal with the buttons that all have.
func newModal(callback, note, title, submit string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callback, PrivateMetadata: note,
		Title: mrkdwn.Plain(title), Submit: mrkdwn.Plain(submit), Close: mrkdwn.Plain("Cancel"),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

// noteInput is a field for a note of one line.
func noteInput(label, hint, example string) *slack.InputBlock {
	field := slack.NewPlainTextInputBlockElement(mrkdwn.Plain(example), ids.NoteInput).WithMaxLength(render.MaxRemark)
	return slack.NewInputBlock(ids.NoteBlock, mrkdwn.Plain(label), mrkdwn.Plain(hint), field)
}

// aboutLine says which end user a modal is about, as literal text.
func aboutLine(l takeover.Line) slack.Block {
	return slack.NewContextBlock("who", mrkdwn.Plain(render.Who(l)))
}

// fieldError keeps a modal open and says below a field what is wrong.
func fieldError(callback, block, sentence string) (Answer, error) {
	return jsonAnswer(callback, slack.NewErrorsViewSubmissionResponse(map[string]string{block: sentence}))
}

// metadata is what a modal carries until it is submitted: its line, the channel where it was
// opened, and who held the line then. Each may be empty.
func metadata(line takeover.LineID, channel string, holder takeover.OperatorID) string {
	return strings.TrimRight(string(line)+" "+channel+" "+string(holder), " ")
}

func parseMetadata(note string) (line takeover.LineID, channel string, holder takeover.OperatorID) {
	parts := append(strings.SplitN(note, " ", 3), "", "")
	return takeover.LineID(parts[0]), parts[1], takeover.OperatorID(parts[2])
}
