package takeover_test

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// heldTwo is a line of UA, proven at noon, with two conversations: c2 is the newest.
func heldTwo(edit ...func(*takeover.Line)) takeover.Line {
	l := line(takeover.StateHeld, "UA")
	l.Since, l.Newest.ID = noon, "c2"
	l.Takeover.ProvenAt, l.Takeover.ListedAt = noon, noon
	l.Covered = []takeover.Covered{{ID: "c2", Channel: takeover.ChannelText, CheckedAt: noon}, {ID: "c1", Channel: takeover.ChannelText, CheckedAt: noon}}
	for _, e := range edit {
		e(&l)
	}
	return l
}

// returned is a line that UA handed back at noon, proven.
func returned(edit ...func(*takeover.Line)) takeover.Line {
	return heldTwo(append([]func(*takeover.Line){func(l *takeover.Line) {
		l.State, l.Takeover = takeover.StateAI, takeover.Takeover{}
		l.HandBack = takeover.HandBack{Key: "back", By: "UA"}
	}}, edit...)...)
}

func covered(l takeover.Line, id takeover.ConversationID) takeover.Covered {
	i := slices.IndexFunc(l.Covered, func(c takeover.Covered) bool { return c.ID == id })
	if i < 0 {
		return takeover.Covered{}
	}
	return l.Covered[i]
}

// events are what a step writes down.
func events(s takeover.Step) []takeover.Event {
	var all []takeover.Event
	for _, e := range s.Entries {
		all = append(all, e.Event)
	}
	return all
}

// TestSilence holds each level of proof against the line that has it.
func TestSilence(t *testing.T) {
	now := noon.Add(40 * time.Second)
	for _, tt := range []struct {
		name  string
		line  takeover.Line
		level takeover.SilenceLevel
		asOf  time.Time
	}{
		{"the AI's", line(takeover.StateAI, ""), takeover.SilenceNone, time.Time{}},
		{"on its way back", line(takeover.StateReturning, "UA"), takeover.SilenceNone, time.Time{}},
		{"taken a moment ago", line(takeover.StateTaking, "UA"), takeover.SilenceNotYet, time.Time{}},
		{"all read, no list", heldTwo(func(l *takeover.Line) { l.Takeover.ListedAt = time.Time{} }), takeover.SilenceBroken, time.Time{}},
		{"all read and compared, no list", heldTwo(func(l *takeover.Line) { l.Takeover.ListedAt, l.ComparedAt = time.Time{}, noon }), takeover.SilenceBroken, time.Time{}},
		{"all read, no list, first attempt", heldTwo(func(l *takeover.Line) {
			l.State, l.Takeover.ListedAt, l.Takeover.ProvenAt = takeover.StateTaking, time.Time{}, time.Time{}
		}), takeover.SilenceNotYet, time.Time{}},
		{"all read and listed", heldTwo(), takeover.SilenceProven, noon},
		{"as of the oldest reading", heldTwo(func(l *takeover.Line) { l.Covered[1].CheckedAt = noon.Add(-9 * time.Second) }), takeover.SilenceProven, noon.Add(-9 * time.Second)},
		{"as of an older list", heldTwo(func(l *takeover.Line) { l.Takeover.ListedAt = noon.Add(-9 * time.Second) }), takeover.SilenceProven, noon.Add(-9 * time.Second)},
		{"as of a later comparison", heldTwo(func(l *takeover.Line) { l.ComparedAt = noon.Add(30 * time.Second) }), takeover.SilenceProven, noon.Add(30 * time.Second)},
		{"a minute old", heldTwo(func(l *takeover.Line) { l.Takeover.ListedAt = now.Add(-takeover.ProofFresh) }), takeover.SilenceProven, now.Add(-takeover.ProofFresh)},
		{"older than a minute", heldTwo(func(l *takeover.Line) { l.Takeover.ListedAt = now.Add(-takeover.ProofFresh - 1) }), takeover.SilenceUnchecked, now.Add(-takeover.ProofFresh - 1)},
		{"from the future", heldTwo(func(l *takeover.Line) { l.ComparedAt = now.Add(takeover.ProofFresh + 1) }), takeover.SilenceUnchecked, now.Add(takeover.ProofFresh + 1)},
		{"one reads otherwise", heldTwo(func(l *takeover.Line) { l.Covered[1].CheckedAt, l.Covered[1].OddAt = time.Time{}, noon }), takeover.SilenceBroken, time.Time{}},
		{"one reads otherwise, compared before", heldTwo(func(l *takeover.Line) {
			l.Covered[1].CheckedAt, l.Covered[1].OddAt, l.ComparedAt = time.Time{}, noon, noon
		}), takeover.SilenceBroken, time.Time{}},
		{"an older one was switched on elsewhere", heldTwo(func(l *takeover.Line) { l.Covered[1].LeftAt = noon }), takeover.SilenceBroken, noon},
		{"a conversation joins", heldTwo(func(l *takeover.Line) {
			l.State, l.Covered = takeover.StateTaking, append(l.Covered, takeover.Covered{ID: "c3", Channel: takeover.ChannelText})
		}), takeover.SilenceBroken, time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.line.Silence(now); got.Level != tt.level || !got.AsOf.Equal(tt.asOf) {
				t.Errorf("%s as of %s, want %s as of %s", got.Level, got.AsOf, tt.level, tt.asOf)
			}
		})
	}
}

