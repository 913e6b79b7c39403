package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// On SQLite every commit waits for the disk (synchronous=FULL) but for those that are
// relaxed (synchronous=NORMAL): they are written and not waited for. All commits go into
// one log in their order, each frame's checksum covers the frames before it, and after a
// power cut SQLite takes the log up to the first frame that is not whole. So
//
//   - a full commit makes every relaxed one before it durable too;
//   - a power cut takes relaxed commits from the end only: what is left is a state that
//     the database really had, later than the last full commit;
//   - the end of the process, kill -9 included, takes nothing: the log is with the kernel.
//
// The keeper (keeper.go) syncs the log about once a second, so that a relaxed commit is
// not open to a power cut for longer than that.
//
// Relaxed may be what is done again, to the same end, if it is lost: leases, River's notes
// that a job is done, and what follows from the stored requests, which are worked again.
// A request that is acknowledged, what a job writes before it calls the outside and after
// it, and the fetching of a job are not. Full is everything that does not ask to be
// relaxed.

type relaxedKey struct{}

// relaxed marks the context of a commit that a power cut may undo.
func relaxed(ctx context.Context) context.Context {
	return context.WithValue(ctx, relaxedKey{}, true)
}

func isRelaxed(ctx context.Context) bool { return ctx.Value(relaxedKey{}) != nil }

// setSync has the next commit wait for the disk, or not if ctx is relaxed. Within a
// transaction, whose beginning has decided, it does nothing.
func (c *statements) setSync(ctx context.Context) error {
	full := !isRelaxed(ctx)
	if c.within || c.full == full {
		return nil
	}
	text := "PRAGMA synchronous=NORMAL"
	if full {
		text = "PRAGMA synchronous=FULL"
	}
	// Not kept with the other statements: this one works when it is prepared, and does
	// nothing when it runs.
	s, err := c.PrepareContext(context.WithoutCancel(ctx), text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	able, ok := s.(statement)
	if !ok {
		return errors.Join(errStatement, s.Close())
	}
	_, err = able.ExecContext(context.WithoutCancel(ctx), nil)
	if err := errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	c.full = full
	return nil
}

// BeginTx begins a transaction whose commit is full, or relaxed if ctx is.
func (c *statements) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	tx, err := c.sqliteDriverConn.BeginTx(unstoppable(ctx), opts)
	if err != nil {
		return nil, err
	}
	c.within = true
	return &statementsTx{Tx: tx, conn: c}, nil
}

// statementsTx tells its connection when it has ended.
type statementsTx struct {
	driver.Tx
	conn *statements
}

// Commit ends the transaction. One that fails is rolled back by the driver.
func (t *statementsTx) Commit() error {
	t.conn.within = false
	return t.Tx.Commit()
}

// Rollback ends the transaction.
func (t *statementsTx) Rollback() error {
	t.conn.within = false
	return t.Tx.Rollback()
}
