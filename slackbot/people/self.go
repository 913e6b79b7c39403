package people

import (
	"context"
	"net/url"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/singleflight"

	"takeoverbot/slackbot/slackapi"
)

// self is who the bot is in Slack, asked once. Safe for use by several goroutines; what is
// known is told without waiting.
type self struct {
	client *slackapi.Client
	asking singleflight.Group
	known  atomic.Pointer[slackapi.Identity] // nil: not known yet
}

// get returns the bot's identity, and asks Slack until it was answered once. At most one
// question is under way; each caller waits for its answer as long as its own ctx allows.
func (s *self) get(ctx context.Context) (slackapi.Identity, error) {
	if known := s.known.Load(); known != nil {
		return *known, nil
	}
	answer := s.asking.DoChan("", func() (any, error) {
		ctx, cancel := detached(ctx)
		defer cancel()
		id, err := s.client.AuthTest(ctx)
		if err == nil {
			s.known.Store(&id)
		}
		return id, err
	})
	select {
	case got := <-answer:
		return got.Val.(slackapi.Identity), got.Err
	case <-ctx.Done():
		return slackapi.Identity{}, ctx.Err()
	}
}

// detached is the context of a question on whose answer several callers may wait: it does not
// end with the caller that happened to ask.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), askTime)
}

// link is the address of a message in Slack's documented form.
func link(own slackapi.Identity, channel, ts string) string {
	u, err := url.Parse(own.URL)
	if err != nil || own.URL == "" {
		return ""
	}
	return u.JoinPath("archives", channel, "p"+strings.ReplaceAll(ts, ".", "")).String()
}
