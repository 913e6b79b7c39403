package takeover

import "time"

// Event is what happened to a line, in the audit.
type Event string

// The events of the audit.
const (
	EventClaimed         Event = "pressed take over"
	EventCameSecond      Event = "came second"
	EventSilenced        Event = "AI silent"
	EventUnproven        Event = "not proven"
	EventDeskWarned      Event = "told the desk"
	EventEntriesLost     Event = "entries lost"
	EventHandedBack      Event = "pressed hand back"
	EventHandBackRefused Event = "could not hand back"
	EventReleased        Event = "AI answering"
	EventReleasedGone    Event = "AI answering, the conversation is gone"       // handed back; nothing was there to switch on
	EventReleasedOutside Event = "AI answering, in the other conversations too" // after EventSwitchedOn
	EventRetried         Event = "pressed try again"
	EventNoteGiven       Event = "note given to the AI"
	EventNoteRefused     Event = "note refused"
	EventTakeRefused     Event = "could not take over" // the provider cannot be silenced; Answer says why
	EventWatchBegan      Event = "watches"
	EventWatchRefused    Event = "could not watch" // Answer says why
	EventWatchEnded      Event = "ended the watch" // End says why

	EventExtended          Event = "holds longer"            // Until says how long
	EventOffered           Event = "offered a handoff"       // to Other
	EventAccepted          Event = "accepted the handoff"    // of Other
	EventDeclined          Event = "declined the handoff"    // of Other
	EventWithdrawn         Event = "withdrew the handoff"    // to Other
	EventTakenFrom         Event = "took the line"           // from Other, Note is the reason
	EventJoined            Event = "new conversation silent" // Other holds the line
	EventCallSeen          Event = "end user phones"         // announced, not silenced
	EventAISpoke           Event = "AI spoke"                // after the takeover
	EventCalledFine        Event = "called it fine"          // what the AI said after the takeover
	EventCorrectionAsked   Event = "asked for a correction"
	EventSwitchedOn        Event = "changed outside Slack" // the AI was switched on again elsewhere
	EventOlderSwitchedOn   Event = "changed outside Slack, an older conversation"
	EventLateWrite         Event = "an earlier change arrived late" // the bot's own, and is put right
	EventGone              Event = "a conversation is gone"         // an older one, during the takeover
	EventUnchecked         Event = "silence not checked"            // for Lag; Trouble says why
	EventUncheckedHolder   Event = "silence not checked, told the holder"
	EventUncheckedDesk     Event = "silence not checked, told the desk"
	EventCheckedAgain      Event = "silence checked again" // after Lag
	EventHolderAsked       Event = "asked the holder"      // the hold ran out
	EventHolderAskedAgain  Event = "asked the holder again"
	EventLeadsTold         Event = "told the leads" // the end user waits, Other does not answer
	EventKept              Event = "kept by the desk's rule"
	EventLapsed            Event = "handed to the AI by the desk's rule"
	EventAnswerMissed      Event = "AI has not answered" // after the hand-back
	EventAnswerMissedLeads Event = "AI has not answered, told the leads"
	EventNoted             Event = "noted"
	EventNumberShown       Event = "saw the number" // the end user's, in full and in private
	EventOutcome           Event = "said the outcome"

	EventTexted     Event = "wrote to the end user"
	EventTextFailed Event = "text failed" // Failure says why
	EventTextUnsure Event = "text may not have been sent"
	EventOptedOut   Event = "end user opted out"
	EventOptedIn    Event = "end user opted in again"

	EventReplyMissed Event = "told the holder that the end user waits"
)

