// Package db opens the one database, SQLite or PostgreSQL, and gives both the same
// face: one Tx type, one SQL text ($1 placeholders), one River driver.
//
// It knows no table of ours and no rule. Its one surprising thing is wake.go: on
// SQLite, River's notifications do not travel through a polled table but within the
// process, after the commit that caused them, because only one process may use the
// file (lock_unix.go sees to that).
//
// Whoever writes SQL on top of it keeps to what both databases understand: times as
// BIGINT milliseconds since 1970 UTC, JSON as TEXT decoded in Go, no SKIP LOCKED.
package db
