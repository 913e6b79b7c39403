package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"takeoverbot/internal/db"
)

// releaseTime bounds the giving back of a lease; a lease that could not be given back
// ends by itself.
const releaseTime = 2 * time.Second

// Lease gives key to one caller in all replicas until release, or until ttl is over.
func (s *Store) Lease(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error) {
	// Whoever waits for a lease asks again and again: only one that may be had is worth
	// a turn of the one writer.
	if held, err := s.leaseHeld(ctx, key); err != nil || held {
		return nil, false, err
	}
	// Two leases of one process are different owners: a late release must not end the
	// lease that came after.
	owner := leaseOwner(s.owner) + strconv.FormatUint(s.leased.Add(1), 10)
	// Relaxed: after a power cut nobody is left who holds one, see ForgetLeases.
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
	var one int64
	err := s.db.Read().QueryRow(ctx, "SELECT 1 FROM leases WHERE key = $1 AND until > $2", key, millis(s.now())).Scan(&one)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the lease: %w", err)
	}
	return true, nil
}

// ForgetLeases ends all leases. Only for a database that no other process uses: after
// a crash nobody is left to give them back.
func (s *Store) ForgetLeases(ctx context.Context) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM leases")
		return err
	})
}
