package main

import (
	"context"
	"fmt"
	"time"
)

const (
	// drainTime bounds the waiting for the workers after the clicks.
	drainTime = 15 * time.Second
	// warmUps are sent before the clock starts.
	warmUps = 50
	// steadyPace is in clicks a second.
	steadyPace = 200
	// steadyRounds spreads each server over the time of the run, so that a noisy
	// neighbour does not hit one of them alone.
	steadyRounds = 3
)

// acknowledgement measures how many clicks a second are answered and how soon, by
// clients that each wait for their answer.
func acknowledgement(ctx context.Context, s *setup) []row {
	var rows []row
	for _, c := range []struct{ clients, bare, commit, bot int }{{1, 8000, 2000, 1000}, {8, 16000, 4000, 3000}, {64, 24000, 8000, 6000}} {
		var loads [3]load
		var costs [3]time.Duration
		for i, kind := range floors() {
			n := c.commit
			if kind == floorBare {
				n = c.bare
			}
			p := s.readyFloor(ctx, kind)
			loads[i], costs[i] = s.closedFloor(ctx, p, c.clients, s.scaled(n, 200))
			p.kill()
		}
		bot, work := s.closedBot(ctx, c.clients, s.scaled(c.bot, 200))
		rows = append(rows, ackRows(c.clients, bot, loads, work, costs)...)
	}
	return rows
}

// closedFloor warms a floor up and measures it. cost is its processor time for a request.
func (s *setup) closedFloor(ctx context.Context, p *process, clients, n int) (l load, cost time.Duration) {
	closedLoop(ctx, s.addr, min(clients, 4), s.mint.batch(s.tooLate, warmUps))
	requests := s.mint.batch(s.tooLate, n)
	cost = p.cost(n, func() { l = closedLoop(ctx, s.addr, clients, requests) })
	return l, cost
}

// cost is the processor time that the program needs for each of n things that do does.
func (p *process) cost(n int, do func()) time.Duration {
	before := p.cpu()
	do()
	return (p.cpu() - before) / time.Duration(n)
}

// work is what the bot's workers did beside the acknowledging.
type work struct {
	meanwhile float64       // clicks a second worked to their end while others came in
	waited    time.Duration // until the last click was worked, after the last one was acknowledged
	all       bool          // whether every click was
	cost      time.Duration // processor time for a click, from its arrival to its end
}

// closedBot measures the bot on a fresh database.
func (s *setup) closedBot(ctx context.Context, clients, n int) (l load, w work) {
	p := s.readyBot(ctx, s.sims, dbHeld)
	defer p.kill()
	closedLoop(ctx, s.addr, min(clients, 4), s.mint.batch(s.tooLate, warmUps))
	must(s.answered(ctx, warmUps), "warm up")
	s.sims.answers.reset()
	requests := s.mint.batch(s.tooLate, n)
	w.cost = p.cost(n, func() {
		l = closedLoop(ctx, s.addr, clients, requests)
		w.meanwhile = ratio(float64(len(s.sims.answers.all())), l.took.Seconds())
		began := time.Now()
		w.all = s.answered(ctx, n) == nil
		w.waited = time.Since(began)
	})
	s.sims.answers.reset()
	return l, w
}

// answered waits until so many clicks got their private answers.
func (s *setup) answered(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	_, err := s.sims.answers.await(ctx, func(calls []call) bool { return len(calls) >= n })
	return err
}

func ackRows(clients int, bot load, floors [3]load, w work, costs [3]time.Duration) []row {
	who := fmt.Sprintf("%d clients", clients)
	if clients == 1 {
		who = "1 client"
	}
	rate := row{name: "acknowledged per second, " + who, bot: fmt.Sprintf("%.0f", bot.perSecond()),
		ratio: times(ratio(bot.perSecond(), floors[0].perSecond()))}
	delay := row{name: "… p50 / p99", bot: spread(bot.latencies), ratio: times(ratio(bot.latencies.median(), floors[0].latencies.median()))}
	cost := row{name: "… processor time per click, worked to its end", bot: inMS(w.cost) + " ms"}
	for i, f := range floors {
		rate.floors[i], delay.floors[i] = fmt.Sprintf("%.0f", f.perSecond()), spread(f.latencies)
		cost.floors[i] = inMS(costs[i]) + " ms"
	}
	if clients != 64 {
		return []row{rate, delay}
	}
	rate.target, rate.met = "≥ 0.20 × bare", ratio(bot.perSecond(), floors[0].perSecond()) >= 0.20
	end := fmt.Sprintf("all %d worked %.1f s later", len(bot.latencies), w.waited.Seconds())
	if !w.all {
		end = fmt.Sprintf("not all worked %.0f s later", w.waited.Seconds())
	}
	return []row{rate, delay, {name: "… worked meanwhile, per second", bot: fmt.Sprintf("%.0f; %s", w.meanwhile, end)}, cost}
}

// steady measures how soon clicks are answered that come at a steady pace, whatever
// becomes of those before.
func steady(ctx context.Context, s *setup) []row {
	kinds := append(floors(), "bot", floorWrite)
	loads := make([]load, len(kinds))
	n := s.scaled(3*steadyPace, steadyPace/2)
	for range steadyRounds {
		for i, kind := range kinds {
			l := s.steadyRound(ctx, kind, n)
			loads[i].latencies = append(loads[i].latencies, l.latencies...)
			loads[i].late = append(loads[i].late, l.late...)
		}
	}
	bare, bot, disk := loads[0], loads[3], loads[4]
	over := ratio(bot.latencies.median(), bare.latencies.median())
	r := row{name: fmt.Sprintf("acknowledged at a steady %d a second, p50 / p99", steadyPace), bot: spread(bot.latencies),
		ratio:  times(over) + fmt.Sprintf(" (one commit: × %.2f)", ratio(loads[1].latencies.median(), bare.latencies.median())),
		target: "p50 ≤ 1.9 × bare", met: over <= 1.9}
	late := row{name: "… of which the generator was late", bot: spread(bot.late)}
	for i := range r.floors {
		r.floors[i], late.floors[i] = spread(loads[i].latencies), spread(loads[i].late)
	}
	least := row{name: "… the disk's share: 4 KiB overwritten in place and waited for, and nothing else",
		bot: "–", ratio: fmt.Sprintf("%s (%s)", times(ratio(disk.latencies.median(), bare.latencies.median())), spread(disk.latencies))}
	return []row{r, least, late}
}

func (s *setup) steadyRound(ctx context.Context, kind string, n int) load {
	var p *process
	if kind == "bot" {
		p = s.readyBot(ctx, s.sims, dbHeld)
	} else {
		p = s.readyFloor(ctx, kind)
	}
	defer p.kill()
	closedLoop(ctx, s.addr, 2, s.mint.batch(s.tooLate, warmUps))
	s.sims.answers.quiet(ctx, quietTime)
	defer s.sims.answers.reset()
	return openLoop(ctx, s.addr, steadyPace, s.mint.batch(s.tooLate, n))
}
