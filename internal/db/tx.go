package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Querier reads and writes. A Tx has one, and so has DB.Read (which only reads).
type Querier struct{ conn sqlConn }

// sqlConn is a *sql.DB or a *sql.Tx.
type sqlConn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Exec returns the number of rows changed.
func (q Querier) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := q.conn.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Query returns a result to walk through; Close it.
func (q Querier) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return q.conn.QueryContext(ctx, query, args...)
}

// QueryRow returns a result of at most one row; its Scan returns sql.ErrNoRows for none.
func (q Querier) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return q.conn.QueryRowContext(ctx, query, args...)
}

// Row is a *sql.Row, or the present one of *sql.Rows.
type Row interface{ Scan(dest ...any) error }

// Tx is a transaction on either database. Close the rows of a query before its next
// statement.
type Tx struct {
	Querier
	tx *sql.Tx
	db *DB
}

func (d *DB) newTx(tx *sql.Tx) *Tx { return &Tx{Querier: Querier{tx}, tx: tx, db: d} }

// Serialize makes transactions that call it with the same key run one after another.
// SQLite's writers already do.
func (t *Tx) Serialize(ctx context.Context, key int64) error {
	if t.db.Kind == SQLite {
		return nil
	}
	if _, err := t.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", key); err != nil {
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
func (d *DB) Read() Querier { return Querier{d.reader} }

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
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := fn(d.newTx(tx)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ExecUrgent runs one statement as a transaction, for a sender that waits: on SQLite it
// goes before every Tx that has not begun. It returns the number of rows changed once they
// are committed. On SQLite, ctx bounds the wait for the turn but not the statement.
func (d *DB) ExecUrgent(ctx context.Context, query string, args ...any) (int64, error) {
	if d.Kind == Postgres {
		return Querier{d.writer}.Exec(ctx, query, args...)
	}
	done, err := d.writes.acquireUrgent(ctx)
	if err != nil {
		return 0, fmt.Errorf("begin: %w", err)
	}
	defer done()
	// A context that can end costs a goroutine for each statement.
	return Querier{d.writer}.Exec(context.WithoutCancel(ctx), query, args...)
}

// IsDeadlock says whether PostgreSQL undid a transaction because it and another one waited
// for each other. Running it again helps. SQLite has one writer, and no deadlocks.
func IsDeadlock(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pe.Code == "40P01" || pe.Code == "40001")
}

// IsBadData says whether the database refused a statement for what is in its values: text that it
// cannot hold, a value that is too large, a row that breaks a rule of its table.
func IsBadData(err error) bool {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		// PostgreSQL's classes: data exception, integrity violation, program limit exceeded.
		return slices.Contains([]string{"22", "23", "54"}, pe.Code[:min(2, len(pe.Code))])
	}
	se, ok := errors.AsType[*sqlite.Error](err)
	return ok && slices.Contains([]int{sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH}, se.Code()&0xff)
}
