package db

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// oneConnection opens a file through a single connection, so that every statement
// meets the ones kept before it. Table n holds 0, 1 and 2.
func oneConnection(t *testing.T) *sql.Conn {
	t.Helper()
	pool := openPool(filepath.Join(t.TempDir(), "statements.db"), 1)
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	mustExec(t, conn, "CREATE TABLE n (i INTEGER PRIMARY KEY)")
	for i := range 3 {
		mustExec(t, conn, "INSERT INTO n (i) VALUES ($1)", i)
	}
	return conn
}

func mustExec(t *testing.T, conn *sql.Conn, query string, args ...any) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// numbers reads the table, and calls each for every row while the rows are open.
func numbers(ctx context.Context, conn *sql.Conn, each func() error) ([]int, error) {
	rows, err := conn.QueryContext(ctx, "SELECT i FROM n WHERE i >= $1 ORDER BY i", 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []int
	for rows.Next() {
		var i int
		if err := rows.Scan(&i); err != nil {
			return nil, err
		}
		all = append(all, i)
		if err := each(); err != nil {
			return nil, err
		}
	}
	return all, rows.Err()
}

func nothing() error { return nil }

// TestStatementWithinItself runs a text again while its rows are being read.
func TestStatementWithinItself(t *testing.T) {
	conn := oneConnection(t)
	want := []int{0, 1, 2}
	for round := range 3 {
		outer, err := numbers(t.Context(), conn, func() error {
			inner, err := numbers(t.Context(), conn, nothing)
			if err == nil && !slices.Equal(inner, want) {
				err = fmt.Errorf("within: %v", inner)
			}
			return err
		})
		if err != nil || !slices.Equal(outer, want) {
			t.Errorf("round %d: %v, %v; want %v", round, outer, err, want)
		}
	}
}

// TestStatementAfterFailure: a text that failed works when its reason is gone, and one
// that worked before notices a new column.
func TestStatementAfterFailure(t *testing.T) {
	conn := oneConnection(t)
	insert := "INSERT INTO n (i) VALUES ($1)"
	if _, err := conn.ExecContext(t.Context(), insert, 2); err == nil {
		t.Fatal("the same number was stored twice")
	}
	mustExec(t, conn, insert, 3)
	mustExec(t, conn, "DELETE FROM n WHERE i = $1", 3)
	if _, err := numbers(t.Context(), conn, nothing); err != nil {
		t.Fatal(err)
	}
	mustExec(t, conn, "ALTER TABLE n ADD COLUMN word TEXT NOT NULL DEFAULT ''")
	if got, err := numbers(t.Context(), conn, nothing); err != nil || len(got) != 3 {
		t.Errorf("after the table changed: %v, %v", got, err)
	}
}

// TestStatementsKept: a text is kept once, and no more texts than may be.
func TestStatementsKept(t *testing.T) {
	conn := oneConnection(t)
	for i := range maxStatements + 10 {
		mustExec(t, conn, fmt.Sprintf("DELETE FROM n WHERE i = -%d", i+1))
		if _, err := numbers(t.Context(), conn, nothing); err != nil {
			t.Fatal(err)
		}
	}
	err := conn.Raw(func(c any) error {
		if n := len(c.(*statements).kept); n != maxStatements {
			return fmt.Errorf("%d statements are kept, want %d", n, maxStatements)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
