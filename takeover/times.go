package takeover

import "time"

// How often the loops look at the providers.
const (
	// SyncTick is how often the providers are asked what changed, while any line of
	// theirs is attended.
	SyncTick = 5 * time.Second
	// CompareEvery is how often a held line is compared with the provider: its conversations
	// are listed, and the flag of each is read, in one call where the list has them all.
	CompareEvery = 30 * time.Second
)

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// earlier is the earlier of two times.
func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// sooner is the earlier of two times of which the zero one means never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
