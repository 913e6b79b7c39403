package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	// regret is how long the bot keeps an operator's line back, in which it can be edited or deleted.
	regret = 5 * time.Second
	// replyMost is what the bot may take besides, from the line to the provider's call.
	replyMost = 60 * time.Millisecond
	// talkingLines talk in one channel at once; on each the holder writes linesEach lines.
	talkingLines, linesEach = 30, 3
	// lostReplies are written on lines with lostEach each; of every lostOf one loses its answer.
	lostReplies, lostEach, lostOf = 400, 40, 10
	// sendTime bounds the wait until all that was written has left.
	sendTime = time.Minute
)

// talkers are the threads of held lines, in which Dana writes to the end users.
type talkers struct {
	w     *simulators
	cards []slacksim.Message
	wrote []message
}

// talkers holds so many lines and has each of their end users write, so that each has its card.
func (s *setup) talkers(ctx context.Context, w *simulators, name string, lines int) *talkers {
	copyDatabase(s.prepared(dbHeld), s.prepared(name))
	must(holdLines(ctx, w, s.prepared(name), lines), "hold %d lines", lines)
	s.readyBot(ctx, w, name)
	w.telnyx.SetWebhookURL("http://" + s.addr + "/telnyx/webhooks")
	t := &talkers{w: w, cards: make([]slacksim.Message, lines)}
	for i := range lines {
		w.telnyx.Text(ctx, telnyxsim.BulkEndUser(i), heldAgent, asks(i))
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(lines+10)*2*postPace) // a card and a message for each
	defer cancel()
	must(w.slack.WaitFor(ctx, func(*slacksim.Snapshot) bool { return t.find() }), "wait for the threads")
	w.slackCalls.quiet(ctx, 2*postPace)
	return t
}

// asks is what the end user of a line writes first.
func asks(line int) string { return fmt.Sprintf("Is anybody there? I am number %04d.", line) }

// find looks for the card of each line, and reports whether there is one.
func (t *talkers) find() bool {
	for _, m := range t.w.slack.Messages(slacksim.DeskChannel) {
		for _, reply := range t.w.slack.Thread(slacksim.DeskChannel, m.TS) {
			text := t.w.slack.PlainText(reply, time.UTC)
			for i := range t.cards {
				if strings.Contains(text, asks(i)) {
					t.cards[i] = m
				}
			}
		}
	}
	return !slices.ContainsFunc(t.cards, func(m slacksim.Message) bool { return m.TS == "" })
}

// write has Dana write in the thread of a line.
func (t *talkers) write(ctx context.Context, line int) {
	m := message{fmt.Sprintf("Reply number %04d of the bench.", len(t.wrote)), time.Now()}
	_, d := t.w.slack.Say(ctx, slacksim.Dana, t.cards[line].Channel, t.cards[line].TS, m.words)
	taken(d, "write in a thread")
	t.wrote = append(t.wrote, m)
}

// left waits until each reply was sent, and returns what the bot took for each besides the wait that is meant.
func (t *talkers) left(ctx context.Context) (took sample) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	calls := value(t.w.telnyxCalls.await(ctx, func(calls []call) bool { return count(calls, telnyxSend) >= len(t.wrote) }))("wait for %d replies", len(t.wrote))
	for _, m := range t.wrote {
		i := slices.IndexFunc(calls, func(c call) bool { return c.Name == telnyxSend && strings.Contains(string(c.Body), m.words) })
		if i < 0 {
			must(errors.New("it was not sent"), "find %q at the provider", m.words)
		}
		took = append(took, calls[i].From.Sub(m.at)-regret)
	}
	return took
}

// sent looks at what the provider got: doubled and missing are how many replies were sent more than once, and never; swapped is how many
// were sent before one that was written earlier on their line.
func (t *talkers) sent() (doubled, missing, swapped int) {
	times, last := map[string]int{}, map[string]string{}
	for _, text := range t.w.telnyx.SentTexts() {
		if times[text.Text]++; text.Text < last[text.To] {
			swapped++
		}
		last[text.To] = text.Text // their numbers have equally many digits
	}
	for _, m := range t.wrote {
		doubled += max(times[m.words]-1, 0)
		missing += max(1-times[m.words], 0)
	}
	return doubled, missing, swapped
}

