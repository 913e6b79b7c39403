package db_test

import (
	"context"
	"os"
	"testing"
	"testing/fstest"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
)

// things is a table to write to, in the migrations' dialect.
var things = fstest.MapFS{"00001_things.sql": {Data: []byte(`
CREATE TABLE things (seq {{serial}}, name TEXT NOT NULL UNIQUE);
CREATE TABLE named (name TEXT PRIMARY KEY);
`)}}

func TestMain(m *testing.M) {
	if path := os.Getenv(holdEnv); path != "" {
		hold(path)
		return
	}
	os.Exit(databases.Run(m))
}

// databases are fresh, with the tables of things and River's.
var databases = dbtest.New(things)

// onBoth runs test on a fresh, migrated database of each kind.
func onBoth(t *testing.T, test func(t *testing.T, d *db.DB)) {
	databases.Each(t, func(t *testing.T, rawURL string) { test(t, dbtest.Open(t, rawURL)) })
}

// newSQLite opens a fresh, migrated SQLite file.
func newSQLite(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.Open(t, databases.SQLite(t))
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
