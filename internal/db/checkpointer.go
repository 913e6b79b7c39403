package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

const (
	// checkpointEvery is how often the log is synced and copied into the database. A power
	// cut takes relaxed commits of this time at most.
	checkpointEvery = time.Second
	// longLog is the length of the log, in pages, past which the checkpointer enters the
	// write queue to finish, so that the log begins anew.
	longLog = 1000
	// longestLog is the length, in pages, past which SQLite makes the checkpoint within a
	// commit.
	longestLog = 8000
)

// checkpointer copies SQLite's log into the database, on a separate connection. SQLite
// itself does it within the commit that makes the log long, and an acknowledgement would
// wait for it.
type checkpointer struct {
	conn   *sql.DB
	writes *writeQueue
	stop   context.CancelFunc
	ended  sync.WaitGroup
}

// startCheckpointer starts the checkpointer of a file; close stops it.
func startCheckpointer(path string, writes *writeQueue) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{conn: openPool(path, 1, "synchronous(FULL)", "busy_timeout(0)"), writes: writes, stop: stop}
	c.ended.Go(func() { c.run(ctx) })
	return c
}

func (c *checkpointer) close() error {
	c.stop()
	c.ended.Wait()
	return c.conn.Close()
}

func (c *checkpointer) run(ctx context.Context) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// A checkpoint that fails is tried again at the next tick. A disk that fails,
			// fails for the writers too, and they report it.
			_ = c.once(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// once syncs the log and copies it into the database while others write. They may be
// faster; a log that became long is finished in a turn of the write queue.
func (c *checkpointer) once(ctx context.Context) error {
	left, err := c.checkpoint(ctx)
	if err != nil || left < longLog {
		return err
	}
	if _, err := c.checkpoint(ctx); err != nil { // most of what came meanwhile
		return err
	}
	release, err := c.writes.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	_, err = c.checkpoint(ctx)
	return err
}

// checkpoint returns the length, in pages, of a log that is not wholly in the database; 0
// if it is.
func (c *checkpointer) checkpoint(ctx context.Context) (pages int64, err error) {
	var busy, copied int64
	err = c.conn.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied)
	if err != nil {
		return 0, fmt.Errorf("copy the log into the database: %w", err)
	}
	if copied == pages {
		return 0, nil
	}
	return pages, nil
}
