package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// idle measures what the bot needs while nobody uses it, after somebody has.
type idle struct{}

func (idle) name() string { return "idle" }

const (
	idleTime = 20 * time.Second
	// settleDown is how long after its last work the bot counts as idle.
	settleDown = 2 * time.Second
)

func (idle) measure(ctx context.Context, s *stage) ([]row, error) {
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
	for _, step := range []struct {
		click template
		says  string
	}{{s.takeOver, saysSilent}, {s.handBack, saysAgain}} {
		if _, err := s.takeover(ctx, c, step.click, step.says); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, p.tail())
		}
	}
	bot, botMemory, err := p.rest(ctx, settleDown, time.Duration(s.scaled(int(idleTime), int(idleTime)/5)))
	if err != nil {
		return nil, err
	}
	p.kill()
	f, err := s.floor(ctx, floorBare)
	if err != nil {
		return nil, err
	}
	defer f.kill()
	_, floorMemory, err := f.rest(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	return []row{
		{name: "processor when idle, of one core", bot: fmt.Sprintf("%.2f %%", bot*100), target: "≤ 2 %", met: bot <= 0.02},
		{name: "resident memory when idle", bot: inMB(botMemory), floors: [3]string{inMB(floorMemory)},
			ratio: times(ratio(float64(botMemory), float64(floorMemory))), target: "≤ 40 MB", met: botMemory <= 40<<20},
	}, nil
}

// rest lets the program settle, and says which part of a core it needs over d and how
// many bytes are resident at the end.
func (p *process) rest(ctx context.Context, settle, d time.Duration) (core float64, memory int64, err error) {
	pause(ctx, settle)
	before, err := p.cpu()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	pause(ctx, d)
	after, err := p.cpu()
	if err != nil {
		return 0, 0, err
	}
	memory, err = p.memory("VmRSS")
	return ratio(after-before, time.Since(began)), memory, err
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// size measures the binary.
type size struct{}

func (size) name() string { return "size" }

func (size) measure(_ context.Context, s *stage) ([]row, error) {
	info, err := os.Stat(s.binary)
	if err != nil {
		return nil, fmt.Errorf("look at the binary: %w", err)
	}
	return []row{{name: "size of the binary (static, stripped)", bot: inMB(info.Size())}}, nil
}
