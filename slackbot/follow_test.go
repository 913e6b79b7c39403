package slackbot

import (
	"context"

	"takeoverbot/takeover"
)

// Follow is Read for a job.
func (h *house) Follow(ctx context.Context, job takeover.FollowJob, n int) (takeover.Line, takeover.Transcript, error) {
	return h.Read(ctx, job.Line, job.Conversation, n)
}
