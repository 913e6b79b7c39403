package slacksim

import (
	"context"
	"fmt"
)

// OpenHome opens the bot's Home tab and sends app_home_opened with what is
// there now. The delivery is empty where the app is not subscribed, and Err is
// ErrNotThere where there is no such tab.
func (s *Sim) OpenHome(ctx context.Context, user string) Delivery {
	return s.openTab(ctx, user, "home", s.homeTab)
}

// OpenMessages opens the other tab, that of direct messages: the same event
// with tab "messages", at which a bot has no Home to publish.
func (s *Sim) OpenMessages(ctx context.Context, user string) Delivery {
	return s.openTab(ctx, user, "messages", s.messagesTab)
}

func (s *Sim) openTab(ctx context.Context, user, tab string, enabled func() bool) Delivery {
	s.mu.Lock()
	u := s.users[user]
	if u == nil || u.Deleted || u.IsBot || u.Foreign() || !enabled() {
		s.mu.Unlock()
		return failed("event", fmt.Errorf("%w: %q has no %s tab", ErrNotThere, user, tab))
	}
	e := map[string]any{"type": "app_home_opened", "user": user, "channel": s.directMessage(user).ID, "tab": tab, "event_ts": s.newTS()}
	if v := s.homes[user]; v != nil && tab == "home" {
		e["view"] = wireView(v)
	}
	if !s.subscribed("app_home_opened") {
		s.mu.Unlock()
		return Delivery{Kind: "event"}
	}
	q := s.envelope(e)
	s.mu.Unlock()
	return s.sendEvent(ctx, q)
}

// DirectChannel is the id of a person's direct messages with the bot, which
// are opened if they were not; "" where there is no such person. Say takes it
// as the channel.
func (s *Sim) DirectChannel(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[user]; u == nil || u.IsBot {
		return ""
	}
	return s.directMessage(user).ID
}

// DirectMessages lists a person's direct messages with the bot, oldest first,
// replies in threads among them; none before the first one.
func (s *Sim) DirectMessages(user string) []Message {
	return s.pickMessages(directID(user), func(*Message) bool { return true })
}
