package slacktest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"takeoverbot/takeover"
)

type alarmID struct {
	line  takeover.LineID
	event takeover.Event
}

type home struct {
	takeover.Home
	opened time.Time
}

type shownID struct {
	line takeover.LineID
	conv takeover.ConversationID
}

// Card returns the card of a line.
func (m *Posts) Card(_ context.Context, line takeover.LineID) (takeover.Card, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	c, ok := m.CardRows[line]
	c.Line = line
	return c, ok, nil
}

// PutCard stores a card; Drawn of the same card never goes back, as in the store.
func (m *Posts) PutCard(ctx context.Context, c takeover.Card) error {
	return m.put(ctx, c, func() {
		if was := m.CardRows[c.Line]; was.TS == c.TS {
			c.Silent = c.Silent || c.Drawn < was.Drawn && was.Silent
			c.Drawn = max(c.Drawn, was.Drawn)
		}
		m.CardRows[c.Line] = c
	})
}

// CardAt returns the line whose card is this message.
func (m *Posts) CardAt(_ context.Context, channel, ts string) (takeover.LineID, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	for id, c := range m.CardRows {
		if c.Channel == channel && c.TS == ts {
			return id, true, nil
		}
	}
	return "", false, nil
}

// RedrawStaleCards does nothing: lines are not kept here.
func (m *Posts) RedrawStaleCards(context.Context, time.Time, int) (int, error) { return 0, nil }

// DirectMessage returns a direct message.
func (m *Posts) DirectMessage(_ context.Context, key string) (takeover.DirectMessage, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	d, ok := m.directs[key]
	d.Key = key
	return d, ok, nil
}

// PutDirectMessage stores a direct message.
func (m *Posts) PutDirectMessage(ctx context.Context, d takeover.DirectMessage) error {
	return m.put(ctx, d, func() { m.directs[d.Key] = d })
}

// Alarms returns the alarms of a line.
func (m *Posts) Alarms(_ context.Context, line takeover.LineID) ([]takeover.Alarm, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	alarms := slices.Collect(maps.Values(m.alarms))
	alarms = slices.DeleteFunc(alarms, func(a takeover.Alarm) bool { return a.Line != line })
	slices.SortFunc(alarms, func(a, b takeover.Alarm) int { return cmp.Compare(a.Event, b.Event) })
	return alarms, nil
}

// PutAlarm stores an alarm.
func (m *Posts) PutAlarm(ctx context.Context, a takeover.Alarm) error {
	return m.put(ctx, a, func() { m.alarms[alarmID{a.Line, a.Event}] = a })
}

// DropAlarm deletes an alarm, unless a newer one has taken its place.
func (m *Posts) DropAlarm(_ context.Context, a takeover.Alarm) error {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	maps.DeleteFunc(m.alarms, func(_ alarmID, o takeover.Alarm) bool { return o.Line == a.Line && o.Event == a.Event && o.TS == a.TS })
	return nil
}

// OpenHome has a Home kept.
func (m *Posts) OpenHome(ctx context.Context, viewer takeover.OperatorID, page int) error {
	h := takeover.Home{Viewer: viewer, Page: page}
	return m.put(ctx, h, func() {
		was := m.homes[viewer]
		h.Digest, h.AsOf = was.Digest, was.AsOf
		m.homes[viewer] = home{h, m.Now()}
	})
}

// Homes returns Homes that were opened since then, those opened last first.
func (m *Posts) Homes(_ context.Context, since time.Time, limit int) ([]takeover.Home, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	kept := slices.Collect(maps.Values(m.homes))
	kept = slices.DeleteFunc(kept, func(h home) bool { return h.opened.Before(since) })
	slices.SortFunc(kept, func(a, b home) int {
		return cmp.Or(b.opened.Compare(a.opened), cmp.Compare(a.Viewer, b.Viewer))
	})
	var homes []takeover.Home
	for _, h := range kept[:min(len(kept), limit)] {
		homes = append(homes, h.Home)
	}
	return homes, nil
}

// Home returns an open Home.
func (m *Posts) Home(_ context.Context, viewer takeover.OperatorID) (takeover.Home, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	h, ok := m.homes[viewer]
	return h.Home, ok, nil
}

// PublishedHome stores what stands at an open Home.
func (m *Posts) PublishedHome(ctx context.Context, p takeover.Home) error {
	return m.put(ctx, p, func() {
		if h, ok := m.homes[p.Viewer]; ok {
			h.Digest, h.AsOf = p.Digest, p.AsOf
			m.homes[p.Viewer] = h
		}
	})
}

// CloseHome ends the keeping of a Home.
func (m *Posts) CloseHome(_ context.Context, viewer takeover.OperatorID) error {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	delete(m.homes, viewer)
	return nil
}

// Shown returns what a thread shows of a conversation.
func (m *Posts) Shown(_ context.Context, line takeover.LineID, conv takeover.ConversationID) (takeover.Shown, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	s, ok := m.shown[shownID{line, conv}]
	return s, ok, nil
}

// PutShown stores what a thread shows of a conversation.
func (m *Posts) PutShown(ctx context.Context, s takeover.Shown) error {
	return m.put(ctx, s, func() { m.shown[shownID{s.Line, s.Conversation}] = s })
}
