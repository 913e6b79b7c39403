package takeover

import "time"

// Urgency says how soon a card is drawn where cards have to wait; the lowest comes first.
type Urgency int

// The urgencies.
const (
	// UrgentAlarm: an operator has to act now, or the AI may be answering although a person has
	// the line.
	UrgentAlarm Urgency = iota + 1
	// UrgentSilence: the card comes to say that the AI is silent, or ceases to.
	UrgentSilence
	// UrgentNothing is every other card.
	UrgentNothing
)

// Urgency is how urgent the line's card is at now.
func (l Line) Urgency(now time.Time) Urgency {
	held := l.State == StateHeld
	switch {
	case l.Trouble != nil, l.Joining(), held && !l.Takeover.Spoke.At.IsZero(), held && l.Silence(now).Level != SilenceProven,
		l.State == StateAI && l.Aftercare.Missed && !l.Newest.Ended:
		return UrgentAlarm
	case held, l.State == StateReturning:
		return UrgentSilence
	default:
		return UrgentNothing
	}
}
