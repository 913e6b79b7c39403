// Package clock is the time that the bot tells to people and keeps its timers by. It is
// the system's, or for the demo and for tests one that is ahead of it by as much as a
// file says, so that half an hour passes at once.
//
// It is no clock for what machines agree on with each other: deadlines of calls,
// signatures, leases and job queues stay on the system's time. It does not know who uses
// it nor who writes the file.
package clock
