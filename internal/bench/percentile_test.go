package main

import (
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make(sample, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i) // 100 … 1: the order must not matter
	}
	tests := []struct {
		name string
		of   sample
		p    float64
		want time.Duration
	}{
		{"nothing measured", nil, 50, 0},
		{"one", sample{7}, 99, 7},
		{"lowest of one", sample{7}, 0, 7},
		{"median of an even number is a measured value", sample{4, 1, 3, 2}, 50, 2},
		{"median of an odd number", sample{9, 1, 5}, 50, 5},
		{"p99 of a hundred is the last but one", hundred, 99, 99},
		{"p100 is the worst", hundred, 100, 100},
		{"p1 is the best", hundred, 1, 1},
		{"p99 of a few is the worst", sample{1, 2, 30}, 99, 30},
		{"above a hundred stays inside", sample{1, 2}, 140, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.of.percentile(tt.p); got != tt.want {
				t.Errorf("percentile(%v) = %d, want %d", tt.p, got, tt.want)
			}
		})
	}
	if hundred[0] != 100 {
		t.Error("percentile sorted the caller's sample")
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	if got := ratio(3*time.Second, 2*time.Second); got != 1.5 {
		t.Errorf("ratio = %v, want 1.5", got)
	}
	if got := ratio(1.0, 0); got != 0 {
		t.Errorf("ratio with nothing below = %v, want 0", got)
	}
}
