package db

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

const (
	// keepEvery is how often the log is synced and written into the database: what a
	// power cut takes of relaxed commits, at most.
	keepEvery = time.Second
	// longLog is the length of the log, in pages, past which the keeper takes a turn to
	// finish, so that the log begins anew.
	longLog = 1000
	// longestLog is the length past which the writer does the keeper's work within a
	// commit.
	longestLog = 8000
)

// keeper writes SQLite's log into the database, on a connection of its own. SQLite
// itself would do that within whichever commit makes the log long, and who waits for an
// acknowledgement would wait for it.
type keeper struct {
	conn  *sql.DB
	turns *turns
	stop  context.CancelFunc
	ended sync.WaitGroup
}

// keep starts the keeper of a file; close ends it.
func keep(path string, turns *turns) *keeper {
	ctx, stop := context.WithCancel(context.Background())
	k := &keeper{conn: openPool(path, 1, "synchronous(FULL)", "busy_timeout(0)"), turns: turns, stop: stop}
	k.ended.Go(func() { k.run(ctx) })
	return k
}

func (k *keeper) close() error {
	k.stop()
	k.ended.Wait()
	return k.conn.Close()
}

func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			// What fails now is tried again at the next tick; a disk that fails, fails
			// whoever writes too, and that is told.
			_ = k.once(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// once syncs the log and writes it into the database while others go on writing. They
// can be faster for as long as they like: a log that became long is finished in a turn.
func (k *keeper) once(ctx context.Context) error {
	left, err := k.checkpoint(ctx)
	if err != nil || left < longLog {
		return err
	}
	if _, err := k.checkpoint(ctx); err != nil { // the bulk of what came meanwhile
		return err
	}
	done, err := k.turns.after(ctx)
	if err != nil {
		return err
	}
	defer done()
	_, err = k.checkpoint(ctx)
	return err
}

// checkpoint returns the length of a log that is not wholly in the database; 0 if it is.
func (k *keeper) checkpoint(ctx context.Context) (pages int64, err error) {
	var busy, written int64
	err = k.conn.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &written)
	if err != nil {
		return 0, fmt.Errorf("write the log into the database: %w", err)
	}
	if written == pages {
		return 0, nil
	}
	return pages, nil
}
