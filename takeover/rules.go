package takeover

import "time"

// Rules are what the desk has set for its takeovers.
type Rules struct {
	// Hold is how long a takeover lasts without activity.
	Hold time.Duration
	// SilenceWatch is how long after a takeover AI text turns the card red.
	SilenceWatch time.Duration
	// After is what becomes of a hold that ran out and that nobody speaks for.
	After HoldRule
}

// HoldRule is what the desk does with a takeover that nobody speaks for.
type HoldRule string

// The rules of a desk.
const (
	RuleKeep HoldRule = "keep" // the hold begins anew
	RuleAI   HoldRule = "ai"   // the line is handed to the AI
)

// AskEvery is how long the bot waits for an answer between the steps of a hold that ran
// out.
const AskEvery = 5 * time.Minute
