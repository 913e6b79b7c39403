package takeover

// fine says that what the AI said after the takeover needs no correction.
func (l Line) fine(c Command) Step {
	_, s := l.deal(c, EventCalledFine)
	return s
}

// correct has a draft put into the thread that corrects what the AI said.
func (l Line) correct(c Command) Step {
	said, s := l.deal(c, EventCorrectionAsked)
	if s.Refusal == nil {
		s.Draft = []DraftJob{{Entry: s.Entries[0], Said: said}}
	}
	return s
}

// deal records that an operator dealt with what the AI said after the takeover.
func (l Line) deal(c Command, event Event) (said string, s Step) {
	spoke := &l.Takeover.Spoke
	if spoke.At.IsZero() {
		return "", l.refused(RefusedNothing, c)
	}
	before, said := l.standing(), spoke.Text
	*spoke = Spoke{Until: spoke.At}
	return said, changed(l, l.entry(c, event, before))
}
