package write_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

// TestEveryMessageStandsOnceInOrder: after any sequence of new messages, readings, lost calls
// and crashes, the thread shows every message once, oldest first.
func TestEveryMessageStandsOnceInOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &walk{Desk: desktest.New(t, slacktest.LineIn(takeover.StateHeld)), rand: rand.New(rand.NewPCG(seed, 4))}
			w.say(1 + w.rand.IntN(25))
			first := max(1, w.n-write.ThreadMessages+1)
			card := w.Open(desktest.LineID)
			for range 25 {
				w.step()
			}
			w.revive()
			follow(w.Desk, "")
			if got := desktest.WordsIn(w.Thread(card)); !slices.Equal(got, desktest.FromTo(first, w.n)) {
				t.Errorf("of %d messages from %d on the thread shows %v", w.n, first, got)
			}
		})
	}
}

// walk is a sequence of random steps.
type walk struct {
	*desktest.Desk
	rand *rand.Rand
	n    int // messages said
}

// say adds messages; some are so long that one reading fills several posts.
func (w *walk) say(more int) {
	w.Backend.Mu.Lock()
	defer w.Backend.Mu.Unlock()
	all := slices.Clone(w.Backend.Said[desktest.ConversationID])
	for range more {
		w.n++
		m := spokenFrom(w.n)[w.n-1]
		if w.rand.IntN(12) == 0 {
			m.Text += " " + strings.Repeat("and so on ", 700)
		}
		all = append(all, m)
	}
	w.Backend.Said[desktest.ConversationID] = all
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
		jobs.Go(func() { _ = w.Bot.Open(w.Context(), w.opening()) })
		jobs.Wait()
	case 5:
		w.kill(w.rand.IntN(6))
		w.try()
		w.revive()
	case 6:
		kind := []slacksim.FaultKind{slacksim.FaultDropAfterCommit, slacksim.FaultDropBeforeCommit, slacksim.FaultUnavailable}[w.rand.IntN(3)]
		w.Slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: kind})
		w.try()
		w.Slack.ClearFaults()
	case 7:
		_ = w.Bot.Open(w.Context(), w.opening())
	}
}

func (w *walk) opening() takeover.Command {
	return takeover.Command{Key: "refresh", Verb: takeover.Refresh, By: slacksim.Dana, Line: desktest.LineID}
}

// try runs the job once, however it ends.
func (w *walk) try() { _ = w.Bot.Follow(w.Context(), takeover.FollowJob{Line: desktest.LineID}) }

// kill makes the process die before its n-th write from now on.
func (w *walk) kill(n int) {
	w.Posts.Mu.Lock()
	defer w.Posts.Mu.Unlock()
	w.Posts.BeforePut = func(any) error {
		if n--; n < 0 {
			return errors.Join(slacktest.ErrKilled)
		}
		return nil
	}
}

// revive starts the bot again, without what it had in memory.
func (w *walk) revive() {
	w.Posts.Mu.Lock()
	w.Posts.BeforePut = nil
	w.Posts.Mu.Unlock()
	w.Bot = desktest.NewBot(w.Config, w.Deps())
}
