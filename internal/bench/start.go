package main

import (
	"context"
	"fmt"
	"time"
)

// start measures the time from the start of the process, on a database that exists, to
// its first acknowledgement of a click.
type start struct{}

func (start) name() string { return "start" }

func (start) measure(ctx context.Context, s *stage) ([]row, error) {
	var bot, bare sample
	for range s.scaled(20, 10) {
		took, err := s.firstAck(ctx, func() (*process, error) {
			return launch(ctx, s.dir, s.addr, []string{s.self, "floor", floorBare, s.addr, worldSecret, s.dir}, []string{})
		})
		if err != nil {
			return nil, fmt.Errorf("floor: %w", err)
		}
		bare = append(bare, took)
		if took, err = s.firstAck(ctx, func() (*process, error) { return s.bot(ctx, s.world, dbHeld) }); err != nil {
			return nil, err
		}
		bot = append(bot, took)
	}
	return []row{{name: fmt.Sprintf("start to first acknowledgement, p50 / worst (n = %d)", len(bot)),
		bot: inMS(bot.median()) + " / " + inMS(bot.percentile(100)) + " ms", floors: [3]string{inMS(bare.median()) + " / " + inMS(bare.percentile(100)) + " ms"},
		ratio: times(ratio(bot.median(), bare.median())), target: "p50 ≤ 100 ms", met: bot.median() <= 100*time.Millisecond}}, nil
}

// firstAck starts a program and knocks until a click was acknowledged.
func (s *stage) firstAck(ctx context.Context, begin func() (*process, error)) (time.Duration, error) {
	click := s.mint.request(s.tooLate)
	p, err := begin()
	if err != nil {
		return 0, err
	}
	defer p.kill()
	err = p.retry(ctx, func() error {
		c, err := dial(ctx, s.addr)
		if err != nil {
			return err
		}
		defer func() { _ = c.Close() }()
		return c.acked(click)
	})
	return time.Since(p.began), err
}
