package db_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"takeoverbot/internal/db"
)

// things is a table to write to, in the migrations' dialect.
var things = fstest.MapFS{"00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE things (seq {{serial}}, name TEXT NOT NULL UNIQUE);
CREATE TABLE named (name TEXT PRIMARY KEY);
-- +goose Down
DROP TABLE named;
DROP TABLE things;
`)}}

func TestMain(m *testing.M) {
	if path := os.Getenv(holdEnv); path != "" {
		hold(path)
		return
	}
	os.Exit(m.Run())
}

// migratedFile is a SQLite file that tests copy: migrating one for each would be most
// of the time they take.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "db-test-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "migrated.db")
	d, err := db.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	_, err = d.Migrate(context.Background(), things)
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// onBoth runs test on a fresh, migrated database of each kind.
func onBoth(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		file, err := migratedFile()
		if err != nil {
			t.Fatal(err)
		}
		path := sqliteURL(t)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		test(t, open(t, path))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, migrated(t, postgresURL(t)))
	})
}

func migrated(t *testing.T, rawURL string) *db.DB {
	t.Helper()
	d := open(t, rawURL)
	if _, err := d.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	return d
}

// open opens a database that is closed with the test.
func open(t *testing.T, rawURL string) *db.DB {
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

func sqliteURL(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") }

// postgresURL makes a database that goes with the test.
func postgresURL(t *testing.T) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		t.Skip("TEST_DATABASE_URL names no PostgreSQL")
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	name := "db_" + strings.ToLower(rand.Text()[:12])
	administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { administer(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

func administer(t *testing.T, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// names lists what is in things, in order.
func names(t *testing.T, q db.Querier) []string {
	t.Helper()
	rows, err := q.Query(t.Context(), "SELECT name FROM things ORDER BY seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		found = append(found, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func add(ctx context.Context, tx *db.Tx, name string) error {
	_, err := tx.Exec(ctx, "INSERT INTO things (name) VALUES ($1)", name)
	return err
}
