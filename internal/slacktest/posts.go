package slacktest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
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
	put    map[string]time.Time     // when each row was put
	Now    func() time.Time
	Leases map[string]bool // by key; true: held
	// BeforePut may fail the writing of a row, as a crash just before it would.
	BeforePut func(takeover.Post) error
}

// NewPosts returns an empty Posts on the real clock.
func NewPosts() *Posts {
	return &Posts{Rows: map[string]takeover.Post{}, put: map[string]time.Time{}, Leases: map[string]bool{}, Now: time.Now}
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
	m.Mu.Lock()
	defer m.Mu.Unlock()
	if m.BeforePut != nil {
		if err := m.BeforePut(p); err != nil {
			return err
		}
	}
	p.Drawn = max(p.Drawn, m.Rows[p.Key].Drawn) // never goes back, as in the store
	m.Rows[p.Key], m.put[p.Key] = p, m.Now()
	return ctx.Err()
}

// CardAt returns the line whose card is this message.
func (m *Posts) CardAt(_ context.Context, channel, ts string) (takeover.LineID, bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	for key, p := range m.Rows {
		if id, isCard := strings.CutPrefix(key, "card/"); isCard && p.Channel == channel && p.TS == ts {
			return takeover.LineID(id), true, nil
		}
	}
	return "", false, nil
}

// PostsUnder returns the rows whose key begins with prefix, newest first.
func (m *Posts) PostsUnder(_ context.Context, prefix string, since time.Time, limit int) ([]takeover.Post, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	var posts []takeover.Post
	for key, p := range m.Rows {
		if strings.HasPrefix(key, prefix) && !m.put[key].Before(since) {
			posts = append(posts, p)
		}
	}
	slices.SortFunc(posts, func(a, b takeover.Post) int {
		return cmp.Or(m.put[b.Key].Compare(m.put[a.Key]), strings.Compare(a.Key, b.Key))
	})
	return posts[:min(len(posts), limit)], nil
}

// DropPost deletes a row.
func (m *Posts) DropPost(_ context.Context, key string) error {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	delete(m.Rows, key)
	return nil
}

// Lease gives key to one caller until release; time does not end it, EndLeases does.
func (m *Posts) Lease(_ context.Context, key string, _ time.Duration) (func(), bool, error) {
	m.Mu.Lock()
	defer m.Mu.Unlock()
	if m.Leases[key] {
		return nil, false, nil
	}
	m.Leases[key] = true
	return func() {
		m.Mu.Lock()
		defer m.Mu.Unlock()
		delete(m.Leases, key)
	}, true, nil
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
	m.BeforePut = func(p takeover.Post) error {
		if p.TS != "" {
			return ErrKilled
		}
		return nil
	}
}
