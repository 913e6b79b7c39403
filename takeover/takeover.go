package takeover

import (
	"slices"
	"time"
)

// Takeover is an operator's hold on a line: the AI is silenced on the line's
// conversations until it is handed back. The zero value means that nobody holds the line.
type Takeover struct {
	Holder OperatorID
	// Claim is the key of the command that gave the line to its holder, so that a
	// repeated delivery of it is recognised.
	Claim string
	// ClaimedAt is when the click was received that took the line from the AI. UTC.
	ClaimedAt time.Time
	// GotAt is when the click was received that gave the line to its present holder:
	// ClaimedAt until another operator gets it. UTC.
	GotAt time.Time
	// ProvenAt is when silence was first proven; zero until then. UTC.
	ProvenAt time.Time `json:",omitzero"`
	// ComparedBefore is Line.ComparedAt as the takeover found it: that comparison proves nothing of
	// it, and a clock that was far ahead may have dated it in the future. UTC.
	ComparedBefore time.Time `json:",omitzero"`
	// Hold is how long the takeover lasts.
	Hold Hold `json:"Hold,omitzero"`
	// Handoff is what the holder offers to another operator; zero while there is no offer.
	Handoff Handoff `json:"Handoff,omitzero"`
	// LastOffer is how the last offer ended; zero if there was none.
	LastOffer OfferEnd `json:"LastOffer,omitzero"`
	// ListedAt is when all conversations of the line were first listed after the claim; zero
	// while that was not possible. UTC.
	ListedAt time.Time `json:",omitzero"`
	// AsOf is when the provider made that list.
	AsOf ProviderTime `json:",omitzero"`
	// DrawnAsOf is as of when silence was proven as the card was last to be drawn; zero if it was not. UTC.
	DrawnAsOf time.Time `json:",omitzero"`
	// Beyond is how many older text conversations the takeover does not silence.
	Beyond int `json:",omitempty"`
	// Doubt is since when the proof of silence could not be renewed.
	Doubt Doubt `json:"Doubt,omitzero"`
	// JoinedAt is when a conversation last joined the takeover; zero if none did. UTC.
	JoinedAt time.Time `json:",omitzero"`
	// Calls are the phone calls of the end user during the takeover: the AI on the phone is
	// not silenced.
	Calls []Call `json:",omitempty"`
	// Spoke is what the AI said after the takeover, until an operator dealt with it.
	Spoke Spoke `json:"Spoke,omitzero"`
	// Reply is the wait of the end user for the holder's answer.
	Reply ReplyWait `json:"Reply,omitzero"`
	// Notes are what operators noted for the AI, oldest first: every hand-back gives them to it.
	Notes []string `json:",omitempty"`
}

// Call is a phone call of the end user during a takeover.
type Call struct {
	ID    ConversationID
	Since ProviderTime // when it began
}

// calls reports whether the phone call is known to the takeover.
func (t Takeover) calls(id ConversationID) bool {
	return slices.ContainsFunc(t.Calls, func(c Call) bool { return c.ID == id })
}

// HeldSince is since when the present holder has had the line: proven, where silence was
// proven after the holder got it. UTC.
func (t Takeover) HeldSince() time.Time { return later(t.GotAt, t.ProvenAt) }

// Handoff is an offer of a line to another operator. Until it is accepted the line stays
// with its holder.
type Handoff struct {
	Ref  Ref // of the offer; with the line's id it names the offer
	To   OperatorID
	By   OperatorID
	Note string    // for the receiver; may be empty
	At   time.Time // UTC
}

// OfferEnd is how an offer ended, for a person who answers it too late.
type OfferEnd struct {
	Ref   Ref // of the offer
	To    OperatorID
	By    OperatorID // who ended it; empty where the bot did
	Event Event      // EventAccepted, EventDeclined or EventWithdrawn
	Cause Event      `json:",omitempty"` // as in Entry
	At    time.Time  // UTC
}

// SpokeLength is how many characters a card shows of what the AI said after a takeover.
const SpokeLength = 500

