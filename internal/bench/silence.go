package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// searchCalls are one for each spelling in which a provider may have stored a number: with a plus,
	// without it, and behind whatsapp: (takeover.Target).
	searchCalls = 3
	// proofCalls are read, write and read back.
	proofCalls = 3
	// takeoverCalls are these and the list that shows that there is no other conversation.
	takeoverCalls = proofCalls + 1
	// quietTime without a call says that nothing more follows.
	quietTime = 200 * time.Millisecond
)

// takeoverTimes is how long one takeover took.
type takeoverTimes struct{ own, provider, card time.Duration }

// silence measures the time from a click on Take over to the proof that the AI is
// silent, and to the card that says so.
func silence(ctx context.Context, s *setup) []row {
	var own, provider, card sample
	for range s.scaled(100, 20) {
		t := s.oneTakeover(ctx)
		own, provider, card = append(own, t.own), append(provider, t.provider), append(card, t.card)
	}
	n := fmt.Sprintf(" (n = %d)", len(own))
	return []row{
		{name: "click to proven silence, own time, p50 / p99" + n, bot: spread(own), target: "p50 ≤ 100 ms", met: own.median() <= 100*time.Millisecond},
		{name: "… the simulated provider's time, not counted", bot: spread(provider)},
		{name: "click to the card that says so, p50 / p99", bot: spread(card)},
	}
}

// oneTakeover starts the bot on a copy of the same database and takes the line over. Each
// takeover has its own bot, which draws its card and writes its line at once: the bot's pace
// towards Slack would hold back the second in a row.
func (s *setup) oneTakeover(ctx context.Context) takeoverTimes {
	p := s.readyBot(ctx, s.sims, dbFree)
	defer p.kill()
	c := dial(ctx, s.addr)
	defer func() { _ = c.Close() }() // nothing is under way
	// The bot asks Slack who it is and who Dana is once in a while: here before the clock starts.
	mine := template{body: []byte("command=%2Ftakeover&text=mine&user_id=U0DANA&team_id=T0DEMO&channel_id=C0DESK&trigger_id=UNIQUE"), unique: "UNIQUE"}
	must(c.acked(s.mint.request(mine)), "warm up")
	t := s.takeover(ctx, c, s.takeOver, takeoverCalls, saysSilent)
	s.takeover(ctx, c, s.handBack, proofCalls, saysAgain)
	return t
}

// takeover sends a click and waits for the proof, which takes so many calls, and for the card
// that says so.
func (s *setup) takeover(ctx context.Context, c *conn, click template, needs int, says string) (t takeoverTimes) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.sims.telnyxCalls.reset()
	s.sims.slackCalls.reset()
	request := s.mint.request(click)
	sent := time.Now()
	must(c.acked(request), "click")
	proven := func(calls []call) bool { return len(proof(calls)) >= needs }
	calls := value(s.sims.telnyxCalls.await(ctx, proven))("wait for the proof")
	drawn := func(c call) bool { return c.Name == slackUpdate && strings.Contains(c.field("blocks"), says) }
	cards := value(s.sims.slackCalls.await(ctx, func(calls []call) bool { return slices.ContainsFunc(calls, drawn) }))("wait for the card that says %q", says)
	t.card = cards[slices.IndexFunc(cards, drawn)].To.Sub(sent)
	for _, c := range proof(calls)[:needs] {
		if c.Status/100 != 2 {
			must(errors.New("the simulated provider refused"), "take over")
		}
		t.provider += c.To.Sub(c.From)
	}
	t.own = proof(calls)[needs-1].To.Sub(sent) - t.provider
	return t
}

// proof are the calls that read and write a flag, or list the conversations of a pair.
func proof(calls []call) []call {
	names := []string{telnyxRead, telnyxWrite, telnyxList}
	return slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return !slices.Contains(names, c.Name) })
}

// field is a field of the call's form.
func (c call) field(name string) string {
	form, err := url.ParseQuery(string(c.Body))
	if err != nil {
		return ""
	}
	return form.Get(name)
}
