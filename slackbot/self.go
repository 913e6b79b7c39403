package slackbot

import (
	"context"
	"sync"

	"takeoverbot/slackbot/slackapi"
)

// self is who the bot is in Slack, asked once. Safe for use by several goroutines; what is
// known is told without waiting.
type self struct {
	client *slackapi.Client

	mu    sync.Mutex // not held during the call
	known *slackapi.Identity
	asked *question // under way; nil otherwise
}

// get returns the bot's identity. The question is asked again until it was answered; one
// at a time is, and everybody waits for its answer for as long as the own context allows.
func (s *self) get(ctx context.Context) (slackapi.Identity, error) {
	s.mu.Lock()
	known, q, mine := s.known, s.asked, s.asked == nil
	if known == nil && mine {
		q = &question{done: make(chan struct{})}
		s.asked = q
	}
	s.mu.Unlock()
	switch {
	case known != nil:
		return *known, nil
	case mine:
		return s.ask(ctx, q)
	}
	select {
	case <-q.done:
	case <-ctx.Done():
		return slackapi.Identity{}, ctx.Err()
	}
	if q.err != nil {
		return slackapi.Identity{}, q.err
	}
	id, _ := s.now()
	return id, nil
}

// ask makes the call and keeps the answer.
func (s *self) ask(ctx context.Context, q *question) (slackapi.Identity, error) {
	ctx, cancel := outlive(ctx) // others wait for the answer, too
	defer cancel()
	id, err := s.client.AuthTest(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.known = &id
	}
	q.err, s.asked = err, nil
	close(q.done)
	return id, err
}

// now is what is known without a question.
func (s *self) now() (id slackapi.Identity, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		return slackapi.Identity{}, false
	}
	return *s.known, true
}

// link is the address of a message, or empty while the workspace is not known yet.
func (s *self) link(channel, ts string) string {
	id, known := s.now()
	if !known {
		return ""
	}
	return permalink(id.URL, channel, ts)
}

// is says whether a user is known to be the bot itself.
func (s *self) is(user string) bool {
	id, known := s.now()
	return known && id.UserID == user
}
