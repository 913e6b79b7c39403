package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	// watchTick is the pause between two polls of the bot.
	watchTick = 5 * time.Second
	// watchSlack is what the bot may need besides waiting for its tick and for the calls.
	watchSlack = 50 * time.Millisecond
	// compareMost is how many lines the bot compares in a tick at most.
	compareMost = 20
)

// watch measures what the watch over held lines costs and how soon a message of an
// end user is in the thread, with 1, 100 and 5,000 lines held.
//
// Messages are sent one a tick, each at another moment of the tick: so their delays
// spread over the whole tick as they would in life, and Slack's pace of one post a second
// and channel holds none of them back.
func watch(ctx context.Context, s *setup) []row {
	var rows []row
	for _, held := range []int{1, 100, 5000} {
		rows = append(rows, s.watchHeld(ctx, held, s.scaled(10, 4))...)
	}
	return rows
}

// watchHeld measures with so many lines held, over so many ticks, on simulators of its
// own: another run must not poll its lines.
func (s *setup) watchHeld(ctx context.Context, held, ticks int) []row {
	w := s.simulators(false)
	name := fmt.Sprintf("watch%d", held)
	copyDatabase(s.prepared(dbHeld), s.prepared(name))
	must(holdLines(ctx, w, s.prepared(name), held), "hold %d lines", held)
	p := s.readyBot(ctx, w, name)
	defer p.kill()
	h := &hearing{w: w, held: held}
	return h.listen(ctx, p, ticks)
}

// hearing has end users write and waits for their words in the threads.
type hearing struct {
	w    *simulators
	held int

	sent   []message
	delays sample
}

// message is what an end user wrote.
type message struct {
	words string
	at    time.Time
}

func (h *hearing) listen(ctx context.Context, p *process, ticks int) []row {
	// The line's card and what stands in its thread come first: they are not measured.
	h.write(0)
	h.heard(ctx)
	h.sent, h.delays = nil, nil
	h.w.telnyxCalls.reset()
	before, began := p.cpu(), time.Now()
	for i := range ticks {
		// The 7th of 10 tenths, the 4th, the 1st …: far from the one before.
		phase := time.Duration((i*7)%ticks) * watchTick / time.Duration(ticks)
		pause(ctx, time.Until(began.Add(time.Duration(i)*watchTick+phase)))
		h.write(i + 1)
	}
	pause(ctx, time.Until(began.Add(time.Duration(ticks)*watchTick)))
	h.heard(ctx)
	took := time.Since(began)
	core := ratio(p.cpu()-before, took)
	h.complete()
	return h.rows(took, core)
}

// write has an end user write.
func (h *hearing) write(n int) {
	m := message{fmt.Sprintf("message number %04d of the bench", n), time.Now()}
	must(h.w.telnyx.Append(telnyxsim.BulkID(h.held-1), "user", m.words), "write as an end user")
	h.sent = append(h.sent, m)
}

// heard waits until all that was written is in the thread.
func (h *hearing) heard(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 4*watchTick)
	defer cancel()
	for _, m := range h.sent {
		posted := func(calls []call) bool { return slices.ContainsFunc(calls, m.inThread) }
		calls := value(h.w.slackCalls.await(ctx, posted))("wait for %q in the thread", m.words)
		h.delays = append(h.delays, calls[slices.IndexFunc(calls, m.inThread)].To.Sub(m.at))
	}
}

// inThread says whether a call puts the words into a thread: in a post, or in one that grows.
func (m message) inThread(c call) bool {
	posts := c.Name == slackPost && c.field("thread_ts") != ""
	grows := c.Name == slackUpdate && strings.Contains(c.field("text"), " wrote")
	return (posts || grows) && strings.Contains(c.field("blocks")+c.field("text"), m.words)
}

// complete checks that every message is in the threads once, and in order.
func (h *hearing) complete() {
	var threads strings.Builder
	for _, card := range h.w.slack.Messages(slacksim.DeskChannel) {
		for _, m := range h.w.slack.Thread(slacksim.DeskChannel, card.TS) {
			threads.WriteString(h.w.slack.PlainText(m, time.UTC))
		}
	}
	last := -1
	for _, m := range h.sent {
		at := strings.Index(threads.String(), m.words)
		if strings.Count(threads.String(), m.words) != 1 || at < last {
			must(fmt.Errorf("%q stands at %d in the threads, after %d: %s", m.words, at, last, &threads), "find each message once, in order")
		}
		last = at
	}
}

func (h *hearing) rows(took time.Duration, core float64) []row {
	calls := h.w.telnyxCalls.all()
	lists, reads := count(calls, telnyxChanges), count(calls, telnyxMessages)
	ticks := took.Seconds() / watchTick.Seconds()
	most := watchTick/2 + watchSlack + h.roundTrips(calls)
	lines := "lines"
	if h.held == 1 {
		lines = "line"
	}
	name := fmt.Sprintf("%d %s held: ", h.held, lines)
	return []row{
		{name: name + "list calls a tick", bot: fmt.Sprintf("%.2f", float64(lists)/ticks), target: "1", met: float64(lists) <= ticks+1},
		{name: "… reads of messages for each one that came", bot: fmt.Sprintf("%.2f", ratio(float64(reads), float64(len(h.delays)))), target: "1", met: reads <= len(h.delays)},
		h.comparisons(calls, took),
		{name: "… from message to thread, p50 / p99", bot: spread(h.delays),
			target: fmt.Sprintf("p50 ≤ %.2f s (half a tick, two calls, 50 ms)", most.Seconds()), met: h.delays.median() <= most},
		{name: "… processor, of one core", bot: fmt.Sprintf("%.2f %%", core*100)},
	}
}

// comparisons is how many lines were compared: one list of the pair each, with the flags in it.
// Beyond what the ticks can compare the lines take turns.
func (h *hearing) comparisons(calls []call, took time.Duration) row {
	lists, reads := count(calls, telnyxList), count(calls, telnyxRead)
	most := min(2*float64(h.held), compareMost*float64(time.Minute/watchTick))
	got := ratio(float64(lists), took.Minutes())
	return row{
		name:   "… comparisons a minute: lists of a pair, and reads of a flag besides",
		bot:    fmt.Sprintf("%.0f, %d", got, reads),
		target: fmt.Sprintf("≤ %.0f, 0", most),
		// At the ends of the time that is measured, one turn more.
		met: float64(lists) <= most*took.Minutes()+min(compareMost, float64(h.held)) && reads == 0,
	}
}

// roundTrips is what a list and a read took at the simulated provider.
func (h *hearing) roundTrips(calls []call) time.Duration {
	var lists, reads sample
	for _, c := range calls {
		switch c.Name {
		case telnyxChanges:
			lists = append(lists, c.To.Sub(c.From))
		case telnyxMessages:
			reads = append(reads, c.To.Sub(c.From))
		}
	}
	return lists.median() + reads.median()
}
