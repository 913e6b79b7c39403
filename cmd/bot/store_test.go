package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"takeoverbot/takeover"
)

// reader is the bot's database for reading, beside the bot. The bot keeps other bots out
// of a SQLite file, not readers.
func (w *world) reader() *sql.DB {
	w.Helper()
	w.opening.Do(func() {
		driver, dsn := "sqlite", "file:"+(&url.URL{Path: w.database}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)"
		if strings.HasPrefix(w.database, "postgres://") {
			driver, dsn = "pgx", w.database
		}
		var err error
		w.store, err = sql.Open(driver, dsn)
		w.must(nil, err)
	})
	return w.store
}

// count is the number that a query finds.
func (w *world) count(query string, args ...any) int {
	w.Helper()
	var n int
	if err := w.reader().QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	return n
}

// inbox is how many requests were ever stored.
func (w *world) inbox() int { return w.count("SELECT count(*) FROM inbox") }

// unworked are the jobs that wait or run.
const unworked = `SELECT count(*) FROM river_job WHERE state IN ('available', 'pending', 'running', 'retryable', 'scheduled') AND kind <> 'purge'`

// idle says whether nothing waits or runs: everything that was stored had its effect.
func (w *world) idle() bool {
	return w.count("SELECT count(*) FROM inbox WHERE worked_at = 0") == 0 && w.count(unworked) == 0
}

// quiet is idle apart from readings that are planned for later: each takeover has one.
func (w *world) quiet() bool {
	planned := " AND NOT (kind = 'follow' AND state <> 'running' AND julianday(scheduled_at) > julianday('now'))"
	if strings.HasPrefix(w.database, "postgres://") {
		planned = " AND NOT (kind = 'follow' AND state <> 'running' AND scheduled_at > now())"
	}
	return w.count("SELECT count(*) FROM inbox WHERE worked_at = 0") == 0 && w.count(unworked+planned) == 0
}

// workedKeys are the keys of all requests that were stored and worked.
func (w *world) workedKeys() []string {
	w.Helper()
	rows, err := w.reader().QueryContext(context.Background(), "SELECT key FROM inbox WHERE worked_at > 0")
	w.must(nil, err)
	defer func() { _ = rows.Close() }()
	var keys []string
	for rows.Next() {
		var key string
		w.must(nil, rows.Scan(&key))
		keys = append(keys, key)
	}
	w.must(nil, rows.Err())
	return keys
}

// bodies are the JSON documents that a query finds.
func bodies[T any](w *world, query string) []T {
	w.Helper()
	rows, err := w.reader().QueryContext(context.Background(), query)
	w.must(nil, err)
	defer func() { _ = rows.Close() }()
	var found []T
	for rows.Next() {
		var body string
		var one T
		w.must(nil, rows.Scan(&body))
		w.must(nil, json.Unmarshal([]byte(body), &one))
		found = append(found, one)
	}
	w.must(nil, rows.Err())
	return found
}

func (w *world) lines() []takeover.Line {
	w.Helper()
	return bodies[takeover.Line](w, "SELECT body FROM lines ORDER BY id")
}

// audit is everything that ever happened, in order.
func (w *world) audit() []takeover.Entry {
	w.Helper()
	return bodies[takeover.Entry](w, "SELECT body FROM audit ORDER BY seq")
}

// lineOf is the stored line of an end user.
func (w *world) lineOf(endUser string) (takeover.Line, error) {
	for _, l := range w.lines() {
		if string(l.EndUser) == endUser {
			return l, nil
		}
	}
	return takeover.Line{}, fmt.Errorf("no line of %s is stored", endUser)
}
