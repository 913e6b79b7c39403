package main

import (
	"fmt"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// checkHolders replays the audit: a line has one holder at a time, it goes from one to
// the next only by being handed back, accepted, taken, or let go, and every offer has one
// end.
func (s *system) checkHolders(audit []takeover.Entry) {
	s.Helper()
	r := replay{holder: map[takeover.LineID]takeover.OperatorID{}, offered: map[takeover.LineID]takeover.OperatorID{}}
	for _, e := range audit {
		if wrong := r.step(e); wrong != "" {
			s.Errorf("the audit says of %s at %s: %s", e.Line, e.At.Format(time.TimeOnly), wrong)
		}
	}
	for _, l := range s.lines() {
		has := r.holder[l.ID]
		if l.State != takeover.StateReturning && has != l.Takeover.Holder {
			s.Errorf("the audit leaves %s with %q, the store with %q", l.ID, has, l.Takeover.Holder)
		}
	}
}

// replay is who holds what, and to whom it is offered, as the audit tells it.
type replay struct {
	holder, offered map[takeover.LineID]takeover.OperatorID
}

// step is the next entry; it returns what cannot be so.
func (r replay) step(e takeover.Entry) (wrong string) {
	has, to := r.holder[e.Line], r.offered[e.Line]
	switch e.Event {
	case takeover.EventClaimed:
		r.holder[e.Line] = e.Who
		if has != "" {
			return fmt.Sprintf("%s took over what %s held", e.Who, has)
		}
	case takeover.EventHandedBack, takeover.EventLapsed, takeover.EventSwitchedOn:
		r.holder[e.Line] = ""
		if has == "" || to != "" {
			return fmt.Sprintf("%s, held by %q and offered to %q", e.Event, has, to)
		}
	case takeover.EventTakenFrom:
		r.holder[e.Line] = e.Who
		if has != e.Other || has == e.Who || to != "" {
			return fmt.Sprintf("%s took it from %s, but %q held it, offered to %q", e.Who, e.Other, has, to)
		}
	case takeover.EventOffered:
		r.offered[e.Line] = e.Other
		if has != e.Who || to != "" {
			return fmt.Sprintf("%s offered what %q held and was offered to %q", e.Who, has, to)
		}
	case takeover.EventAccepted, takeover.EventDeclined, takeover.EventWithdrawn:
		return r.answer(e, has, to)
	}
	return ""
}

// answer is the end of an offer.
func (r replay) answer(e takeover.Entry, has, to takeover.OperatorID) (wrong string) {
	r.offered[e.Line] = ""
	receiver := e.Who
	if e.Event == takeover.EventWithdrawn {
		receiver = e.Other
	}
	if e.Event == takeover.EventAccepted {
		r.holder[e.Line] = e.Who
	}
	if to == "" || to != receiver || has == "" {
		return fmt.Sprintf("%s %s, but %q held it and it was offered to %q", e.Who, e.Event, has, to)
	}
	return ""
}

// TestReplayFindsWhatCannotBe: the check that every story's audit goes through can fail.
func TestReplayFindsWhatCannotBe(t *testing.T) {
	for _, events := range [][]takeover.Entry{
		{{Event: takeover.EventClaimed, Who: "A"}, {Event: takeover.EventClaimed, Who: "B"}},
		{{Event: takeover.EventHandedBack, Who: "A"}},
		{{Event: takeover.EventClaimed, Who: "A"}, {Event: takeover.EventTakenFrom, Who: "C", Other: "B"}},
		{{Event: takeover.EventClaimed, Who: "A"}, {Event: takeover.EventAccepted, Who: "B", Other: "A"}},
		{{Event: takeover.EventClaimed, Who: "A"}, {Event: takeover.EventOffered, Who: "A", Other: "B"}, {Event: takeover.EventAccepted, Who: "B", Other: "A"}, {Event: takeover.EventAccepted, Who: "B", Other: "A"}},
		{{Event: takeover.EventClaimed, Who: "A"}, {Event: takeover.EventOffered, Who: "A", Other: "B"}, {Event: takeover.EventLapsed}},
		{{Event: takeover.EventClaimed, Who: "A"}, {Event: takeover.EventOffered, Who: "B", Other: "C"}},
	} {
		r, found := replay{map[takeover.LineID]takeover.OperatorID{}, map[takeover.LineID]takeover.OperatorID{}}, ""
		for _, e := range events {
			found += r.step(e)
		}
		if found == "" {
			t.Errorf("not noticed: %v", events)
		}
	}
}
