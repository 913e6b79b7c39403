// Package db opens the database, SQLite or PostgreSQL, and gives both the same face: one
// Tx type, one SQL text ($1 placeholders), one River driver. It knows no table of ours and
// no rule.
//
// Read open.go and tx.go first; river.go, migrate.go and inspect.go are the
// rest of what both databases need. PostgreSQL needs no more. For SQLite, which one process
// at a time may open (lock_unix.go), these files make it fast, each by itself:
//
//   - writequeue.go and executor.go: acknowledgements are written first;
//   - statements.go and connector.go: statements are parsed once;
//   - wake.go: River's notifications stay in the process.
//
// docs/architecture.md says what each of them buys.
//
// SQL for both databases has times as BIGINT (milliseconds since 1970 UTC), JSON as TEXT
// that is decoded in Go, and no SKIP LOCKED.
package db
