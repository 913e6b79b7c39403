package takeover

// fine says that what the AI said after the takeover needs no correction.
func (l Line) fine(c Command) Step {
	if l.Spoke.At.IsZero() {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNothing, c)}
	}
	before := l.describe()
	l.Spoke = Spoke{Until: l.Spoke.At}
	e := l.entry(c, DidFine, before)
	s := Step{Line: l, Save: true, Draw: true}
	s.add(e)
	return s
}

// correct has a draft put into the thread that corrects what the AI said.
func (l Line) correct(c Command) Step {
	if l.Spoke.At.IsZero() {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNothing, c)}
	}
	before, said := l.describe(), l.Spoke.Text
	l.Spoke = Spoke{Until: l.Spoke.At}
	e := l.entry(c, DidCorrect, before)
	return Step{Line: l, Save: true, Draw: true, Entries: []Entry{e}, Draft: []DraftJob{{Entry: e, Said: said}}}
}

// remark remembers what was agreed, for the hand-back box.
func (l Line) remark(c Command) Step {
	if c.Note == "" || !l.Taken() {
		return Step{Line: l, Refusal: l.refuse(RefusedNotHeld, c)}
	}
	before := l.describe()
	l.Notes = append(l.Notes[:len(l.Notes):len(l.Notes)], c.Note)
	if len(l.Notes) > maxNotes {
		l.Notes = l.Notes[len(l.Notes)-maxNotes:]
	}
	s := Step{Line: l, Save: true}
	s.add(l.entry(c, DidRemark, before))
	return s
}

// maxNotes is how many notes of a takeover are remembered.
const maxNotes = 20
