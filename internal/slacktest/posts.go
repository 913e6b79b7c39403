package slacktest

import (
	"context"
	"errors"
	"sync"
	"time"

	"takeoverbot/takeover"
)

// ErrKilled stands for the end of the process.
var ErrKilled = errors.New("killed")

// Posts keeps posts in memory, for a process that can be killed between two steps. Safe for
// use by several goroutines; its exported fields are for tests that hold Mu or run alone.
type Posts struct {
	Mu     sync.Mutex
	Rows   map[string]takeover.Post // by key
	Now    func() time.Time
	Leases map[string]bool // by key; true: held
	// BeforePut may fail the writing of a row (a takeover.Post, Card, DirectMessage, Alarm,
	// Home or Shown), as a crash just before it would.
	BeforePut func(row any) error

	CardRows map[takeover.LineID]takeover.Card
	directs  map[string]takeover.DirectMessage
	alarms   map[alarmID]takeover.Alarm
	homes    map[takeover.OperatorID]home
	shown    map[shownID]takeover.Shown
}

// NewPosts returns an empty Posts on the real clock.
func NewPosts() *Posts {
	return &Posts{Rows: map[string]takeover.Post{}, Leases: map[string]bool{}, Now: time.Now,
		CardRows: map[takeover.LineID]takeover.Card{}, directs: map[string]takeover.DirectMessage{},
		alarms: map[alarmID]takeover.Alarm{}, homes: map[takeover.OperatorID]home{}, shown: map[shownID]takeover.Shown{}}
}

// Post returns the row of a key.
func (m *Posts) Post(_ context.Context, key string) (takeover.Post, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	p, ok := m.Rows[key]
	return p, ok, nil
}

// PutPost stores a row.
func (m *Posts) PutPost(ctx context.Context, p takeover.Post) error {
	return m.put(ctx, p, func() { m.Rows[p.Key] = p })
}

// put stores a row with store, under Mu, unless BeforePut or the end of ctx fails it.
func (m *Posts) put(ctx context.Context, row any, store func()) error {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	if m.BeforePut != nil {
		if err := m.BeforePut(row); err != nil {
			return err
		}
	}
	store()
	return ctx.Err()
}

// DropPost deletes a row.
func (m *Posts) DropPost(_ context.Context, key string) error {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	delete(m.Rows, key)
	return nil
}

// Lease gives key to one caller until release; time does not end it, EndLeases does.
func (m *Posts) Lease(_ context.Context, key string, _ time.Duration) (takeover.Lease, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	if m.Leases[key] {
		return takeover.Lease{}, false, nil
	}
	m.Leases[key] = true
	return takeover.Lease{Key: key, Release: func() {
		m.Mu.Lock()
		defer m.Mu.Unlock()
		delete(m.Leases, key)
	}}, true, nil
}

// Leased reports whether a lease is held.
func (m *Posts) Leased(key string) bool {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	return m.Leases[key]
}

// EndLeases ends all leases, as time does.
func (m *Posts) EndLeases() {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	clear(m.Leases)
}

// KillBeforePlace fails the writing of the row that says where a message stands.
func (m *Posts) KillBeforePlace() {
	m.BeforePut = func(row any) error {
		if p, ok := row.(takeover.Post); ok && p.TS != "" {
			return ErrKilled
		}
		return nil
	}
}
