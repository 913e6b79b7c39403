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

const (
	// AskEvery is how long the bot waits for an answer between the steps of a hold that
	// ran out.
	AskEvery = 5 * time.Minute
	// AnswerTime is how long the AI may take to answer an end user after a hand-back.
	AnswerTime = 2 * time.Minute
	// AftercareTime is how long the AI's first words are waited for.
	AftercareTime = 30 * time.Minute
	// MaxHold is the longest time that a hold may be ahead.
	MaxHold = 12 * time.Hour
	// slideStep is the least that a hold slides: less is not worth a write.
	slideStep = 30 * time.Second
)
