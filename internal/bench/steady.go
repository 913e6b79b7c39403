package main

import (
	"context"
	"fmt"
)

// steady measures how soon clicks are answered that come at a steady pace, whatever
// becomes of those before.
type steady struct{}

func (steady) name() string { return "steady" }

const (
	// steadyPace is in clicks a second.
	steadyPace = 200
	// steadyRounds spreads each server over the time of the run, so that a noisy
	// neighbour does not hit one of them alone.
	steadyRounds = 3
)

func (steady) measure(ctx context.Context, s *stage) ([]row, error) {
	kinds := append(floors(), "bot", floorWrite)
	loads := make([]load, len(kinds))
	n := s.scaled(3*steadyPace, steadyPace/2)
	for range steadyRounds {
		for i, kind := range kinds {
			l, err := s.steadyRound(ctx, kind, n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", kind, err)
			}
			loads[i].latencies = append(loads[i].latencies, l.latencies...)
			loads[i].late = append(loads[i].late, l.late...)
		}
	}
	bare, bot, disk := loads[0], loads[3], loads[4]
	over := ratio(bot.latencies.median(), bare.latencies.median())
	r := row{name: fmt.Sprintf("acknowledged at a steady %d a second, p50 / p99", steadyPace), bot: spread(bot.latencies),
		ratio: times(over) + fmt.Sprintf(" (one commit: × %.2f)", ratio(loads[1].latencies.median(), bare.latencies.median())), target: "p50 ≤ 1.9 × bare", met: over <= 1.9}
	late := row{name: "… of which the generator was late", bot: spread(bot.late)}
	for i := range r.floors {
		r.floors[i], late.floors[i] = spread(loads[i].latencies), spread(loads[i].late)
	}
	least := row{name: "… the disk's share: 4 KiB overwritten in place and waited for, and nothing else",
		bot: "–", ratio: fmt.Sprintf("%s (%s)", times(ratio(disk.latencies.median(), bare.latencies.median())), spread(disk.latencies))}
	return []row{r, least, late}, nil
}

func (s *stage) steadyRound(ctx context.Context, kind string, n int) (load, error) {
	start := func() (*process, error) { return s.floor(ctx, kind) }
	if kind == "bot" {
		start = func() (*process, error) { return s.ready(ctx, s.world, dbHeld) }
	}
	p, err := start()
	if err != nil {
		return load{}, err
	}
	defer p.kill()
	if _, err := closedLoop(ctx, s.addr, 2, s.mint.batch(s.tooLate, warmUps)); err != nil {
		return load{}, fmt.Errorf("%w\n%s", err, p.tail())
	}
	s.world.answers.quiet(ctx, quietTime)
	l, err := openLoop(ctx, s.addr, steadyPace, s.mint.batch(s.tooLate, n))
	s.world.answers.reset()
	if err != nil {
		return l, fmt.Errorf("%w\n%s", err, p.tail())
	}
	return l, nil
}
