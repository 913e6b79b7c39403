package takeover

import (
	"encoding/json"
	"time"
)

// How often the loops look at the providers.
const (
	// SyncTick is how often the providers are asked what changed, while any line of
	// theirs is attended.
	SyncTick = 5 * time.Second
	// CompareEvery is how often a held line is compared with the provider: its conversations
	// are listed, and the flag of each is read, in one call where the list has them all.
	CompareEvery = 30 * time.Second
	// maxRest is the longest that a provider is not asked because it asked for that.
	maxRest = time.Minute
	// clocksDiffer is by how much the clocks of replicas may differ without harm. A time that is
	// further ahead than that, and than the bot plans, was stored by a process whose clock was far
	// ahead.
	clocksDiffer = time.Minute
)

// moment is a time by one clock: time.Time or ProviderTime.
type moment[T any] interface {
	IsZero() bool
	After(T) bool
	Before(T) bool
}

// later is the later of two times.
func later[T moment[T]](a, b T) T {
	if a.After(b) {
		return a
	}
	return b
}

// earlier is the earlier of two times.
func earlier[T moment[T]](a, b T) T {
	if a.Before(b) {
		return a
	}
	return b
}

// sooner is the earlier of two times of which the zero one means never.
func sooner[T moment[T]](a, b T) T {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// ProviderTime is a time by a provider's clock, which may differ from the bot's by any amount.
// It compares with other times of the same provider only. To convert one is to say that nothing
// but what people read depends on it: time.Time(t) is for showing, and ProviderTime(t) is
// for what a provider said. Zero where the provider gave none. UTC.
type ProviderTime time.Time

// IsZero reports whether the provider gave no time.
func (t ProviderTime) IsZero() bool { return time.Time(t).IsZero() }

// Equal reports whether both are the same instant.
func (t ProviderTime) Equal(u ProviderTime) bool { return time.Time(t).Equal(time.Time(u)) }

// After reports whether t is later than u.
func (t ProviderTime) After(u ProviderTime) bool { return time.Time(t).After(time.Time(u)) }

// Before reports whether t is earlier than u.
func (t ProviderTime) Before(u ProviderTime) bool { return time.Time(t).Before(time.Time(u)) }

// Compare is -1 where t is earlier than u, +1 where it is later, else 0.
func (t ProviderTime) Compare(u ProviderTime) int { return time.Time(t).Compare(time.Time(u)) }

// Sub is how much later t is than u.
func (t ProviderTime) Sub(u ProviderTime) time.Duration { return time.Time(t).Sub(time.Time(u)) }

// Add is the time that is d later than t.
func (t ProviderTime) Add(d time.Duration) ProviderTime { return ProviderTime(time.Time(t).Add(d)) }

// UTC is t in UTC.
func (t ProviderTime) UTC() ProviderTime { return ProviderTime(time.Time(t).UTC()) }

// WholeSecond reports whether t has no fraction of a second.
func (t ProviderTime) WholeSecond() bool { return time.Time(t).Nanosecond() == 0 }

// String is t in RFC 3339 in UTC, for logs and keys.
func (t ProviderTime) String() string { return time.Time(t).UTC().Format(time.RFC3339Nano) }

// MarshalJSON writes t as time.Time does.
func (t ProviderTime) MarshalJSON() ([]byte, error) { return json.Marshal(time.Time(t)) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *ProviderTime) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, (*time.Time)(t))
}
