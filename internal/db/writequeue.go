package db

import (
	"context"
	"slices"
	"sync"
)

// turns says who writes next on SQLite, where one writes at a time. database/sql picks
// one of those that wait at random: an acknowledgement, for which a sender waits, would
// stand behind work that nobody watches.
type turns struct {
	mu      sync.Mutex
	writing bool
	// Who waits, in the order in which they came; each channel is closed when it is
	// their turn. Nobody waits while nobody writes.
	urgent, unhurried []chan struct{}
}

func newTurns() *turns { return &turns{} }

// first waits for whoever writes now, and for nobody else but those that came first
// before it. done ends the turn; err says that ctx ended before it came.
func (t *turns) first(ctx context.Context) (done func(), err error) {
	return t.wait(ctx, &t.urgent)
}

// after waits until nobody writes and nobody is to be first. done ends the turn; err
// says that ctx ended before it came.
func (t *turns) after(ctx context.Context) (done func(), err error) {
	return t.wait(ctx, &t.unhurried)
}

func (t *turns) wait(ctx context.Context, line *[]chan struct{}) (done func(), err error) {
	turn := t.stand(line)
	select {
	case <-turn:
		return t.done, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(*line, turn)
	if i >= 0 {
		*line = slices.Delete(*line, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		t.done() // the turn came at the same moment: hand it on
	}
	return nil, ctx.Err()
}

// stand gets in line; the channel is closed when it is the turn.
func (t *turns) stand(line *[]chan struct{}) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	turn := make(chan struct{})
	if t.writing {
		*line = append(*line, turn)
		return turn
	}
	t.writing = true
	close(turn)
	return turn
}

func (t *turns) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range []*[]chan struct{}{&t.urgent, &t.unhurried} {
		if len(*line) > 0 {
			next := (*line)[0]
			*line = slices.Delete(*line, 0, 1)
			close(next) // writing stays true: it is theirs
			return
		}
	}
	t.writing = false
}
