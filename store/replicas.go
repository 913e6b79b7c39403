package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"takeoverbot/internal/db"
)

// pace says how often replicas report that they are alive.
type pace struct {
	// every is the time between two heartbeats of a replica.
	every time.Duration
	// dead is how long a replica may send none before the others take over its work.
	dead time.Duration
}

// defaultPace lets the work of a killed replica go on after at most 20 seconds.
func defaultPace() pace { return pace{every: 5 * time.Second, dead: 15 * time.Second} }

// serverNow is PostgreSQL's clock: those of two replicas may differ by more than a
// heartbeat.
const serverNow = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

// Inherit makes the jobs that a dead process was working available to the others;
// package jobs has one. It returns the number of these jobs.
type Inherit func(ctx context.Context, tx *db.Tx, process string) (int64, error)

// Heartbeat reports that this process is alive until ctx ends, and takes over the work
// of replicas that have stopped reporting: it ends their leases and passes their jobs to
// inherit. When ctx ends it does the same for this process, so start it before the first
// job and end it after the last.
//
// A replica that only looked dead (frozen, or cut off from the database) may still be
// working: jobs may run twice, and settling reads back what it wrote.
//
// On SQLite there are no replicas, and it returns at once.
func (s *Store) Heartbeat(ctx context.Context, log *slog.Logger, inherit Inherit) {
	if s.db.Kind == db.Postgres {
		s.heartbeat(ctx, log, inherit, defaultPace())
	}
}

func (s *Store) heartbeat(ctx context.Context, log *slog.Logger, inherit Inherit, p pace) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		if err := s.beat(ctx, log, inherit, p); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "heartbeat of this replica", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err := s.resign(context.WithoutCancel(ctx), inherit, p); err != nil {
				log.WarnContext(ctx, "leave the list of replicas", "err", err)
			}
			return
		}
	}
}

// beat is one heartbeat: it renews this process's row and takes over from dead replicas.
func (s *Store) beat(ctx context.Context, log *slog.Logger, inherit Inherit, p pace) error {
	ctx, cancel := context.WithTimeout(ctx, p.every)
	defer cancel()
	if err := s.renew(ctx, p.dead); err != nil {
		return err
	}
	jobs := map[string]int64{} // that were taken over, of each dead replica
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		// Of two replicas that do this at the same time, one gets the names.
		dead, err := collect(ctx, tx.Querier, "find dead replicas", scanText[string],
			"DELETE FROM replicas WHERE until < "+serverNow+" RETURNING id")
		if err != nil {
			return err
		}
		for _, process := range dead {
			if jobs[process], err = reap(ctx, tx, process, inherit); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for process, n := range jobs {
		log.WarnContext(ctx, "took over from a dead replica", "replica", process, "jobs", n)
	}
	return nil
}

func (s *Store) renew(ctx context.Context, life time.Duration) error {
	return s.write(ctx, "renew", "INSERT INTO replicas (id, until) VALUES ($1, "+serverNow+` + CAST($2 AS BIGINT))
		ON CONFLICT (id) DO UPDATE SET until = excluded.until`, s.owner, life.Milliseconds())
}

// reap ends the leases of a process, except turns, and passes its jobs to inherit.
func reap(ctx context.Context, tx *db.Tx, process string, inherit Inherit) (int64, error) {
	prefix := leaseOwner(process)
	_, err := tx.Exec(ctx, "DELETE FROM leases WHERE substr(owner, 1, $1) = $2 AND "+ofWork, len([]rune(prefix)), prefix)
	if err != nil {
		return 0, fmt.Errorf("end the leases of %s: %w", process, err)
	}
	n, err := inherit(ctx, tx, process)
	if err != nil {
		return 0, fmt.Errorf("take over the jobs of %s: %w", process, err)
	}
	return n, nil
}

// resign ends the heartbeats of this process: the others need not wait for its death
// before they take over what it left unfinished.
func (s *Store) resign(ctx context.Context, inherit Inherit, p pace) error {
	ctx, cancel := context.WithTimeout(ctx, p.every)
	defer cancel()
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM replicas WHERE id = $1", s.owner); err != nil {
			return err
		}
		_, err := reap(ctx, tx, s.owner, inherit)
		return err
	})
}