// talk measures how soon a line of the holder leaves, one after another, and what a reply costs.
func talk(ctx context.Context, s *setup) []row {
	t := s.talkers(ctx, s.simulators(false), "talk", 1)
	t.write(ctx, 0) // the bot looks once whether Telnyx tells the AI by itself
	t.left(ctx)
	t.w.slackCalls.quiet(ctx, 2*postPace)
	t.wrote = nil
	t.w.telnyxCalls.reset()
	for range s.scaled(20, 5) {
		t.write(ctx, 0)
		pause(ctx, webhookEvery)
	}
	took := t.left(ctx)
	recorded := func(calls []call) bool { return count(calls, telnyxNote) >= len(t.wrote) }
	waiting, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	calls := value(t.w.telnyxCalls.await(waiting, recorded))("wait until the AI was told")
	each := float64(count(calls, telnyxSend)+count(calls, telnyxNote)) / float64(len(t.wrote))
	return []row{
		{name: fmt.Sprintf("thread line to provider call, own time without the five seconds, p50 / p99 (n = %d)", len(took)), bot: spread(took),
			target: "p50 ≤ 60 ms", met: took.median() <= replyMost},
		{name: "… calls of the provider for a reply (send it, tell the AI)", bot: fmt.Sprintf("%.2f", each), target: "2", met: each == 2},
		{name: "… reads of the conversation besides, for the thread and the card", bot: fmt.Sprintf("%.2f", float64(count(calls, telnyxMessages))/float64(len(t.wrote)))},
	}
}

// talks measures many lines that talk in one channel at once: the holder writes on all of them, and all
// end users answer. Slack takes about one post a second for a channel: that is what an answer waits for.
func talks(ctx context.Context, s *setup) []row {
	lines := s.scaled(talkingLines, 8)
	t := s.talkers(ctx, s.simulators(true), "talks", lines)
	for range linesEach {
		for line := range lines {
			t.write(ctx, line)
		}
	}
	took := t.left(ctx)
	h := &hearing{w: t.w, held: lines}
	for line := range lines {
		m := message{fmt.Sprintf("Thank you, says number %04d.", line), time.Now()}
		t.w.telnyx.Text(ctx, telnyxsim.BulkEndUser(line), heldAgent, m.words)
		h.sent = append(h.sent, m)
	}
	for _, m := range h.sent {
		waiting, cancel := context.WithTimeout(ctx, 2*sendTime)
		calls := value(t.w.slackCalls.await(waiting, func(calls []call) bool { return slices.ContainsFunc(calls, m.inThread) }))("wait for %q in the thread", m.words)
		cancel()
		h.delays = append(h.delays, calls[slices.IndexFunc(calls, m.inThread)].To.Sub(m.at))
	}
	doubled, missing, swapped := t.sent()
	limited := 0
	for _, c := range t.w.slackCalls.all() {
		if c.Status == http.StatusTooManyRequests {
			limited++
		}
	}
	name := fmt.Sprintf("%d lines talk in one channel (%d replies at once): ", lines, len(t.wrote))
	return []row{
		{name: name + "lost, doubled, out of order", bot: fmt.Sprintf("%d, %d, %d", missing, doubled, swapped), target: "0, 0, 0", met: missing+doubled+swapped == 0},
		{name: "… own time without the five seconds, p50 / p99", bot: spread(took)},
		{name: "… from an end user's answer to the thread, all at once, p50 / p99", bot: spread(h.delays)},
		{name: "… 429 of Slack meanwhile", bot: fmt.Sprint(limited), target: "0", met: limited == 0},
	}
}

// lost measures what becomes of replies of which one in ten is sent, and its answer lost.
func lost(ctx context.Context, s *setup) []row {
	w, replies := s.simulators(false), s.scaled(lostReplies, lostEach)
	cut := &cutting{next: w.telnyxCalls}
	w.telnyxURL = w.serve(cut) //nolint:contextcheck // it is served until close
	t := s.talkers(ctx, w, "lost", replies/lostEach)
	cut.on.Store(true)
	for i := range replies {
		t.write(ctx, i%len(t.cards))
	}
	t.left(ctx)
	w.telnyxCalls.quiet(ctx, regret) // what is sent again is sent by then
	doubled, missing, _ := t.sent()
	return []row{{
		name: fmt.Sprintf("%d replies, of which %d lost their answer: doubled, never sent", len(t.wrote), cut.lost.Load()),
		bot:  fmt.Sprintf("%d, %d", doubled, missing), target: "0, 0", met: doubled+missing == 0 && cut.lost.Load() > 0,
	}}
}

// cutting stands before the simulated Telnyx and breaks the connection of every lostOf-th send once the text
// was accepted.
type cutting struct {
	next        http.Handler
	on          atomic.Bool
	sends, lost atomic.Int64
}

// ServeHTTP passes a request on, and keeps some answers back.
func (c *cutting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !c.on.Load() || telnyxName(r) != telnyxSend || c.sends.Add(1)%lostOf != 0 {
		c.next.ServeHTTP(w, r)
		return
	}
	c.lost.Add(1)
	c.next.ServeHTTP(unanswered{header: http.Header{}}, r)
	panic(http.ErrAbortHandler) // breaks the connection without a word
}

// unanswered is an answer that nobody gets.
type unanswered struct{ header http.Header }

// Header is never sent.
func (u unanswered) Header() http.Header { return u.header }

// Write takes all and sends nothing.
func (unanswered) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader sends nothing.
func (unanswered) WriteHeader(int) {}
