package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Ref points at what is clicked: a message, public or private, or a view.
type Ref struct {
	Channel string `json:"channel,omitempty"`
	TS      string `json:"ts,omitempty"`
	View    string `json:"view,omitempty"` // view id, instead of channel and ts
}

// Ref points at the message.
func (m Message) Ref() Ref { return Ref{Channel: m.Channel, TS: m.TS} }

// Ref points at the private message.
func (p Private) Ref() Ref { return Ref{Channel: p.Channel, TS: p.TS} }

// Ref points at the view.
func (v View) Ref() Ref { return Ref{View: v.ID} }

// Pick narrows a click down and carries what is chosen.
type Pick struct {
	// BlockID tells apart elements with the same action id.
	BlockID string `json:"block_id,omitempty"`
	// Value is the option's value in an overflow or select (comma-separated
	// for checkboxes), a user or conversation id, a date, a time or a text. On
	// a button it must equal the button's value.
	Value string `json:"value,omitempty"`
}

// Click uses a button or another element of a message or view as it stands
// now. What is not there, or not for this person's eyes, cannot be clicked:
// the delivery's Err is then ErrNotThere and nothing was sent. A confirmation
// dialogue counts as confirmed.
func (s *Sim) Click(ctx context.Context, user string, at Ref, actionID string, pick ...Pick) Delivery {
	s.mu.Lock()
	q, err := s.click(user, at, actionID, pickOf(pick))
	s.mu.Unlock()
	if err != nil {
		return failed("block_actions", err)
	}
	return s.sendInteraction(ctx, q)
}

// ClickShown clicks on what the person's client shows: where the bot has just updated a message,
// that may be the message as it was before.
func (s *Sim) ClickShown(ctx context.Context, user string, at Ref, actionID string, pick ...Pick) Delivery {
	d := s.Click(ctx, user, at, actionID, pick...)
	if !errors.Is(d.Err, ErrNotThere) {
		return d
	}
	s.mu.Lock()
	m := s.findMessage(at.Channel, at.TS)
	if at.View != "" || m == nil || m.drawnBefore == nil {
		s.mu.Unlock()
		return d
	}
	before := m.clone()
	before.Blocks = m.drawnBefore
	s.mu.Unlock()
	return s.ClickStale(ctx, user, before, actionID, pick...)
}

// ClickStale clicks on an old copy of a message, as happens when a client has
// not yet seen the update.
func (s *Sim) ClickStale(ctx context.Context, user string, old Message, actionID string, pick ...Pick) Delivery {
	s.mu.Lock()
	q, err := s.clickMessage(user, &old, actionID, pickOf(pick))
	s.mu.Unlock()
	if err != nil {
		return failed("block_actions", err)
	}
	return s.sendInteraction(ctx, q)
}

func pickOf(pick []Pick) Pick {
	if len(pick) == 0 {
		return Pick{}
	}
	return pick[0]
}

// sendInteraction delivers; the ack of these has to be empty.
func (s *Sim) sendInteraction(ctx context.Context, q *request) Delivery {
	d := s.send(ctx, q)
	if d.OK() && d.Body != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.violate("ack: %s was answered with a body, which Slack does not show", d.Kind)
	}
	return d
}

func (s *Sim) click(user string, at Ref, actionID string, pick Pick) (*request, error) {
	if at.View != "" {
		return s.clickView(user, at.View, actionID, pick)
	}
	if p := s.findPrivate(at.Channel, at.TS); p != nil {
		return s.clickPrivate(user, p, actionID, pick)
	}
	m := s.findMessage(at.Channel, at.TS)
	if m == nil {
		return nil, fmt.Errorf("%w: no message %s in %s", ErrNotThere, at.TS, at.Channel)
	}
	return s.clickMessage(user, m, actionID, pick)
}

func (s *Sim) clickMessage(user string, m *Message, actionID string, pick Pick) (*request, error) {
	if _, _, err := s.present(user, m.Channel); err != nil {
		return nil, err
	}
	key := user + " " + m.Channel + " " + m.TS
	action, err := s.use(s.picked(key), m.Blocks, actionID, pick)
	if err != nil {
		return nil, err
	}
	p := s.payload("block_actions", user)
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": false}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	p["container"], p["message"] = container, s.wire(m, false)
	s.addMessageParts(p, user, m.Channel, m.TS, false, action, s.picks[key])
	return s.interaction(p), nil
}

