package main

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// TestAnErrandThatPanicsEndsAlone, and the log has it.
func TestAnErrandThatPanicsEndsAlone(t *testing.T) {
	var logged bytes.Buffer
	var running sync.WaitGroup
	run := errands(&running, slog.New(slog.NewTextHandler(&logged, nil)))
	run(func() { panic("out of range") })
	running.Wait()
	done := false
	run(func() { done = true })
	running.Wait()
	if !done || !strings.Contains(logged.String(), "out of range") || !strings.Contains(logged.String(), "errands_test.go") {
		t.Errorf("done %t, logged %q", done, logged.String())
	}
}
