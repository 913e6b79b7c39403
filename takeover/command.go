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
	ShowLog    Verb = "log"        // tell the asker what happened on a line
	ShowMoment Verb = "at"         // tell the asker who was speaking at a time (Query, Moment)
	ExportLog  Verb = "export"     // send the asker the audit of lines as files (Query)
	Watching   Verb = "watch"      // show new messages in the thread as they come, or stop doing so

	Extend     Verb = "extend"      // hold the line longer (For)
	HandOff    Verb = "hand off"    // offer the line to another operator (To, Note)
	HandOffAll Verb = "pass all"    // offer everything that By holds (To, Note)
	Accept     Verb = "accept"      // take what was offered (Handoff)
	AcceptAll  Verb = "accept all"  // take everything that was offered to By
	Decline    Verb = "decline"     // refuse what was offered (Handoff)
	Withdraw   Verb = "withdraw"    // keep what By had offered
	TakeFrom   Verb = "take from"   // take a line from its holder (From, Note: the reason)
	Fine       Verb = "it was fine" // what the AI said after the takeover needs no correction
	Correct    Verb = "correct"     // have a draft that corrects the AI put into the thread
	Remark     Verb = "note"        // remember what was agreed, for the AI (Note)
	ShowNumber Verb = "show number" // tell the asker the end user's number in full
	SetOutcome Verb = "outcome"     // say what the takeover led to (Outcome, HandBack)
	Active     Verb = "active"      // the holder writes in the thread: the takeover is in use

	Say        Verb = "say"          // write to the end user (Words)
	Reword     Verb = "reword"       // the message with what was said was edited (Words)
	Recall     Verb = "recall"       // the message with what was said was deleted
	SayAgain   Verb = "say again"    // send what may not have been sent (Text)
	TakeAndSay Verb = "take and say" // take over, and write what was said before (Of)
	KeepAsNote Verb = "keep as note" // remember what was said before as a note (Of)

	// What a provider tells of a line's texts is stored and worked as if it were a wish.
	Reported Verb = "reported" // what became of a text (Report)
	Received Verb = "received" // the end user has written (Inbound)
)

// Origin is where a command came from, for the audit.
type Origin string

// The origins of commands.
const (
	FromButton Origin = "button"
	FromWord   Origin = "word"
	FromModal  Origin = "box"
	FromTimer  Origin = "timer"     // the hold ran out, or an answer did not come
	Elsewhere  Origin = "elsewhere" // it was changed outside Slack
	FromBot    Origin = "bot"       // the bot's own doing, e.g. the proof of silence
)

// Command is a wish, checked for form, as it is stored before it is acknowledged. It
// is plain data: its worker needs nothing of the request it came from.
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
	Query        Query          `json:"Query,omitzero"` // Search, and by number ShowMoment and ExportLog
	// Take has the one line that was found taken over (Search). Of several, nothing is.
	Take bool `json:",omitempty"`
	// Then is what is told of the lines that were found, where none is opened: ShowLog, ShowMoment
	// or ExportLog (Search).
	Then Verb `json:",omitempty"`
	// Moment is the time that is asked about (ShowMoment). UTC.
	Moment time.Time `json:",omitzero"`
	// After is where SearchMore and ShowLog go on: how many results or entries were shown before.
	After int `json:",omitempty"`
	// Search is the stored number of the search that SearchMore continues.
	Search int64 `json:",omitempty"`
	// Before is the Key of the oldest message shown so far (Earlier).
	Before string `json:",omitempty"`
	// Note is what the operator wrote: for the AI (GiveBack), for the receiver (HandOff),
	// as the reason (TakeFrom), or to be remembered (Remark).
	Note string `json:",omitempty"`
	// To is who is to have the line (HandOff).
	To OperatorID `json:",omitempty"`
	// From is whom the line is taken from, as the operator saw it (TakeFrom).
	From OperatorID `json:",omitempty"`
	// Handoff names the offer that is answered (Accept, Decline, Withdraw).
	Handoff Ref `json:",omitempty"`
	// Outcome is what the takeover led to that the hand-back HandBack ended (SetOutcome).
	Outcome  OutcomeKind `json:",omitempty"`
	HandBack Ref         `json:",omitempty"`
	// For is how long the line is to be held without activity (Extend); with More it is
	// added to the time that is left.
	For  time.Duration `json:",omitempty"`
	More bool          `json:",omitempty"`
	// AskFirst has GiveBack refused with a question (RefusedUnasked), unless the line is
	// By's own and no end user waits for an answer on it: a typed word shows neither. Its note is
	// kept for the box.
	AskFirst bool `json:",omitempty"`
	// Show has the line opened as well, as by Open: its card may not stand yet (TakeOver).
	Show bool `json:",omitempty"`
	// Words are for the end user, as plain text, and Parts is how many parts they have on the way
	// to a phone (Say, Reword). They may be empty where there are Files.
	Words string `json:",omitempty"`
	Parts int    `json:",omitempty"`
	// Files are the pictures that leave with the words (Say, Reword).
	Files []FileID `json:",omitempty"`
	// Corrects says that they correct what the AI said after the takeover (Say).
	Corrects bool `json:",omitempty"`
	// Message is the message that they were written in, in Reply.Channel (Say, Reword, Recall).
	Message string `json:",omitempty"`
	// Text names what is sent again (SayAgain).
	Text string `json:",omitempty"`
	// Of is the stored number of the refused command whose words are used (TakeAndSay, KeepAsNote).
	Of int64 `json:",omitempty"`
	// Provider is the name of the provider that tells something (Reported, Received).
	Provider string      `json:",omitempty"`
	Report   *SendReport `json:",omitempty"` // Reported
	Inbound  *Inbound    `json:",omitempty"` // Received
	// Lead says that By was a lead or an administrator when the role was looked up.
	Lead bool `json:",omitempty"`
	// Team is the workspace or the organisation of By, as Slack signed it; may be empty.
	Team string `json:",omitempty"`
	// Unchecked says that the bot did not know for certain, when the request was received,
	// whether By may do this: the command takes effect only after that was looked up.
	Unchecked bool `json:",omitempty"`
	// Refused is the sentence that tells By why he or she may not do this; empty if By may.
	Refused string `json:",omitempty"`
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
