package takeover

// HandoffID names an offer on buttons: the line's id and the offer's reference.
func (l Line) HandoffID() string { return string(l.ID) + "." + string(l.Handoff.Ref) }

// handOff offers the line to another operator. The holder keeps it until it is accepted.
func (l Line) handOff(c Command) Step {
	switch {
	case l.Handoff.Ref == RefOf(c.Key):
		return Step{Line: l} // the same wish, delivered again
	case !l.Taken():
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNotHeld, c)}
	case l.Holder != c.By:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedHolderOnly, c)}
	case c.To == c.By || c.To == "":
		return Step{Line: l, Refusal: l.refuse(RefusedSelf, c)}
	}
	s := Step{Save: true, Draw: true}
	if l.Offered() {
		s.answer(&l, c, DidWithdraw)
	}
	before := l.describe()
	l.Handoff = Handoff{Ref: RefOf(c.Key), To: c.To, By: c.By, Note: c.Note, At: c.At.UTC()}
	l.slide(c.At)
	e := l.entry(c, DidOffer, before)
	e.Key += "/" + string(l.ID) // one wish may pass several lines
	e.Other, e.Note = c.To, c.Note
	s.add(e)
	s.Direct = append(s.Direct, Direct{To: c.To, Key: "handoff/" + l.HandoffID(), Entry: e})
	s.Line = l
	return s
}

// accept gives the line to the one to whom it was offered.
func (l Line) accept(c Command) Step {
	if l.Handoff.Ref != c.Handoff || l.Handoff.To != c.By || !l.Taken() {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedOver, c)}
	}
	s := Step{Save: true, Draw: true}
	s.answer(&l, c, DidAccept)
	l.Holder, l.GotAt = c.By, c.At.UTC()
	l.HeldSince = c.At.UTC()
	l.slide(c.At)
	s.Line = l
	return s
}

// acceptAny accepts whatever is offered.
func (l Line) acceptAny(c Command) Step {
	c.Handoff = l.Handoff.Ref
	return l.accept(c)
}

// decline leaves the line with its holder, who is told.
func (l Line) decline(c Command) Step {
	if l.Handoff.Ref != c.Handoff || l.Handoff.To != c.By {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedOver, c)}
	}
	s := Step{Save: true, Draw: true}
	s.answer(&l, c, DidDecline)
	s.Line = l
	return s
}

// withdraw takes an offer back.
func (l Line) withdraw(c Command) Step {
	if !l.Offered() || (c.Handoff != "" && l.Handoff.Ref != c.Handoff) {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedOver, c)}
	}
	if l.Holder != c.By && l.Handoff.By != c.By {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNotYours, c)}
	}
	s := Step{Save: true, Draw: true}
	s.answer(&l, c, DidWithdraw)
	s.Line = l
	return s
}

// answer ends the line's offer: it is written down and said, the receiver's message is
// changed, and the one who offered is told.
func (s *Step) answer(l *Line, c Command, deed Deed) {
	h, id := l.Handoff, l.HandoffID()
	before := l.describe()
	l.Handoff = Handoff{}
	e := l.entry(c, deed, before)
	e.Key += "/" + string(l.ID) + "/" + string(deed)
	e.Note, e.Other = h.Note, h.By
	if deed == DidAccept {
		e.After = "held by " + string(c.By)
	}
	if deed == DidWithdraw {
		e.Other = h.To
	}
	s.add(e)
	s.Direct = append(s.Direct, Direct{To: h.To, Key: "handoff/" + id, Entry: e})
	if h.By != c.By {
		s.Direct = append(s.Direct, Direct{To: h.By, Key: e.Key + "/by", Entry: e})
	}
}

// takeFrom gives a held line to somebody who does not wait for it to be offered.
func (l Line) takeFrom(c Command) Step {
	switch {
	case l.Claim == c.Key:
		return Step{Line: l}
	case !l.Taken():
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNotHeld, c)}
	case l.Holder == c.By:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedYours, c)}
	case c.From != "" && l.Holder != c.From:
		r := l.refuse(RefusedNotTheirs, c)
		r.From, r.Since = c.From, l.gotAt()
		return Step{Line: l, Draw: true, Refusal: r}
	}
	s := Step{Save: true, Draw: true}
	if l.Offered() {
		s.answer(&l, c, DidWithdraw)
	}
	before, from := l.describe(), l.Holder
	l.Holder, l.Claim, l.HeldSince, l.GotAt = c.By, c.Key, c.At.UTC(), c.At.UTC()
	l.slide(c.At)
	e := l.entry(c, DidTakeFrom, before)
	e.Other, e.Note = from, c.Note
	s.add(e)
	s.Direct = append(s.Direct, Direct{To: from, Key: e.Key + "/from", Entry: e})
	s.Line = l
	return s
}

// add writes an entry down and says it in the thread.
func (s *Step) add(e Entry) { s.Entries, s.Say = append(s.Entries, e), append(s.Say, e) }
