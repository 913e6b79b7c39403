package jobs

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"takeoverbot/internal/db"
	"takeoverbot/store"
	"takeoverbot/takeover"
)

// bench is a queue on a fresh database, and what its runners told.
type bench struct {
	*testing.T
	db  *db.DB
	url string
	log *logBuffer
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

// onBoth runs test on a fresh database of each kind.
func onBoth(t *testing.T, test func(b *bench)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(newBench(t, sqliteURL(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(newBench(t, postgresURL(t)))
	})
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
	q, err := NewQueue(b.db, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := b.db.Tx(b.Context(), func(tx *db.Tx) error { return q.EnqueueTx(b.Context(), tx, jobs) }); err != nil {
		b.Fatal(err)
	}
}

// start has a runner work, with handlers as add adds them, until the test ends.
func (b *bench) start(add func(r *Runner)) *Runner {
	b.Helper()
	r := NewRunner(b.db, slog.New(slog.NewTextHandler(b.log, nil)), func(kind string, outcome Outcome, _ time.Duration) {
		b.seen <- kind + " " + string(outcome)
	})
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

// Migrated databases, which tests copy: migrating one for each would be most of the
// time they take.
var (
	migratedFile = sync.OnceValues(func() ([]byte, error) {
		dir, err := os.MkdirTemp("", "jobs-test-*")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		path := filepath.Join(dir, "migrated.db")
		if err := migrate(path); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
	// migratedTemplate is the name of a database on the server; TestMain drops it.
	migratedTemplate = sync.OnceValues(func() (string, error) {
		name := databaseName()
		if err := administer("CREATE DATABASE " + name); err != nil {
			return "", err
		}
		rawURL, err := databaseURL(name)
		if err != nil {
			return "", err
		}
		return name, migrate(rawURL)
	})
)

func migrate(rawURL string) error {
	d, err := db.Open(context.Background(), rawURL)
	if err != nil {
		return err
	}
	_, err = d.Migrate(context.Background(), store.Migrations())
	return errors.Join(err, d.Close())
}

// runTests runs the tests of the package, and drops what they shared.
func runTests(m *testing.M) int {
	code := m.Run()
	if os.Getenv(serverEnv) == "" {
		return code
	}
	name, err := migratedTemplate()
	if err := errors.Join(err, administer("DROP DATABASE IF EXISTS "+name)); err != nil {
		fmt.Println(err)
		return 1
	}
	return code
}

func sqliteURL(t *testing.T) string {
	t.Helper()
	file, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// serverEnv names a PostgreSQL in which databases may be made.
const serverEnv = "TEST_DATABASE_URL"

// postgresURL makes a database that goes with the test.
func postgresURL(t *testing.T) string {
	t.Helper()
	if os.Getenv(serverEnv) == "" {
		t.Skip(serverEnv + " names no PostgreSQL")
	}
	template, err := migratedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	name := databaseName()
	rawURL, err := databaseURL(name)
	if err := errors.Join(err, administer("CREATE DATABASE "+name+" TEMPLATE "+template)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := administer("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return rawURL
}

func databaseName() string { return "jobs_" + strings.ToLower(rand.Text()[:12]) }

func databaseURL(name string) (string, error) {
	u, err := url.Parse(os.Getenv(serverEnv))
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// administer runs a statement on the server itself.
func administer(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, os.Getenv(serverEnv))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
