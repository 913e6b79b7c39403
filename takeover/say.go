package takeover

import "time"

// MaySay refuses words for the end user; nil means that they may leave.
func (l Line) MaySay(c Command) *Refusal {
	switch can := l.Ability(CanReply); {
	case !l.Taken():
		return l.refusal(RefusedNotHeld, c)
	case l.Takeover.Holder != c.By:
		return l.refusal(RefusedSpeaker, c)
	case !can.Yes():
		return l.unsupported(c, can, EventTextFailed).Refusal
	case !l.OptedOutAt.IsZero():
		return l.refusal(RefusedOptedOut, c)
	}
	return nil
}

// Texted is the step that follows from words that an operator wrote to the end user; text names them.
// They still have to be sent: a wait of the end user begins anew.
func (l Line) Texted(c Command, text string) Step {
	e := l.entry(c, EventTexted, l.standing())
	e.Text = text
	s := Step{Line: l, Entries: []Entry{e}}
	if r := &s.Line.Takeover.Reply; !r.Since.IsZero() {
		s.Save, r.Since = true, c.At.UTC()
	}
	return s
}

// Replied is the step that follows from words of an operator that were sent: the end user waits no
// more.
func (l Line) Replied() Step {
	waited := l.Takeover.Reply != ReplyWait{}
	l.Takeover.Reply = ReplyWait{}
	return Step{Line: l, Save: waited}
}

// TextFact is the entry of what became of an operator's words.
func (l Line) TextFact(event Event, text string, by OperatorID, now time.Time) Entry {
	e := l.event(event, FromBot, "text/"+text+"/"+string(event), l.standing(), now)
	e.Text, e.Other = text, by
	return e
}

// OptOut is the step that follows from an end user who does not want to be texted any more, or
// does again.
func (l Line) OptOut(out bool, key string, now time.Time) Step {
	if out != l.OptedOutAt.IsZero() {
		return Step{Line: l}
	}
	e := l.event(EventOptedIn, Elsewhere, key, l.standing(), now)
	l.OptedOutAt = time.Time{}
	if out {
		e.Event, l.OptedOutAt = EventOptedOut, now.UTC()
	}
	return changed(l, e)
}
