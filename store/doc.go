// Package store keeps lines, the inbox of commands, the audit and what was posted, on
// SQLite or PostgreSQL from one SQL text. It holds no rules: it saves what the domain
// decided, together with the jobs that follow from it, in one transaction.
//
// Its one surprising thing is the inbox (inbox.go): requests that arrive together
// share one durable commit, and one worker then applies the commands in the order in
// which they were stored, each exactly once, because its effects and the mark "worked"
// are one transaction.
package store
