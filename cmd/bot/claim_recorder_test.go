package main

import (
	"regexp"
	"strconv"
	"sync"

	"takeoverbot/internal/slacksim"
)

// claimRecorder records every claim of silence that a card ever showed.
type claimRecorder struct {
	claims map[claim]bool
	stop   chan struct{}
	once   sync.Once // closes stop
	done   sync.WaitGroup
	mu     sync.Mutex // guards claims
}

// claim is a card saying that the AI is silent, and when that was checked.
type claim struct {
	line string // our id of it
	at   int64  // seconds since 1970 UTC
	// beyond is how many older conversations the card says that it does not cover.
	beyond int
}

var (
	claimWords  = regexp.MustCompile(`AI is silent(?: in text, not on the phone)? \(checked <!date\^(\d+)\^`)
	beyondWords = regexp.MustCompile(`; (\d+) older ones are not\.`)
	lineValue   = regexp.MustCompile(`"value":"(?:[a-z.]+ )?(ln_[a-z0-9]+)"`)
)

func newClaimRecorder(sim *slacksim.Sim) *claimRecorder {
	c := &claimRecorder{claims: map[claim]bool{}, stop: make(chan struct{})}
	changes, cancel := sim.Changes()
	c.done.Go(func() {
		defer cancel()
		for {
			select {
			case <-changes:
				c.record(sim)
			case <-c.stop:
				c.record(sim)
				return
			}
		}
	})
	return c
}

func (c *claimRecorder) record(sim *slacksim.Sim) {
	for _, m := range sim.Messages(slacksim.DeskChannel) {
		said, of := claimWords.FindStringSubmatch(m.Text), lineValue.FindSubmatch(m.Blocks)
		if said == nil || of == nil {
			continue
		}
		at, _ := strconv.ParseInt(said[1], 10, 64)
		beyond := 0
		if left := beyondWords.FindSubmatch(m.Blocks); left != nil {
			beyond, _ = strconv.Atoi(string(left[1]))
		}
		c.mu.Lock()
		c.claims[claim{string(of[1]), at, beyond}] = true
		c.mu.Unlock()
	}
}

// close stops looking; it may be called again.
func (c *claimRecorder) close() {
	c.once.Do(func() { close(c.stop) })
	c.done.Wait()
}
