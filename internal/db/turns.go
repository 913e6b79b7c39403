package db

import "sync"

// turns says who writes next on SQLite, where one writes at a time. database/sql picks
// one of those that wait at random: an acknowledgement, for which a sender waits, would
// stand behind work that nobody watches.
type turns struct {
	mu        sync.Mutex
	writing   bool
	firsts    int // how many of the urgent ones wait
	urgent    *sync.Cond
	unhurried *sync.Cond
}

func newTurns() *turns {
	t := &turns{}
	t.urgent, t.unhurried = sync.NewCond(&t.mu), sync.NewCond(&t.mu)
	return t
}

// first waits for whoever writes now, and for nobody else but those that came first
// before it. done ends the turn.
func (t *turns) first() (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.firsts++
	for t.writing {
		t.urgent.Wait()
	}
	t.firsts--
	t.writing = true
	return t.done
}

// after waits until nobody writes and nobody is to be first. done ends the turn.
func (t *turns) after() (done func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.writing || t.firsts > 0 {
		t.unhurried.Wait()
	}
	t.writing = true
	return t.done
}

func (t *turns) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.writing = false
	if t.firsts > 0 {
		t.urgent.Signal()
	} else {
		t.unhurried.Signal()
	}
}
