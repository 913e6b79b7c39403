package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

const (
	idleTime = 20 * time.Second
	// settleDown is how long after its last work the bot counts as idle.
	settleDown = 2 * time.Second
)

// idle measures what the bot needs while it is idle, after one takeover.
func idle(ctx context.Context, s *setup) []row {
	p := s.readyBot(ctx, s.sims, dbFree)
	c := dial(ctx, s.addr)
	s.takeover(ctx, c, s.takeOver, takeoverCalls, saysSilent)
	s.takeover(ctx, c, s.handBack, proofCalls, saysAgain)
	must(c.Close(), "hang up")
	pause(ctx, settleDown)
	before, began := p.cpu(), time.Now()
	pause(ctx, time.Duration(s.scaled(int(idleTime), int(idleTime)/5)))
	core := ratio(p.cpu()-before, time.Since(began))
	bot := p.memory("VmRSS")
	p.kill()
	floor := s.readyFloor(ctx, floorBare).memory("VmRSS")
	return []row{
		{name: "processor when idle, of one core", bot: fmt.Sprintf("%.2f %%", core*100), target: "≤ 2 %", met: core <= 0.02},
		{name: "resident memory when idle", bot: inMB(bot), floors: [3]string{inMB(floor)},
			ratio: times(ratio(float64(bot), float64(floor))), target: "≤ 40 MB", met: bot <= 40<<20},
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// start measures the time from the start of the process, on a database that exists, to
// its first acknowledgement of a click.
func start(ctx context.Context, s *setup) []row {
	var bot, bare sample
	for range s.scaled(20, 10) {
		bare = append(bare, s.firstAck(ctx, func() *process { return s.floor(ctx, floorBare) }))
		bot = append(bot, s.firstAck(ctx, func() *process { return s.bot(ctx, s.sims, dbHeld) }))
	}
	worst := func(s sample) string { return inMS(s.median()) + " / " + inMS(s.percentile(100)) + " ms" }
	return []row{{name: fmt.Sprintf("start to first acknowledgement, p50 / worst (n = %d)", len(bot)),
		bot: worst(bot), floors: [3]string{worst(bare)}, ratio: times(ratio(bot.median(), bare.median())),
		target: "p50 ≤ 100 ms", met: bot.median() <= 100*time.Millisecond}}
}

// firstAck starts a program and knocks until a click was acknowledged.
func (s *setup) firstAck(ctx context.Context, begin func() *process) time.Duration {
	click := s.mint.request(s.tooLate)
	p := begin()
	defer p.kill()
	p.retry(ctx, func() error {
		c, err := tryDial(ctx, s.addr)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		return c.acked(click)
	})
	return time.Since(p.began)
}

// size measures the binary.
func size(_ context.Context, s *setup) []row {
	info := value(os.Stat(s.binary))("inspect the binary")
	return []row{{name: "size of the binary (static, stripped)", bot: inMB(info.Size())}}
}
