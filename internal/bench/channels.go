package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	// severalEndUser is a seed with three conversations, so that a search is answered
	// with a list and not with a card.
	severalEndUser = "+16175550182"
	// postPace is Slack's limit in a channel.
	postPace = time.Second
	// burstLines are opened at once; each wants a card and its messages.
	burstLines = 30
	// burstTime is how long the burst is watched after the last press.
	burstTime = 10 * time.Second
	// searchEvery is how often Omar searches.
	searchEvery = 100 * time.Millisecond
)

// channels measures whether people elsewhere notice that the desk's channel is at
// Slack's limit, and whether the bot itself ever runs into a limit. Slack's limits are
// on. People elsewhere search a number with several conversations and get a private
// answer; meanwhile the desk's channel has more to show than its one post a second.
func channels(ctx context.Context, s *setup) []row {
	w := s.simulators(true)
	w.telnyx.Load(burst(burstLines))
	s.readyBot(ctx, w, "")
	o := newSearcher(ctx, s, w)
	n := s.scaled(100, 20)
	calm := o.search(ctx, n)
	for i := range burstLines { // a single hit opens at once
		taken(w.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, "/takeover", burstEndUser(i)), "open a line")
	}
	busy := o.search(ctx, n)
	pressAll(ctx, w)
	pause(ctx, time.Duration(s.scaled(int(burstTime), 1)))
	calls := w.slackCalls.all()
	refused := map[string]int{} // by method
	total := 0
	for _, c := range calls {
		if c.Status == http.StatusTooManyRequests {
			refused[c.Name]++
			total++
		}
	}
	said := fmt.Sprint(total)
	if total > 0 {
		said += fmt.Sprintf(" %v", refused)
	}
	slower := ratio(busy.median(), calm.median())
	return []row{
		{name: fmt.Sprintf("private answers elsewhere while %d lines open in one channel, p50 / p99", burstLines), bot: spread(busy),
			ratio: times(slower) + " undisturbed", target: "p50 ≤ 1.1 × undisturbed", met: slower <= 1.1},
		{name: "… undisturbed", bot: spread(calm)},
		{name: fmt.Sprintf("429 of Slack in that burst (%d calls, %d of them posts)", len(calls), count(calls, slackPost)), bot: said,
			target: "0", met: total == 0},
	}
}

// burst makes conversations of end users of their own.
func burst(n int) []telnyxsim.Conversation {
	convs := make([]telnyxsim.Conversation, n)
	for i := range convs {
		text := func(v string) []byte { return fmt.Appendf(nil, "%q", v) }
		at := time.Now().Add(-time.Hour).UTC()
		convs[i] = telnyxsim.Conversation{
			ID: fmt.Sprintf("be0c0000-0000-4000-8000-%012d", i+1), CreatedAt: at, LastMessageAt: at,
			Metadata: telnyxsim.Metadata{
				telnyxsim.KeyChannel: text("sms_chat"), telnyxsim.KeyAgentTarget: text(telnyxsim.SeedAgent),
				telnyxsim.KeyEndUserTarget: text(burstEndUser(i)), telnyxsim.KeyAssistantID: text(telnyxsim.NightDeskAssistant),
			},
			Messages: []telnyxsim.Message{{Role: telnyxsim.RoleUser, Text: "is anybody there?", CreatedAt: at, SentAt: at}},
		}
	}
	return convs
}

func burstEndUser(i int) string { return fmt.Sprintf("+1202555%04d", 100+i) }

// pressAll presses everything that a card has, on every card that stands.
func pressAll(ctx context.Context, w *simulators) {
	for _, action := range []string{"line.take", "line.transcript"} {
		for _, m := range w.slack.Messages(slacksim.DeskChannel) {
			if d := w.slack.Click(ctx, slacksim.Dana, m.Ref(), action); !errors.Is(d.Err, slacksim.ErrNotThere) {
				taken(d, "press "+action)
			}
		}
	}
}

// searcher is Omar, who searches in another channel.
type searcher struct {
	conn   *conn
	mint   *mint
	typed  template
	answer *tap
}

func newSearcher(ctx context.Context, s *setup, w *simulators) *searcher {
	typed := w.record("http://"+s.addr, func() slacksim.Delivery {
		return w.slack.SlashCommand(ctx, slacksim.Omar, slacksim.OtherChannel, "/takeover", severalEndUser)
	})
	o := &searcher{conn: dial(ctx, s.addr), mint: newMint(s.addr, w), typed: typed, answer: w.answers}
	o.search(ctx, 3) // so that the bot knows Omar
	return o
}

// search searches n times, one every searchEvery, and measures each until its private
// answer arrives.
func (o *searcher) search(ctx context.Context, n int) (took sample) {
	for range n {
		o.answer.reset()
		request := o.mint.request(o.typed)
		sent := time.Now()
		must(o.conn.acked(request), "search")
		waiting, cancel := context.WithTimeout(ctx, patience)
		calls, err := o.answer.await(waiting, func(calls []call) bool { return len(calls) > 0 })
		cancel()
		must(err, "wait for a private answer")
		took = append(took, calls[0].From.Sub(sent))
		pause(ctx, searchEvery-time.Since(sent))
	}
	return took
}