// Spoke is what the AI said although a person had the line.
type Spoke struct {
	// At is when the AI's message was written; zero while there is none.
	At ProviderTime `json:",omitzero"`
	// Text is what it said, cut to SpokeLength; hostile until escaped.
	Text string `json:",omitempty"`
	// DraftedAt is when a draft was asked for that corrects it; zero if none was. Nothing was
	// sent: At stays. UTC.
	DraftedAt time.Time `json:",omitzero"`
	// Until is the time of the newest AI message that was dealt with.
	Until ProviderTime `json:",omitzero"`
}

// HandBack is how a line is, or was, given back to the AI. The zero value means that it
// was not, since it was last taken over.
type HandBack struct {
	// Key names the hand-back: the key of its command, or of the entry of the desk's rule.
	// It makes the note's insertion repeatable.
	Key string
	By  OperatorID // empty where the desk's rule did it
	// WasSilent says that silence was proven when the line was handed back.
	WasSilent  bool   `json:",omitempty"`
	Note       string `json:",omitempty"` // for the AI; empty once the line is handed back
	NoteFailed bool   `json:",omitempty"` // the provider refused the note for good
	NoteDone   bool   `json:",omitempty"` // the provider has the note
	// LastAt is the time of the newest message that was known then: what the AI says after
	// that is its answer.
	LastAt ProviderTime `json:",omitzero"`
	// Outcome is what an operator said the takeover led to; it may be changed until the next one.
	Outcome Outcome `json:"Outcome,omitzero"`
}

// Outcome is what a takeover led to; the zero value if no operator has said so.
type Outcome struct {
	Kind OutcomeKind
	By   OperatorID
	At   time.Time // UTC
}

// Ref names the hand-back on the buttons for its outcome.
func (h HandBack) Ref() Ref { return RefOf(h.Key) }

// ReplyTime is how long the holder may take to answer what the end user writes, before a direct
// message says that the end user waits.
const ReplyTime = time.Minute

// ReplyWait is that the end user has written during the takeover and has no answer.
type ReplyWait struct {
	// Since is when the bot learned of the first of these words; when the holder last wrote, if
	// that was later and has not been sent. UTC; zero while the end user does not wait.
	Since time.Time `json:",omitzero"`
	// Told says that the holder was told: once in a wait.
	Told bool `json:",omitempty"`
}

// due is when the holder is to be told; zero if not.
func (r ReplyWait) due() time.Time {
	if r.Since.IsZero() || r.Told {
		return time.Time{}
	}
	return r.Since.Add(ReplyTime)
}

const (
	// AnswerTime is how long the AI may take to answer an end user after a hand-back.
	AnswerTime = 2 * time.Minute
	// AftercareTime is how long the AI's first words are waited for.
	AftercareTime = 30 * time.Minute
)

// Aftercare is the watch over the AI after a hand-back, until it has spoken.
type Aftercare struct {
	// Since is when the line was given back: what the AI says from then on is its answer.
	// UTC; zero without aftercare.
	Since time.Time `json:",omitzero"`
	// WaitsSince is since when the bot knows that the end user waits for the AI. UTC; zero
	// while nobody waits.
	WaitsSince time.Time `json:",omitzero"`
	// Missed says that the AI did not answer in time. It stays until the AI speaks or an
	// operator takes over.
	Missed bool `json:",omitempty"`
	// LeadsTold says that the desk's leads were told, as the AI had still not answered.
	LeadsTold bool `json:",omitempty"`
}

// due is when the AI's answer is missed, or the aftercare ends; zero without aftercare.
func (a Aftercare) due() time.Time {
	switch {
	case a.Since.IsZero():
		return time.Time{}
	case a.LeadsTold:
		return a.WaitsSince.Add(MaxHold)
	case a.Missed:
		return a.WaitsSince.Add(AnswerTime + AskEvery)
	case a.WaitsSince.IsZero():
		return a.Since.Add(AftercareTime)
	default:
		return a.WaitsSince.Add(AnswerTime)
	}
}

// Doubt is that a proof of silence is not renewed; zero while it is fresh.
type Doubt struct {
	// Since is when the AI was last known to be silent. UTC.
	Since time.Time `json:",omitzero"`
	// Why is why the proof could not be renewed; nil where the card alone says that it was not:
	// the line waits for its turn to be compared.
	Why *Trouble `json:",omitempty"`
	// HolderTold and DeskTold say who was told.
	HolderTold bool `json:",omitempty"`
	DeskTold   bool `json:",omitempty"`
}