// clickPrivate: the payload of an ephemeral message does not carry the message.
func (s *Sim) clickPrivate(user string, m *Private, actionID string, pick Pick) (*request, error) {
	if m.User != user {
		return nil, fmt.Errorf("%w: only %s sees this message", ErrNotThere, m.User)
	}
	key := user + " " + m.Channel + " " + m.TS
	action, err := s.use(s.picked(key), m.Blocks, actionID, pick)
	if err != nil {
		return nil, err
	}
	p := s.payload("block_actions", user)
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": true}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	p["container"] = container
	s.addMessageParts(p, user, m.Channel, m.TS, true, action, s.picks[key])
	return s.interaction(p), nil
}

func (s *Sim) picked(key string) stateValues {
	if s.picks[key] == nil {
		s.picks[key] = stateValues{}
	}
	return s.picks[key]
}

func (s *Sim) addMessageParts(p map[string]any, user, channel, ts string, private bool, action map[string]any, state stateValues) {
	p["channel"] = map[string]any{"id": channel, "name": commandChannelName(s.channels[channel])}
	p["actions"] = []any{action}
	p["state"] = State{Values: state.clone()}
	p["trigger_id"] = s.newTrigger(user, false)
	p["response_url"] = s.newHook("actions", user, channel, ts, private)
}

func (s *Sim) clickView(user, viewID, actionID string, pick Pick) (*request, error) {
	v := s.top(user)
	if v == nil || v.ID != viewID {
		v = s.homes[user]
	}
	if v == nil || v.ID != viewID {
		return nil, fmt.Errorf("%w: view %s is not in front of %s", ErrNotThere, viewID, user)
	}
	if v.State.Values == nil {
		v.State.Values = stateValues{}
	}
	action, err := s.use(v.State.Values, v.Blocks, actionID, pick)
	if err != nil {
		return nil, err
	}
	p := s.payload("block_actions", user)
	p["container"] = map[string]any{"type": "view", "view_id": v.ID}
	p["view"], p["actions"] = wireView(v), []any{action}
	p["trigger_id"] = s.newTrigger(user, v.Type == "modal")
	return s.interaction(p), nil
}

func domainOf(u *User) string {
	if u.Foreign() {
		return "other"
	}
	return teamDomain
}

// payload is what all interactions share. The team is that of the person who acts; a view also
// tells the one in which the app is installed.
func (s *Sim) payload(kind, user string) map[string]any {
	u := s.users[user]
	return map[string]any{
		"type": kind, "token": "deprecated", "api_app_id": AppID, "enterprise": nil, "is_enterprise_install": false,
		"team": map[string]any{"id": u.TeamID, "domain": domainOf(u)},
		"user": map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

// use finds the element, remembers what is chosen in state, and returns the
// entry for the payload's actions.
func (s *Sim) use(state stateValues, blocks json.RawMessage, actionID string, pick Pick) (map[string]any, error) {
	block, e := findElement(blocks, actionID, pick)
	if e == nil {
		return nil, fmt.Errorf("%w: no element %q %s", ErrNotThere, actionID, strings.TrimSpace(pick.BlockID+" "+pick.Value))
	}
	if block["type"] == "input" && block["dispatch_action"] != true {
		return nil, fmt.Errorf("%w: %q is an input, it is sent with Submit", ErrNotThere, actionID)
	}
	action := map[string]any{"type": e["type"], "action_id": e["action_id"], "block_id": block["block_id"], "action_ts": s.newTS()}
	switch e["type"] {
	case "button":
		for _, key := range []string{"text", "value", "style", "url"} {
			if e[key] != nil {
				action[key] = e[key]
			}
		}
	case "overflow":
		o := findOption(e, pick.Value)
		if o == nil {
			return nil, fmt.Errorf("%w: %q has no option %q", ErrNotThere, actionID, pick.Value)
		}
		action["selected_option"] = o
	default:
		v, err := s.choose(e, pick.Value)
		if err != nil {
			return nil, fmt.Errorf("%w: %q: %w", ErrNotThere, actionID, err)
		}
		state.set(block, e, v)
		for key, x := range v {
			action[key] = x
		}
	}
	return action, nil
}

func findElement(blocks json.RawMessage, actionID string, pick Pick) (block, element map[string]any) {
	for _, b := range decodeBlocks(blocks) {
		if pick.BlockID != "" && b["block_id"] != pick.BlockID {
			continue
		}
		for _, e := range elementsOf(b) {
			if e["action_id"] != actionID || e["type"] == "button" && pick.Value != "" && e["value"] != pick.Value {
				continue
			}
			return b, e
		}
	}
	return nil, nil
}
