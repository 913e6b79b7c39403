package takeover

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotFound is returned when a line or command is not stored.
var ErrNotFound = errors.New("not found")

// ErrForeign is returned when a conversation is not known to belong to the line that it was to be
// read for: nothing was read.
var ErrForeign = errors.New("the conversation is not known to be of this line")

// ErrConflict is returned by Tx.Save when the line was saved since it was loaded.
var ErrConflict = errors.New("changed meanwhile")

// ErrBusy is returned when the inbox takes no more: the sender is to try again.
var ErrBusy = errors.New("too many requests at once")

// ErrBadRow is that one stored row cannot be read, or one to be stored is refused by the database for
// what it holds. It says nothing about other rows.
var ErrBadRow = errors.New("the row is not usable")

// LaterError asks for the job to be run again after a while. It is not a failure.
type LaterError struct {
	After time.Duration
	Why   string // for the log
}

// Error says why and when.
func (e *LaterError) Error() string { return fmt.Sprintf("again in %s: %s", e.After, e.Why) }

// Later is a LaterError.
func Later(after time.Duration, why string) error { return &LaterError{After: after, Why: why} }

// RefusalKind says why a wish was refused.
type RefusalKind string

// The refusals. Each becomes one private sentence with what to do.
const (
	RefusedTaken     RefusalKind = "taken"      // another operator has the line
	RefusedYours     RefusalKind = "yours"      // you have it already
	RefusedNotHeld   RefusalKind = "not held"   // no operator holds it: there is nothing to hand back
	RefusedReturning RefusalKind = "returning"  // it is being handed back already
	RefusedSettled   RefusalKind = "settled"    // nothing is in trouble: nothing to try again
	RefusedNoLine    RefusalKind = "no line"    // the bot does not know the line (any more)
	RefusedNoCommand RefusalKind = "no command" // the search was too long ago
	// RefusedNotYours: only the holder (Refusal.Holder) or a lead may do it.
	RefusedNotYours RefusalKind = "not yours"
	// RefusedNotTheirs: the line is not that person's (Refusal.From) any more, but another's.
	RefusedNotTheirs RefusalKind = "not theirs"
	// RefusedHolderOnly: only the holder may do it.
	RefusedHolderOnly RefusalKind = "holder only"
	// RefusedOver: what was offered was answered or withdrawn meanwhile, or is another's.
	RefusedOver RefusalKind = "over"
	// RefusedSelf: the line is the receiver's already.
	RefusedSelf RefusalKind = "self"
	// RefusedNothing: there is nothing to pass, to accept or to answer (any more).
	RefusedNothing RefusalKind = "nothing"
	// RefusedUnasked: a hand-back of what is another's, or of an end user who waits, has to
	// be confirmed (Command.AskFirst). It is a question, not a refusal of the person.
	RefusedUnasked RefusalKind = "unasked"
	// RefusedFull: what is noted for the AI would be longer than MaxNote.
	RefusedFull RefusalKind = "full"
	// RefusedRole: By may not do it; Refusal.Why says so.
	RefusedRole RefusalKind = "role"
	// RefusedUnknown: Slack has not told yet who By is. The command stays stored, and takes
	// effect once Slack has. It is no refusal of the person.
	RefusedUnknown RefusalKind = "unknown"
	// RefusedSpeaker: only the words of the holder (Refusal.Holder) reach the end user. It is a
	// question: what is to become of them?
	RefusedSpeaker RefusalKind = "speaker"
	// RefusedLeft: the end user has the original already, or is about to get it.
	RefusedLeft RefusalKind = "left"
	// RefusedDeleted: the message whose words were to be sent was deleted.
	RefusedDeleted RefusalKind = "deleted"
	// RefusedOptedOut: the end user wrote STOP.
	RefusedOptedOut RefusalKind = "opted out"
	// RefusedNoOutcome: the line was taken over after the hand-back whose outcome was to be said.
	RefusedNoOutcome RefusalKind = "no outcome"
	// RefusedUnsupported: the line's provider cannot do it; Refusal.Why says why.
	RefusedUnsupported RefusalKind = "unsupported"
)

// Refusal says why a wish was refused, in data; the chat package has the words.
type Refusal struct {
	Kind   RefusalKind
	Line   LineID     `json:",omitempty"`
	State  State      `json:",omitempty"`
	Holder OperatorID `json:",omitempty"`
	From   OperatorID `json:",omitempty"` // from whom the line was to be taken (RefusedNotTheirs)
	// To is to whom the line is offered now; empty without an offer (RefusedOver).
	To OperatorID `json:",omitempty"`
	// Offer is how the offer ended that was to be answered (RefusedOver); zero if that is not known.
	Offer OfferEnd `json:"Offer,omitzero"`
	// Earlier is by how much the holder was earlier (RefusedTaken).
	Earlier time.Duration `json:",omitempty"`
	Since   time.Time     `json:",omitzero"` // of the present state. UTC
	Ref     Ref           `json:",omitempty"`
	// Why is the provider's reason in words (RefusedUnsupported), or the whole refusal (RefusedRole).
	Why string `json:",omitempty"`
	// Provider is the line's provider (RefusedUnsupported).
	Provider string `json:",omitempty"`
}

// Error says what was being done and why it failed, without any personal data.
func (e *ProviderError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s", strings.ToLower(e.Provider), e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " code %s", e.Code)
	}
	if len(e.Lost) > 0 {
		fmt.Fprintf(&b, " %d entries", len(e.Lost))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// isGone says whether err is that the provider does not know the conversation.
func isGone(err error) bool {
	pe, ok := errors.AsType[*ProviderError](err)
	return ok && pe.Kind == Gone
}

// noWrite reports whether the provider refused to write anything: nothing has changed, nor will.
func (e *ProviderError) noWrite() bool {
	switch e.Kind {
	case KeyRefused, Gone, Refused, Limited, Unsupported, NotSetUp:
		return !e.MayLand && !e.FlagUnknown && len(e.Lost) == 0
	default:
		return false
	}
}

// Unwrap returns the cause.
func (e *ProviderError) Unwrap() error { return e.Err }

// Answer is the failure in short words for the audit.
func (e *ProviderError) Answer() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s: %s (%d)", e.Op, e.Kind, e.Status)
	}
	return fmt.Sprintf("%s: %s", e.Op, e.Kind)
}

// Transient reports whether the failure may pass by itself.
func (e *ProviderError) Transient() bool {
	return e.Kind == Limited || e.Kind == Failing || e.Kind == NoAnswer
}
