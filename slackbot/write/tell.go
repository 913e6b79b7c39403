package write

import (
	"context"
	"errors"
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// refusal is the private answer to a command that was refused. For a command that has to be
// confirmed it is the question, by the line's present state. seq is the number of the command.
func (w *Writer) refusal(ctx context.Context, seq int64, c takeover.Command, r takeover.Refusal) (slackapi.Message, error) {
	switch {
	case c.Verb == takeover.Say && r.Kind == takeover.RefusedSpeaker:
		return render.AskSpeaker(r, c, seq), nil
	case c.Verb == takeover.Say, c.Verb == takeover.SayAgain, c.Verb == takeover.TakeAndSay && r.Kind == takeover.RefusedNoCommand:
		return mrkdwn.TextMessage(render.NotSent(r)), nil
	case c.Verb == takeover.KeepAsNote && r.Kind == takeover.RefusedNoCommand:
		return mrkdwn.TextMessage("Nothing was noted: the bot does not have these words any more. Write them behind `!note`."), nil
	}
	if r.Kind != takeover.RefusedUnasked {
		words := render.Refusal(r)
		if c.Note != "" {
			words += render.YourWords(c.Note)
		}
		return mrkdwn.TextMessage(words), nil
	}
	l, err := w.Reader.Line(ctx, r.Line)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return mrkdwn.TextMessage(render.Refusal(takeover.Refusal{Kind: takeover.RefusedNoLine})), nil
	case err != nil:
		return slackapi.Message{}, fmt.Errorf("load the line: %w", err)
	case l.Taken():
		return render.AskHandBack(l, c), nil
	}
	return mrkdwn.TextMessage(render.StaleRefusal(l)), nil
}

// Tell answers the operator of a stored command in private.
func (w *Writer) Tell(ctx context.Context, job takeover.TellJob) error {
	return w.retryLater(ctx, fmt.Sprintf("tell/%d", job.Command), w.tell(ctx, job))
}

func (w *Writer) tell(ctx context.Context, job takeover.TellJob) error {
	c, err := w.Reader.Command(ctx, job.Command)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := w.refusal(ctx, job.Command, c, job.Refusal)
	if err != nil {
		return err
	}
	return w.lastAnswer(ctx, c, m)
}
