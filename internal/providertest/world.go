// Package providertest is the suite of behaviour that every takeover.Provider shares,
// run by each against its own simulator over real HTTP: paging, exactness, time-outs,
// errors in every format, rate limits, hostile text, and words that are new. What is
// peculiar to one provider is tested beside it.
package providertest

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// World is a provider beside its simulated service, as the suite needs it.
type World struct {
	Provider takeover.Provider
	Secret   string // the credential; it must never be in an error
	// ID is the id of the n-th conversation, n from 1.
	ID func(n int) takeover.ConversationID
	// Put stores conversations.
	Put func(...Conversation)
	// Fail makes every call from now on fail.
	Fail func(Failure)
	// Calls is how many requests came in so far.
	Calls func() int
}

// Conversation is one to be stored.
type Conversation struct {
	N       int // its number, see World.ID
	EndUser string
	// Channel and Status are the provider's words; "" is a text that goes on.
	Channel  string
	Status   string
	At       time.Time
	Messages []Message // oldest first
}

// Message is one message of a stored conversation.
type Message struct {
	Role string // user, assistant, or something that no client knows
	Text string
}

// Failure is how a call fails: with a status, or without an answer.
type Failure struct {
	Status     int
	Hang, Drop bool
	RetryAfter int // seconds; 0 is no header
}

// Start makes a world that ends with the test. timeout bounds one call of its provider.
type Start func(t *testing.T, timeout time.Duration) World

// The end user of the suite, a number of the kind that belongs to nobody, and a moment
// some days before the clock of any simulator.
const endUser = "+14155550142"

func begin() time.Time { return time.Now().UTC().Add(-72 * time.Hour).Truncate(time.Second) }

// calm is the time-out of tests in which nothing hangs.
const calm = 10 * time.Second
