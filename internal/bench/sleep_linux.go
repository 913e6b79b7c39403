package main

import (
	"syscall"
	"time"
)

// sleepUntil waits in the kernel: the runtime's own timers may be a millisecond late in
// a process that is otherwise idle, which is more than what is measured.
func sleepUntil(at time.Time) {
	for {
		d := time.Until(at)
		if d <= 0 {
			return
		}
		rest := syscall.NsecToTimespec(int64(d))
		_ = syscall.Nanosleep(&rest, nil) // a signal only means one more round
	}
}
