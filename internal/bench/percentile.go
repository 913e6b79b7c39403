package main

import (
	"math"
	"slices"
	"time"
)

// sample is a set of measured times, in any order.
type sample []time.Duration

// percentile is the nearest-rank percentile: the smallest measured time that at least p
// percent of all do not exceed. It never invents a value between two measured ones. 0
// for an empty sample; p is from 0 to 100.
func (s sample) percentile(p float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func (s sample) median() time.Duration { return s.percentile(50) }

// ratio is a divided by b; 0 where b is 0.
func ratio[N ~int64 | ~float64](a, b N) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
