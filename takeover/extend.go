package takeover

// extend holds the line longer. It answers what the bot had asked.
func (l Line) extend(c Command) Step {
	hold := &l.Takeover.Hold
	switch {
	case !l.Taken():
		return l.refused(RefusedNotHeld, c)
	case l.Takeover.Holder != c.By && !c.Lead:
		return l.refused(RefusedNotYours, c)
	case c.For <= 0:
		return Step{Line: l}
	}
	before := l.standing()
	until := c.At.Add(c.For)
	if c.More {
		until = later(hold.Until, c.At).Add(c.For)
	} else {
		hold.For = c.For
	}
	hold.restart(earlier(until, c.At.Add(MaxHold)))
	e := l.entry(c, EventExtended, before)
	e.Until, e.Other = hold.Until, l.Takeover.Holder
	return changed(l, e)
}

// active slides the hold of a line whose holder writes in its thread.
func (l Line) active(c Command) Step {
	if !l.Taken() || l.Takeover.Holder != c.By || !l.Takeover.Hold.slide(c.At) {
		return Step{Line: l}
	}
	return changed(l)
}
