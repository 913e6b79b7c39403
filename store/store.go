package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for db.Migrate.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return migrations // cannot happen: the folder is embedded above
	}
	return files
}

// Enqueue stores jobs within a transaction; package jobs has one.
type Enqueue func(ctx context.Context, tx *db.Tx, jobs []takeover.Job) error

// reader is what can be read outside any transaction, and in one.
type reader struct {
	q      db.Querier
	badRow *func(what string, err error)
}

// Store keeps everything the bot knows. Safe for use by several goroutines.
type Store struct {
	reader
	// BadRow is told of stored rows that cannot be read and were left out of a list. Set it before
	// the store is used.
	BadRow  func(what string, err error)
	db      *db.DB
	enqueue Enqueue
	now     func() time.Time
	owner   string        // the process, in its leases
	leased  atomic.Uint64 // leases taken so far
	locals  localLeases
	// heirFrom is when this process may take over from others; only its heartbeat knows.
	heirFrom time.Time
}

// New returns a Store on a migrated database. owner names this process among the
// replicas.
func New(d *db.DB, enqueue Enqueue, now func() time.Time, owner string) *Store {
	s := &Store{BadRow: func(string, error) {}, db: d, enqueue: enqueue, now: now, owner: owner, locals: localLeases{last: map[string]localLease{}}}
	s.reader = reader{d.Read(), &s.BadRow}
	return s
}

// stuckTime is how long the oldest command may wait before the bot counts as unable to work.
const stuckTime = 15 * time.Second

// Ready says whether the database answers and is migrated, and commands are being applied.
func (s *Store) Ready(ctx context.Context) error {
	oldest, err := s.OldestWaiting(ctx)
	if err != nil {
		return err
	}
	if oldest > stuckTime {
		return fmt.Errorf("the oldest command has waited for %s to be applied", oldest.Round(time.Second))
	}
	return nil
}

// Change runs fn in a transaction. On a conflict with another writer it runs it
// again, up to ten times.
func (s *Store) Change(ctx context.Context, fn func(ctx context.Context, tx takeover.Tx) error) error {
	return s.change(ctx, func(ctx context.Context, tx talk.Tx) error { return fn(ctx, tx) })
}

func (s *Store) change(ctx context.Context, fn func(ctx context.Context, tx talk.Tx) error) error {
	var err error
	for range 10 {
		err = s.db.Tx(ctx, func(tx *db.Tx) error { return s.within(ctx, tx, fn) })
		if !again(err) {
			return err
		}
	}
	return err
}

// within runs fn in a transaction and stores its jobs with one call of River, which costs
// as much as the rest of a command.
func (s *Store) within(ctx context.Context, tx *db.Tx, fn func(ctx context.Context, tx talk.Tx) error) error {
	t := &storeTx{reader: reader{tx.Querier, &s.BadRow}, store: s, tx: tx}
	if err := fn(ctx, t); err != nil {
		return err
	}
	if len(t.jobs) == 0 {
		return nil
	}
	return s.enqueue(ctx, tx, t.jobs)
}

// storeTx is the store within a transaction.
type storeTx struct {
	reader
	store *Store
	tx    *db.Tx
	jobs  []takeover.Job // stored at the end of the transaction
}

// Enqueue stores jobs with the transaction; they run once it is committed.
func (t *storeTx) Enqueue(_ context.Context, jobs ...takeover.Job) error {
	t.jobs = append(t.jobs, jobs...)
	return nil
}

// row reads the one row that a query finds into dest; ok is false if it finds none. doing
// says what for, in an error.
func row(
	ctx context.Context, q db.Querier, doing, query string, args []any, dest ...any,
) (ok bool, err error) {
	err = q.QueryRow(ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	return true, nil
}

// write runs one statement in a transaction; doing says what for, in an error.
func (s *Store) write(ctx context.Context, doing, query string, args ...any) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// collect returns the rows of a query, each read by one; doing says what for, in an error.
func collect[T any](
	ctx context.Context, q db.Querier, doing string, one func(db.Row) (T, error), query string, args ...any,
) (all []T, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		v, err := one(rows)
		if errors.Is(err, errLeftOut) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}

// errLeftOut has collect leave a row out.
var errLeftOut = errors.New("left out")

// asBadRow marks an error of the database that only one row is the cause of.
func asBadRow(err error) error {
	if db.IsBadData(err) {
		return errors.Join(takeover.ErrBadRow, err)
	}
	return err
}

// scanText reads a row of one text.
func scanText[T ~string](row db.Row) (T, error) {
	var text string
	err := row.Scan(&text)
	return T(text), err
}

// fromMillis is the inverse of millis, in UTC.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// millis are milliseconds since 1970 UTC; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
