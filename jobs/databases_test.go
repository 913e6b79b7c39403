package jobs

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
	"takeoverbot/store"
	"takeoverbot/takeover"
)

// bench is a queue on a fresh database, and what its runners told.
type bench struct {
	*testing.T
	db  *db.DB
	url string
	// name is that of the next runner to be started.
	name string
	log  *logBuffer
	// seen are the outcomes of all runs, as "kind outcome".
	seen chan string
}

// logBuffer collects a log.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends to the log.
func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is the log so far.
func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// databases are fresh, with the tables of the bot.
var databases = dbtest.New(store.Migrations())

// onBoth runs test on a fresh database of each kind.
func onBoth(t *testing.T, test func(b *bench)) {
	databases.Each(t, func(t *testing.T, rawURL string) { test(newBench(t, rawURL)) })
}

func newBench(t *testing.T, rawURL string) *bench {
	t.Helper()
	b := &bench{T: t, url: rawURL, log: &logBuffer{}, seen: make(chan string, 1000)}
	b.open()
	t.Cleanup(func() {
		if err := b.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) open() {
	b.Helper()
	d, err := db.Open(b.Context(), b.url)
	if err != nil {
		b.Fatal(err)
	}
	b.db = d
}

// enqueue stores jobs in one transaction.
func (b *bench) enqueue(jobs ...takeover.Job) {
	b.Helper()
	r, err := New(b.db, "", slog.New(slog.DiscardHandler), nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := b.db.Tx(b.Context(), func(tx *db.Tx) error { return r.EnqueueTx(b.Context(), tx, jobs) }); err != nil {
		b.Fatal(err)
	}
}

// start has a runner work, with handlers as add adds them, until the test ends.
func (b *bench) start(add func(r *Runner)) *Runner {
	b.Helper()
	log := slog.New(slog.NewTextHandler(b.log, nil))
	r, err := New(b.db, b.name, log, func(kind string, outcome Outcome, _ time.Duration) {
		b.seen <- kind + " " + string(outcome)
	})
	if err != nil {
		b.Fatal(err)
	}
	add(r)
	if err := r.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		if err := r.Stop(ctx); err != nil {
			b.Error(err)
		}
	})
	return r
}

// receive waits for what a job sends.
func receive[V any](b *bench, from <-chan V) V {
	b.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		b.Fatalf("never came; log:\n%s", b.log)
		panic("unreachable")
	}
}

// until waits for something that can only be looked for.
func (b *bench) until(what string, ok func() bool) {
	b.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-timeout:
			b.Fatalf("never: %s; log:\n%s", what, b.log)
		}
	}
}

// count answers a query for one number.
func (b *bench) count(query string, args ...any) int64 {
	b.Helper()
	var n int64
	if err := b.db.Read().QueryRow(b.Context(), query, args...).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}
