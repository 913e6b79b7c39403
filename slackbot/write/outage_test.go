package write_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// night is a desk whose jobs run at the times of a clock that the test turns.
type night struct {
	*desktest.Desk
	now  time.Time
	jobs []*planned
}

type planned struct {
	at  time.Time
	key string // of two jobs with the same key that wait, one is kept, as package jobs does
	run func() error
}

func newNight(t *testing.T, lines ...takeover.Line) *night {
	n := &night{Desk: desktest.New(t, lines...), now: time.Now()}
	deps := n.Deps()
	deps.Now = func() time.Time { return n.now }
	n.Bot = desktest.NewBot(n.Config, deps)
	return n
}

// ask has a job run now, unless one with its key waits.
func (n *night) ask(key string, run func() error) {
	if !slices.ContainsFunc(n.jobs, func(j *planned) bool { return j.key == key }) {
		n.jobs = append(n.jobs, &planned{at: n.now, key: key, run: run})
	}
}

// pass runs the jobs that are due within d, at their times.
func (n *night) pass(d time.Duration) {
	n.Helper()
	for end := n.now.Add(d); ; {
		i := -1
		for k, j := range n.jobs {
			if !j.at.After(end) && (i < 0 || j.at.Before(n.jobs[i].at)) {
				i = k
			}
		}
		if i < 0 {
			n.now = end
			return
		}
		j := n.jobs[i]
		n.now = latestOf(n.now, j.at)
		err := j.run()
		later, again := errors.AsType[*takeover.LaterError](err)
		switch {
		case again:
			j.at = n.now.Add(max(later.After, time.Millisecond))
		case err != nil:
			n.Fatal(err)
		default:
			n.jobs = slices.Delete(n.jobs, i, i+1)
		}
	}
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// message has the line's conversation get one more message, as the list of changes tells it.
func (n *night) message(l takeover.Line) {
	conv := l.Newest.ID
	n.Backend.Said[conv] = spokenFrom(len(n.Backend.Said[conv]) + 1)
	said := n.Backend.Said[conv]
	n.Backend.Change(l.ID, func(l *takeover.Line) {
		l.Covered = slices.Clone(l.Covered)
		l.Covered[0].SeenAt = said[len(said)-1].At
	})
	n.ask("follow/"+string(conv), func() error {
		return n.Bot.Follow(n.Context(), takeover.FollowJob{Line: l.ID, Conversation: conv})
	})
}

func (n *night) posts() (calls int) {
	for _, c := range n.Slack.Calls() {
		if c.Method == "chat.postMessage" || c.Method == "conversations.replies" || c.Method == "conversations.history" {
			calls++
		}
	}
	return calls
}

// TestAnOutageOfSlackIsOneLook: new messages are read by the steps of the waits and not by their
// number, Slack is asked once a step for all lines, and afterwards everything arrives once, in order.
func TestAnOutageOfSlackIsOneLook(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lines  int
		method string
		fault  slacksim.FaultKind
	}{
		"one conversation":             {1, slacksim.AnyMethod, slacksim.FaultUnavailable},
		"one conversation, posts only": {1, "chat.postMessage", slacksim.FaultUnavailable},
		"twenty conversations":         {20, slacksim.AnyMethod, slacksim.FaultUnavailable},
		"twenty, answers lost":         {20, slacksim.AnyMethod, slacksim.FaultDropBeforeCommit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines []takeover.Line
			for i := range tc.lines {
				lines = append(lines, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
					l.ID += takeover.LineID(fmt.Sprint(i))
					l.Newest.ID += takeover.ConversationID(fmt.Sprint(i))
					l.Covered = []takeover.Covered{{ID: l.Newest.ID}}
				}))
			}
			n := newNight(t, lines...)
			cards := map[takeover.LineID]slacksim.Message{}
			for _, l := range lines {
				n.Backend.Said[l.Newest.ID] = spokenFrom(1)
				cards[l.ID] = n.openLine(l.ID)
			}
			reads, posts := n.Backend.Reads, n.posts()
			n.Slack.FailNext(tc.method, 1_000_000, slacksim.Fault{Kind: tc.fault})
			for range 30 {
				for _, l := range lines {
					n.message(l)
				}
				n.pass(2 * time.Second)
			}
			n.pass(4 * time.Minute)
			reads, posts = n.Backend.Reads-reads, n.posts()-posts
			t.Logf("%d reads and %d calls of Slack in five minutes", reads, posts)
			// Three failures, waits of 1, 2, 4, 8 and 16 s, and then one every 30 s.
			if most := 16 * tc.lines; reads > most {
				t.Errorf("%d reads in five minutes, want at most %d", reads, most)
			}
			if most := 2*16 + 4*tc.lines; posts > most {
				t.Errorf("%d calls of Slack in five minutes, want at most %d", posts, most)
			}
			quiet := n.Backend.Reads
			n.pass(time.Hour)
			// A look every 30 s for all lines; it reads twice, as there are more messages than a reading has.
			if more := n.Backend.Reads - quiet; more > 2*120 {
				t.Errorf("%d reads in an hour in which nothing was written", more)
			}
			n.Slack.ClearFaults()
			n.pass(time.Minute + 5*time.Second)
			for _, l := range lines {
				if got := desktest.WordsIn(n.Thread(cards[l.ID])); !slices.Equal(got, desktest.FromTo(1, 31)) {
					t.Errorf("the thread of %s shows %v", l.ID, got)
				}
			}
			if len(n.jobs) > 0 {
				t.Errorf("%d jobs wait", len(n.jobs))
			}
		})
	}
}

