package main

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

// TestABackgroundTaskThatPanicsEndsAlone, and the log has it.
func TestABackgroundTaskThatPanicsEndsAlone(t *testing.T) {
	var logged bytes.Buffer
	var running sync.WaitGroup
	run := background(&running, slog.New(slog.NewTextHandler(&logged, nil)))
	run(func() { panic("out of range") })
	running.Wait()
	done := false
	run(func() { done = true })
	running.Wait()
	if !done || !strings.Contains(logged.String(), "out of range") || !strings.Contains(logged.String(), "background_test.go") {
		t.Errorf("done %t, logged %q", done, logged.String())
	}
}
