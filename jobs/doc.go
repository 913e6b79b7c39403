// Package jobs runs the domain's jobs later, with River: it decides in which queue a job
// waits and when it is tried again. It owns no table of ours and no rule.
//
// Read queue.go first: Queue stores jobs, also within a transaction of the store. Runner
// (runner.go) works them. They are two River clients on one database, because the store
// needs the queue, and the workers need the store.
package jobs
