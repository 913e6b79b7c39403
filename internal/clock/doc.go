// Package clock is the time that the bot shows to people and uses for its timers. It is the
// system's time, or, for the demo and for tests, ahead of it by the duration that a file
// holds, so that half an hour passes at once.
//
// It is not for what machines agree on: deadlines of calls, signatures, leases and job
// queues use the system's time.
package clock
