package slackbot

import (
	"context"
	"errors"
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// refusal is the private answer to a command that was refused. One that has to be
// confirmed is answered with the question, as the line is stored now.
func (b *Bot) refusal(ctx context.Context, c takeover.Command, r takeover.Refusal) (slackapi.Message, error) {
	if r.Kind != takeover.RefusedUnasked {
		return mrkdwn.TextMessage(render.Refusal(r)), nil
	}
	l, err := b.deps.Reader.Line(ctx, r.Line)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return mrkdwn.TextMessage(render.Refusal(takeover.Refusal{Kind: takeover.RefusedNoLine})), nil
	case err != nil:
		return slackapi.Message{}, fmt.Errorf("load the line: %w", err)
	case l.Taken():
		return render.AskHandBack(l, c.By), nil
	}
	return mrkdwn.TextMessage(render.Refusal(render.StaleRefusal(l))), nil
}

// Tell answers the operator of a stored command in private.
func (b *Bot) Tell(ctx context.Context, job takeover.TellJob) error {
	return b.retryLater(ctx, fmt.Sprintf("tell/%d", job.Command), b.tell(ctx, job))
}

func (b *Bot) tell(ctx context.Context, job takeover.TellJob) error {
	c, err := b.deps.Reader.Command(ctx, job.Command)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := b.refusal(ctx, c, job.Refusal)
	if err != nil {
		return err
	}
	return b.lastAnswer(ctx, c, m)
}
