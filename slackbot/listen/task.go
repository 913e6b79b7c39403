package listen

import (
	"context"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// stored makes the task of an interaction that is stored.
func (ln *Listener) stored(in interaction, needs people.Role, run func(context.Context) (Answer, error)) task {
	t := ln.task(in, needs, run)
	t.stores = true
	return t
}

// task makes the task of an interaction, which is refused by a private message.
func (ln *Listener) task(in interaction, needs people.Role, run func(context.Context) (Answer, error)) task {
	return task{user: in.User.ID, team: in.teamID(), needs: needs, run: run,
		refuse: func(ctx context.Context, refusal string) (Answer, error) {
			ln.answerLater(ctx, in, refusal)
			return Answer{Kind: "refused"}, nil
		}}
}

// answerLater sends a private refusal without keeping the acknowledgement waiting.
func (ln *Listener) answerLater(ctx context.Context, in interaction, text string) {
	ln.tellLater(ctx, in, mrkdwn.TextMessage(text))
}

// tellLater is answerLater with more than a sentence.
func (ln *Listener) tellLater(ctx context.Context, in interaction, m slackapi.Message) {
	ln.afterAck(ctx, "message", in.User.ID, func(ctx context.Context) error {
		return ln.Slack.Answer(ctx, in.reply(), takeover.OperatorID(in.User.ID), m)
	})
}

// afterAck calls Slack after the acknowledgement, again after a transient failure. what names
// the call in the log.
func (ln *Listener) afterAck(ctx context.Context, what, user string, call func(context.Context) error) {
	ctx = context.WithoutCancel(ctx)
	ln.Background(func() {
		if err := slackapi.TryFor(ctx, call); err != nil {
			ln.Log.WarnContext(ctx, "private answer not delivered", "answer", what, "operator", user, "err", err)
		}
	})
}

// task is what a request asks for.
type task struct {
	user, team string
	// needs is the role that the person must have; Stranger where nothing is shown or changed.
	needs people.Role
	// stores says that run shows nothing but what the request itself has in it: it stores a
	// command, which is checked again before it takes effect, or opens a Home, which shows
	// nothing to a person who may not see it. Such a task does not wait for Slack.
	stores bool
	run    func(context.Context) (Answer, error)
	// refuse tells the person privately why not, and how to get access.
	refuse func(ctx context.Context, refusal string) (Answer, error)
}

// noTask acknowledges a request for which the bot does nothing.
func noTask(kind string) task {
	return task{run: func(context.Context) (Answer, error) { return Answer{Kind: kind}, nil }}
}
