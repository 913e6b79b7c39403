package db

// without names the one level of speed on SQLite that this binary leaves out: levelRelaxed
// or another one below. It is empty in every released binary. Only make bench sets it, with
// the linker, to measure what each level buys (docs/architecture.md has the numbers).
var without string

// The levels of speed on SQLite.
const (
	levelRelaxed    = "relaxed"    // sync.go
	levelWriteQueue = "writequeue" // writequeue.go
	levelStatements = "statements" // statements.go
	levelWake       = "wake"       // wake.go
)
