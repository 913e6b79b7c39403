package slackbot

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestEveryMessageStandsOnceInOrder: whatever is said, read, followed, lost and killed in
// whatever order, the thread shows every message once, oldest first.
func TestEveryMessageStandsOnceInOrder(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &walk{desk: newDesk(t, slacktest.LineIn(takeover.StateHeld)), rand: rand.New(rand.NewPCG(seed, 4))}
			w.say(1 + w.rand.IntN(25))
			first := max(1, w.n-threadMessages+1)
			card := w.open(testLine)
			for range 25 {
				w.step()
			}
			w.revive()
			w.follow("")
			if got := wordsIn(w.thread(card)); !slices.Equal(got, fromTo(first, w.n)) {
				t.Errorf("of %d messages from %d on the thread shows %v", w.n, first, got)
			}
		})
	}
}

// walk is a night of random steps.
type walk struct {
	*desk
	rand *rand.Rand
	n    int // messages said
}

// say adds messages; some are so long that one reading fills several posts.
func (w *walk) say(more int) {
	w.house.mu.Lock()
	defer w.house.mu.Unlock()
	all := slices.Clone(w.house.said[testConversation])
	for range more {
		w.n++
		m := spokenFrom(w.n)[w.n-1]
		if w.rand.IntN(12) == 0 {
			m.Text += " " + strings.Repeat("and so on ", 700)
		}
		all = append(all, m)
	}
	w.house.said[testConversation] = all
}

func (w *walk) step() {
	switch w.rand.IntN(8) {
	case 0, 1, 2:
		w.say([]int{1, 1, 1, 1, 2, 2, 3, 5, 5, 30, 110}[w.rand.IntN(11)])
	case 3:
		w.try()
	case 4: // two at once
		var jobs sync.WaitGroup
		jobs.Go(w.try)
		jobs.Go(func() { _ = w.bot.open(w.Context(), w.opening()) })
		jobs.Wait()
	case 5:
		w.kill(w.rand.IntN(6))
		w.try()
		w.revive()
	case 6:
		kind := []slacksim.FaultKind{slacksim.FaultDropAfterCommit, slacksim.FaultDropBeforeCommit, slacksim.FaultUnavailable}[w.rand.IntN(3)]
		w.slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: kind})
		w.try()
		w.slack.ClearFaults()
	case 7:
		_ = w.bot.open(w.Context(), w.opening())
	}
}

func (w *walk) opening() takeover.Command {
	return takeover.Command{Key: "refresh", Verb: takeover.Refresh, By: slacksim.Dana, Line: testLine}
}

// try runs the job once, however it ends.
func (w *walk) try() { _ = w.bot.Follow(w.Context(), takeover.FollowJob{Line: testLine}) }

// kill makes the process die before its n-th write from now on.
func (w *walk) kill(n int) {
	w.posts.Mu.Lock()
	defer w.posts.Mu.Unlock()
	w.posts.BeforePut = func(any) error {
		if n--; n < 0 {
			return errors.Join(slacktest.ErrKilled)
		}
		return nil
	}
}

// revive starts the bot again: what it knew is gone.
func (w *walk) revive() {
	w.posts.Mu.Lock()
	w.posts.BeforePut = nil
	w.posts.Mu.Unlock()
	w.bot = newBot(w.cfg, w.deps())
}
