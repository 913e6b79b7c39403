// Package store keeps everything the bot knows, on SQLite or PostgreSQL with the same SQL.
// It holds no rules: it saves what the domain decided, together with the jobs that follow,
// in one transaction.
//
// Read the tables first (migrations/), then store.go. inbox.go stores requests before they
// are acknowledged: those that arrive together share one durable commit. worker.go applies
// them in the order in which they were stored, each exactly once, because a command's
// effects and its mark "worked" are one transaction. lines.go, due.go, cursors.go and
// audit.go are for the domain; posts.go, cards.go, alarms.go, homes.go and shown.go
// remember what Slack shows.
//
// lease.go makes sure that one process at a time does a piece of work; replicas.go ends the
// leases of a process that died.
package store
