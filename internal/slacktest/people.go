package slacktest

import (
	"context"
	"sync"
	"time"

	"takeoverbot/takeover"
)

// People keeps what Slack said of people in memory. The zero value is empty. Safe for use by
// several goroutines.
type People struct {
	mu   sync.Mutex
	rows map[string]takeover.Known
}

// Known returns a row; ok is false if there is none.
func (m *People) Known(_ context.Context, key string) (takeover.Known, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.rows[key]
	return k, ok, nil
}

// KnownSince returns the rows of that time and later, in no order.
func (m *People) KnownSince(_ context.Context, since time.Time, _ int) ([]takeover.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var rows []takeover.Known
	for _, k := range m.rows {
		if !k.At.Before(since) {
			rows = append(rows, k)
		}
	}
	return rows, nil
}

// PutKnown stores a row.
func (m *People) PutKnown(_ context.Context, k takeover.Known) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		m.rows = map[string]takeover.Known{}
	}
	m.rows[k.Key] = k
	return nil
}
