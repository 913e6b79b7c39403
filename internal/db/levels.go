package db

// without names the level of speed on SQLite that this binary leaves out. It is empty in
// every released binary. Only make bench sets it, with the linker, to measure what each
// level buys (docs/architecture.md has the numbers).
var without string

// The levels of speed on SQLite.
const (
	levelWriteQueue = "writequeue" // writequeue.go
	levelStatements = "statements" // statements.go
	levelWake       = "wake"       // wake.go
)
