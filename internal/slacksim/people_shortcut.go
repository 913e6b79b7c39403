package slacksim

import (
	"context"
	"fmt"
)

// Shortcut uses a global shortcut; its payload has no channel and no
// response URL.
func (s *Sim) Shortcut(ctx context.Context, user, callbackID string) Delivery {
	s.mu.Lock()
	err := s.declared(callbackID, "global shortcut", func(a *App) []string { return a.GlobalShortcuts })
	if u := s.users[user]; err == nil && (u == nil || u.Deleted) {
		err = fmt.Errorf("%w: no person %q", ErrNotThere, user)
	}
	if err != nil {
		s.mu.Unlock()
		return failed("shortcut", err)
	}
	p := s.payload("shortcut", user)
	delete(p, "api_app_id") // not in Slack's documentation
	p["callback_id"], p["action_ts"], p["trigger_id"] = callbackID, s.newTS(), s.newTrigger(user, false)
	q := s.interaction(p)
	s.mu.Unlock()
	return s.sendInteraction(ctx, q)
}

// MessageShortcut uses a shortcut from the menu of a message, also of a reply
// in a thread and of what other people and other apps wrote. It is there only
// if the manifest declares it, see InstallApp. Private messages have no such
// menu.
func (s *Sim) MessageShortcut(ctx context.Context, user, channel, ts, callbackID string) Delivery {
	const kind = "message_action"
	s.mu.Lock()
	_, ch, err := s.present(user, channel)
	if err == nil {
		err = s.declared(callbackID, "message shortcut", func(a *App) []string { return a.MessageShortcuts })
	}
	m := s.findMessage(channel, ts)
	if err == nil && (m == nil || m.Subtype == tombstone) {
		err = fmt.Errorf("%w: no message %s in %s", ErrNotThere, ts, channel)
	}
	if err != nil {
		s.mu.Unlock()
		return failed(kind, err)
	}
	p := s.payload(kind, user)
	delete(p, "api_app_id") // not in Slack's documentation
	p["callback_id"], p["action_ts"], p["message_ts"] = callbackID, s.newTS(), ts
	p["channel"] = map[string]any{"id": channel, "name": commandChannelName(ch)}
	p["message"] = s.wire(m, false)
	p["trigger_id"] = s.newTrigger(user, false)
	p["response_url"] = s.newHook("app", user, channel, ts, false)
	q := s.interaction(p)
	s.mu.Unlock()
	return s.sendInteraction(ctx, q)
}
