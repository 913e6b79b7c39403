package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// background returns a function that runs a short task in the background, after the
// request that asked for it was answered. A task that panics is logged and ends alone, as
// a request or a job does. running counts the tasks.
func background(running *sync.WaitGroup, log *slog.Logger) func(task func()) {
	return func(task func()) {
		running.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					log.ErrorContext(context.Background(), "a background task panicked", "err", fmt.Sprint(p), "stack", string(debug.Stack()))
				}
			}()
			task()
		})
	}
}
