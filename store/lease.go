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

// Lease gives key to one caller in all replicas until it is released, or until ttl has passed:
// by the database's clock on PostgreSQL, by the process's on SQLite, which has none.
func (s *Store) Lease(ctx context.Context, key string, ttl time.Duration) (lease takeover.Lease, ok bool, err error) {
	// Two leases of one process are different owners: a late release must not end the
	// lease that came after.
	lease = takeover.Lease{Key: key, Owner: leaseOwner(s.owner) + strconv.FormatUint(s.leased.Add(1), 10)}
	if s.local(key) {
		if err := ctx.Err(); err != nil {
			return takeover.Lease{}, false, err
		}
		lease.At = s.now().UTC()
		lease.Release = func() { s.locals.release(lease) }
		return lease, s.locals.lease(lease, lease.At, ttl), nil
	}
	// A caller that waits for a lease asks often: read first.
	held, err := row(ctx, s.q, "read the lease", "SELECT 1 FROM leases WHERE key = $2 AND "+s.living(),
		[]any{millis(s.now()), key}, new(int64))
	if err != nil || held {
		return takeover.Lease{}, false, err
	}
	var taken int64
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		ok, err = row(ctx, tx.Querier, "take it", `INSERT INTO leases (key, owner, taken, until)
			SELECT $2, $3, now, now + CAST($4 AS BIGINT) FROM (SELECT `+s.clock()+` AS now) AS clock WHERE true
			ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, taken = excluded.taken, until = excluded.until
			WHERE NOT (`+s.living()+`) RETURNING taken`,
			[]any{millis(s.now()), key, lease.Owner, ttl.Milliseconds()}, &taken)
		return err
	})
	if err != nil {
		return takeover.Lease{}, false, fmt.Errorf("take the lease: %w", err)
	}
	lease.At = time.UnixMilli(taken).UTC()
	lease.Release = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTime)
		defer cancel()
		_ = s.write(ctx, "release a lease", "DELETE FROM leases WHERE key = $1 AND owner = $2", key, lease.Owner)
	}
	return lease, ok, nil
}

// Leased reports whether a lease has not ended yet. PostgreSQL locks its row, so that no
// other process gets it before the transaction is committed.
func (t *storeTx) Leased(ctx context.Context, lease takeover.Lease) (bool, error) {
	s, lock := t.store, ""
	if s.local(lease.Key) {
		return s.locals.leased(lease, s.now()), nil
	}
	if s.db.Kind == db.Postgres {
		lock = " FOR UPDATE"
	}
	return row(ctx, t.q, "look at the lease", "SELECT 1 FROM leases WHERE key = $2 AND owner = $3 AND "+s.living()+lock,
		[]any{millis(s.now()), lease.Key, lease.Owner}, new(int64))
}

// clock is the time in milliseconds, in SQL: the server's, else the first parameter.
func (s *Store) clock() string {
	if s.db.Kind == db.Postgres {
		return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + 0 * CAST($1 AS BIGINT)"
	}
	return "CAST($1 AS BIGINT)"
}

// living is the condition for leases that have not ended. One that was taken later than now
// was taken while a clock was ahead: it would last longer than its own length.
func (s *Store) living() string {
	return "leases.taken <= " + s.clock() + " AND leases.until > " + s.clock()
}

// local reports whether a lease stays in memory: on SQLite one process has the file, and
// its leases end with it. Turns do not end with their process, and stand in the table.
func (s *Store) local(key string) bool {
	return s.db.Kind == db.SQLite && !strings.HasPrefix(key, takeover.TurnPrefix)
}

// localLeases are the newest lease of each key, unless it was released.
type localLeases struct {
	mu   sync.Mutex
	last map[string]localLease
}

type localLease struct {
	owner        string
	taken, until time.Time
}

func (l localLease) living(now time.Time) bool { return !l.taken.After(now) && l.until.After(now) }

func (l *localLeases) lease(lease takeover.Lease, now time.Time, ttl time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last[lease.Key].living(now) {
		return false
	}
	l.last[lease.Key] = localLease{owner: lease.Owner, taken: now, until: now.Add(ttl)}
	return true
}

func (l *localLeases) leased(lease takeover.Lease, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.last[lease.Key]
	return last.owner == lease.Owner && last.living(now)
}

func (l *localLeases) release(lease takeover.Lease) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last[lease.Key].owner == lease.Owner {
		delete(l.last, lease.Key)
	}
}

// leaseOwner is what the owners of all leases of a process begin with.
func leaseOwner(process string) string { return process + "/" }

// ofWork is the condition for leases that end with their process, unlike turns.
const ofWork = "key NOT LIKE '" + takeover.TurnPrefix + "%'"
