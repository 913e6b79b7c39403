package main

import (
	"flag"
	"math/rand/v2"
	"testing"
)

// seedFlag repeats a failed run of the tests that leave things to chance.
var seedFlag = flag.Uint64("seed", 0, "seed of the tests that leave things to chance; 0 is a new one")

// newRandom is a source of random numbers. It prints its seed.
func newRandom(t testing.TB) *rand.Rand {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("repeat with -seed=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func choose[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
