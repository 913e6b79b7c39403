package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"takeoverbot/internal/db"
)

// rhythm is how replicas tell that they live.
type rhythm struct {
	// every is how often a replica says that it lives and looks who died.
	every time.Duration
	// dead is how long a replica may be silent before the others take over from it.
	dead time.Duration
}

// steady has the work of a killed replica go on after at most 20 seconds.
func steady() rhythm { return rhythm{every: 5 * time.Second, dead: 15 * time.Second} }

// serverNow is PostgreSQL's clock: those of two replicas may differ by more than a
// heartbeat.
const serverNow = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

// Inherit makes the jobs that a dead process was working available to the living;
// package jobs has one. It returns how many they are.
type Inherit func(ctx context.Context, tx *db.Tx, process string) (int64, error)

// Attend says that this process lives until ctx ends, and takes over from replicas that
// stopped saying so: it ends their leases and hands their jobs to inherit. At its end it
// does that for this process itself, so start it before the first job and end it after
// the last.
//
// A replica that only looked dead (frozen, or cut off from the database) may still be
// at work: jobs may run twice, and settling reads back what it wrote.
//
// On SQLite there are no replicas, and it returns at once.
func (s *Store) Attend(ctx context.Context, log *slog.Logger, inherit Inherit) {
	if s.db.Kind == db.Postgres {
		s.attend(ctx, log, inherit, steady())
	}
}

func (s *Store) attend(ctx context.Context, log *slog.Logger, inherit Inherit, r rhythm) {
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for {
		if err := s.beat(ctx, log, inherit, r); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "say that this replica lives", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err := s.leave(context.WithoutCancel(ctx), inherit, r); err != nil {
				log.WarnContext(ctx, "leave the list of replicas", "err", err)
			}
			return
		}
	}
}

// beat renews this process's life and buries the dead.
func (s *Store) beat(ctx context.Context, log *slog.Logger, inherit Inherit, r rhythm) error {
	ctx, cancel := context.WithTimeout(ctx, r.every)
	defer cancel()
	if err := s.renew(ctx, r.dead); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		dead, err := ended(ctx, tx)
		if err != nil {
			return err
		}
		for _, process := range dead {
			n, err := s.bury(ctx, tx, process, inherit)
			if err != nil {
				return err
			}
			tx.AfterCommit(func() { log.WarnContext(ctx, "took over from a dead replica", "replica", process, "jobs", n) })
		}
		return nil
	})
}

func (s *Store) renew(ctx context.Context, life time.Duration) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO instances (id, until) VALUES ($1, "+serverNow+" + CAST($2 AS BIGINT)) ON CONFLICT (id) DO UPDATE SET until = excluded.until",
			s.owner, life.Milliseconds())
		if err != nil {
			return fmt.Errorf("renew: %w", err)
		}
		return nil
	})
}

// ended strikes the dead off the list and names them. Of two replicas that look at the
// same time, one finds them.
func ended(ctx context.Context, tx *db.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, "DELETE FROM instances WHERE until < "+serverNow+" RETURNING id")
	if err != nil {
		return nil, fmt.Errorf("look who died: %w", err)
	}
	defer rows.Close()
	var dead []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("look who died: %w", err)
		}
		dead = append(dead, id)
	}
	return dead, rows.Err()
}

// bury ends the leases of a process and gives its jobs away.
func (s *Store) bury(ctx context.Context, tx *db.Tx, process string, inherit Inherit) (int64, error) {
	prefix := leaseOwner(process)
	if _, err := tx.Exec(ctx, "DELETE FROM leases WHERE substr(owner, 1, $1) = $2", len([]rune(prefix)), prefix); err != nil {
		return 0, fmt.Errorf("end the leases of %s: %w", process, err)
	}
	n, err := inherit(ctx, tx, process)
	if err != nil {
		return 0, fmt.Errorf("take over the jobs of %s: %w", process, err)
	}
	return n, nil
}

// leave strikes this process off: what it left unfinished need not wait for its death.
func (s *Store) leave(ctx context.Context, inherit Inherit, r rhythm) error {
	ctx, cancel := context.WithTimeout(ctx, r.every)
	defer cancel()
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM instances WHERE id = $1", s.owner); err != nil {
			return err
		}
		_, err := s.bury(ctx, tx, s.owner, inherit)
		return err
	})
}
