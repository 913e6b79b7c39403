package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// On SQLite every commit waits for the disk (synchronous=FULL) except relaxed ones
// (synchronous=NORMAL), which are written without waiting. All commits go into one log in
// their order, each frame's checksum covers the frames before it, and after a power cut
// SQLite reads the log up to the first frame that is not whole. So
//
//   - a full commit makes every relaxed one before it durable too;
//   - a power cut undoes relaxed commits from the end only: what is left is a state that
//     the database really had, not older than the last full commit;
//   - the end of the process, kill -9 included, undoes nothing: the kernel has the log.
//
// River renews its leadership every few seconds with a full commit, so that a power cut
// undoes relaxed commits of these seconds at most.
//
// A change may be relaxed if it is made again, with the same result, after it was lost:
// leases, River's notes that a job is done, and what follows from the stored requests,
// which are applied again. An acknowledged request, what a job writes before and after it
// calls the outside, and the fetching of a job must not be relaxed. Every commit that does
// not ask to be relaxed is full.

type relaxedKey struct{}

// relaxed marks the context of a commit that a power cut may undo.
func relaxed(ctx context.Context) context.Context {
	if without == levelRelaxed {
		return ctx
	}
	return context.WithValue(ctx, relaxedKey{}, true)
}

func isRelaxed(ctx context.Context) bool { return ctx.Value(relaxedKey{}) != nil }

// setSync makes the next commit wait for the disk, or not if ctx is relaxed. It does nothing
// within a transaction, whose beginning has decided.
func (c *statements) setSync(ctx context.Context) error {
	full := !isRelaxed(ctx)
	if c.within || c.full == full {
		return nil
	}
	text := "PRAGMA synchronous=NORMAL"
	if full {
		text = "PRAGMA synchronous=FULL"
	}
	// Not kept with the other statements: it takes effect when it is prepared, not when it
	// runs.
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

// statementsTx notes at its connection when it has ended.
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
