package takeover

import (
	"slices"
	"time"
)

// Line is the pair (end user, agent), its conversations, and the takeover that an
// operator holds on it. The zero State is invalid; NewLine makes a line. It is data:
// Decide and the other transitions return a changed copy.
type Line struct {
	ID       LineID
	Version  int64 // of the stored row; 0 for a line that was never saved
	Provider string
	EndUser  Target
	Agent    Target
	// Desk is the name of the line's desk; see Desks.Of.
	Desk string `json:",omitempty"`

	// Newest is the newest conversation of the line, as last listed or read. Its pair is
	// empty: it is the line's own.
	Newest Conversation
	// Covered are the conversations that a takeover silences, newest first.
	Covered []Covered
	// Can is what works on the line, as its provider said when the line was last read.
	Can Capabilities `json:",omitempty"`
	// Recent is what was last read of the newest conversation.
	Recent Recent

	State State
	// Since is when the present state began. UTC.
	Since time.Time
	// Ref names the last change.
	Ref Ref
	// Takeover is who holds the line and how; the zero value means that nobody does.
	Takeover Takeover `json:"Takeover,omitzero"`
	// ComparedAt is when all of the line's conversations were last listed, and each of their
	// flags was read as the line wants it; the store keeps it apart from the line. UTC.
	ComparedAt time.Time `json:"-"`
	// Trouble is why the wanted state is not proven yet; nil while all is well.
	Trouble *Trouble `json:",omitempty"`
	// Unrepaired names metadata entries that the provider lost in this change and that
	// could not be put back, although the flag is proven.
	Unrepaired []string `json:",omitempty"`
	// HandBack is the last hand-back: pending in StateReturning, done in StateAI.
	HandBack HandBack `json:"HandBack,omitzero"`
	// Aftercare is the watch over the AI's first words after a hand-back.
	Aftercare Aftercare `json:"Aftercare,omitzero"`

	// Watch is who has new messages shown; zero while no operator has.
	Watch Watch `json:"Watch,omitzero"`
	// OutsideAt is when the bot saw that the AI was switched on outside Slack, which ended
	// the takeover. UTC.
	OutsideAt time.Time `json:",omitzero"`
	// OffAt is when the bot saw that the AI of a line that nobody has taken over is switched
	// off; zero if it was on when the line was last listed. UTC.
	OffAt time.Time `json:",omitzero"`
	// OptedOutAt is when the bot learned that the end user does not want to be texted; zero while
	// they may be. UTC.
	OptedOutAt time.Time `json:",omitzero"`
}

// NewLine makes a line on which the AI answers, for the pair that conv belongs to.
func NewLine(id LineID, provider string, conv Conversation, now time.Time) Line {
	l := Line{ID: id, Provider: provider, EndUser: conv.EndUser, Agent: conv.Agent, State: StateAI, Since: now.UTC()}
	return l.renewed(conv).seenOff(conv, now)
}

// renewed is a line of the AI's with conv as its newest conversation, which a takeover
// would silence. What a write of the bot may still switch off stays covered.
func (l Line) renewed(conv Conversation) Line {
	newest := Covered{ID: conv.ID, Channel: conv.Channel}
	if i := l.covered(conv.ID); i >= 0 && l.Covered[i].inCare() {
		newest = l.Covered[i]
	}
	others := slices.DeleteFunc(inCare(l.Covered), func(c Covered) bool { return c.ID == conv.ID })
	l = l.standsFor(conv)
	l.Covered = append([]Covered{newest}, others...)
	return l
}

// standsFor is the line with conv as its newest conversation. The pair is not kept twice:
// it is the line's own.
func (l Line) standsFor(conv Conversation) Line {
	conv.Provider, conv.EndUser, conv.Agent = "", "", ""
	l.Newest = conv
	return l
}

// conversation is the line's newest conversation with the pair that it belongs to.
func (l Line) conversation() Conversation {
	conv := l.Newest
	conv.Provider, conv.EndUser, conv.Agent = l.Provider, l.EndUser, l.Agent
	return conv
}

// seenOff is the line with what a list said of its AI's switch.
func (l Line) seenOff(newest Conversation, now time.Time) Line {
	switch {
	case l.State != StateAI || !newest.AIDisabled:
		l.OffAt = time.Time{}
	case l.OffAt.IsZero():
		l.OffAt = now.UTC()
	}
	return l
}

// Covers reports whether a takeover of the line silences the conversation.
func (l Line) Covers(id ConversationID) bool { return l.covered(id) >= 0 }

// covered is the index of a conversation in Covered, or -1.
func (l Line) covered(id ConversationID) int {
	return slices.IndexFunc(l.Covered, func(c Covered) bool { return c.ID == id })
}

// edited is the line with a changed copy of what it knows of one conversation.
func (l Line) edited(id ConversationID, edit func(*Covered)) Line {
	if i := l.covered(id); i >= 0 {
		l.Covered = slices.Clone(l.Covered)
		edit(&l.Covered[i])
	}
	return l
}

// unchecked is the line without what was proven of its conversations.
func (l Line) unchecked() Line {
	l.Covered = slices.Clone(l.Covered)
	for i := range l.Covered {
		c := &l.Covered[i]
		c.CheckedAt, c.OddAt, c.LeftAt = time.Time{}, time.Time{}, time.Time{}
	}
	return l
}