// Said reports whether the thread tells of the event.
func (d Event) Said() bool {
	switch d {
	case EventClaimed, EventCameSecond, EventHandedBack, EventHandBackRefused, EventRetried, EventNoteGiven,
		EventTakeRefused, EventWatchRefused, EventCorrectionAsked, EventNumberShown, EventTexted, EventReplyMissed:
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
	Event  Event
	Before Standing
	After  Standing
	Answer string `json:",omitempty"` // what the provider answered
	Ref    Ref
	// Other is the operator an event concerns beside Who, e.g. who was faster.
	Other OperatorID `json:",omitempty"`
	// Lag is by how much the other was earlier (EventCameSecond), or how long it took from
	// the click to the proof (EventSilenced, EventReleased).
	Lag time.Duration `json:",omitempty"`
	// Lost names the metadata entries that are gone (EventEntriesLost).
	Lost []string `json:",omitempty"`
	// Note is what the operator wrote: a handoff's note, the reason of EventTakenFrom, or what was
	// noted for the AI and not given to it (EventSwitchedOn).
	Note string `json:",omitempty"`
	// Until is when the hold runs out (EventExtended, EventKept), or when the next step of a
	// hold that ran out comes (EventHolderAsked, EventHolderAskedAgain, EventLeadsTold). UTC.
	Until time.Time `json:",omitzero"`
	// Rule is what the desk does without an answer (EventHolderAsked, EventHolderAskedAgain,
	// EventLeadsTold).
	Rule HoldRule `json:",omitempty"`
	// Leaderless says that the desk has no group of leads (EventHolderAskedAgain, EventLeadsTold):
	// its channel is told.
	Leaderless bool `json:",omitempty"`
	// Waiting is since when the end user waited for an answer; zero without a wait.
	Waiting ProviderTime `json:",omitzero"`
	// Conversation is the one that the event is about (EventJoined, EventCallSeen, EventAISpoke).
	Conversation ConversationID `json:",omitempty"`
	// Cause is what ended an offer that was not withdrawn (EventWithdrawn): EventTakenFrom,
	// EventHandedBack, EventOffered (another one), EventLapsed or EventSwitchedOn.
	Cause Event `json:",omitempty"`
	// End is why a watch ended (EventWatchEnded); empty where an operator stopped it.
	End WatchEnd `json:",omitempty"`
	// Text names the text that the event is about (EventTexted, EventTextFailed, EventTextUnsure).
	Text string `json:",omitempty"`
	// Failure is why it failed (EventTextFailed).
	Failure *SendFailure `json:",omitempty"`
	// Outcome is what the takeover led to (EventOutcome).
	Outcome OutcomeKind `json:",omitempty"`
	// Trouble is set on EventUnproven and EventDeskWarned, and where a watch failed (WatchFailed).
	Trouble *Trouble `json:",omitempty"`
}

// Moment is who was speaking on a line at one time, as far as its audit says.
type Moment struct {
	// Standing is where the line stood; its State is empty where the audit does not tell.
	Standing Standing
	// Began is when the first entry of the audit was written, if that is after the moment; else zero. UTC.
	Began time.Time
	// CheckedAt is when the AI was last proven silent, and UncheckedSince is since when that could
	// not be checked; each zero without that. UTC.
	CheckedAt, UncheckedSince time.Time
	// SpokeAt is when the bot noticed that the AI spoke all the same; zero if it did not, or an
	// operator had dealt with that. UTC.
	SpokeAt time.Time
	// LeftOn says that the AI had been switched on outside Slack in an older conversation.
	LeftOn bool
	// MissedSince is since when the AI had not answered the end user; zero if nothing was missed.
	MissedSince ProviderTime
}

// MomentOf reads a line's audit, oldest entry first.
func MomentOf(audit []Entry, at time.Time) Moment {
	var m Moment
	for _, e := range audit {
		if !e.At.After(at) {
			m = m.after(e)
			continue
		}
		if m.Standing.State == "" {
			m.Standing, m.Began = e.Before, e.At
		}
		if doubt := e.At.Add(-e.Lag); e.Event.unchecked() && m.UncheckedSince.IsZero() && !doubt.After(at) {
			m.UncheckedSince = doubt // it was noticed later
		}
	}
	if m.Standing.State != StateHeld {
		m.CheckedAt, m.UncheckedSince, m.SpokeAt = time.Time{}, time.Time{}, time.Time{}
	}
	return m
}

// after is the moment after an entry.
func (m Moment) after(e Entry) Moment {
	if e.After.State != m.Standing.State && (e.After.State == StateTaking || e.After.State == StateAI) {
		m = Moment{}
	}
	m.Standing = e.After
	if e.Event.unchecked() {
		m.UncheckedSince = e.At.Add(-e.Lag)
	}
	switch e.Event {
	case EventSilenced, EventJoined, EventCheckedAgain:
		m.CheckedAt, m.UncheckedSince, m.LeftOn = e.At, time.Time{}, false
	case EventAISpoke:
		m.SpokeAt = e.At
	case EventCalledFine:
		m.SpokeAt = time.Time{}
	case EventOlderSwitchedOn:
		m.LeftOn = true
	case EventAnswerMissed, EventAnswerMissedLeads:
		m.MissedSince = e.Waiting
	}
	return m
}

// unchecked reports whether the event says that the silence could not be checked.
func (d Event) unchecked() bool {
	return d == EventUnchecked || d == EventUncheckedHolder || d == EventUncheckedDesk
}
