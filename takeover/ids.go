package takeover

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
)

// LineID is the bot's opaque id of a line ("ln_…"). Buttons carry it.
type LineID string

// OperatorID is the chat workspace's id of a person. Opaque.
type OperatorID string

// Ref is a short reference that a person reads out and an operator finds in the log
// ("k7f2"). It names one change of a line.
type Ref string

// State is where a line stands.
type State string

// The states of a line. See doc.go for the table of transitions.
const (
	StateAI        State = "ai"        // the AI answers
	StateTaking    State = "taking"    // a holder is decided, silence is not proven yet
	StateHeld      State = "held"      // silence is proven
	StateReturning State = "returning" // being handed back, not proven yet
)

// OutcomeKind is what a takeover led to.
type OutcomeKind string

// The outcomes, as people read them.
const (
	OutcomeFixed      OutcomeKind = "fixed"
	OutcomeVisit      OutcomeKind = "visit booked"
	OutcomeFollowUp   OutcomeKind = "follow-up"
	OutcomeFalseAlarm OutcomeKind = "false alarm"
)

// OutcomeKinds lists them in that order, for menus.
func OutcomeKinds() []OutcomeKind {
	return []OutcomeKind{OutcomeFixed, OutcomeVisit, OutcomeFollowUp, OutcomeFalseAlarm}
}

// RefOf derives the reference of a change from the key of the command that caused it,
// so that working the command again gives the same one.
func RefOf(key string) Ref {
	sum := sha256.Sum256([]byte(key))
	code := base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return Ref(code[:4])
}

// hash spreads references evenly.
func (r Ref) hash() uint32 {
	sum := sha256.Sum256([]byte(r))
	return binary.BigEndian.Uint32(sum[:])
}
