package main

import (
	"context"
	"fmt"
	"time"
)

// acknowledgement measures how many clicks a second are answered and how soon, by
// clients that each wait for their answer.
type acknowledgement struct{}

func (acknowledgement) name() string { return "ack" }

const (
	// drainTime bounds the waiting for the workers after the clicks.
	drainTime = 15 * time.Second
	// warmUps are sent before the clock starts.
	warmUps = 50
)

// concurrency is one row: so many clients, so many clicks to each server.
type concurrency struct {
	clients, bare, commit, bot int
}

func (acknowledgement) measure(ctx context.Context, s *stage) ([]row, error) {
	var rows []row
	for _, c := range []concurrency{{1, 8000, 2000, 1000}, {8, 16000, 4000, 3000}, {64, 24000, 8000, 6000}} {
		var loads [3]load
		var costs [3]time.Duration
		for i, kind := range floors() {
			n := c.commit
			if kind == floorBare {
				n = c.bare
			}
			p, err := s.floor(ctx, kind)
			if err != nil {
				return nil, err
			}
			loads[i], costs[i], err = s.closed(ctx, p, c.clients, s.scaled(n, 200))
			p.kill()
			if err != nil {
				return nil, fmt.Errorf("floor %s: %w", kind, err)
			}
		}
		bot, work, err := s.closedBot(ctx, c.clients, s.scaled(c.bot, 200))
		if err != nil {
			return nil, fmt.Errorf("%d clients: %w", c.clients, err)
		}
		rows = append(rows, ackRows(c.clients, bot, loads, work, costs)...)
	}
	return rows, nil
}

// closed warms a floor up and measures it. cost is its processor time for a request.
func (s *stage) closed(ctx context.Context, p *process, clients, n int) (l load, cost time.Duration, err error) {
	if _, err := closedLoop(ctx, s.addr, min(clients, 4), s.mint.batch(s.tooLate, warmUps)); err != nil {
		return load{}, 0, err
	}
	requests := s.mint.batch(s.tooLate, n)
	cost, err = p.cost(n, func() error {
		l, err = closedLoop(ctx, s.addr, clients, requests)
		return err
	})
	return l, cost, err
}

// cost is the processor time that the program needs for each of n things that do does.
func (p *process) cost(n int, do func() error) (time.Duration, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return (after - before) / time.Duration(n), err
}

// work is what the bot's workers did beside the acknowledging.
type work struct {
	meanwhile float64       // clicks a second worked to their end while others came in
	waited    time.Duration // until the last click was worked, after the last one was acknowledged
	all       bool          // whether every click was
	cost      time.Duration // processor time for a click, from its arrival to its end
}

// closedBot measures the bot on a database of its own.
func (s *stage) closedBot(ctx context.Context, clients, n int) (load, work, error) {
	p, err := s.ready(ctx, s.world, dbHeld)
	if err != nil {
		return load{}, work{}, err
	}
	defer p.kill()
	if _, err := closedLoop(ctx, s.addr, min(clients, 4), s.mint.batch(s.tooLate, warmUps)); err != nil {
		return load{}, work{}, fmt.Errorf("%w\n%s", err, p.tail())
	}
	if err := s.answered(ctx, warmUps); err != nil {
		return load{}, work{}, fmt.Errorf("warm up: %w\n%s", err, p.tail())
	}
	s.world.answers.reset()
	var l load
	var w work
	requests := s.mint.batch(s.tooLate, n)
	w.cost, err = p.cost(n, func() (err error) {
		if l, err = closedLoop(ctx, s.addr, clients, requests); err != nil {
			return fmt.Errorf("%w\n%s", err, p.tail())
		}
		w.meanwhile = ratio(float64(len(s.world.answers.all())), l.took.Seconds())
		began := time.Now()
		w.all = s.answered(ctx, n) == nil
		w.waited = time.Since(began)
		return ctx.Err()
	})
	s.world.answers.reset()
	return l, w, err
}

// answered waits until so many clicks got their private answers.
func (s *stage) answered(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	_, err := s.world.answers.await(ctx, func(calls []call) bool { return len(calls) >= n })
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
	for i, f := range floors {
		rate.floors[i] = fmt.Sprintf("%.0f", f.perSecond())
		delay.floors[i] = spread(f.latencies)
	}
	rows := []row{rate, delay}
	if clients == 64 {
		rows[0].target = "≥ 0.20 × bare"
		rows[0].met = ratio(bot.perSecond(), floors[0].perSecond()) >= 0.20
		rows = append(rows, w.rows(len(bot.latencies), costs)...)
	}
	return rows
}

func (w work) rows(clicks int, costs [3]time.Duration) []row {
	end := fmt.Sprintf("all %d worked %.1f s later", clicks, w.waited.Seconds())
	if !w.all {
		end = fmt.Sprintf("not all worked %.0f s later", w.waited.Seconds())
	}
	cost := row{name: "… processor time per click, worked to its end", bot: inMS(w.cost) + " ms"}
	for i, c := range costs {
		cost.floors[i] = inMS(c) + " ms"
	}
	return []row{{name: "… worked meanwhile, per second", bot: fmt.Sprintf("%.0f; %s", w.meanwhile, end)}, cost}
}
