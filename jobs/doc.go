// Package jobs runs the domain's jobs later, with River: it decides in which queue a job
// waits and when it is tried again. It owns no table of ours and no rule.
//
// Read queue.go first: how jobs are stored, within a transaction of the store. Runner
// (runner.go) works them. The store needs it before the workers exist, which need the store:
// they are added afterwards.
package jobs
