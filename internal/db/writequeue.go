package db

import (
	"context"
	"slices"
	"sync"
)

// writeQueue decides which writer is next on SQLite, where one writes at a time.
// database/sql would pick one of those that wait at random: an acknowledgement, for which
// Slack waits, would stand behind work that no one watches.
type writeQueue struct {
	mu      sync.Mutex
	writing bool
	// Those that wait, in the order in which they came; each channel is closed when its
	// writer is next. Both are empty while nothing writes.
	urgent, normal []chan struct{}
}

func newWriteQueue() *writeQueue { return &writeQueue{} }

// acquireUrgent waits for the present writer and for urgent ones that came before. release
// lets the next one write; err says that ctx ended first.
func (q *writeQueue) acquireUrgent(ctx context.Context) (release func(), err error) {
	return q.wait(ctx, &q.urgent)
}

// acquire waits until nothing writes and nothing urgent waits. release lets the next one
// write; err says that ctx ended first.
func (q *writeQueue) acquire(ctx context.Context) (release func(), err error) {
	return q.wait(ctx, &q.normal)
}

func (q *writeQueue) wait(ctx context.Context, line *[]chan struct{}) (release func(), err error) {
	if without == levelWriteQueue {
		return func() {}, nil
	}
	next := q.enter(line)
	select {
	case <-next:
		return q.release, nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	i := slices.Index(*line, next)
	if i >= 0 {
		*line = slices.Delete(*line, i, i+1)
	}
	q.mu.Unlock()
	if i < 0 {
		q.release() // it became next at the same moment
	}
	return nil, ctx.Err()
}

// enter adds a writer to the line; the channel is closed when it is next.
func (q *writeQueue) enter(line *[]chan struct{}) chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	next := make(chan struct{})
	if q.writing {
		*line = append(*line, next)
		return next
	}
	q.writing = true
	close(next)
	return next
}

func (q *writeQueue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, line := range []*[]chan struct{}{&q.urgent, &q.normal} {
		if len(*line) > 0 {
			next := (*line)[0]
			*line = slices.Delete(*line, 0, 1)
			close(next) // writing stays true: it is the next one's
			return
		}
	}
	q.writing = false
}
