package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// maxNote is how many characters a note may have; Slack's input allows 3,000.
const maxNote = 2000

// askNote opens the box "What did you agree?". It is not stored: nothing has happened
// yet, and Slack wants the box within three seconds.
func (b *Bot) askNote(ctx context.Context, in interaction, id takeover.LineID) (Answer, error) {
	line, err := b.deps.Reader.Line(ctx, id)
	if errors.Is(err, takeover.ErrNotFound) {
		b.answerLater(ctx, in, refusalWords(takeover.Refusal{Kind: takeover.RefusedNoLine}))
		return Answer{Kind: actionHandBack}, nil
	}
	if err != nil {
		return Answer{}, fmt.Errorf("load the line: %w", err)
	}
	if line.State == takeover.StateAI || line.State == takeover.StateReturning {
		return b.refuseStale(ctx, in, line)
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	box := handBackBox(line, takeover.OperatorID(in.User.ID), in.Container.ChannelID)
	if err := b.slack.openView(ctx, in.TriggerID, box); err != nil {
		b.deps.Log.WarnContext(ctx, "box not opened", "line", id, "err", err)
		b.answerLater(ctx, in, "Slack did not open the box. Nothing was changed: whoever spoke on the line still does. Please press again.")
	}
	return Answer{Kind: actionHandBack}, nil
}

// refuseStale answers a button of an old card: the state is shown as it is now.
func (b *Bot) refuseStale(ctx context.Context, in interaction, line takeover.Line) (Answer, error) {
	kind := takeover.RefusedNotHeld
	if line.State == takeover.StateReturning {
		kind = takeover.RefusedReturning
	}
	b.answerLater(ctx, in, refusalWords(takeover.Refusal{Kind: kind, Holder: line.Holder, Since: line.Since, State: line.State}))
	c := takeover.Command{Key: "stale/" + in.key(string(line.ID)), Verb: takeover.Refresh, By: takeover.OperatorID(in.User.ID),
		Origin: takeover.FromButton, At: b.deps.Now().UTC(), Line: line.ID}
	if err := b.put(ctx, c); err != nil {
		return Answer{}, fmt.Errorf("store the refresh: %w", err)
	}
	return Answer{Kind: actionHandBack}, nil
}

// handBackBox asks what was agreed. Whoever is not the holder is told so first.
func handBackBox(l takeover.Line, by takeover.OperatorID, channel string) slack.ModalViewRequest {
	intro := "The AI may answer the end user again as soon as you press *Hand back*."
	if l.State != takeover.StateHeld {
		intro = "The AI is not proven silent. *Hand back* ends the attempts and leaves the end user to the AI."
	}
	if l.Holder != by {
		intro = fmt.Sprintf("*%s has had this since %s* and is told in the thread. ", mention(l.Holder), clock(l.ClaimedAt)) + intro
	}
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		intro += fmt.Sprintf("\n*The end user has been waiting for an answer since %s.* The AI may answer that first.", clock(waiting))
	}
	input := slack.NewPlainTextInputBlockElement(plain("For example: a plumber comes at 04:00, the water is turned off."), actionNote).
		WithMultiline(true).WithMaxLength(maxNote)
	note := slack.NewInputBlock(blockNote, plain("What did you agree?"), plain("Becomes a note that only the AI reads. You may leave it empty."), input)
	note.Optional = true
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: callbackHandBack, PrivateMetadata: string(l.ID) + " " + channel,
		Title: plain("Hand back to AI"), Submit: plain("Hand back"), Close: plain("Keep it"),
		Blocks: slack.Blocks{BlockSet: []slack.Block{section("intro", intro), note}},
	}
}

// fieldError keeps a box open and says under its input what is wrong.
func fieldError(block, sentence string) (Answer, error) {
	body, err := json.Marshal(slack.NewErrorsViewSubmissionResponse(map[string]string{block: sentence}))
	if err != nil {
		return Answer{}, fmt.Errorf("encode the field error: %w", err)
	}
	return Answer{ContentType: "application/json; charset=utf-8", Body: body, Kind: callbackHandBack}, nil
}
