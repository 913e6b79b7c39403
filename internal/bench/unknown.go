package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/slacksim"
)

const (
	// newcomers is how many people click whom the bot did not know before.
	newcomers = 50
	// slowInfo is how long Slack takes to say who a person is.
	slowInfo = 300 * time.Millisecond
	// worstAck is the longest that an acknowledgement may take.
	worstAck = 100 * time.Millisecond
)

// unknown measures how soon the clicks of people are answered whom the bot did not know before,
// while Slack says slowly, and within its limits, who they are. A click that is refused ends the
// measurement.
func unknown(ctx context.Context, s *setup) []row {
	n := s.scaled(3*steadyPace, steadyPace)
	floor := s.steadyRound(ctx, floorBare, n)
	sims := s.simulators(true)
	for i := range newcomers {
		sims.slack.AddUser(slacksim.User{ID: newcomer(i), Name: fmt.Sprintf("newcomer%d", i)})
	}
	sims.slack.SetLatency("users.info", slowInfo)
	p := s.readyBot(ctx, sims, dbHeld)
	defer p.kill()
	bot := openLoop(ctx, s.addr, steadyPace, s.byNewcomers(n))
	bare, p99, worst := floor.latencies.percentile(99), bot.latencies.percentile(99), bot.latencies.percentile(100)
	r := row{name: fmt.Sprintf("acknowledged at %d a second, by %d people unknown before, p50 / p99", steadyPace, newcomers), bot: spread(bot.latencies),
		ratio: times(ratio(p99, bare)), target: "p99 ≤ 10 × bare, none above 100 ms", met: p99 <= 10*bare && worst <= worstAck}
	r.floors[0] = spread(floor.latencies)
	return []row{r, {name: "… the slowest", bot: inMS(worst) + " ms"}}
}

func newcomer(i int) string { return fmt.Sprintf("U0NEW%02d", i) }

// byNewcomers are n clicks, by one newcomer after the other.
func (s *setup) byNewcomers(n int) [][]byte {
	clicks := make([][]byte, n)
	for i := range clicks {
		t := s.tooLate
		t.body = bytes.ReplaceAll(t.body, []byte(slacksim.Omar), []byte(newcomer(i%newcomers)))
		clicks[i] = s.mint.request(t)
	}
	return clicks
}
