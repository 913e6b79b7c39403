package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"takeoverbot/internal/telnyxsim"
)

// watching measures what the watch over held lines costs and how soon a message of an
// end user is in the thread, with 1, 100 and 5,000 lines held.
//
// Messages are sent one a tick, each at another moment of the tick: so their delays
// spread over the whole tick as they would in life, and Slack's pace of one post a second
// and channel holds none of them back.
type watching struct{}

func (watching) name() string { return "watch" }

const (
	// watchTick is the pause between two looks of the bot.
	watchTick = 5 * time.Second
	// watchSlack is what the bot may need besides waiting for its tick and for the calls.
	watchSlack = 50 * time.Millisecond
)

func (watching) measure(ctx context.Context, s *stage) ([]row, error) {
	var rows []row
	for _, held := range []int{1, 100, 5000} {
		more, err := s.watch(ctx, held, s.scaled(10, 4))
		if err != nil {
			return nil, fmt.Errorf("%d held: %w", held, err)
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// watch measures with so many lines held, over so many ticks.
func (s *stage) watch(ctx context.Context, held, ticks int) ([]row, error) {
	w, err := newWorld(false) // of its own: its lines must not be looked at in another run
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.close() }()
	s.runs++
	prepared := filepath.Join(s.dir, fmt.Sprintf("watch%d.db", s.runs))
	if err := copyDatabase(s.prepared(dbHeld), prepared); err != nil {
		return nil, err
	}
	if err := holdLines(ctx, w, prepared, held); err != nil {
		return nil, err
	}
	p, err := s.ready(ctx, w, strings.TrimSuffix(filepath.Base(prepared), ".db"))
	if err != nil {
		return nil, err
	}
	defer p.kill()
	h := &hearing{w: w, held: held}
	rows, err := h.listen(ctx, p, ticks)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, p.tail())
	}
	return rows, nil
}

// hearing has end users write and waits for their words in the threads.
type hearing struct {
	w    *world
	held int

	sent   []message
	delays sample
}

// message is what an end user wrote.
type message struct {
	words string
	at    time.Time
}

func (h *hearing) listen(ctx context.Context, p *process, ticks int) ([]row, error) {
	// The line's card and what stands in its thread come first: they are not measured.
	if err := errors.Join(h.write(0), h.heard(ctx)); err != nil {
		return nil, err
	}
	h.sent = nil
	h.delays = nil
	h.w.telnyxCalls.reset()
	before, err := p.cpu()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	for i := range ticks {
		// The 7th of 10 tenths, the 4th, the 1st …: far from the one before.
		phase := time.Duration((i*7)%ticks) * watchTick / time.Duration(ticks)
		pause(ctx, time.Until(began.Add(time.Duration(i)*watchTick+phase)))
		if err := h.write(i + 1); err != nil {
			return nil, err
		}
	}
	pause(ctx, time.Until(began.Add(time.Duration(ticks)*watchTick)))
	if err := h.heard(ctx); err != nil {
		return nil, err
	}
	took := time.Since(began)
	after, err := p.cpu()
	if err != nil {
		return nil, err
	}
	if err := h.complete(); err != nil {
		return nil, err
	}
	return h.rows(took, ratio(after-before, took)), ctx.Err()
}

// write has an end user write.
func (h *hearing) write(n int) error {
	m := message{fmt.Sprintf("message number %04d of the bench", n), time.Now()}
	if err := h.w.telnyx.Append(telnyxsim.BulkID(h.held-1), "user", m.words); err != nil {
		return fmt.Errorf("write as an end user: %w", err)
	}
	h.sent = append(h.sent, m)
	return nil
}

// heard waits until all that was written is in the thread.
func (h *hearing) heard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*watchTick)
	defer cancel()
	for _, m := range h.sent {
		calls, err := h.w.slackCalls.await(ctx, func(calls []call) bool { return posted(calls, m.words) >= 0 })
		if err != nil {
			return fmt.Errorf("wait for %q in the thread: %w", m.words, err)
		}
		h.delays = append(h.delays, calls[posted(calls, m.words)].To.Sub(m.at))
	}
	return nil
}

// posted is the number of the call that put the words into a thread, -1 if none did.
func posted(calls []call, words string) int {
	for i, c := range calls {
		if inThread(c, words) {
			return i
		}
	}
	return -1
}

func inThread(c call, words string) bool {
	if c.Name != slackPost {
		return false
	}
	form, err := url.ParseQuery(string(c.Body))
	return err == nil && form.Get("thread_ts") != "" && strings.Contains(form.Get("blocks")+form.Get("text"), words)
}

// complete says whether every message is in the threads once, and in order.
func (h *hearing) complete() error {
	calls := h.w.slackCalls.all()
	last := -1
	for _, m := range h.sent {
		var at []int
		for i, c := range calls {
			if inThread(c, m.words) {
				at = append(at, i)
			}
		}
		if len(at) != 1 || at[0] < last {
			return fmt.Errorf("%q was posted by the calls %v, after call %d: want once, in order", m.words, at, last)
		}
		last = at[0]
	}
	return nil
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
		{name: "… comparisons of the flag a minute", bot: fmt.Sprintf("%.0f", ratio(float64(count(calls, telnyxRead)), took.Minutes()))},
		{name: "… from message to thread, p50 / p99", bot: spread(h.delays),
			target: fmt.Sprintf("p50 ≤ %.2f s (half a tick, two calls, 50 ms)", most.Seconds()), met: h.delays.median() <= most},
		{name: "… processor, of one core", bot: fmt.Sprintf("%.2f %%", core*100)},
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
