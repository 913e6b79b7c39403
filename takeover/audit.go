package takeover

import "time"

// Deed is what happened to a line, in the audit.
type Deed string

// The deeds of the audit.
const (
	DidClaim     Deed = "pressed take over"
	DidNotClaim  Deed = "came second"
	DidSilence   Deed = "AI silent"
	DidFail      Deed = "not proven"
	DidWarnDesk  Deed = "told the desk"
	DidLose      Deed = "entries lost"
	DidHandBack  Deed = "pressed hand back"
	DidNotBack   Deed = "could not hand back"
	DidRelease   Deed = "AI answering"
	DidFindGone  Deed = "AI answering, the conversation is gone" // handed back; nothing was there to switch on
	DidRetry     Deed = "pressed try again"
	DidNote      Deed = "note given to the AI"
	DidNotNote   Deed = "note refused"
	DidNotTake   Deed = "could not take over" // the provider cannot be silenced; Answer says why
	DidWatch     Deed = "watches"
	DidNotWatch  Deed = "could not watch" // Answer says why
	DidStopWatch Deed = "ended the watch" // End says why

	DidExtend    Deed = "holds longer"            // Until says how long
	DidOffer     Deed = "offered a handoff"       // to Other
	DidAccept    Deed = "accepted the handoff"    // of Other
	DidDecline   Deed = "declined the handoff"    // of Other
	DidWithdraw  Deed = "withdrew the handoff"    // to Other
	DidTakeFrom  Deed = "took the line"           // from Other, Note is the reason
	DidJoin      Deed = "new conversation silent" // Other holds the line
	DidHearCall  Deed = "end user phones"         // announced, not silenced
	DidHearAI    Deed = "AI spoke"                // after the takeover
	DidFine      Deed = "called it fine"          // what the AI said after the takeover
	DidCorrect   Deed = "asked for a correction"
	DidSeeChange Deed = "changed outside Slack" // the AI was switched on again elsewhere
	DidSeeOlder  Deed = "changed outside Slack, an older conversation"
	DidAsk       Deed = "asked the holder" // the hold ran out
	DidAskAgain  Deed = "asked the holder again"
	DidTellLeads Deed = "told the leads" // the end user waits, Other does not answer
	DidKeep      Deed = "kept by the desk's rule"
	DidLapse     Deed = "handed to the AI by the desk's rule"
	DidMiss      Deed = "AI has not answered" // after the hand-back
	DidRemark    Deed = "noted"
)

// Said reports whether the thread tells of the deed.
func (d Deed) Said() bool {
	switch d {
	case DidClaim, DidNotClaim, DidHandBack, DidNotBack, DidRetry, DidNote, DidNotTake, DidNotWatch, DidCorrect:
		return false // who pressed is answered in private, and the card shows the rest
	default:
		return true
	}
}

// Standing is where a line stood before or after an entry of the audit.
type Standing struct {
	State   State
	Holder  OperatorID `json:",omitempty"`
	Trouble bool       `json:",omitempty"` // the wanted state was not proven, after a failed attempt
}

// Entry is one line of the append-only audit. It holds no end user's text and no target.
type Entry struct {
	Seq int64 `json:",omitempty"` // ascending; set by the store
	// Key makes an entry appear once, however often its cause is worked.
	Key    string
	Line   LineID
	At     time.Time  // UTC
	Who    OperatorID // empty for the bot itself
	Origin Origin
	Deed   Deed
	Before Standing
	After  Standing
	Answer string `json:",omitempty"` // what the provider answered
	Ref    Ref
	// Other is the operator a deed concerns beside Who, e.g. who was faster.
	Other OperatorID `json:",omitempty"`
	// Lag is by how much the other was earlier (DidNotClaim), or how long it took from
	// the click to the proof (DidSilence, DidRelease).
	Lag time.Duration `json:",omitempty"`
	// Lost names the metadata entries that are gone (DidLose).
	Lost []string `json:",omitempty"`
	// Note is what the operator wrote: a handoff's note, or the reason of DidTakeFrom.
	Note string `json:",omitempty"`
	// Until is when the hold runs out (DidExtend, DidKeep), or when the next step of a
	// hold that ran out comes (DidAsk, DidAskAgain, DidTellLeads). UTC.
	Until time.Time `json:",omitzero"`
	// Rule is what the desk does when nobody answers (DidAsk, DidAskAgain, DidTellLeads).
	Rule HoldRule `json:",omitempty"`
	// Waiting is since when the end user waited for an answer; zero if nobody waited. UTC.
	Waiting time.Time `json:",omitzero"`
	// Conversation is the one that a deed is about (DidJoin, DidHearCall, DidHearAI).
	Conversation ConversationID `json:",omitempty"`
	// End is why a watch ended (DidStopWatch); empty where an operator stopped it.
	End WatchEnd `json:",omitempty"`
	// Trouble is set on DidFail and DidWarnDesk, and where a watch failed (WatchFailed).
	Trouble *Trouble `json:",omitempty"`
}
