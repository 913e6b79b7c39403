package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// releaseTime bounds the release of a lease; one that could not be released ends when its
// time has passed.
const releaseTime = 2 * time.Second

// Lease gives key to one caller in all replicas until release, or until ttl has passed.
func (s *Store) Lease(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error) {
	if s.db.Kind == db.SQLite && !strings.HasPrefix(key, takeover.TurnPrefix) {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		release, ok = s.local.lease(key, s.now(), ttl)
		return release, ok, nil
	}
	// A caller that waits for a lease asks often: read first.
	held, err := row(ctx, s.q, "read the lease", "SELECT 1 FROM leases WHERE key = $1 AND until > $2",
		[]any{key, millis(s.now())}, new(int64))
	if err != nil || held {
		return nil, false, err
	}
	// Two leases of one process are different owners: a late release must not end the
	// lease that came after.
	owner := leaseOwner(s.owner) + strconv.FormatUint(s.leased.Add(1), 10)
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		now := s.now()
		n, err := tx.Exec(ctx, `INSERT INTO leases (key, owner, until) VALUES ($1, $2, $3)
			ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE leases.until <= $4`,
			key, owner, millis(now.Add(ttl)), millis(now))
		ok = n == 1
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("take the lease: %w", err)
	}
	if !ok {
		return nil, false, nil
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
		defer cancel()
		_ = s.write(ctx, "release a lease", "DELETE FROM leases WHERE key = $1 AND owner = $2", key, owner)
	}, true, nil
}

// localLeases are the leases on SQLite. One process has the file, so that they stay in
// memory and end with the process. Turns do not: they are in the table on SQLite too.
type localLeases struct {
	mu   sync.Mutex
	last map[string]*time.Time // when the newest lease of each key ends, unless it was released
}

func (l *localLeases) lease(key string, now time.Time, ttl time.Duration) (release func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := l.last[key]; last != nil && last.After(now) {
		return nil, false
	}
	until := now.Add(ttl)
	l.last[key] = &until
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.last[key] == &until { // not a later lease
			delete(l.last, key)
		}
	}, true
}

// leaseOwner is what the owners of all leases of a process begin with.
func leaseOwner(process string) string { return process + "/" }

// ofWork is the condition for leases that end with their process, unlike turns.
const ofWork = "key NOT LIKE '" + takeover.TurnPrefix + "%'"
