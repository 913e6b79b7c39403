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
// and crashes, the thread shows every message once, oldest first; those that become visible late
// come later, and those whose time is filled in later do not come twice.
func TestEveryMessageStandsOnceInOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := &walk{Desk: desktest.New(t, slacktest.LineIn(takeover.StateHeld)), rand: rand.New(rand.NewPCG(seed, 4)), odd: map[int]bool{}}
			w.say(1 + w.rand.IntN(25))
			first := max(1, w.n-write.ThreadMessages+1)
			card := w.Open(desktest.LineID)
			w.odd = map[int]bool{}
			for range 25 {
				w.step()
			}
			w.revive()
			w.show()
			follow(w.Desk, "")
			got := desktest.WordsIn(w.Thread(card))
			straight := slices.DeleteFunc(slices.Clone(got), func(n int) bool { return w.odd[n] })
			if !slices.IsSorted(straight) {
				t.Errorf("not in order: %v; late or moved are %v", got, w.odd)
			}
			slices.Sort(got)
			if !slices.Equal(got, desktest.FromTo(first, w.n)) {
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
	// hidden were said, and readings do not show them yet.
	hidden []takeover.Message
	since  int // messages said since the last one was hidden
	// odd are the numbers of messages that became visible late, or were moved.
	odd map[int]bool
}

// say adds messages; some are so long that one reading fills several posts.
func (w *walk) say(more int) {
	if w.since += more; w.since > write.ThreadMessages/2 {
		w.show() // a message is late by a few others at most: a reading goes back by twenty
	}
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

// hide says two messages, of which readings do not show one until show.
func (w *walk) hide() {
	if len(w.hidden) > 0 {
		w.show()
	}
	w.say(2)
	w.Backend.Mu.Lock()
	defer w.Backend.Mu.Unlock()
	all := w.Backend.Said[desktest.ConversationID]
	at := len(all) - 1 - w.rand.IntN(2)
	w.hidden, w.odd[desktest.WordsIn([]string{all[at].Text})[0]] = append(w.hidden, all[at]), true
	w.Backend.Said[desktest.ConversationID], w.since = slices.Delete(slices.Clone(all), at, at+1), 0
}

// show makes visible what was hidden.
func (w *walk) show() {
	w.Backend.Mu.Lock()
	defer w.Backend.Mu.Unlock()
	all := append(slices.Clone(w.Backend.Said[desktest.ConversationID]), w.hidden...)
	slices.SortStableFunc(all, func(a, b takeover.Message) int { return a.At.Compare(b.At) })
	w.Backend.Said[desktest.ConversationID], w.hidden = all, nil
}

// move fills in the times of the newest messages, which changes their order.
func (w *walk) move() {
	w.Backend.Mu.Lock()
	defer w.Backend.Mu.Unlock()
	all := slices.Clone(w.Backend.Said[desktest.ConversationID])
	if len(w.hidden) > 0 || len(all) <= write.ThreadMessages+3 {
		return
	}
	for i := len(all) - 3; i < len(all)-1; i++ {
		w.odd[desktest.WordsIn([]string{all[i].Text})[0]], w.odd[desktest.WordsIn([]string{all[i+1].Text})[0]] = true, true
		all[i].At, all[i+1].At = all[i+1].At, all[i].At
		all[i], all[i+1] = all[i+1], all[i]
	}
	w.Backend.Said[desktest.ConversationID] = all
}

func (w *walk) step() {
	switch w.rand.IntN(11) {
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
		w.hide()
		w.try()
	case 8:
		w.show()
	case 9:
		w.move()
	default:
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
