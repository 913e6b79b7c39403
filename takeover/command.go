package takeover

import "time"

// Verb is what a command wishes.
type Verb string

// The wishes an operator may have.
const (
	Search     Verb = "find"       // look conversations up and answer the asker
	SearchMore Verb = "find more"  // another page of an earlier search
	Open       Verb = "open"       // show a line's card and newest messages
	TakeOver   Verb = "take over"  // silence the AI and hold the line
	GiveBack   Verb = "hand back"  // let the AI answer again
	TryAgain   Verb = "try again"  // settle a line in trouble now
	Earlier    Verb = "earlier"    // show older messages in the thread
	WholeText  Verb = "transcript" // put the whole transcript into the thread, as a file
	Refresh    Verb = "refresh"    // read the newest lines and draw the card again
	Watching   Verb = "watch"      // show new messages in the thread as they come, or stop doing so
)

// Origin is where a command came from, for the audit.
type Origin string

// The origins of commands.
const (
	FromButton Origin = "button"
	FromWord   Origin = "word"
	FromModal  Origin = "box"
	FromBot    Origin = "bot" // the bot's own doing, e.g. the proof of silence
)

// Command is a wish, checked for form, as it is stored before it is acknowledged. It
// is plain data: whoever works it needs nothing of the request it came from.
type Command struct {
	// Key is the request's natural key: the same wish delivered twice has the same key.
	Key    string
	Verb   Verb
	By     OperatorID
	Origin Origin
	At     time.Time // when the request was received. UTC
	Line   LineID    `json:",omitempty"`
	// Conversation narrows Open and Earlier to one conversation of the line.
	Conversation ConversationID `json:",omitempty"`
	Query        Query          `json:"Query,omitzero"` // Search
	// After is where SearchMore goes on: how many results were shown before.
	After int `json:",omitempty"`
	// Search is the stored number of the search that SearchMore continues.
	Search int64 `json:",omitempty"`
	// Before is the Key of the oldest message shown so far (Earlier).
	Before string `json:",omitempty"`
	// Note is what the operator wrote for the AI (GiveBack).
	Note string `json:",omitempty"`
	// Reply says where a private answer goes.
	Reply Reply `json:"Reply,omitzero"`
}

// Reply is where a private answer to a command goes. The domain only carries it.
type Reply struct {
	URL     string `json:",omitempty"` // good for 30 minutes and five uses
	Channel string `json:",omitempty"`
	Thread  string `json:",omitempty"`
	// Replace says that the answer takes the place of the message that was clicked.
	Replace bool `json:",omitempty"`
}

// ReplyUntil is when the private answer's address expires.
func (c Command) ReplyUntil() time.Time { return c.At.Add(30 * time.Minute) }
