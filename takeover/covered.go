package takeover

import (
	"slices"
	"time"
)

const (
	// CoveredMost is how many text conversations of a line a takeover silences: the newest.
	CoveredMost = 10
	// settleLease is how long a settler may write without asking again. It outlives an attempt, so
	// that two never write at once.
	settleLease = 30 * time.Second
	// writeMayLand is how long a write may still take effect after its caller gave up.
	writeMayLand = 5 * time.Minute
	// oddAfter is how long after a flag first read otherwise it is believed: one read may
	// be older than the last write.
	oddAfter = 3 * time.Second
	// callFresh is how long after the last word of a phone call the call may still go on.
	callFresh = 2 * time.Minute
)

// Covered is a conversation that a takeover silences, with what is known of its flag.
type Covered struct {
	ID      ConversationID
	Channel Channel `json:",omitempty"`
	// Snapshot is the metadata as it was first read, kept from before the first write
	// until it was read back whole.
	Snapshot Snapshot `json:",omitempty"`
	// CheckedAt is when the flag was last read back as the line wants it; zero if it was
	// not yet, or reads otherwise since. UTC.
	CheckedAt time.Time `json:",omitzero"`
	// OddAt is when the flag first read otherwise than the line wants, after it had been
	// proven; zero if it does not. UTC.
	OddAt time.Time `json:",omitzero"`
	// CareUntil is until when a write of the bot may still take effect although nothing was
	// heard of it. It stays until the flag has read as wanted after that time: zero if all
	// writes were answered, or have shown what they did. By the database's clock. UTC.
	CareUntil time.Time `json:",omitzero"`
	// Written says that the bot has written the flag since the line was taken over, and that the
	// write was not refused: what is read then is the outcome of that write, or older.
	Written bool `json:",omitempty"`
	// LeftAt is when the bot saw that its AI was switched outside Slack, on during the takeover
	// or off after the hand-back: the bot does not write there any more. UTC; zero if it was not.
	LeftAt time.Time `json:",omitzero"`
	// SeenAt is the time of the newest message that a reading was asked for.
	SeenAt ProviderTime `json:",omitzero"`
	// WaitsSince is since when the end user waits for an answer there, as last read; zero if
	// the last word is another's.
	WaitsSince ProviderTime `json:",omitzero"`
	// WaitsFor is the end user's last message there, cut to ExcerptLength, while WaitsSince is
	// set; hostile until escaped.
	WaitsFor string `json:",omitempty"`
	// FineAt is the time of the newest message of the AI during the takeover that an operator has
	// called fine: it counts as an answer. The provider's clock.
	FineAt ProviderTime `json:",omitzero"`
	// Before is the time of the newest message that was there when the takeover first
	// read the conversation: what is newer was written after the takeover.
	Before ProviderTime `json:",omitzero"`
}

// inCare reports whether a write of the bot may have taken effect since the flag was read.
func (c Covered) inCare() bool { return !c.CareUntil.IsZero() }

// careUntil is until when a write may take effect that is sent under a lease which was given at a
// time.
func careUntil(leased time.Time) time.Time { return leased.Add(settleLease + writeMayLand).UTC() }

// inCare are those of the covered that are in care.
func inCare(covered []Covered) []Covered {
	return slices.DeleteFunc(slices.Clone(covered), func(c Covered) bool { return !c.inCare() })
}

// call reports whether it is a phone call, of which nothing says that it falls silent.
func (c Covered) call() bool { return c.Channel == ChannelCall }