// TestSilenceNamesItsLimits: what is not covered, left to the AI, or may still change.
func TestSilenceNamesItsLimits(t *testing.T) {
	l := heldTwo(func(l *takeover.Line) {
		l.Takeover.Beyond = 3
		l.Covered[0].CareUntil, l.Covered[1].CareUntil = noon.Add(time.Minute), noon.Add(2*time.Minute)
		l.Covered[1].LeftAt = noon
		l.Covered = append(l.Covered, takeover.Covered{ID: "call", Channel: takeover.ChannelCall, CheckedAt: noon})
	})
	s := l.Silence(noon.Add(time.Second))
	if s.Texts != 2 || s.Beyond != 3 || !slices.Equal(s.Left, []takeover.ConversationID{"c1"}) || !s.MayChangeUntil.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("%+v", s)
	}
	if s = l.Silence(noon.Add(2 * time.Minute)); !s.MayChangeUntil.IsZero() {
		t.Errorf("after its time a write may still change it until %s", s.MayChangeUntil)
	}
}

// TestCompareAt: when a line is compared next.
func TestCompareAt(t *testing.T) {
	care := func(l *takeover.Line) { l.Covered[1].CareUntil = noon.Add(2 * time.Minute) }
	odd := func(l *takeover.Line) { l.Covered[0].OddAt = noon }
	compared := func(after time.Duration) func(*takeover.Line) {
		return func(l *takeover.Line) { l.ComparedAt = noon.Add(after) }
	}
	for _, tt := range []struct {
		name string
		line takeover.Line
		want time.Duration // after noon; -1 is never
	}{
		{"held", heldTwo(), takeover.CompareEvery},
		{"held, compared", heldTwo(compared(time.Minute)), time.Minute + takeover.CompareEvery},
		{"held, read otherwise", heldTwo(odd), takeover.SyncTick},
		{"held, a write may still arrive", heldTwo(care), takeover.SyncTick},
		{"being taken", line(takeover.StateTaking, "UA"), -1},
		{"on its way back", line(takeover.StateReturning, "UA"), -1},
		{"the AI's, never taken over", line(takeover.StateAI, ""), -1},
		{"handed back", returned(), takeover.CompareEvery},
		{"handed back, a write may still arrive", returned(care), takeover.SyncTick},
		{"handed back, compared nine minutes later", returned(compared(9 * time.Minute)), 9*time.Minute + takeover.CompareEvery},
		{"handed back, compared ten minutes later", returned(compared(10 * time.Minute)), -1},
		{"handed back, ten minutes later, never read after a write's time", returned(care, compared(10*time.Minute)), 10*time.Minute + takeover.SyncTick},
		{"handed back, no conversation left", returned(func(l *takeover.Line) { l.Covered = nil }), -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.line.CompareAt()
			if tt.want < 0 && !got.IsZero() || tt.want >= 0 && !got.Equal(noon.Add(tt.want)) {
				t.Errorf("%s, want noon + %s", got, tt.want)
			}
		})
	}
}

