package store

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
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

// defaultPace lets the work of a killed replica go on after at most 11 seconds.
func defaultPace() pace { return pace{every: 2 * time.Second, dead: 9 * time.Second} }

// serverNow is PostgreSQL's clock: those of two replicas may differ by more than a
// heartbeat.
const serverNow = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

// Inherit makes the jobs that a dead process was working available to the others;
// package jobs has one. It returns the number of these jobs.
type Inherit func(ctx context.Context, tx *db.Tx, process string) (int64, error)

// Heartbeat reports that this process is alive until ctx ends, and takes over the work
// of replicas that have stopped reporting: it ends their connections, with what these have locked, and
// their leases, and passes their jobs to inherit. When ctx ends it does the same for this process, so start it before the first
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
	lapsed, err := s.renew(ctx, p.dead)
	if err != nil {
		return err
	}
	if lapsed {
		s.heirFrom = time.Now().Add(p.dead)
	}
	if time.Now().Before(s.heirFrom) {
		// The database, or the way to it, was away for all replicas perhaps: they get the time to say so.
		return nil
	}
	if err := s.endSessions(ctx, log); err != nil {
		return err
	}
	jobs := map[string]int64{} // that were taken over, of each dead replica
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
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

// renew prolongs this process's row. lapsed says that the others might have taken it for dead, or
// that it was not on the list yet.
func (s *Store) renew(ctx context.Context, life time.Duration) (lapsed bool, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE replicas SET until = "+serverNow+" + CAST($2 AS BIGINT) WHERE id = $1 AND until >= "+serverNow,
			s.owner, life.Milliseconds())
		if lapsed = n == 0; err != nil || !lapsed {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO replicas (id, session, until) VALUES ($1, $3, "+serverNow+` + CAST($2 AS BIGINT))
			ON CONFLICT (id) DO UPDATE SET until = excluded.until`, s.owner, life.Milliseconds(), s.db.Session)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("renew: %w", err)
	}
	return lapsed, nil
}

// endSessions has the server end the connections of dead replicas. A process that is suspended or cut
// off may have one within a transaction, which locks what the others need.
func (s *Store) endSessions(ctx context.Context, log *slog.Logger) error {
	// Materialized, because the server might else ask the function before the rest of the condition.
	ended, err := collect(ctx, s.q, "end the connections of dead replicas", scanText[string],
		`WITH dead AS MATERIALIZED (SELECT id, pid FROM replicas JOIN pg_stat_activity ON application_name = session
			WHERE until < `+serverNow+` AND session <> '' AND usename = current_user AND pid <> pg_backend_pid())
		SELECT id FROM dead WHERE pg_terminate_backend(pid)`)
	if len(ended) > 0 {
		log.WarnContext(ctx, "ended the connections of dead replicas", "replicas", slices.Compact(slices.Sorted(slices.Values(ended))), "connections", len(ended))
	}
	return err
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
