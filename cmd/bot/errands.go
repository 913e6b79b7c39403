package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// errands run short errands that outlive their requests. One that panics is logged and ends
// alone, as a request or a job does.
func errands(running *sync.WaitGroup, log *slog.Logger) func(errand func()) {
	return func(errand func()) {
		running.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					log.ErrorContext(context.Background(), "an errand panicked", "err", fmt.Sprint(p), "stack", string(debug.Stack()))
				}
			}()
			errand()
		})
	}
}
