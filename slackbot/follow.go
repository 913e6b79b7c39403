package slackbot

import (
	"context"

	"takeoverbot/takeover"
)

// Follow reads the new messages of a conversation and shows them in the thread of its
// line, in order and once.
func (b *Bot) Follow(ctx context.Context, job takeover.FollowJob) error {
	_, _, err := b.deps.Service.Follow(ctx, job, threadMessages)
	return err
}
