package slackbot

import (
	"context"
	"errors"
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Draft puts a draft that corrects the AI into the line's thread, once. It is for copying:
// nothing is sent.
func (b *Bot) Draft(ctx context.Context, job takeover.DraftJob) error {
	return b.retryLater(ctx, "draft/"+job.Entry.Key, b.draft(ctx, job))
}

func (b *Bot) draft(ctx context.Context, job takeover.DraftJob) error {
	e := job.Entry
	line, post, ok, err := b.threadOf(ctx, e.Line)
	if err != nil || !ok {
		return err // no card, no thread: the audit has it
	}
	_, err = b.slack.PostOnce(ctx, slackapi.Urgent, "draft/"+e.Key, slackapi.Place{Channel: post.Channel, Thread: post.TS}, draftMessage(line, job))
	switch {
	case errors.Is(err, slackapi.ErrThreadGone):
		return b.sayAgain(ctx, post, line)
	case b.lost(post, err):
		return b.showAgain(ctx, line, post)
	}
	return err
}

// draftMessage is the message with the draft: that it was not sent comes first.
func draftMessage(l takeover.Line, job takeover.DraftJob) slackapi.Message {
	e := job.Entry
	words := fmt.Sprintf("*Draft, NOT sent.* %s, the bot cannot write to the end user yet: copy these words, translate them if needed, and send them yourself, from your own phone or %s. · ref %s",
		mrkdwn.Mention(e.Who), l.Provider, e.Ref)
	m := mrkdwn.TextMessage(words)
	m.Blocks = append(m.Blocks, mrkdwn.Quote("draft", correction(job.Said)))
	return m
}

// correction is what may be written to an end user whom the AI told something.
func correction(said string) string {
	what := "the last automatic message"
	if said != "" {
		what = "the automatic message “" + mrkdwn.Visible(said) + "”"
	}
	return "Please disregard " + what + ". It was sent by mistake. I am looking after this in person and will contact you."
}
