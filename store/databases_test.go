package store

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
	"takeoverbot/jobs"
	"takeoverbot/takeover"
)

func TestMain(m *testing.M) { os.Exit(databases.Run(m)) }

// base is a store on a fresh database.
type base struct {
	*Store
	*testing.T
	url string
	// clock is what the store takes the time for.
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// start is when every test begins.
var start = time.Date(2026, 11, 22, 21, 4, 0, 0, time.UTC)

// databases are fresh, with the tables of this package.
var databases = dbtest.New(Migrations())

// onBoth runs test on a fresh store of each kind.
func onBoth(t *testing.T, test func(b *base)) {
	databases.Each(t, func(t *testing.T, rawURL string) { test(newBase(t, rawURL)) })
}

func newBase(t *testing.T, rawURL string) *base {
	t.Helper()
	b := &base{T: t, url: rawURL, clock: &clock{now: start}}
	b.Store = b.another("test")
	return b
}

// another is the store of another process on the same database.
func (b *base) another(owner string) *Store {
	b.Helper()
	d := dbtest.Open(b.T, b.url)
	runner, err := jobs.New(d, owner, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		b.Fatal(err)
	}
	return New(d, runner.EnqueueTx, b.clock.Now, owner)
}

// change runs fn in a transaction that has to succeed.
func (b *base) change(fn func(ctx context.Context, tx takeover.Tx) error) {
	b.Helper()
	if err := b.Change(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

// count answers a query for one number.
func (b *base) count(query string, args ...any) int64 {
	b.Helper()
	var n int64
	if err := b.db.Read().QueryRow(b.Context(), query, args...).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// exec runs a statement of the test's own.
func (b *base) exec(statement string) {
	b.Helper()
	err := b.db.Tx(b.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(b.Context(), statement)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
