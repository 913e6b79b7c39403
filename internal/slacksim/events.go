package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Event sends an inner event in its envelope. Where the bot does not take it,
// it is sent again in the background, as RetryDelays say; those deliveries
// stand in Deliveries. The first one is returned.
func (s *Sim) Event(ctx context.Context, inner json.RawMessage) Delivery {
	s.mu.Lock()
	q := s.envelope(inner)
	s.mu.Unlock()
	return s.sendEvent(ctx, q)
}

func (s *Sim) envelope(inner any) *request {
	id := s.nextID("Ev")
	body := encode(map[string]any{
		"token": "deprecated", "type": "event_callback", "team_id": TeamID, "context_team_id": TeamID,
		"api_app_id": AppID, "event": inner, "event_id": id, "event_time": s.now().Unix(),
		"event_context": "ec-" + id, "is_ext_shared_channel": s.extShared(inner),
		"authorizations": []any{map[string]any{"enterprise_id": nil, "team_id": TeamID, "user_id": BotUserID,
			"is_bot": true, "is_enterprise_install": false}},
	})
	return &request{kind: "event", path: s.path("/slack/events"), contentType: "application/json", body: body, eventID: id}
}

func (s *Sim) sendEvent(ctx context.Context, q *request) Delivery {
	d := s.send(ctx, q)
	if !d.OK() {
		s.server.Go(func() { s.retryEvent(*q, d) })
	}
	return d
}

func (s *Sim) retryEvent(q request, last Delivery) {
	for q.retry < len(s.opt.RetryDelays) && !last.OK() {
		delay := s.opt.RetryDelays[q.retry]
		q.retry++
		q.retryReason = reason(last)
		if !s.server.Pause(s.server.Context(), delay) {
			return
		}
		try := q
		last = s.send(s.server.Context(), &try)
		q.retry = max(q.retry, try.retry) // X-Slack-No-Retry ends it
	}
}

func reason(d Delivery) string {
	switch {
	case errors.Is(d.Err, ErrTimeout):
		return "http_timeout"
	case d.Err != nil:
		return "connection_failed"
	}
	return "http_error"
}

// hears tells whether the bot gets the message events of a channel: as a
// member, with the scope, and where the app is subscribed to its kind.
func (s *Sim) hears(c *Channel) bool {
	kind := map[string]string{"channel": "channels", "group": "groups", "im": "im"}[c.kind()]
	return c.has(BotUserID) && s.hasScope(kind+":history") && s.subscribed("message."+kind)
}

// messageEvent is the event for a message that was just stored.
func (s *Sim) messageEvent(c *Channel, m *Message) map[string]any {
	e := s.wire(m, false)
	e["channel"], e["channel_type"], e["event_ts"] = c.ID, c.kind(), m.TS
	if s.shared(c) {
		e["user_team"], e["source_team"] = s.teamOf(m.User), s.teamOf(m.User)
	}
	return e
}

// extShared says whether an event is from a channel that is shared with another workspace.
func (s *Sim) extShared(inner any) bool {
	var at struct {
		Channel string `json:"channel"`
	}
	if json.Unmarshal(encode(inner), &at) != nil {
		return false
	}
	c := s.channels[at.Channel]
	return c != nil && s.shared(c)
}

// announce sends an event in the background; called with mu held.
func (s *Sim) announce(event map[string]any) {
	if s.botURL == "" && len(s.sockets.open) == 0 {
		return
	}
	q := s.envelope(event)
	s.server.Go(func() {
		ctx, cancel := context.WithTimeout(s.server.Context(), s.opt.AckLimit+time.Second)
		defer cancel()
		s.sendEvent(ctx, q)
	})
}
