package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// releaseTime bounds the release of a lease; one that could not be released ends when its
// time has passed.
const releaseTime = 2 * time.Second

// Lease gives key to one caller in all replicas until release, or until ttl has passed.
func (s *Store) Lease(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error) {
	// A caller that waits for a lease asks often: read first, because SQLite has one writer.
	if held, err := s.leaseHeld(ctx, key); err != nil || held {
		return nil, false, err
	}
	// Two leases of one process are different owners: a late release must not end the
	// lease that came after.
	owner := leaseOwner(s.owner) + strconv.FormatUint(s.leased.Add(1), 10)
	// Relaxed: after a power cut no process is left that holds one, see ForgetLeases.
	err = s.db.TxRelaxed(ctx, func(tx *db.Tx) error {
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
		_ = s.db.TxRelaxed(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, "DELETE FROM leases WHERE key = $1 AND owner = $2", key, owner)
			return err
		})
	}, true, nil
}

// leaseOwner is what the owners of all leases of a process begin with.
func leaseOwner(process string) string { return process + "/" }

func (s *Store) leaseHeld(ctx context.Context, key string) (bool, error) {
	held, err := found(ctx, s.db.Read(), "SELECT 1 FROM leases WHERE key = $1 AND until > $2", key, millis(s.now()))
	if err != nil {
		return false, fmt.Errorf("read the lease: %w", err)
	}
	return held, nil
}

// ofWork is the condition for leases that end with their process, unlike turns.
const ofWork = "key NOT LIKE '" + takeover.TurnPrefix + "%'"

// ForgetLeases ends all leases but those of turns. Only for a database that no other
// process uses: after a crash no process is left to release them.
func (s *Store) ForgetLeases(ctx context.Context) error {
	return s.write(ctx, "end all leases", "DELETE FROM leases WHERE "+ofWork)
}
