package main

import (
	"context"
	"fmt"
	"time"
)

const (
	levelRounds    = 4   // so often each bot is measured, in turn with the others
	levelClicks    = 500 // of 64 clients, in each round
	levelTakeovers = 3   // in each round
)

// levelNames are the levels of speed on SQLite, as internal/db calls them.
func levelNames() []string { return []string{"writequeue", "statements", "wake"} }

// levelFigures are what one bot did in all rounds.
type levelFigures struct {
	clicks int
	ended  time.Duration // until all clicks were worked to their end
	cost   time.Duration // processor time for all clicks
	steady sample        // acknowledgements at a steady pace
	proof  sample        // click to proven silence, own time
}

// levels measures what each level of speed on SQLite buys. A bot without it is built for
// this purpose (internal/db/levels.go), and takes turns with the released one.
func levels(ctx context.Context, s *setup) []row {
	released := s.binary
	defer func() { s.binary = released }()
	binaries := []string{released}
	for _, level := range levelNames() {
		binaries = append(binaries, build(ctx, s.dir, level))
	}
	all := make([]levelFigures, len(binaries))
	for round := range levelRounds {
		for i := range binaries {
			i = (i + round) % len(binaries) // each one is measured early and late
			s.binary = binaries[i]
			s.addFigures(ctx, &all[i])
		}
	}
	var rows []row
	for i, level := range levelNames() {
		rows = append(rows, levelRows(level, all[0], all[i+1])...)
	}
	return rows
}

// addFigures measures s.binary once.
func (s *setup) addFigures(ctx context.Context, f *levelFigures) {
	n := s.scaled(levelClicks, 200)
	l, w := s.closedBot(ctx, 64, n)
	f.clicks += n
	f.ended += l.took + w.waited
	f.cost += w.cost * time.Duration(n)
	f.steady = append(f.steady, s.steadyRound(ctx, "bot", s.scaled(2*steadyPace, steadyPace/2)).latencies...)
	for range s.scaled(levelTakeovers, 1) {
		f.proof = append(f.proof, s.oneTakeover(ctx).own)
	}
}

func levelRows(level string, with, without levelFigures) []row {
	compare := func(name, with, without string, by float64) row {
		return row{name: name, bot: with, ratio: fmt.Sprintf("%s (without: %s)", times(by), without)}
	}
	delay := func(name string, with, without sample) row {
		return compare(name, spread(with), spread(without), ratio(with.median(), without.median()))
	}
	ended := func(f levelFigures) float64 { return ratio(float64(f.clicks), f.ended.Seconds()) }
	cost := func(f levelFigures) time.Duration { return f.cost / time.Duration(f.clicks) }
	return []row{
		delay("SQLite's level "+level+": acknowledged at a steady 200 a second, p50 / p99", with.steady, without.steady),
		delay("… click to proven silence, own time, p50 / p99", with.proof, without.proof),
		compare("… clicks worked to their end, per second", fmt.Sprintf("%.0f", ended(with)), fmt.Sprintf("%.0f", ended(without)),
			ratio(ended(with), ended(without))),
		compare("… processor time per click", inMS(cost(with))+" ms", inMS(cost(without))+" ms", ratio(cost(with), cost(without))),
	}
}
