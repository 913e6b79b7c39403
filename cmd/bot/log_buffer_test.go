package main

import (
	"strings"
	"sync"
)

// lockedBuffer collects the log of the bots, over several starts.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write appends to the log.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is the log so far.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
