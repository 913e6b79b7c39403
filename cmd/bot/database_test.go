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
func (s *system) reader() *sql.DB {
	s.Helper()
	s.opening.Do(func() {
		driver, dsn := "sqlite", "file:"+(&url.URL{Path: s.database}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)"
		if strings.HasPrefix(s.database, "postgres://") {
			driver, dsn = "pgx", s.database
		}
		var err error
		s.store, err = sql.Open(driver, dsn)
		s.must(nil, err)
	})
	return s.store
}

// count is the number that a query finds.
func (s *system) count(query string, args ...any) int {
	s.Helper()
	var n int
	if err := s.reader().QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		s.Fatalf("%s: %v", query, err)
	}
	return n
}

// inbox is how many requests were ever stored.
func (s *system) inbox() int { return s.count("SELECT count(*) FROM inbox") }

// unworked are the jobs that wait or run.
const unworked = `SELECT count(*) FROM river_job WHERE state IN ('available', 'pending', 'running', 'retryable', 'scheduled') AND kind <> 'purge'`

// idle says whether nothing waits or runs: everything that was stored had its effect.
func (s *system) idle() bool {
	return s.count("SELECT count(*) FROM inbox WHERE worked_at = 0") == 0 && s.count(unworked) == 0
}

// quiet is idle apart from readings that are planned for later: each takeover has one.
func (s *system) quiet() bool {
	planned := " AND NOT (kind = 'follow' AND state <> 'running' AND julianday(scheduled_at) > julianday('now'))"
	if strings.HasPrefix(s.database, "postgres://") {
		planned = " AND NOT (kind = 'follow' AND state <> 'running' AND scheduled_at > now())"
	}
	return s.count("SELECT count(*) FROM inbox WHERE worked_at = 0") == 0 && s.count(unworked+planned) == 0
}

// workedKeys are the keys of all requests that were stored and worked.
func (s *system) workedKeys() []string {
	s.Helper()
	rows, err := s.reader().QueryContext(context.Background(), "SELECT key FROM inbox WHERE worked_at > 0")
	s.must(nil, err)
	defer func() { _ = rows.Close() }()
	var keys []string
	for rows.Next() {
		var key string
		s.must(nil, rows.Scan(&key))
		keys = append(keys, key)
	}
	s.must(nil, rows.Err())
	return keys
}

// bodies are the JSON documents that a query finds.
func bodies[T any](s *system, query string) []T {
	s.Helper()
	rows, err := s.reader().QueryContext(context.Background(), query)
	s.must(nil, err)
	defer func() { _ = rows.Close() }()
	var found []T
	for rows.Next() {
		var body string
		var one T
		s.must(nil, rows.Scan(&body))
		s.must(nil, json.Unmarshal([]byte(body), &one))
		found = append(found, one)
	}
	s.must(nil, rows.Err())
	return found
}

func (s *system) lines() []takeover.Line {
	s.Helper()
	return bodies[takeover.Line](s, "SELECT body FROM lines ORDER BY id")
}

// audit is everything that ever happened, in order.
func (s *system) audit() []takeover.Entry {
	s.Helper()
	return bodies[takeover.Entry](s, "SELECT body FROM audit ORDER BY seq")
}

// lineOf is the stored line of an end user.
func (s *system) lineOf(endUser string) (takeover.Line, error) {
	for _, l := range s.lines() {
		if string(l.EndUser) == endUser {
			return l, nil
		}
	}
	return takeover.Line{}, fmt.Errorf("no line of %s is stored", endUser)
}

// events is how often something happened, as the audit has it.
func (s *system) events(event takeover.Event) int {
	n := 0
	for _, e := range s.audit() {
		if e.Event == event {
			n++
		}
	}
	return n
}

// line is the stored line of an end user. It must exist.
func (s *system) line(endUser string) takeover.Line {
	s.Helper()
	l, err := s.lineOf(endUser)
	s.must(nil, err)
	return l
}
