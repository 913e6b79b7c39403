package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"takeoverbot/internal/slacksim"
)

// upstream counts the calls that the bot makes of the provider and of Slack.
type upstream struct{}

func (upstream) name() string { return "calls" }

// longEndUser has the seed of 300 messages.
const longEndUser = "+14045550108"

func (upstream) measure(ctx context.Context, s *stage) ([]row, error) {
	w, err := newWorld(false) // of its own: the long conversation needs a card here
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.close() }()
	p, err := s.ready(ctx, w, "")
	if err != nil {
		return nil, err
	}
	defer p.kill()
	u := &counting{w: w, user: slacksim.Dana}
	rows, err := u.journey(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, p.tail())
	}
	return rows, nil
}

// counting plays a journey and counts what each step asks for.
type counting struct {
	w    *world
	user string
	card slacksim.Message
}

// step does something, waits until nothing more follows, and counts.
func (u *counting) step(ctx context.Context, act func() slacksim.Delivery) (provider, slack []call, err error) {
	u.w.telnyxCalls.reset()
	u.w.slackCalls.reset()
	if d := act(); !d.OK() {
		return nil, nil, fmt.Errorf("%s: %w (HTTP %d)", d.Kind, d.Err, d.Status)
	}
	u.w.slackCalls.quiet(ctx, 2*postPace)
	// The watch over held lines has a row of its own.
	provider = slices.DeleteFunc(u.w.telnyxCalls.all(), func(c call) bool { return c.Name == telnyxChanges })
	return provider, u.w.slackCalls.all(), ctx.Err()
}

// firstLook is how long after a takeover its conversation is read for the first time, and
// a bit: an answer that was on its way has gone out by then.
const firstLook = 6 * time.Second

func (u *counting) journey(ctx context.Context) ([]row, error) {
	w := u.w
	search, _, err := u.step(ctx, func() slacksim.Delivery {
		return w.slack.SlashCommand(ctx, u.user, slacksim.DeskChannel, "/takeover", severalEndUser)
	})
	if err != nil {
		return nil, err
	}
	if _, _, err = u.step(ctx, func() slacksim.Delivery {
		return w.slack.SlashCommand(ctx, u.user, slacksim.DeskChannel, "/takeover", longEndUser)
	}); err != nil {
		return nil, err
	}
	if u.card, err = w.card(ctx, saysAnswering); err != nil {
		return nil, err
	}
	take, _, err := u.step(ctx, func() slacksim.Delivery { return w.slack.Click(ctx, u.user, u.card.Ref(), "line.take") })
	if err != nil {
		return nil, err
	}
	pause(ctx, firstLook)
	reads, posts, err := u.step(ctx, u.transcript(ctx))
	if err != nil {
		return nil, err
	}
	if _, _, err := u.step(ctx, func() slacksim.Delivery { return w.slack.Click(ctx, u.user, u.card.Ref(), "line.handback") }); err != nil {
		return nil, err
	}
	back, _, err := u.step(ctx, u.submit(ctx))
	if err != nil {
		return nil, err
	}
	return []row{
		upstreamRow("a search", search, 1), upstreamRow("a takeover", take, proofCalls), upstreamRow("a hand-back", back, proofCalls),
		u.transcriptRow(reads, posts),
	}, nil
}

// transcript presses Whole transcript on the newest message of the card's thread that
// has it.
func (u *counting) transcript(ctx context.Context) func() slacksim.Delivery {
	return func() slacksim.Delivery {
		replies := u.w.slack.Thread(u.card.Channel, u.card.TS)
		d := u.w.slack.Click(ctx, u.user, u.card.Ref(), "line.transcript")
		for i := len(replies) - 1; i >= 0 && !d.OK(); i-- {
			d = u.w.slack.Click(ctx, u.user, replies[i].Ref(), "line.transcript")
		}
		return d
	}
}

func (u *counting) submit(ctx context.Context) func() slacksim.Delivery {
	return func() slacksim.Delivery {
		box := u.w.slack.View(u.user)
		if box == nil {
			return slacksim.Delivery{Kind: "view_submission", Err: slacksim.ErrNotThere}
		}
		return u.w.slack.Submit(ctx, u.user, box.ID, nil)
	}
}

func upstreamRow(what string, calls []call, most int) row {
	return row{name: "calls of the provider for " + what, bot: fmt.Sprint(len(calls)), target: fmt.Sprint(most), met: len(calls) == most}
}

// transcriptRow: a file is a post of its channel, too.
func (u *counting) transcriptRow(reads, posts []call) row {
	read, post, file := count(reads, telnyxMessages), count(posts, slackPost), count(posts, slackUpload)
	return row{name: "the whole transcript of 300 messages", bot: fmt.Sprintf("%d reads, %d posts, %d file", read, post, file),
		target: "≤ 3 reads, ≤ 4 posts", met: read > 0 && read <= 3 && post+file > 0 && post+file <= 4 && len(reads) == read}
}