// TestReadOtherwise: what follows from a flag that reads otherwise than the line wants.
func TestReadOtherwise(t *testing.T) {
	now := noon.Add(30 * time.Second)
	odd := func(id takeover.ConversationID, ago time.Duration) func(*takeover.Line) {
		return func(l *takeover.Line) {
			for i := range l.Covered {
				if l.Covered[i].ID == id {
					l.Covered[i].OddAt, l.Covered[i].CheckedAt = now.Add(-ago), time.Time{}
				}
			}
		}
	}
	care := func(l *takeover.Line) {
		l.Covered[0].CareUntil, l.Covered[1].CareUntil = noon.Add(2*time.Minute), noon.Add(2*time.Minute)
	}
	offered := func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{Ref: "o", To: "UB", By: "UA", At: noon} }
	alone := func(l *takeover.Line) { l.Covered = l.Covered[:1] }
	for _, tt := range []struct {
		name   string
		line   takeover.Line
		id     takeover.ConversationID
		state  takeover.State
		level  takeover.SilenceLevel
		settle bool
		events []takeover.Event
	}{
		{"a stranger", heldTwo(), "c9", takeover.StateHeld, takeover.SilenceProven, false, nil},
		{"while it is being taken", line(takeover.StateTaking, "UA"), "c1", takeover.StateTaking, takeover.SilenceNotYet, false, nil},
		{"once", heldTwo(), "c2", takeover.StateHeld, takeover.SilenceBroken, false, nil},
		{"again, too soon", heldTwo(odd("c2", 2999*time.Millisecond)), "c2", takeover.StateHeld, takeover.SilenceBroken, false, nil},
		{"again: the newest", heldTwo(odd("c2", 3*time.Second)), "c2", takeover.StateReturning, takeover.SilenceNone, true, []takeover.Event{takeover.EventSwitchedOn}},
		{"again: the only one", heldTwo(alone, odd("c2", 3*time.Second)), "c2", takeover.StateAI, takeover.SilenceNone, false, []takeover.Event{takeover.EventSwitchedOn}},
		{"again, and it is offered", heldTwo(odd("c2", 3*time.Second), offered), "c2", takeover.StateReturning, takeover.SilenceNone, true, []takeover.Event{takeover.EventWithdrawn, takeover.EventSwitchedOn}},
		{"again: an older one", heldTwo(odd("c1", 3*time.Second)), "c1", takeover.StateHeld, takeover.SilenceBroken, false, []takeover.Event{takeover.EventOlderSwitchedOn}},
		{"again: left to the AI before", heldTwo(func(l *takeover.Line) { l.Covered[1].LeftAt = noon }), "c1", takeover.StateHeld, takeover.SilenceBroken, false, nil},
		{"again: a write of the bot may have arrived", heldTwo(odd("c2", 3*time.Second), care), "c2", takeover.StateTaking, takeover.SilenceBroken, true, []takeover.Event{takeover.EventLateWrite}},
		{"handed back, once", returned(), "c2", takeover.StateAI, takeover.SilenceNone, false, nil},
		{"handed back, again", returned(odd("c2", 3*time.Second)), "c2", takeover.StateAI, takeover.SilenceNone, false, nil},
		{"handed back, again: a write of the bot may have arrived", returned(odd("c2", 3*time.Second), care), "c2", takeover.StateReturning, takeover.SilenceNone, true, []takeover.Event{takeover.EventLateWrite}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			step := tt.line.ReadOtherwise(tt.id, now)
			level := step.Line.Silence(now).Level
			if step.Line.State != tt.state || level != tt.level || step.Settle != tt.settle || !slices.Equal(events(step), tt.events) {
				t.Errorf("%s, %s, settle %t, %v; want %s, %s, settle %t, %v", step.Line.State, level, step.Settle, events(step), tt.state, tt.level, tt.settle, tt.events)
			}
			if changed := step.Line.State != tt.line.State || level != tt.line.Silence(now).Level; changed && (!step.Save || !step.Draw) {
				t.Errorf("save %t, draw %t: the card does not show it", step.Save, step.Draw)
			}
		})
	}
}

// TestReadOtherwiseLeavesNothingSilent: the takeover ends, and what it has silenced besides is
// to be switched on; what was left to the AI before is not written.
func TestReadOtherwiseLeavesNothingSilent(t *testing.T) {
	l := heldTwo(func(l *takeover.Line) {
		l.Covered[0].OddAt, l.Covered[0].CheckedAt = noon, time.Time{}
		l.Covered = append(l.Covered, takeover.Covered{ID: "c0", Channel: takeover.ChannelText, CheckedAt: noon, LeftAt: noon})
	})
	step := l.ReadOtherwise("c2", noon.Add(time.Minute))
	if got := step.Line.Covered; len(got) != 1 || got[0].ID != "c1" || !got[0].CheckedAt.IsZero() {
		t.Errorf("to be switched on: %+v, want c1 alone", got)
	}
	if len(step.Direct) != 1 || step.Direct[0].To != "UA" || step.Line.OutsideAt.IsZero() {
		t.Errorf("told %+v, seen at %s: the holder is told once", step.Direct, step.Line.OutsideAt)
	}
}

