package store

import (
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
	"takeoverbot/jobs"
	"takeoverbot/takeover"
)

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

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

// onBoth runs test on a fresh store of each kind.
func onBoth(t *testing.T, test func(b *base)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(newBase(t, sqliteURL(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(newBase(t, postgresURL(t)))
	})
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
	d, err := db.Open(b.Context(), b.url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	queue, err := jobs.NewQueue(d, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	return New(d, queue.EnqueueTx, b.clock.Now, owner)
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

// Migrated databases, which tests copy: migrating one for each would be most of the
// time they take.
var (
	migratedFile = sync.OnceValues(func() ([]byte, error) {
		dir, err := os.MkdirTemp("", "store-test-*")
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
	_, err = d.Migrate(context.Background(), Migrations())
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

func databaseName() string { return "store_" + strings.ToLower(rand.Text()[:12]) }

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
