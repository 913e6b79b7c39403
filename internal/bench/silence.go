package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// silence measures the time from a click on Take over to the proof that the AI is
// silent, and to the card that says so. The bot starts anew every few takeovers, on a
// copy of the same database: so every takeover draws its card and writes its line at
// once, where the bot's own pace towards Slack would hold back the second in a row.
type silence struct{}

func (silence) name() string { return "silence" }

const (
	// takeoversPerStart is what the bot's pace towards Slack lets through at once.
	takeoversPerStart = 1
	// proofCalls are read, write and read back.
	proofCalls = 3
	// quietTime without a call says that nothing more follows.
	quietTime = 200 * time.Millisecond
)

// takeover is what one took.
type takeoverTimes struct{ own, provider, card time.Duration }

func (silence) measure(ctx context.Context, s *stage) ([]row, error) {
	var own, provider, card sample
	for range s.scaled(100, 20) {
		runs, err := s.takeovers(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range runs {
			own, provider, card = append(own, t.own), append(provider, t.provider), append(card, t.card)
		}
	}
	n := fmt.Sprintf(" (n = %d)", len(own))
	return []row{
		{name: "click to proven silence, own time, p50 / p99" + n, bot: spread(own), target: "p50 ≤ 100 ms", met: own.median() <= 100*time.Millisecond},
		{name: "… the simulated provider's time, not counted", bot: spread(provider)},
		{name: "click to the card that says so, p50 / p99", bot: spread(card)},
	}, nil
}

// takeovers starts the bot and takes the line over and back a few times.
func (s *stage) takeovers(ctx context.Context) ([]takeoverTimes, error) {
	p, err := s.ready(ctx, s.world, dbFree)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	c, err := dial(ctx, s.addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	if err := s.warmUp(c); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, p.tail())
	}
	var runs []takeoverTimes
	for range takeoversPerStart {
		t, err := s.takeover(ctx, c, s.takeOver, saysSilent)
		if err == nil {
			_, err = s.takeover(ctx, c, s.handBack, saysAgain)
		}
		if err != nil {
			return nil, fmt.Errorf("%w\n%s", err, p.tail())
		}
		runs = append(runs, t)
	}
	return runs, nil
}

// warmUp has the bot ask Slack who it is and who Dana is, as it does once in a while:
// with a click that has no meaning after that.
func (s *stage) warmUp(c *conn) error {
	help := template{body: []byte("command=%2Ftakeover&text=mine&user_id=U0DANA&team_id=T0DEMO&channel_id=C0DESK&trigger_id=UNIQUE"), unique: "UNIQUE"}
	return c.acked(s.mint.request(help))
}

// takeover sends a click and waits for the proof and for the card that says so.
func (s *stage) takeover(ctx context.Context, c *conn, click template, says string) (takeoverTimes, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.world.telnyxCalls.reset()
	s.world.slackCalls.reset()
	request := s.mint.request(click)
	sent := time.Now()
	if err := c.acked(request); err != nil {
		return takeoverTimes{}, err
	}
	calls, err := s.world.telnyxCalls.await(ctx, func(calls []call) bool { return len(proof(calls)) >= proofCalls })
	if err != nil {
		return takeoverTimes{}, fmt.Errorf("wait for the proof after %d calls: %w", len(calls), err)
	}
	listed := calls
	calls = proof(calls)
	drawn, err := s.world.slackCalls.await(ctx, func(calls []call) bool { return drew(calls, says) >= 0 })
	if err != nil {
		return takeoverTimes{}, fmt.Errorf("wait for the card that says %q: %w", says, err)
	}
	t := takeoverTimes{card: drawn[drew(drawn, says)].To.Sub(sent)}
	for _, c := range calls[:proofCalls] {
		if c.Status/100 != 2 {
			return t, errors.New("the simulated provider refused")
		}
		t.provider += c.To.Sub(c.From)
	}
	// A card that stood for more than a minute has the end user's conversations listed
	// first; the watch over held lines lists, too.
	for _, c := range listed {
		if c.Name == telnyxList && c.To.Before(calls[proofCalls-1].From) {
			t.provider += c.To.Sub(c.From)
		}
	}
	t.own = calls[proofCalls-1].To.Sub(sent) - t.provider
	return t, nil
}

// proof are the calls that read and write a flag.
func proof(calls []call) []call {
	var all []call
	for _, c := range calls {
		if c.Name == telnyxRead || c.Name == telnyxWrite {
			all = append(all, c)
		}
	}
	return all
}

// drew is the number of the first call that drew a card with such words, -1 if none did.
func drew(calls []call, says string) int {
	for i, c := range calls {
		if c.Name != slackUpdate {
			continue
		}
		if form, err := url.ParseQuery(string(c.Body)); err == nil && strings.Contains(form.Get("blocks"), says) {
			return i
		}
	}
	return -1
}
