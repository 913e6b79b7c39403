package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNoRows is returned by Row.Scan when the query found nothing.
var ErrNoRows = errors.New("no rows")

// Querier reads and writes. A Tx is one, and so is DB.Read (which only reads).
type Querier interface {
	// Exec returns the number of rows changed.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	Query(ctx context.Context, query string, args ...any) (Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) Row
}

// Rows is a result to walk through; Close it.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Row is a result of at most one row; Scan returns ErrNoRows for none.
type Row interface{ Scan(dest ...any) error }

// Tx is a transaction on either database. Close the rows of a query before its next
// statement.
type Tx struct {
	Querier
	sq *sql.Tx // one of both is set
	pg pgx.Tx

	bus *bus // SQLite only
}

func newSQLiteTx(sq *sql.Tx, bus *bus) *Tx { return &Tx{Querier: sqliteQuerier{sq}, sq: sq, bus: bus} }

func newPGTx(pg pgx.Tx) *Tx { return &Tx{Querier: pgQuerier{pg}, pg: pg} }

// Serialize makes transactions that call it with the same key run one after another.
// SQLite's writers already do.
func (t *Tx) Serialize(ctx context.Context, key int64) error {
	if t.sq != nil {
		return nil
	}
	if _, err := t.pg.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", key); err != nil {
		return fmt.Errorf("wait for the other transaction: %w", err)
	}
	return nil
}

// Nested runs fn so that its writes are undone, and only they, if it fails.
func (t *Tx) Nested(ctx context.Context, fn func() error) error {
	if _, err := t.Exec(ctx, "SAVEPOINT nested"); err != nil {
		return fmt.Errorf("set a savepoint: %w", err)
	}
	if err := fn(); err != nil {
		if _, undo := t.Exec(ctx, "ROLLBACK TO SAVEPOINT nested"); undo != nil {
			return errors.Join(err, fmt.Errorf("roll back to the savepoint: %w", undo))
		}
		// The savepoint outlives the rollback to it, and would hide an outer one.
		return errors.Join(err, t.release(ctx))
	}
	return t.release(ctx)
}

func (t *Tx) release(ctx context.Context) error {
	if _, err := t.Exec(ctx, "RELEASE SAVEPOINT nested"); err != nil {
		return fmt.Errorf("release the savepoint: %w", err)
	}
	return nil
}

// Read gives read-only access outside any transaction. It sees what is committed and does
// not wait for writers.
func (d *DB) Read() Querier {
	if d.Kind == SQLite {
		return sqliteQuerier{d.reader}
	}
	return pgQuerier{d.pool}
}

// Tx runs fn in a transaction: committed if fn returns nil, else rolled back. SQLite has
// one writer at a time, so fn must not wait for anything outside, and must use only its Tx.
// If fn panics, the transaction is rolled back first.
func (d *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	if d.writes != nil {
		done, err := d.writes.acquire(ctx)
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		defer done()
	}
	tx, err := d.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	returned := false
	defer func() {
		if !returned {
			_ = tx.rollback(ctx) // the panic says more
		}
	}()
	err = fn(tx)
	returned = true
	if err != nil {
		return errors.Join(err, tx.rollback(ctx))
	}
	if err := tx.commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ExecUrgent runs one statement as a transaction, for a sender that waits: on SQLite it
// goes before every Tx that has not begun. It returns the number of rows changed once they
// are committed. On SQLite, ctx bounds the wait for the turn but not the statement.
func (d *DB) ExecUrgent(ctx context.Context, query string, args ...any) (int64, error) {
	if d.Kind == Postgres {
		return pgQuerier{d.pool}.Exec(ctx, query, args...)
	}
	done, err := d.writes.acquireUrgent(ctx)
	if err != nil {
		return 0, fmt.Errorf("begin: %w", err)
	}
	defer done()
	// A context that can end costs a goroutine for each statement.
	return sqliteQuerier{d.writer}.Exec(context.WithoutCancel(ctx), query, args...)
}

func (d *DB) begin(ctx context.Context) (*Tx, error) {
	if d.Kind == SQLite {
		sq, err := d.writer.BeginTx(ctx, nil)
		return newSQLiteTx(sq, d.bus), err
	}
	pg, err := d.pool.Begin(ctx)
	return newPGTx(pg), err
}

func (t *Tx) commit(ctx context.Context) error {
	if t.sq != nil {
		return t.sq.Commit()
	}
	return t.pg.Commit(ctx)
}

func (t *Tx) rollback(ctx context.Context) error {
	var err error
	if t.sq != nil {
		err = t.sq.Rollback()
	} else {
		err = t.pg.Rollback(context.WithoutCancel(ctx))
	}
	if err == nil || errors.Is(err, sql.ErrTxDone) || errors.Is(err, pgx.ErrTxClosed) {
		return nil
	}
	return fmt.Errorf("roll back: %w", err)
}

// IsDeadlock says whether PostgreSQL undid a transaction because it and another one waited
// for each other. Running it again helps. SQLite has one writer, and no deadlocks.
func IsDeadlock(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "40P01" || pe.Code == "40001")
}
