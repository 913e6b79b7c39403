package slackbot

import (
	"context"
	"sync"
)

// self is who the bot is in Slack, asked once.
type self struct {
	client *client

	mu    sync.Mutex
	known *identity
}

// get returns the bot's identity. The question is asked again until it was answered.
func (s *self) get(ctx context.Context) (identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != nil {
		return *s.known, nil
	}
	id, err := s.client.authTest(ctx)
	if err != nil {
		return identity{}, err
	}
	s.known = &id
	return id, nil
}

// link is the address of a message, or empty while the workspace is not known yet.
func (s *self) link(channel, ts string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		return ""
	}
	return permalink(s.known.URL, channel, ts)
}

// is says whether a user is known to be the bot itself.
func (s *self) is(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known != nil && s.known.UserID == user
}
