// Package dbtest gives tests fresh databases: SQLite files in the test's own folder,
// and PostgreSQL databases on the server that TEST_DATABASE_URL names, dropped when the
// test ends. Without that variable, tests on PostgreSQL are skipped.
//
// Only tests import it. It knows no table: the caller passes the migrations.
package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"takeoverbot/internal/db"
)

// serverEnv names a PostgreSQL server on which databases may be created.
const serverEnv = "TEST_DATABASE_URL"

// Migrated creates databases with the same migrations applied. It migrates once for
// each kind of database and copies the result, because a migration takes longer than
// most tests. Safe for use by several goroutines.
type Migrated struct {
	file     func() ([]byte, error) // a SQLite file
	template func() (string, error) // the name of a PostgreSQL database
	used     bool                   // the template was asked for
	mu       sync.Mutex             // guards used
}

// New returns a source of databases that have all migrations of files, and River's.
func New(files fs.FS) *Migrated {
	return &Migrated{
		file:     sync.OnceValues(func() ([]byte, error) { return migratedFile(files) }),
		template: sync.OnceValues(func() (string, error) { return migratedTemplate(files) }),
	}
}

// Run runs the tests of a package and then drops the PostgreSQL template. It returns
// the exit code; call it from TestMain.
func (m *Migrated) Run(tests *testing.M) int {
	code := tests.Run()
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.used {
		return code
	}
	name, err := m.template()
	if err := errors.Join(err, administer("DROP DATABASE IF EXISTS "+name)); err != nil {
		fmt.Println(err)
		return 1
	}
	return code
}

// Each runs test twice, with the address of a fresh SQLite database and with that of a
// fresh PostgreSQL database, in parallel with each other and with other tests.
func (m *Migrated) Each(t *testing.T, test func(t *testing.T, rawURL string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, m.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, m.Postgres(t))
	})
}

// SQLite returns the path of a fresh, migrated SQLite file.
func (m *Migrated) SQLite(t testing.TB) string {
	t.Helper()
	file, err := m.file()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Postgres returns the address of a fresh, migrated PostgreSQL database.
func (m *Migrated) Postgres(t testing.TB) string {
	t.Helper()
	requireServer(t)
	m.mu.Lock()
	m.used = true
	m.mu.Unlock()
	template, err := m.template()
	if err != nil {
		t.Fatal(err)
	}
	return create(t, " TEMPLATE "+template)
}

// EmptyPostgres returns the address of a fresh PostgreSQL database without tables.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	requireServer(t)
	return create(t, "")
}

// Open opens a database and closes it when the test ends.
func Open(t testing.TB, rawURL string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func requireServer(t testing.TB) {
	t.Helper()
	if os.Getenv(serverEnv) == "" {
		t.Skip(serverEnv + " is not set; make test starts a PostgreSQL by itself")
	}
}

// create creates a database that is dropped when the test ends.
func create(t testing.TB, options string) (rawURL string) {
	t.Helper()
	name := newName()
	rawURL, err := databaseURL(name)
	if err := errors.Join(err, administer("CREATE DATABASE "+name+options)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := administer("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return rawURL
}

func migratedFile(files fs.FS) ([]byte, error) {
	dir, err := os.MkdirTemp("", "dbtest-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "migrated.db")
	if err := migrate(path, files); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func migratedTemplate(files fs.FS) (name string, err error) {
	name = newName()
	rawURL, err := databaseURL(name)
	if err := errors.Join(err, administer("CREATE DATABASE "+name)); err != nil {
		return "", err
	}
	return name, migrate(rawURL, files)
}

func migrate(rawURL string, files fs.FS) error {
	d, err := db.Open(context.Background(), rawURL)
	if err != nil {
		return err
	}
	_, err = d.Migrate(context.Background(), files)
	return errors.Join(err, d.Close())
}

func newName() string { return "takeover_test_" + strings.ToLower(rand.Text()[:12]) }

// databaseURL is the address of a database on the server.
func databaseURL(name string) (string, error) {
	u, err := url.Parse(os.Getenv(serverEnv))
	if err != nil {
		return "", errors.New(serverEnv + " is not an address")
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