// attempted is the line with what an attempt to set the flags brought back, conversation
// by conversation: one that joined meanwhile stays as it is.
func (l Line) attempted(tried Line) Line {
	l.Covered = slices.Clone(l.Covered)
	for i, c := range l.Covered {
		if j := tried.covered(c.ID); j >= 0 {
			t := tried.Covered[j]
			c.CheckedAt, c.Snapshot, c.CareUntil, c.Before, c.Written = t.CheckedAt, t.Snapshot, t.CareUntil, t.Before, t.Written
			l.Covered[i] = c
		}
	}
	l.HandBack, l.Unrepaired = tried.HandBack, tried.Unrepaired
	return l
}

// proven reports whether each flag was read back as the line wants it.
func (l Line) proven() bool {
	return !slices.ContainsFunc(l.Covered, func(c Covered) bool { return c.CheckedAt.IsZero() && c.LeftAt.IsZero() })
}

// Answering is the conversation in which the AI answers the end user's next text: the
// newest that is no phone call, else the newest.
func (l Line) Answering() ConversationID {
	if l.Newest.Channel != ChannelCall {
		return l.Newest.ID
	}
	for _, c := range l.Covered {
		if !c.call() {
			return c.ID
		}
	}
	return l.Newest.ID
}

// Taken reports whether a person has the line, proven or not.
func (l Line) Taken() bool { return l.State == StateTaking || l.State == StateHeld }

// Joining reports whether the line is being silenced anew because of a new conversation:
// its holder had it proven before.
func (l Line) Joining() bool { return l.State == StateTaking && !l.Takeover.ProvenAt.IsZero() }

// Offered reports whether the holder offers the line to another operator.
func (l Line) Offered() bool { return l.Takeover.Handoff.To != "" }

// Watched reports whether an operator watches the line.
func (l Line) Watched() bool { return l.Watch.By != "" }

// Attended reports whether the bot looks for new messages of the line by itself.
func (l Line) Attended() bool {
	return l.Taken() || l.State == StateReturning || !l.Aftercare.Since.IsZero()
}

// HandedBack reports whether the AI answers because an operator, or the desk's rule,
// handed the line back.
func (l Line) HandedBack() bool {
	return l.State == StateAI && l.HandBack.Key != "" && l.OutsideAt.IsZero()
}

// NobodyAnswers reports whether the end user is known to wait and no one answers: the AI has
// missed its answer after a hand-back, or is switched off on a line that nobody holds.
func (l Line) NobodyAnswers() bool {
	return l.State == StateAI && (l.Aftercare.Missed || !l.OffAt.IsZero() && !l.WaitingSince().IsZero())
}

// WaitingSince is when the end user began to wait for an answer in any conversation of the
// line, as last read; the zero time if the last word is not the end user's. Nobody waits
// where nothing can be answered any more, and the last words of a phone call do not tell:
// the call may have ended.
func (l Line) WaitingSince() ProviderTime {
	var since ProviderTime
	if !l.Newest.Ended && l.Newest.Channel != ChannelCall {
		since = l.Recent.WaitsSince
	}
	for _, c := range l.Covered {
		if l.waitsIn(c) {
			since = sooner(since, c.WaitsSince)
		}
	}
	return since
}

// Unanswered is the end user's last message, if the end user waits for an answer to it; else
// empty. Cut to ExcerptLength; hostile until escaped.
func (l Line) Unanswered() string {
	if !l.Newest.Ended && l.Newest.Channel != ChannelCall && !l.Recent.WaitsSince.IsZero() {
		for _, e := range slices.Backward(l.Recent.Lines) {
			if e.Role == RoleEndUser {
				return e.Text
			}
		}
	}
	for _, c := range l.Covered {
		if l.waitsIn(c) {
			return c.WaitsFor
		}
	}
	return ""
}

// waitsIn reports whether the end user waits in an older conversation. A person who answers
// on one conversation, or calls fine what the AI said there, has answered the end user.
func (l Line) waitsIn(c Covered) bool {
	return c.ID != l.Newest.ID && !c.call() && c.WaitsSince.After(later(l.Recent.PersonAt, c.FineAt))
}

// Due is when the line wants attention by itself; the zero time if it does not. UTC.
func (l Line) Due() time.Time {
	due := l.Aftercare.due()
	if l.Taken() {
		due = sooner(sooner(due, l.Takeover.Hold.NextAt), l.Takeover.Reply.due())
	}
	return sooner(due, l.Watch.NextAt)
}

// Ability is how far something works on the line.
func (l Line) Ability(what Capability) Ability { return l.Can.Of(what) }

// attempts is how many attempts of the present change have failed.
func (l Line) attempts() int {
	if l.Trouble == nil {
		return 0
	}
	return l.Trouble.Attempts
}

// HandoffID names an offer on buttons: the line's id and the offer's reference.
func (l Line) HandoffID() string { return string(l.ID) + "." + string(l.Takeover.Handoff.Ref) }

// inTime is the line without times that a clock that was far ahead has stored: each counts as if
// it had been stored now. ahead says that there were some.
func (l Line) inTime(now time.Time) (in Line, ahead bool) {
	bound := func(at *time.Time, most time.Duration) {
		if at.After(now.Add(most + clocksDiffer)) {
			*at, ahead = now.Add(most).UTC(), true
		}
	}
	bound(&l.Since, 0)
	bound(&l.Takeover.Reply.Since, 0)
	bound(&l.Watch.Until, WatchFor)
	if l.Watch.NextAt.After(now.Add(MaxWatchAhead)) {
		l.Watch.NextAt, ahead = now.UTC(), true
	}
	return l, ahead
}

// Of is the line's desk; the first one for a line whose desk is not set up any more.
func (d Desks) Of(l Line) Desk {
	for _, desk := range d {
		if desk.Name == l.Desk {
			return desk
		}
	}
	return d[0]
}
