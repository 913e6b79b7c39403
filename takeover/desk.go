package takeover

import (
	"slices"
	"time"
)

// Desk is a set of lines with the channel where their cards stand, the groups of people
// who work them, and the rules that the desk has set.
type Desk struct {
	// Name is the desk's name in the settings; empty for the only one.
	Name string
	// Channel is the chat workspace's id of the channel with the desk's cards.
	Channel string
	Groups  Groups
	Rules   Rules
	// MembersOnly has nothing posted in the channel while guests, or people of other organisations,
	// are in it.
	MembersOnly bool
	// Careful has only those words reach the end user that an operator marks: a message in the thread
	// that begins with ">", or words in the box of Reply. Without it all lines of the holder do.
	Careful bool
}

// Groups are the chat workspace's ids of the user groups that give people their roles on
// a desk; an empty one is not set.
type Groups struct{ Responders, Leads, Admins string }

// Desks are the desks that are set up, at least one.
type Desks []Desk

// Have reports whether a desk has the channel.
func (d Desks) Have(channel string) bool {
	return slices.ContainsFunc(d, func(desk Desk) bool { return desk.Channel == channel })
}

// MembersOnly reports whether a desk has the channel for full members only.
func (d Desks) MembersOnly(channel string) bool {
	return slices.ContainsFunc(d, func(desk Desk) bool { return desk.Channel == channel && desk.MembersOnly })
}

// Rules are what a desk has set for its takeovers.
type Rules struct {
	// Hold is how long a takeover lasts without activity.
	Hold time.Duration
	// SilenceWatch is how long after a takeover its conversation is read once more, even if no
	// list shows a change. AI text turns the card red whenever it is seen.
	SilenceWatch time.Duration
	// Asks are what the bot does, one after another, when a hold runs out.
	Asks []Ask
	// Leaderless says that the desk has no group of leads: its channel is told instead. The
	// service sets it.
	Leaderless bool
	// After is what becomes of the takeover when all of Asks went unanswered.
	After HoldRule
}

// HoldRule is what a desk does with a takeover whose holder does not answer.
type HoldRule string

// The rules of a desk.
const (
	RuleKeep HoldRule = "keep" // the hold begins anew
	RuleAI   HoldRule = "ai"   // the line is handed to the AI
)

// Ask is one step of a hold that ran out: people are asked, and the bot waits.
type Ask struct {
	Step  HoldStep      // how far the hold has come with it
	Event Event         // what the thread says
	Pause time.Duration // how long the bot waits for an answer
	// Direct says that the holder is asked in a direct message as well.
	Direct bool
	// IfWaiting says that the step is taken only while the end user waits for an answer.
	IfWaiting bool
}

// DefaultAsks ask the holder twice, and then tell the leads of an end user who waits.
func DefaultAsks() []Ask {
	return []Ask{
		{Step: HoldAsked, Event: EventHolderAsked, Pause: AskEvery, Direct: true},
		{Step: HoldAskedAgain, Event: EventHolderAskedAgain, Pause: AskEvery, Direct: true},
		{Step: HoldLeadsTold, Event: EventLeadsTold, Pause: AskEvery, IfWaiting: true},
	}
}
