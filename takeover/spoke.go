package takeover

import "slices"

// fine says that what the AI said after the takeover needs no correction, or no more: it counts
// as an answer to an end user who waits.
func (l Line) fine(c Command) Step {
	spoke := &l.Takeover.Spoke
	if spoke.At.IsZero() {
		return l.refused(RefusedNothing, c)
	}
	before, at := l.standing(), spoke.At
	*spoke = Spoke{Until: at}
	s := Step{}
	l.Covered = slices.Clone(l.Covered)
	for i := range l.Covered {
		l.Covered[i].FineAt = at
		if id := l.Covered[i].ID; id == l.Newest.ID || !l.Covered[i].WaitsSince.IsZero() {
			s.Follow = append(s.Follow, FollowJob{Line: l.ID, Conversation: id}) // who waits is known again
		}
	}
	s.Line, s.Save, s.Draw, s.Entries = l, true, true, []Entry{l.entry(c, EventCalledFine, before)}
	return s
}

// correct has a draft put into the thread that corrects what the AI said. Nothing is sent, so
// that the alarm stays until an operator calls it fine or a person has answered.
func (l Line) correct(c Command) Step {
	spoke := &l.Takeover.Spoke
	if spoke.At.IsZero() {
		return l.refused(RefusedNothing, c)
	}
	before := l.standing()
	spoke.DraftedAt = c.At.UTC()
	s := changed(l, l.entry(c, EventCorrectionAsked, before))
	s.Draft = []DraftJob{{Entry: s.Entries[0], Said: spoke.Text}}
	return s
}
