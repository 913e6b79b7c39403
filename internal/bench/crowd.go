package main

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	// homeAnswer is the call that shows a Home.
	homeAnswer = "views.publish"

	crowdConversations = 20_000
	crowdHeld          = 2_000
	// crowdPause is between two openings of a Home: it is published at most once a second, and the rest
	// of that second is not what is measured.
	crowdPause = 1500 * time.Millisecond
	// crowdTime and crowdMemory are the targets for everything that goes over all of them.
	crowdTime   = time.Second
	crowdMemory = 100 << 20
)

// crowd measures what people ask for that goes over all conversations or all held lines,
// with many of both, and the most memory that the bot takes for it. All lines are held by
// Dana. The times include the simulated provider's.
func crowd(ctx context.Context, s *setup) []row {
	w := s.simulators(false)
	w.telnyx.Load(telnyxsim.Bulk(crowdConversations, heldAgent, time.Now().Add(-time.Hour))[crowdHeld:])
	copyDatabase(s.prepared(dbHeld), s.prepared("crowd"))
	must(holdLines(ctx, w, s.prepared("crowd"), crowdHeld), "hold %d lines", crowdHeld)
	p := s.readyBot(ctx, w, "crowd")
	defer p.kill()
	command := func(text string) func() slacksim.Delivery {
		return func() slacksim.Delivery {
			return w.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, "/takeover", text)
		}
	}
	home := func() slacksim.Delivery { return w.slack.OpenHome(ctx, slacksim.Dana) }
	var rows []row
	for _, asked := range []struct {
		name, answer string // answer is the call that brings it; empty: it is in the acknowledgement
		ask          func() slacksim.Delivery
	}{
		{"a search by last digits", slackAnswer, command("0137")},
		{"a search by name", slackAnswer, command("name Nobody")},
		{"`/takeover open`", "", command("open")},
		{"`/takeover mine`", "", command("mine")},
		{"the shift change", "", command("handoff")},
		{"the Home", homeAnswer, home},
	} {
		var took sample
		for range s.scaled(10, 3) {
			if asked.answer == homeAnswer {
				time.Sleep(crowdPause)
			}
			took = append(took, w.answered(ctx, asked.answer, asked.ask))
		}
		worst := took.percentile(100)
		rows = append(rows, row{name: fmt.Sprintf("%s with %d conversations and %d held lines, p50 / worst", asked.name, crowdConversations, crowdHeld),
			bot: inMS(took.median()) + " / " + inMS(worst) + " ms", target: "worst ≤ 1 s", met: worst <= crowdTime})
	}
	most := p.memory("VmHWM")
	return append(rows, row{name: "… most memory resident", bot: inMB(most), target: "≤ 100 MB", met: most <= crowdMemory})
}

// answered asks, and is the time until the answer was there. A Home that has not changed is
// not published again: that it was looked at is then all there is to wait for.
func (w *simulators) answered(ctx context.Context, answer string, ask func() slacksim.Delivery) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w.slackCalls.reset()
	began := time.Now()
	taken(ask(), "ask")
	if answer != "" {
		calls, err := w.slackCalls.await(ctx, func(calls []call) bool { return count(calls, answer) > 0 })
		names := map[string]int{}
		for _, c := range calls {
			names[c.Name]++
		}
		must(err, "wait for %s, of Slack's calls came %v", answer, names)
	}
	return time.Since(began)
}
