package takeover

// handOff offers the line to another operator. The holder keeps it until it is accepted.
func (l Line) handOff(c Command) Step {
	switch {
	case l.Takeover.Handoff.Ref == RefOf(c.Key):
		return Step{Line: l} // the same wish, delivered again
	case !l.Taken():
		return l.refused(RefusedNotHeld, c)
	case l.Takeover.Holder != c.By:
		return l.refused(RefusedHolderOnly, c)
	case c.To == c.By || c.To == "":
		return Step{Line: l, Refusal: l.refusal(RefusedSelf, c)}
	}
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, c, EventWithdrawn, EventOffered)
	}
	before := l.standing()
	l.Takeover.Handoff = Handoff{Ref: RefOf(c.Key), To: c.To, By: c.By, Note: c.Note, At: c.At.UTC()}
	l.Takeover.Hold.slide(c.At)
	e := l.entry(c, EventOffered, before)
	e.Key += "/" + string(l.ID) // one wish may pass several lines
	e.Other, e.Note = c.To, c.Note
	s.Line, s.Entries = l, append(s.Entries, e)
	s.Direct = append(s.Direct, Direct{To: c.To, Key: "handoff/" + l.HandoffID(), Entry: e})
	return s
}

// accept gives the line to the operator to whom it was offered.
func (l Line) accept(c Command) Step {
	if l.Takeover.Handoff.Ref != c.Handoff || l.Takeover.Handoff.To != c.By || !l.Taken() {
		return l.offerOver(c)
	}
	s := changed(l)
	s.answerOffer(&l, c, EventAccepted, "")
	l.Takeover.Holder, l.Takeover.GotAt = c.By, c.At.UTC()
	l.Takeover.Hold.slide(c.At)
	s.Line = l
	return s
}

// acceptAny accepts whatever is offered.
func (l Line) acceptAny(c Command) Step {
	c.Handoff = l.Takeover.Handoff.Ref
	return l.accept(c)
}

// decline leaves the line with its holder, who is told.
func (l Line) decline(c Command) Step {
	if l.Takeover.Handoff.Ref != c.Handoff || l.Takeover.Handoff.To != c.By {
		return l.offerOver(c)
	}
	s := changed(l)
	s.answerOffer(&l, c, EventDeclined, "")
	s.Line = l
	return s
}

// offerOver refuses an answer to an offer that does not stand, or is another's, with what is
// known of it.
func (l Line) offerOver(c Command) Step {
	s := l.refused(RefusedOver, c)
	if l.Offered() {
		s.Refusal.To = l.Takeover.Handoff.To
	}
	if o := l.Takeover.LastOffer; o.Ref != "" && o.Ref == c.Handoff || c.Handoff == "" && o.To == c.By {
		s.Refusal.Offer = o
	}
	return s
}

// withdraw takes an offer back.
func (l Line) withdraw(c Command) Step {
	if !l.Offered() || (c.Handoff != "" && l.Takeover.Handoff.Ref != c.Handoff) {
		return l.offerOver(c)
	}
	if l.Takeover.Holder != c.By && l.Takeover.Handoff.By != c.By {
		return l.refused(RefusedNotYours, c)
	}
	s := changed(l)
	s.answerOffer(&l, c, EventWithdrawn, "")
	s.Line = l
	return s
}

// answerOffer ends the line's offer: it is written down, the receiver's message is
// changed, and the operator who offered is told. cause is what ended an offer that was neither
// answered nor withdrawn.
func (s *Step) answerOffer(l *Line, c Command, event, cause Event) {
	h, id := l.Takeover.Handoff, l.HandoffID()
	before := l.standing()
	l.Takeover.Handoff = Handoff{}
	l.Takeover.LastOffer = OfferEnd{Ref: h.Ref, To: h.To, By: c.By, Event: event, Cause: cause, At: c.At.UTC()}
	e := l.entry(c, event, before)
	e.Cause = cause
	e.Key += "/" + string(l.ID) + "/" + string(event)
	e.Note, e.Other = h.Note, h.By
	if event == EventAccepted {
		e.After.Holder = c.By
	}
	if event == EventWithdrawn {
		e.Other = h.To
	}
	s.Entries = append(s.Entries, e)
	s.Direct = append(s.Direct, Direct{To: h.To, Key: "handoff/" + id, Entry: e})
	if h.By != c.By {
		s.Direct = append(s.Direct, Direct{To: h.By, Key: e.Key + "/by", Entry: e})
	}
}

// takeFrom gives a held line to an operator who does not wait for it to be offered.
func (l Line) takeFrom(c Command) Step {
	switch {
	case l.Takeover.Claim == c.Key:
		return Step{Line: l} // the same wish, delivered again
	case !l.Taken():
		return l.refused(RefusedNotHeld, c)
	case l.Takeover.Holder == c.By:
		return l.refused(RefusedYours, c)
	case c.From != "" && l.Takeover.Holder != c.From:
		s := l.refused(RefusedNotTheirs, c)
		s.Refusal.From, s.Refusal.Since = c.From, l.Takeover.GotAt
		return s
	}
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, c, EventWithdrawn, EventTakenFrom)
	}
	before, from := l.standing(), l.Takeover.Holder
	l.Takeover.Holder, l.Takeover.Claim, l.Takeover.GotAt = c.By, c.Key, c.At.UTC()
	l.Takeover.Hold.slide(c.At)
	e := l.entry(c, EventTakenFrom, before)
	e.Other, e.Note = from, c.Note
	s.Line, s.Entries = l, append(s.Entries, e)
	s.Direct = append(s.Direct, Direct{To: from, Key: e.Key + "/from", Entry: e})
	return s
}
