// Package providertest tests the behaviour that every takeover.Provider shares: paging,
// exactness, time-outs, errors in every format, rate limits, hostile text and unknown
// words. Each provider runs the suite (run.go) against its own simulator over real HTTP, and
// has its own tests for its peculiarities.
package providertest

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// Fixture is a provider and its simulated service.
type Fixture struct {
	Provider takeover.Provider
	Secret   string // the credential; it must never be in an error
	// ID is the id of the n-th conversation, n from 1.
	ID func(n int) takeover.ConversationID
	// Put stores conversations.
	Put func(...Conversation)
	// Fail makes every later call fail.
	Fail func(Failure)
	// Calls is the number of requests so far.
	Calls func() int
	// Reached are the words that were sent and that the end user's phone shows, in order; nil where
	// the provider cannot write to end users.
	Reached func() []string
}

// Conversation is a conversation to store.
type Conversation struct {
	N       int // its number, see Fixture.ID
	EndUser string
	// Channel and Status are the provider's words; "" stands for a text conversation that goes on.
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
	After      bool // with Hang or Drop: it was carried out, and only the answer is lost
	RetryAfter int  // seconds; 0 is no header
}

// Start makes a fixture that ends with the test. timeout bounds one call of its provider.
type Start func(t *testing.T, timeout time.Duration) Fixture

// endUser is a number that is reserved for fiction.
const endUser = "+14155550142"

// begin is some days before the clock of any simulator.
func begin() time.Time { return time.Now().UTC().Add(-72 * time.Hour).Truncate(time.Second) }

// calm is the time-out of tests in which nothing hangs.
const calm = 10 * time.Second
