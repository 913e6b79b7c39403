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
	DidRetry     Deed = "pressed try again"
	DidNote      Deed = "note given to the AI"
	DidNotNote   Deed = "note refused"
	DidNotTake   Deed = "could not take over" // the provider cannot be silenced; Answer says why
	DidWatch     Deed = "watches"
	DidNotWatch  Deed = "could not watch" // Answer says why
	DidStopWatch Deed = "ended the watch" // Answer says why
)

// Entry is one line of the append-only audit. It holds no message text and no target.
type Entry struct {
	Seq int64 `json:",omitempty"` // ascending; set by the store
	// Key makes an entry appear once, however often its cause is worked.
	Key    string
	Line   LineID
	At     time.Time  // UTC
	Who    OperatorID // empty for the bot itself
	Origin Origin
	Deed   Deed
	Before string // the state before, in the words of State and the flag
	After  string // the state after
	Answer string `json:",omitempty"` // what the provider answered
	Ref    Ref
	// Other is the operator a deed concerns beside Who, e.g. who was faster.
	Other OperatorID `json:",omitempty"`
	// Lag is by how much the other was earlier (DidNotClaim), or how long it took from
	// the click to the proof (DidSilence, DidRelease).
	Lag time.Duration `json:",omitempty"`
	// Lost names the metadata entries that are gone (DidLose).
	Lost []string `json:",omitempty"`
	// Trouble is set on DidFail and DidWarnDesk.
	Trouble *Trouble `json:",omitempty"`
}
