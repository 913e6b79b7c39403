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
	switch e.Deed {
	case takeover.DidClaim:
		r.holder[e.Line] = e.Who
		if has != "" {
			return fmt.Sprintf("%s took over what %s held", e.Who, has)
		}
	case takeover.DidHandBack, takeover.DidLapse, takeover.DidSeeChange:
		r.holder[e.Line] = ""
		if has == "" || to != "" {
			return fmt.Sprintf("%s, held by %q and offered to %q", e.Deed, has, to)
		}
	case takeover.DidTakeFrom:
		r.holder[e.Line] = e.Who
		if has != e.Other || has == e.Who || to != "" {
			return fmt.Sprintf("%s took it from %s, but %q held it, offered to %q", e.Who, e.Other, has, to)
		}
	case takeover.DidOffer:
		r.offered[e.Line] = e.Other
		if has != e.Who || to != "" {
			return fmt.Sprintf("%s offered what %q held and was offered to %q", e.Who, has, to)
		}
	case takeover.DidAccept, takeover.DidDecline, takeover.DidWithdraw:
		return r.answer(e, has, to)
	}
	return ""
}

// answer is the end of an offer.
func (r replay) answer(e takeover.Entry, has, to takeover.OperatorID) (wrong string) {
	r.offered[e.Line] = ""
	receiver := e.Who
	if e.Deed == takeover.DidWithdraw {
		receiver = e.Other
	}
	if e.Deed == takeover.DidAccept {
		r.holder[e.Line] = e.Who
	}
	if to == "" || to != receiver || has == "" {
		return fmt.Sprintf("%s %s, but %q held it and it was offered to %q", e.Who, e.Deed, has, to)
	}
	return ""
}

// TestReplayFindsWhatCannotBe: the check that every story's audit goes through can fail.
func TestReplayFindsWhatCannotBe(t *testing.T) {
	for _, deeds := range [][]takeover.Entry{
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidClaim, Who: "B"}},
		{{Deed: takeover.DidHandBack, Who: "A"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidTakeFrom, Who: "C", Other: "B"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidAccept, Who: "B", Other: "A"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidOffer, Who: "A", Other: "B"}, {Deed: takeover.DidAccept, Who: "B", Other: "A"}, {Deed: takeover.DidAccept, Who: "B", Other: "A"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidOffer, Who: "A", Other: "B"}, {Deed: takeover.DidLapse}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidOffer, Who: "B", Other: "C"}},
	} {
		r, found := replay{map[takeover.LineID]takeover.OperatorID{}, map[takeover.LineID]takeover.OperatorID{}}, ""
		for _, e := range deeds {
			found += r.step(e)
		}
		if found == "" {
			t.Errorf("not noticed: %v", deeds)
		}
	}
}
