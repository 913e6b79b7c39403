package takeover

import "time"

// extend holds the line longer. What the bot had asked about is answered by it.
func (l Line) extend(c Command) Step {
	switch {
	case !l.Taken():
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNotHeld, c)}
	case l.Holder != c.By && !c.Lead:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNotYours, c)}
	case c.For <= 0:
		return Step{Line: l}
	}
	before := l.describe()
	until := c.At.Add(c.For)
	if c.More {
		until = later(l.Hold.Until, c.At).Add(c.For)
	} else {
		l.Hold.For = c.For
	}
	if most := c.At.Add(MaxHold); until.After(most) {
		until = most
	}
	l.Hold.run(until)
	e := l.entry(c, DidExtend, before)
	e.Until, e.Other = l.Hold.Until, l.Holder
	return Step{Line: l, Save: true, Draw: true, Entries: []Entry{e}, Say: []Entry{e}}
}

// active slides the hold of a line whose holder writes in its thread.
func (l Line) active(c Command) Step {
	if l.Holder != c.By || !l.slide(c.At) {
		return Step{Line: l}
	}
	return Step{Line: l, Save: true, Draw: true}
}

// run begins the hold anew.
func (h *Hold) run(until time.Time) {
	h.Until = until.UTC()
	h.Step, h.NextAt = HoldRuns, h.Until
}

// begin begins a hold for somebody who has just got the line.
func (h *Hold) begin(r Rules, at time.Time) {
	*h = Hold{For: r.Hold}
	if r.Hold > 0 {
		h.run(at.Add(r.Hold))
	}
}