// TestSwitchedOffAfterAHandBack is shown on the card, where the AI would answer.
func TestSwitchedOffAfterAHandBack(t *testing.T) {
	now := noon.Add(time.Minute)
	for id, shown := range map[takeover.ConversationID]bool{"c2": true, "c1": false} {
		once := returned().ReadOtherwise(id, now).Line
		again := once.ReadOtherwise(id, now.Add(5*time.Second))
		if off := !again.Line.OffAt.IsZero(); off != shown || !covered(again.Line, id).OddAt.IsZero() {
			t.Errorf("%s: shown as off %t, want %t; %+v", id, off, shown, covered(again.Line, id))
		}
	}
}

// TestReadAgain: what follows where all flags read as wanted.
func TestReadAgain(t *testing.T) {
	at := noon.Add(3 * time.Minute)
	odd := func(l *takeover.Line) { l.Covered[1].OddAt, l.Covered[1].CheckedAt = noon, time.Time{} }
	care := func(until time.Time) func(*takeover.Line) {
		return func(l *takeover.Line) { l.Covered[0].CareUntil = until }
	}
	doubt := func(told bool) func(*takeover.Line) {
		return func(l *takeover.Line) {
			l.Takeover.Doubt = takeover.Doubt{Since: noon, Why: &takeover.Trouble{Kind: takeover.Failing}, HolderTold: told}
		}
	}
	for _, tt := range []struct {
		name   string
		line   takeover.Line
		aged   bool
		saved  bool
		events []takeover.Event
		direct int
	}{
		{"all was well", heldTwo(), false, false, nil, 0},
		{"the proof had grown old", heldTwo(), true, true, nil, 0},
		{"one read otherwise", heldTwo(odd), false, true, nil, 0},
		{"the time of a write has passed", heldTwo(care(at)), false, true, nil, 0},
		{"a write may still arrive", heldTwo(care(at.Add(1))), false, false, nil, 0},
		{"the card said that it was not checked", heldTwo(doubt(false)), false, true, []takeover.Event{takeover.EventCheckedAgain}, 0},
		{"the holder was told", heldTwo(doubt(true)), false, true, []takeover.Event{takeover.EventCheckedAgain}, 1},
		{"handed back, one read otherwise", returned(odd), false, true, nil, 0},
		{"while it is being taken", line(takeover.StateTaking, "UA"), true, false, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			step := tt.line.ReadAgain(takeover.Comparison{At: at, Turn: at, Before: at, Aged: tt.aged}, at.Add(time.Second))
			if step.Save != tt.saved || !slices.Equal(events(step), tt.events) || len(step.Direct) != tt.direct {
				t.Errorf("saved %t, %v, %d told; want %t, %v, %d", step.Save, events(step), len(step.Direct), tt.saved, tt.events, tt.direct)
			}
			if !tt.saved {
				return
			}
			if step.Draw != tt.line.Taken() {
				t.Errorf("drawn: %t", step.Draw)
			}
			for _, c := range step.Line.Covered {
				if !c.OddAt.IsZero() || c.CheckedAt.IsZero() || !c.CareUntil.IsZero() {
					t.Errorf("%+v", c)
				}
			}
			if s := step.Line.Silence(at); tt.line.Taken() && (s.Level != takeover.SilenceProven || !s.AsOf.Equal(at)) {
				t.Errorf("%s as of %s", s.Level, s.AsOf)
			}
		})
	}
}

