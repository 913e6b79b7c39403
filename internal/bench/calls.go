package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"takeoverbot/internal/slacksim"
)

const (
	// longEndUser has the seed of 300 messages.
	longEndUser = "+14045550108"
	// firstLook is how long after a takeover its conversation is read for the first time,
	// and a bit: an answer that was on its way has gone out by then.
	firstLook = 6 * time.Second
)

// countCalls counts the calls that the bot makes of the provider and of Slack, on fresh
// simulators: the long conversation needs a card here.
func countCalls(ctx context.Context, s *setup) []row {
	sims := s.simulators(false)
	s.readyBot(ctx, sims, "")
	// step does something, waits until nothing more follows, and returns the calls.
	step := func(doing string, act func() slacksim.Delivery) (provider, slack []call) {
		sims.telnyxCalls.reset()
		sims.slackCalls.reset()
		taken(act(), doing)
		sims.slackCalls.quiet(ctx, 2*postPace)
		// The watch over held lines has its own row.
		provider = slices.DeleteFunc(sims.telnyxCalls.all(), func(c call) bool { return c.Name == telnyxChanges })
		return provider, sims.slackCalls.all()
	}
	find := func(endUser string) func() slacksim.Delivery {
		return func() slacksim.Delivery {
			return sims.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, "/takeover", endUser)
		}
	}
	var card slacksim.Message
	click := func(action string) func() slacksim.Delivery {
		return func() slacksim.Delivery { return sims.slack.Click(ctx, slacksim.Dana, card.Ref(), action) }
	}
	search, _ := step("search", find(severalEndUser))
	step("open the long conversation", find(longEndUser))
	card = sims.card(ctx, saysAnswering)
	take, _ := step("take over", click("line.take"))
	pause(ctx, firstLook)
	reads, posts := step("ask for the transcript", func() slacksim.Delivery { return pressTranscript(ctx, sims, card) })
	step("open the hand-back box", click("line.handback"))
	back, _ := step("hand back", func() slacksim.Delivery {
		if box := sims.slack.View(slacksim.Dana); box != nil {
			return sims.slack.Submit(ctx, slacksim.Dana, box.ID, nil)
		}
		return slacksim.Delivery{Err: slacksim.ErrNotThere}
	})
	read, post, file := count(reads, telnyxMessages), count(posts, slackPost), count(posts, slackUpload)
	return []row{
		callsRow("a search (one for each spelling: `+1…`, `1…`, `whatsapp:+1…`)", search, searchCalls), callsRow("a takeover (read, write, read back, list)", take, takeoverCalls), callsRow("a hand-back", back, proofCalls),
		{name: "the whole transcript of 300 messages", bot: fmt.Sprintf("%d reads, %d posts, %d file", read, post, file),
			target: "≤ 3 reads, ≤ 4 posts", // a file is a post of its channel, too
			met:    read > 0 && read <= 3 && post+file > 0 && post+file <= 4 && len(reads) == read},
	}
}

// pressTranscript presses Whole transcript on the card, or else on the newest message of
// its thread that has it.
func pressTranscript(ctx context.Context, sims *simulators, card slacksim.Message) slacksim.Delivery {
	d := sims.slack.Click(ctx, slacksim.Dana, card.Ref(), "line.transcript")
	for _, reply := range slices.Backward(sims.slack.Thread(card.Channel, card.TS)) {
		if d.OK() {
			break
		}
		d = sims.slack.Click(ctx, slacksim.Dana, reply.Ref(), "line.transcript")
	}
	return d
}

func callsRow(what string, calls []call, want int) row {
	return row{name: "calls of the provider for " + what, bot: fmt.Sprint(len(calls)), target: fmt.Sprint(want), met: len(calls) == want}
}
