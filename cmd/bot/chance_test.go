package main

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

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
	end := time.Now().Add(chanceTime)
	step := 0
	for ; step < chanceSteps && time.Now().Before(end); step++ {
		chanceStep(w, c, random)
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

func chanceStep(w *world, c *crowd, r *rand.Rand) {
	switch n := r.IntN(100); {
	case n < 70:
		c.press(r)
	case n < 78:
		w.must(nil, w.telnyx.SetFaults(badNight(r)))
	case n < 88:
		w.must(nil, w.telnyx.SetFaults(telnyxsim.Faults{}))
	case n < 91:
		w.bot().kill()
		w.bot().start(w)
	case n < 96 && len(c.clicks) > 0:
		_ = w.slack.Redeliver(w.Context(), pick(r, c.clicks).Delivery, false)
	default:
		both := []string{c.users[0], c.users[1]}
		number := pick(r, c.numbers)
		photo := c.photos[number]
		action, at, _ := nthButton(photo.Blocks, "line.take", 1)
		(&script{name: "chance", w: w}).pressAt(both, photo, action, at)
	}
}

// badNight is some way in which Telnyx may fail without losing entries.
func badNight(r *rand.Rand) telnyxsim.Faults {
	fail := func(op telnyxsim.Op, f telnyxsim.Failure) telnyxsim.Faults {
		f.Op, f.Times = op, 1+r.IntN(3)
		return telnyxsim.Faults{Fail: []telnyxsim.Failure{f}}
	}
	nights := []func() telnyxsim.Faults{
		func() telnyxsim.Faults {
			return fail(telnyxsim.OpPut, telnyxsim.Failure{Status: pick(r, []int{422, 429, 500, 502, 503, 401, 404})})
		},
		func() telnyxsim.Faults {
			return fail(telnyxsim.OpGet, telnyxsim.Failure{Status: pick(r, []int{429, 500, 502, 503, 401, 404})})
		},
		func() telnyxsim.Faults {
			return fail(telnyxsim.OpPut, telnyxsim.Failure{How: pick(r, []string{telnyxsim.FailDrop, telnyxsim.FailDropAfter})})
		},
		func() telnyxsim.Faults { return fail(telnyxsim.OpGet, telnyxsim.Failure{How: telnyxsim.FailDrop}) },
		func() telnyxsim.Faults { return telnyxsim.Faults{PutKeepsNothing: true} },
		func() telnyxsim.Faults { return telnyxsim.Faults{Bool: telnyxsim.BoolReject} },
		func() telnyxsim.Faults {
			return telnyxsim.Faults{Bool: telnyxsim.BoolStringify, Put: telnyxsim.PutMerge}
		},
		func() telnyxsim.Faults {
			return telnyxsim.Faults{LatencyMS: map[telnyxsim.Op]int{telnyxsim.OpPut: 100 + r.IntN(500)}}
		},
	}
	return pick(r, nights)()
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