// TestUnchecked: a proof that cannot be renewed is said once on the card, to the holder, and to
// the desk.
func TestUnchecked(t *testing.T) {
	failing := &takeover.ProviderError{Provider: "Telnyx", Op: "list conversations", Kind: takeover.Failing, Status: 503}
	l := heldTwo()
	var said []takeover.Event
	at := map[takeover.Event]time.Duration{}
	for age := time.Duration(0); age <= 15*time.Minute; age += 5 * time.Second {
		step := l.Unchecked(failing, takeover.ProofFresh, noon.Add(age))
		for _, e := range step.Entries {
			said = append(said, e.Event)
			at[e.Event] = age
		}
		if told := len(step.Direct) == 1; told != slices.Contains(events(step), takeover.EventUncheckedHolder) {
			t.Errorf("after %s: told %+v", age, step.Direct)
		}
		l = step.Line
	}
	if !slices.Equal(said, []takeover.Event{takeover.EventUnchecked, takeover.EventUncheckedHolder, takeover.EventUncheckedDesk}) {
		t.Errorf("said %v", said)
	}
	if at[takeover.EventUnchecked] != takeover.ProofFresh+5*time.Second || at[takeover.EventUncheckedHolder] != takeover.ProofHolder || at[takeover.EventUncheckedDesk] != takeover.ProofDesk {
		t.Errorf("said at %v", at)
	}
	if s := l.Silence(noon.Add(15 * time.Minute)); s.Level != takeover.SilenceUnchecked || s.Why == nil || s.Why.Status != 503 || !s.AsOf.Equal(noon) {
		t.Errorf("%+v", s)
	}
	step := l.ReadAgain(takeover.Comparison{At: noon.Add(16 * time.Minute), Turn: noon.Add(16 * time.Minute), Before: noon.Add(16 * time.Minute), Aged: true}, noon.Add(16*time.Minute))
	if !slices.Equal(events(step), []takeover.Event{takeover.EventCheckedAgain}) || len(step.Direct) != 1 || step.Entries[0].Lag != 16*time.Minute {
		t.Errorf("checked again: %+v", step)
	}
	if l = step.Line; l.Takeover.Doubt != (takeover.Doubt{}) {
		t.Errorf("doubt %+v", l.Takeover.Doubt)
	}
}

// TestUncheckedSaysNothing where nothing was proven, and late where many lines are held.
func TestUncheckedSaysNothing(t *testing.T) {
	broken := heldTwo(func(l *takeover.Line) { l.Covered[0].CheckedAt = time.Time{} })
	for name, l := range map[string]takeover.Line{"being taken": line(takeover.StateTaking, "UA"), "handed back": returned(), "read otherwise": broken,
		"being taken, all read": heldTwo(func(l *takeover.Line) { l.State = takeover.StateTaking })} {
		if step := l.Unchecked(nil, takeover.ProofFresh, noon.Add(time.Hour)); step.Save || len(step.Entries) > 0 {
			t.Errorf("%s: %v", name, events(step))
		}
	}
	const fresh = 3 * time.Minute
	if step := heldTwo().Unchecked(nil, fresh, noon.Add(2*time.Minute)); step.Save {
		t.Errorf("said before its turn could come: %v", events(step))
	}
	if step := heldTwo().Unchecked(nil, fresh, noon.Add(takeover.ProofHolder+2*time.Minute)); !slices.Equal(events(step), []takeover.Event{takeover.EventUncheckedHolder}) ||
		step.Line.Takeover.Doubt.Why.Kind != takeover.NoAnswer {
		t.Errorf("%v", events(step))
	}
}

// TestGone: a conversation that the provider does not know, twice, is not covered any more; that
// in which the AI answers is.
func TestGone(t *testing.T) {
	now := noon.Add(30 * time.Second)
	for name, l := range map[string]takeover.Line{"the newest": heldTwo(func(l *takeover.Line) { l.Newest.ID = "c1" }), "a stranger": heldTwo(func(l *takeover.Line) { l.Covered = l.Covered[:1] })} {
		if step := l.Gone("c1", now); step.Save {
			t.Errorf("%s: %+v", name, step)
		}
	}
	first := heldTwo().Gone("c1", now)
	if !first.Save || len(first.Entries) > 0 || first.Line.Silence(now).Level != takeover.SilenceProven {
		t.Errorf("once: saved %t, %v, %s", first.Save, events(first), first.Line.Silence(now).Level)
	}
	if soon := first.Line.Gone("c1", now.Add(2*time.Second)); soon.Save {
		t.Error("believed after two seconds")
	}
	again := first.Line.Gone("c1", now.Add(3*time.Second))
	if !slices.Equal(events(again), []takeover.Event{takeover.EventGone}) || again.Line.Covers("c1") || !again.Draw {
		t.Errorf("twice: %v, %+v", events(again), again.Line.Covered)
	}
	// Handed back, nothing of it is of interest any more, and nobody is told.
	back := returned().Gone("c2", now).Line.Gone("c2", now.Add(3*time.Second))
	if len(back.Entries) > 0 || back.Draw || back.Line.Covers("c2") || !back.Line.Covers("c1") {
		t.Errorf("handed back, twice: %v, %+v", events(back), back.Line.Covered)
	}
}
