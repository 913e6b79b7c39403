package takeover

import "time"

// The ages of a proof of silence.
const (
	// ProofFresh is how old a proof may get. After that it is not known whether the AI is
	// silent.
	ProofFresh = time.Minute
	// ProofHolder is how old a proof gets before the holder is told.
	ProofHolder = 5 * time.Minute
	// ProofDesk is how old a proof gets before the desk is told.
	ProofDesk = 10 * time.Minute
)

// Proof levels of Silence.
const (
	// SilenceProven: all conversations were listed, and each flag was read as set, at AsOf.
	SilenceProven SilenceLevel = "proven"
	// SilenceUnchecked: it was proven at AsOf, and could not be checked since.
	SilenceUnchecked SilenceLevel = "unchecked"
	// SilenceBroken: it was proven, and a flag reads otherwise now, or a conversation joined.
	SilenceBroken SilenceLevel = "broken"
	// SilenceNotYet: it was not proven since the takeover.
	SilenceNotYet SilenceLevel = "not yet"
	// SilenceNone: nobody wants the AI silent.
	SilenceNone SilenceLevel = "none"
)

// SilenceLevel says how far it is known that no AI answers.
type SilenceLevel string

// Silence is what is known of the AI on a line: whether any AI would answer a text that the
// end user writes now. Nothing but Line.Silence makes one.
type Silence struct {
	Level SilenceLevel
	// AsOf is the oldest of the readings that the proof rests on. UTC; zero where nothing
	// was proven.
	AsOf time.Time
	// ShownAsOf is what is shown for AsOf, so that all places say the time that the card says: while
	// silence is proven, AsOf as it was when the card was last to be drawn. UTC.
	ShownAsOf time.Time
	// Why is what keeps the proof from being had or renewed; nil where nothing is known to.
	Why *Trouble
	// Texts is how many text conversations are covered. Without any, nothing can be said
	// of the AI: it is on the phone.
	Texts int
	// Beyond is how many older text conversations are not covered.
	Beyond int
	// Left are the conversations in which the AI was switched on outside Slack.
	Left []ConversationID
	// MayChangeUntil is until when a write of the bot of which nothing was heard may still
	// take effect. UTC; zero if all were answered.
	MayChangeUntil time.Time
}

// Silence says what is proven of the line's AI at now.
func (l Line) Silence(now time.Time) Silence {
	s := Silence{Level: SilenceNone, Beyond: l.Takeover.Beyond}
	for _, c := range l.Covered {
		if !c.call() {
			s.Texts++
		}
		if !c.LeftAt.IsZero() {
			s.Left = append(s.Left, c.ID)
		}
		if now.Before(c.CareUntil) {
			s.MayChangeUntil = later(s.MayChangeUntil, earlier(c.CareUntil, now.Add(writeMayLand)))
		}
	}
	if !l.Taken() {
		return s
	}
	s.AsOf, s.Why = l.silentAsOf(), l.Trouble
	switch {
	case !s.AsOf.IsZero() && len(s.Left) == 0 && l.State == StateHeld:
		s.Level = SilenceProven
		// A time ahead of ours was written by a clock that went wrong: it proves nothing.
		if age := now.Sub(s.AsOf); age > ProofFresh || age < -ProofFresh {
			s.Level, s.Why = SilenceUnchecked, l.Takeover.Doubt.Why
		}
	case l.Takeover.ProvenAt.IsZero():
		s.Level = SilenceNotYet
	default:
		s.Level = SilenceBroken
	}
	s.ShownAsOf = s.AsOf
	if drawn := l.Takeover.DrawnAsOf; s.Level == SilenceProven && !drawn.IsZero() {
		s.ShownAsOf = earlier(drawn, s.AsOf)
	}
	return s
}

// silentAsOf is the oldest of the readings that show the line as wanted: of the list that
// names its conversations, and of each flag; or the time of a later comparison of all of
// them. UTC; zero while one is missing.
func (l Line) silentAsOf() time.Time {
	oldest := l.Takeover.ListedAt
	for _, c := range l.Covered {
		if !c.LeftAt.IsZero() {
			continue
		}
		if c.CheckedAt.IsZero() {
			return time.Time{}
		}
		oldest = earlier(oldest, c.CheckedAt)
	}
	if oldest.IsZero() {
		return time.Time{}
	}
	if l.ComparedAt.Equal(l.Takeover.ComparedBefore) {
		return oldest
	}
	return later(oldest, l.ComparedAt)
}

// Urgency says how soon a card is drawn where cards have to wait; the lowest comes first.
type Urgency int

// The urgencies.
const (
	// UrgentAlarm: an operator has to act now, or the AI may be answering although a person has
	// the line.
	UrgentAlarm Urgency = iota + 1
	// UrgentWrong: the card may say that the AI is silent, of a line that nobody holds any more.
	UrgentWrong
	// UrgentSilence: the card comes to say that the AI is silent.
	UrgentSilence
	// UrgentNothing is every other card.
	UrgentNothing
)

// Silenced says whether the line's card, drawn at now, says that the AI is silent.
func (l Line) Silenced(now time.Time) bool {
	return l.State == StateHeld && l.Takeover.Spoke.At.IsZero() && l.Silence(now).Level == SilenceProven
}

// Urgency is how urgent the line's card is at now.
func (l Line) Urgency(now time.Time) Urgency {
	held := l.State == StateHeld
	switch {
	case l.Trouble != nil, l.Joining(), held && !l.Takeover.Spoke.At.IsZero(), held && l.Silence(now).Level != SilenceProven,
		l.State == StateAI && l.Aftercare.Missed && !l.Newest.Ended:
		return UrgentAlarm
	case l.State == StateReturning:
		return UrgentWrong
	case held:
		return UrgentSilence
	default:
		return UrgentNothing
	}
}