// openLine puts up the card of a line with its messages.
func (n *night) openLine(id takeover.LineID) slacksim.Message {
	n.Helper()
	n.ask("open", func() error {
		return n.Bot.Open(n.Context(), takeover.Command{Key: "open/" + string(id), Verb: takeover.Open, By: slacksim.Dana, Line: id})
	})
	n.pass(0)
	card, ok, err := n.Posts.Card(n.Context(), id)
	if err != nil || !ok {
		n.Fatalf("no card: %v", err)
	}
	return slacksim.Message{Channel: card.Channel, TS: card.TS}
}

// TestAnOutageIsOneLookForAll: what is said, told and drawn waits for the same look at Slack.
func TestAnOutageIsOneLookForAll(t *testing.T) {
	t.Parallel()
	n := newNight(t, slacktest.LineIn(takeover.StateHeld))
	card := n.openLine(desktest.LineID)
	before := len(n.Slack.Calls())
	n.Slack.FailNext(slacksim.AnyMethod, 1_000_000, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	for i := range 30 {
		l := n.Backend.Change(desktest.LineID, func(*takeover.Line) {})
		e := takeover.Entry{Key: fmt.Sprint("e", i), Line: desktest.LineID, Event: takeover.EventSilenced, At: slacktest.Night.Add(time.Duration(i) * time.Second)}
		n.ask("say/"+e.Key, func() error { return n.Bot.Say(n.Context(), takeover.SayJob{Entry: e}) })
		n.ask("draw/"+e.Key, func() error {
			return n.Bot.Draw(n.Context(), takeover.DrawJob{Line: desktest.LineID, Version: l.Version})
		})
	}
	n.pass(5 * time.Minute)
	calls := len(n.Slack.Calls()) - before
	t.Logf("%d calls of Slack in five minutes", calls)
	if calls > 3*16+6 {
		t.Errorf("%d calls of Slack in five minutes", calls)
	}
	n.Slack.ClearFaults()
	n.pass(time.Minute + 5*time.Second)
	if got := len(n.Thread(card)); got != 30 {
		t.Errorf("%d lines of the audit are in the thread, want 30", got)
	}
	if len(n.jobs) > 0 {
		t.Errorf("%d jobs wait", len(n.jobs))
	}
}
