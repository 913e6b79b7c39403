package main

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	// randomSteps is the number of steps of TestRandomActions.
	randomSteps = 1000
	// visibleOneIn: one step in so many changes who holds a line. Each such step is a message
	// in a thread, and Slack accepts one of those a second.
	visibleOneIn = 24
)

// TestRandomActions: twenty people, five lines, end users who write, providers that fail,
// time that passes, and power cuts, in random order. The AI of a held line never answers, no
// line has two holders, no card claims what was not read back, no metadata of other tools is
// lost, every offer has one end, the threads say once what the audit has, and what an end
// user writes to a person is in the thread once and in order.
func TestRandomActions(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{})
	s.allowViolations = true    // a killed bot acknowledges nothing
	s.timeout = 3 * time.Minute // Slack takes one line of a thread a second
	s.telnyx.SetInactivity(10 * time.Minute)
	random := newRandom(t)
	c := newOperators(s, 20, "+14155550137", "+14155550112", "+17735550129", "+16025550133", "+14045550108")
	p := &endUsers{sys: s, opened: map[string]map[string]string{}}
	before, faults := metadataOf(s.telnyx), providerFaults(random)
	began := time.Now()
	for step := range randomSteps {
		randomStep(s, c, p, random, step, faults)
		if step%3 == 0 {
			c.checkNow()
		}
		if t.Failed() {
			t.Fatalf("at step %d", step)
		}
	}
	t.Logf("%d steps in %s", randomSteps, time.Since(began).Round(time.Second))
	s.must(nil, s.telnyx.SetFaults(telnyxsim.Faults{}))
	c.settle()
	s.eventually("nothing is under way", s.idle)
	c.settle() // what was read last may have changed a card
	c.checkClicks()
	c.checkSaid()
	p.check()
	maps.Copy(before, p.opened)
	checkEntries(s, before)
	checkViolations(s, `^rate limit: (chat\.postMessage|users\.info)|^response_url: used more than 5 times`) // a new process does not know what the old one has called, and a click is sent again and again
	t.Logf("settled after %s", time.Since(began).Round(time.Second))
}

func randomStep(s *system, c *operators, p *endUsers, r *rand.Rand, step int, faults []telnyxsim.Faults) {
	switch n := r.IntN(1000); {
	case step%60 == 59: // each kind of failure gets its turn
		s.must(nil, s.telnyx.SetFaults(faults[step/60%len(faults)]))
	case step%60 == 40:
		s.must(nil, s.telnyx.SetFaults(telnyxsim.Faults{}))
	case step == randomSteps/2: // the holds run out
		s.turn(31 * time.Minute)
	case n < 4:
		s.turn(choose(r, []time.Duration{20 * time.Second, 2 * time.Minute, 6 * time.Minute, 11 * time.Minute}))
	case n < 10:
		s.bot().kill()
		s.bot().start(s)
	case n < 40:
		both := []string{c.users[0], c.users[1]}
		s.pressAt(both, c.oldCard(choose(r, c.numbers), "line.retry"), "line.retry", slacksim.Pick{})
	default:
		c.act(r, p, visibleOneIn)
	}
}

// providerFaults are ways in which Telnyx may fail without losing metadata, in random order.
func providerFaults(r *rand.Rand) []telnyxsim.Faults {
	var faults []telnyxsim.Faults
	for _, f := range []telnyxsim.Failure{
		{Op: telnyxsim.OpPut, Status: 422}, {Op: telnyxsim.OpPut, Status: 503}, {Op: telnyxsim.OpPut, Status: 429, Hint: telnyxsim.HintRetryAfter, Seconds: 1},
		{Op: telnyxsim.OpGet, Status: 500}, {Op: telnyxsim.OpGet, Status: 401}, {Op: telnyxsim.OpGet, How: telnyxsim.FailDrop},
		{Op: telnyxsim.OpPut, How: telnyxsim.FailDrop}, {Op: telnyxsim.OpPut, How: telnyxsim.FailDropAfter},
		{Op: telnyxsim.OpList, Status: 503}, {Op: telnyxsim.OpList, How: telnyxsim.FailDrop}, {Op: telnyxsim.OpMessages, Status: 502},
	} {
		f.Times = 1 + r.IntN(3)
		faults = append(faults, telnyxsim.Faults{Fail: []telnyxsim.Failure{f}})
	}
	faults = append(faults,
		telnyxsim.Faults{PutKeepsNothing: true}, telnyxsim.Faults{Bool: telnyxsim.BoolReject}, telnyxsim.Faults{Bool: telnyxsim.BoolStringify, Put: telnyxsim.PutMerge},
		telnyxsim.Faults{LatencyMS: map[telnyxsim.Op]int{telnyxsim.OpPut: 100 + r.IntN(500)}})
	r.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	return faults
}
