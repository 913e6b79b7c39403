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
	// chanceSteps and chanceTime bound the story of chance; whichever is reached first
	// ends it.
	chanceSteps = 300
	chanceTime  = 30 * time.Second
)

// TestChance: twenty people, five lines, nights that change, and a power that fails.
// Whatever happens in whatever order: nobody is said to hold a line whose AI may answer,
// no line has two holders, no card claims what was not read back, and no entry of other
// tools is lost.
func TestChance(t *testing.T) {
	t.Parallel()
	w := startedWorld(t, worldOptions{})
	w.lenient = true // a killed bot acknowledges nothing
	w.patience = time.Minute
	random := chance(t)
	c := newCrowd(w, 20, "+14155550137", "+14155550112", "+17735550129", "+16025550133", "+14045550108")
	before := metadataOf(w.telnyx)
	nights := badNights(random)
	end := time.Now().Add(chanceTime)
	step := 0
	for ; step < chanceSteps && time.Now().Before(end); step++ {
		chanceStep(w, c, random, step, nights)
		c.checkNow()
		if t.Failed() {
			t.Fatalf("at step %d", step)
		}
	}
	t.Logf("%d steps", step)
	w.must(nil, w.telnyx.SetFaults(telnyxsim.Faults{}))
	c.settle()
	c.checkClicks()
	for id, entries := range metadataOf(w.telnyx) {
		if !maps.Equal(entries, before[id]) {
			t.Errorf("the entries of %s changed:\n%v\n%v", id, before[id], entries)
		}
	}
}

func chanceStep(w *world, c *crowd, r *rand.Rand, step int, nights []telnyxsim.Faults) {
	switch n := r.IntN(100); {
	case step%8 == 7: // each kind of night gets its turn
		w.must(nil, w.telnyx.SetFaults(nights[step/8%len(nights)]))
	case n < 80:
		c.press(r)
	case n < 88:
		w.must(nil, w.telnyx.SetFaults(telnyxsim.Faults{}))
	case n < 91:
		w.bot().kill()
		w.bot().start(w)
	case n < 96 && len(c.clicks) > 0:
		_ = w.slack.Redeliver(w.Context(), pick(r, c.clicks).Delivery, false)
	default:
		both := []string{c.users[0], c.users[1]}
		(&script{name: "chance", w: w}).pressAt(both, c.oldCard(pick(r, c.numbers), "line.take"), "line.take", slacksim.Pick{})
	}
}

// badNights are ways in which Telnyx may fail without losing entries, in any order.
func badNights(r *rand.Rand) []telnyxsim.Faults {
	var nights []telnyxsim.Faults
	for _, f := range []telnyxsim.Failure{
		{Op: telnyxsim.OpPut, Status: 422}, {Op: telnyxsim.OpPut, Status: 503}, {Op: telnyxsim.OpPut, Status: 429, Hint: telnyxsim.HintRetryAfter, Seconds: 1},
		{Op: telnyxsim.OpGet, Status: 500}, {Op: telnyxsim.OpGet, Status: 401}, {Op: telnyxsim.OpGet, How: telnyxsim.FailDrop},
		{Op: telnyxsim.OpPut, How: telnyxsim.FailDrop}, {Op: telnyxsim.OpPut, How: telnyxsim.FailDropAfter},
	} {
		f.Times = 1 + r.IntN(3)
		nights = append(nights, telnyxsim.Faults{Fail: []telnyxsim.Failure{f}})
	}
	nights = append(nights,
		telnyxsim.Faults{PutKeepsNothing: true}, telnyxsim.Faults{Bool: telnyxsim.BoolReject}, telnyxsim.Faults{Bool: telnyxsim.BoolStringify, Put: telnyxsim.PutMerge},
		telnyxsim.Faults{LatencyMS: map[telnyxsim.Op]int{telnyxsim.OpPut: 100 + r.IntN(500)}})
	r.Shuffle(len(nights), func(i, j int) { nights[i], nights[j] = nights[j], nights[i] })
	return nights
}

// metadataOf is what other tools keep in each conversation: all but the flag.
func metadataOf(sim *telnyxsim.Sim) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, conv := range sim.Conversations() {
		entries := map[string]string{}
		for name, value := range conv.Metadata {
			if name != telnyxsim.KeyAIDisabled {
				entries[name] = string(value)
			}
		}
		all[conv.ID] = entries
	}
	return all
}
