package takeover_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// held is a fixture whose line UA has taken over a moment ago, proven.
func held(t *testing.T) *fixture {
	t.Helper()
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water is coming through the ceiling")
	h.ai.writes("c1", takeover.RoleAssistant, "I am sorry to hear that")
	h.turn(time.Second)
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.settle(t)
	if l := h.line(); l.State != takeover.StateHeld {
		t.Fatalf("line %s", l.State)
	}
	h.store.jobs = nil
	return h
}

func (h *fixture) line() takeover.Line { return h.store.lines["ln_1"] }

func (h *fixture) turn(d time.Duration) { h.clock = h.clock.Add(d) }

func (h *fixture) wish(verb takeover.Verb, by takeover.OperatorID, key string) takeover.Command {
	return press(verb, by, key, h.clock)
}

func (h *fixture) settle(t *testing.T) {
	t.Helper()
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
}

// watch asks the provider once what changed, as if the last tick were long ago, and works
// what follows.
func (h *fixture) watch(t *testing.T) {
	t.Helper()
	clear(h.store.leases)
	if err := errors.Join(h.SyncOnce(t.Context()), h.CompareOnce(t.Context())); err != nil {
		t.Fatal(err)
	}
	h.work(t)
}

// work works the follow and settle jobs that are due.
func (h *fixture) work(t *testing.T) {
	t.Helper()
	for len(h.store.jobs) > 0 {
		jobs := h.store.jobs
		h.store.jobs = nil
		for _, j := range jobs {
			switch j := j.(type) {
			case takeover.FollowJob:
				if j.From.After(h.clock) {
					continue
				}
				if _, _, err := h.follow(t, j); err != nil {
					t.Fatal(err)
				}
			case takeover.SettleJob:
				h.settle(t)
			}
		}
	}
}

// due takes the steps that are due by the clock.
func (h *fixture) due(t *testing.T) {
	t.Helper()
	for range 2 { // a second replica finds nothing left to do
		if _, err := h.TakeDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// events are what the audit has since the n-th entry.
func (h *fixture) events(n int) []takeover.Event {
	var events []takeover.Event
	for _, e := range h.store.audit[n:] {
		events = append(events, e.Event)
	}
	return events
}

func (h *fixture) directs(to takeover.OperatorID) int {
	n := 0
	for _, j := range h.store.jobs {
		if d, ok := j.(takeover.DirectJob); ok && d.To == to {
			n++
		}
	}
	return n
}

func TestAForgottenTakeoverIsAskedAboutAndEnds(t *testing.T) {
	for _, tt := range []struct {
		name    string
		rule    takeover.HoldRule
		waiting bool
		want    []takeover.Event
		state   takeover.State
	}{
		{"to the AI", takeover.RuleAI, false, []takeover.Event{takeover.EventHolderAsked, takeover.EventHolderAskedAgain, takeover.EventLapsed}, takeover.StateReturning},
		{"to the AI, with an end user who waits", takeover.RuleAI, true, []takeover.Event{takeover.EventHolderAsked, takeover.EventHolderAskedAgain, takeover.EventLeadsTold, takeover.EventLapsed}, takeover.StateReturning},
		{"kept", takeover.RuleKeep, false, []takeover.Event{takeover.EventHolderAsked, takeover.EventHolderAskedAgain, takeover.EventKept}, takeover.StateHeld},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := held(t)
			h.Desks[0].Rules.After = tt.rule
			if tt.waiting {
				h.ai.writes("c1", takeover.RoleEndUser, "hello?")
				h.watch(t)
			}
			n := len(h.store.audit)
			h.turn(29 * time.Minute)
			h.due(t)
			early := []takeover.Event{}
			if tt.waiting {
				early = append(early, takeover.EventReplyMissed)
			}
			if got := h.events(n); !slices.Equal(got, early) {
				t.Fatalf("before its time: %v", got)
			}
			n += len(early)
			h.turn(2 * time.Minute)
			for i := range tt.want {
				h.due(t)
				if got := h.events(n); !slices.Equal(got, tt.want[:i+1]) {
					t.Fatalf("step %d: %v, want %v", i, got, tt.want[:i+1])
				}
				h.turn(takeover.AskEvery)
			}
			l := h.line()
			if l.State != tt.state {
				t.Errorf("line %s, want %s", l.State, tt.state)
			}
			if h.directs("UA") < 2 {
				t.Errorf("the holder was asked %d times in person", h.directs("UA"))
			}
			last := h.store.audit[len(h.store.audit)-1]
			if tt.waiting == last.Waiting.IsZero() {
				t.Errorf("who waits is not said: %+v", last)
			}
		})
	}
}

func TestActivityKeepsTheHold(t *testing.T) {
	extend := func(h *fixture) takeover.Command {
		c := h.wish(takeover.Extend, "UA", "more")
		c.For, c.More = 30*time.Minute, true
		return c
	}
	for name, act := range map[string]func(*testing.T, *fixture){
		"the holder presses +30":          func(t *testing.T, h *fixture) { h.press(t, extend(h)) },
		"the holder writes in the thread": func(t *testing.T, h *fixture) { h.press(t, h.wish(takeover.Active, "UA", "talk")) },
		"the end user writes":             func(t *testing.T, h *fixture) { h.ai.writes("c1", takeover.RoleEndUser, "are you there?"); h.watch(t) },
		"a person answers":                func(t *testing.T, h *fixture) { h.ai.writes("c1", takeover.RoleOperator, "on my way"); h.watch(t) },
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			h.turn(20 * time.Minute)
			act(t, h)
			n := len(h.store.audit)
			h.turn(25 * time.Minute)
			h.due(t)
			if got := h.events(n); slices.Contains(got, takeover.EventHolderAsked) {
				t.Errorf("asked 25 minutes later: %v", got)
			}
			h.turn(time.Hour)
			h.due(t)
			if got := h.events(n); !slices.Contains(got, takeover.EventHolderAsked) {
				t.Errorf("never asked: %v", got)
			}
		})
	}
}

// Somebody who is not answered and writes again and again does not keep a sleeping
// holder from being asked.
func TestAnUnansweredEndUserIsNotActivityForEver(t *testing.T) {
	h := held(t)
	for range 8 {
		h.turn(10 * time.Minute)
		h.ai.writes("c1", takeover.RoleEndUser, "hello?")
		h.watch(t)
		h.due(t)
		if slices.Contains(h.events(0), takeover.EventHolderAsked) {
			return
		}
	}
	t.Error("after 80 minutes without an answer nobody was asked")
}

func TestANewConversationIsSilencedAndJoins(t *testing.T) {
	h := held(t)
	since := h.line().Takeover.ProvenAt
	h.turn(10 * time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "it is getting worse")
	h.ai.writes("c2", takeover.RoleAssistant, "How can I help?")
	if err := h.SyncOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := h.line(); l.State != takeover.StateTaking || !l.Joining() || l.Newest.ID != "c2" || l.Takeover.Holder != "UA" {
		t.Fatalf("before the proof: %s, joining %t, current %s by %s", l.State, l.Joining(), l.Newest.ID, l.Takeover.Holder)
	}
	h.work(t)
	l := h.line()
	if l.State != takeover.StateHeld || !h.ai.flag["c2"] || !l.Covers("c1") || !l.Takeover.ProvenAt.Equal(since) {
		t.Fatalf("line %s, flags %v, held since %s", l.State, h.ai.flag, l.Takeover.ProvenAt)
	}
	if l.Takeover.Spoke.At.IsZero() {
		t.Error("the AI was faster, and nobody sees its words")
	}
	if !slices.Contains(h.events(0), takeover.EventJoined) {
		t.Errorf("audit %v", h.events(0))
	}
	calls := h.ai.calls
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	if h.ai.flag["c1"] || h.ai.flag["c2"] || h.ai.calls != calls+2 {
		t.Errorf("after the hand-back: flags %v", h.ai.flag)
	}
}

func TestAConversationThatJoinsDuringAnAttemptIsNotLost(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.during = func() {
		h.ai.during = nil
		h.turn(time.Second)
		h.ai.writes("c2", takeover.RoleEndUser, "hello")
		if err := h.SyncOnce(t.Context()); err != nil {
			t.Error(err)
		}
	}
	h.settle(t)
	h.watch(t) // where the list was had before c2 began
	if l := h.line(); !l.Covers("c2") || !h.ai.flag["c2"] || l.State != takeover.StateHeld {
		t.Errorf("line %s covers %v, flags %v", l.State, l.Covered, h.ai.flag)
	}
}

// What a card calls checked at a time was silent then, all of it.
func TestSilentSpeaksOfAllConversations(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "old")
	h.turn(time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.turn(time.Minute)
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.during = func() { h.turn(time.Second) } // every write takes a second
	h.settle(t)
	l := h.line()
	if l.State != takeover.StateHeld || len(l.Covered) != 2 || !l.Silence(h.clock).AsOf.Equal(h.clock) {
		t.Errorf("%s, checked at %s; the last write was at %s", l.State, l.Silence(h.clock).AsOf, h.clock)
	}
}

// A conversation that began between the search and the takeover is silenced with it.
func TestTheTakeoverFindsWhatTheSearchDidNot(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "old")
	h.turn(time.Hour)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.turn(10 * time.Minute)
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.settle(t)
	if l := h.line(); l.State != takeover.StateHeld || l.Newest.ID != "c2" || !h.ai.flag["c2"] || !h.ai.flag["c1"] {
		t.Errorf("%s, current %s, flags %v", l.State, l.Newest.ID, h.ai.flag)
	}
	if slices.Contains(h.events(0), takeover.EventJoined) || !slices.Contains(h.events(0), takeover.EventSilenced) {
		t.Errorf("said as %v, want as one takeover", h.events(0))
	}
}

func TestAPhoneCallIsAnnouncedOnce(t *testing.T) {
	h := held(t)
	h.turn(time.Minute)
	h.ai.writes("call", takeover.RoleEndUser, "hello")
	h.ai.convs[0].Channel = takeover.ChannelCall
	h.watch(t)
	h.turn(5 * time.Second)
	h.ai.writes("call", takeover.RoleEndUser, "anybody?")
	h.watch(t)
	n := 0
	for _, d := range h.events(0) {
		if d == takeover.EventCallSeen {
			n++
		}
	}
	if l := h.line(); n != 1 || h.ai.flag["call"] || l.State != takeover.StateHeld || l.Newest.ID != "c1" {
		t.Errorf("announced %d times, flags %v, line %s current %s", n, h.ai.flag, l.State, l.Newest.ID)
	}
}

func TestTheAISpeaksAfterTheTakeover(t *testing.T) {
	h := held(t)
	h.turn(2 * time.Second)
	h.ai.writes("c1", takeover.RoleAssistant, "A plumber is on the way")
	h.watch(t)
	l := h.line()
	if l.Takeover.Spoke.Text != "A plumber is on the way" {
		t.Fatalf("spoke %+v", l.Takeover.Spoke)
	}
	h.press(t, h.wish(takeover.Fine, "UB", "fine"))
	h.turn(time.Second)
	h.watch(t)
	if l := h.line(); !l.Takeover.Spoke.At.IsZero() {
		t.Errorf("told again of what was called fine: %+v", l.Takeover.Spoke)
	}
	h.ai.writes("c1", takeover.RoleAssistant, "He is there at four")
	h.watch(t)
	if l := h.line(); l.Takeover.Spoke.Text != "He is there at four" {
		t.Errorf("spoke %+v, want the second message", l.Takeover.Spoke)
	}
	h.press(t, h.wish(takeover.Correct, "UA", "correct"))
	if !slices.ContainsFunc(h.store.jobs, func(j takeover.Job) bool { _, ok := j.(takeover.DraftJob); return ok }) {
		t.Error("no draft was asked for")
	}
	h.turn(20 * time.Minute)
	h.ai.writes("c1", takeover.RoleAssistant, "late")
	h.watch(t)
	if l := h.line(); l.Takeover.Spoke.Text != "late" {
		t.Errorf("twenty minutes later: %+v", l.Takeover.Spoke)
	}
}

// An answer that was on its way may become visible after what the end user wrote next.
func TestTheAISpeaksOutOfOrder(t *testing.T) {
	h := held(t)
	h.turn(time.Second)
	late := takeover.Message{Key: "late", Role: takeover.RoleAssistant, Text: "A plumber is on the way", At: takeover.ProviderTime(h.clock)}
	h.turn(time.Second)
	h.ai.writes("c1", takeover.RoleEndUser, "hello?")
	h.watch(t)
	n := len(h.ai.spoken["c1"])
	h.ai.spoken["c1"] = slices.Insert(h.ai.spoken["c1"], n-1, late)
	h.turn(time.Second)
	h.ai.convs[0].LastMessageAt = takeover.ProviderTime(h.clock)
	h.watch(t)
	if l := h.line(); l.Takeover.Spoke.Text != late.Text {
		t.Errorf("spoke %+v", l.Takeover.Spoke)
	}
}

// outside has the AI of a conversation switched on elsewhere, and the bot see it twice.
func (h *fixture) outside(t *testing.T, id takeover.ConversationID) {
	t.Helper()
	h.ai.flag[id] = false
	h.turn(takeover.CompareEvery)
	h.watch(t)
	h.turn(takeover.SyncTick)
	h.watch(t)
}

func TestTheFlagIsChangedOutside(t *testing.T) {
	h := held(t)
	lists := h.ai.pairs.Load()
	h.turn(takeover.CompareEvery - 2*time.Second)
	h.watch(t)
	if n := h.ai.pairs.Load() - lists; n != 0 {
		t.Errorf("compared %d times, moments after the read-back", n)
	}
	h.turn(2 * time.Second)
	h.watch(t)
	if l := h.line(); h.ai.pairs.Load()-lists != 1 || h.ai.checks.Load() != 0 || l.State != takeover.StateHeld || h.store.compared["ln_1"].IsZero() {
		t.Fatalf("%d lists, %d single readings, line %s; want one call", h.ai.pairs.Load()-lists, h.ai.checks.Load(), l.State)
	}
	calls := h.ai.calls
	h.outside(t, "c1")
	l := h.line()
	if l.State != takeover.StateAI || l.Takeover.Holder != "" || l.OutsideAt.IsZero() || h.ai.calls != calls {
		t.Fatalf("line %s by %q, %d writes; want to follow without a fight", l.State, l.Takeover.Holder, h.ai.calls-calls)
	}
	last := h.store.audit[len(h.store.audit)-1]
	if last.Event != takeover.EventSwitchedOn || last.Origin != takeover.Elsewhere || last.Other != "UA" {
		t.Errorf("audit %+v", last)
	}
	h.turn(takeover.CompareEvery)
	h.watch(t)
	if h.ai.calls != calls {
		t.Error("the other writer is fought")
	}
}

func TestTheAIIsWatchedAfterTheHandBack(t *testing.T) {
	back := func(t *testing.T) *fixture {
		h := held(t)
		h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
		h.settle(t)
		h.turn(time.Second)
		return h
	}
	t.Run("it answers", func(t *testing.T) {
		h := back(t)
		h.ai.writes("c1", takeover.RoleEndUser, "thanks")
		h.watch(t)
		h.turn(time.Second)
		h.ai.writes("c1", takeover.RoleAssistant, "You are welcome")
		h.watch(t)
		h.turn(time.Hour)
		h.due(t)
		if l := h.line(); l.Attended() || slices.Contains(h.events(0), takeover.EventAnswerMissed) {
			t.Errorf("aftercare %+v, %v", l.Aftercare, h.events(0))
		}
	})
	t.Run("it does not", func(t *testing.T) {
		h := back(t)
		h.ai.writes("c1", takeover.RoleEndUser, "thanks, and when?")
		h.watch(t)
		h.turn(takeover.AnswerTime)
		h.due(t)
		if l := h.line(); !l.Aftercare.Missed || !slices.Contains(h.events(0), takeover.EventAnswerMissed) {
			t.Errorf("aftercare %+v, %v", l.Aftercare, h.events(0))
		}
	})
	t.Run("nobody writes", func(t *testing.T) {
		h := back(t)
		h.turn(takeover.AftercareTime)
		h.due(t)
		if l := h.line(); l.Attended() || slices.Contains(h.events(0), takeover.EventAnswerMissed) {
			t.Errorf("aftercare %+v, %v", l.Aftercare, h.events(0))
		}
	})
}

func TestOneListCallATick(t *testing.T) {
	h := held(t)
	for range 5 {
		h.turn(takeover.SyncTick)
		h.watch(t)
	}
	if h.ai.lists != 5 {
		t.Errorf("%d list calls in 5 ticks", h.ai.lists)
	}
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	h.turn(time.Hour)
	h.due(t)
	h.watch(t)
	if h.ai.lists != 5 {
		t.Error("listed although nobody is attended")
	}
}

// TestHoldsThatRunOutTogetherAreToldTogether: each step has one message for each person.
func TestHoldsThatRunOutTogetherAreToldTogether(t *testing.T) {
	ask := func(id takeover.LineID, holder takeover.OperatorID, at time.Time) takeover.Direct {
		l := line(takeover.StateHeld, holder)
		l.ID = id
		l.Takeover.Hold = takeover.Hold{For: time.Minute, Until: at, NextAt: at}
		return l.TimeUp(at, takeover.Rules{Asks: takeover.DefaultAsks(), After: takeover.RuleAI}).Direct[0]
	}
	one := ask("ln_1", "UA", noon)
	for name, tt := range map[string]struct {
		other takeover.Direct
		same  bool
	}{
		"another line, a second later": {ask("ln_2", "UA", noon.Add(time.Second)), true},
		"a minute later":               {ask("ln_2", "UA", noon.Add(time.Minute)), false},
		"another's":                    {ask("ln_2", "UB", noon), false},
	} {
		if same := tt.other.Key == one.Key; same != tt.same {
			t.Errorf("%s: told in one message: %t", name, same)
		}
	}
	if from, until, ok := one.Entry.Together(); !ok || one.Entry.At.Before(from) || !one.Entry.At.Before(until) {
		t.Errorf("%s is not in [%s, %s)", one.Entry.At, from, until)
	}
}

// TestWhatTheAIShouldNotHaveSaidAnswersNobody: the end user still waits, until an operator has
// called it fine, a person has answered, or the AI has answered on its own turn.
func TestWhatTheAIShouldNotHaveSaidAnswersNobody(t *testing.T) {
	for name, tt := range map[string]struct {
		then  func(*testing.T, *fixture)
		waits bool
	}{
		"nothing more":            {func(*testing.T, *fixture) {}, true},
		"called fine":             {func(t *testing.T, h *fixture) { h.press(t, h.wish(takeover.Fine, "UA", "fine")) }, false},
		"a correction is drafted": {func(t *testing.T, h *fixture) { h.press(t, h.wish(takeover.Correct, "UA", "correct")) }, true},
		"a person answers":        {func(_ *testing.T, h *fixture) { h.ai.writes("c1", takeover.RoleOperator, "at four") }, false},
		"handed back": {func(t *testing.T, h *fixture) {
			h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
			h.settle(t)
		}, true},
		"handed back, and the AI answers": {func(t *testing.T, h *fixture) {
			h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
			h.settle(t)
			h.turn(time.Second)
			h.ai.writes("c1", takeover.RoleAssistant, "at four")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			h.turn(time.Minute)
			h.ai.writes("c1", takeover.RoleEndUser, "when?")
			since := h.clock
			h.turn(time.Second)
			h.ai.writes("c1", takeover.RoleAssistant, "A plumber is at your door in five minutes.")
			h.watch(t)
			if got := h.line().WaitingSince(); !time.Time(got).Equal(since) || h.line().Takeover.Spoke.At.IsZero() {
				t.Fatalf("waiting since %s, want %s; %+v", got, since, h.line().Takeover.Spoke)
			}
			h.turn(time.Second)
			tt.then(t, h)
			h.turn(time.Second)
			h.watch(t)
			if waits := !h.line().WaitingSince().IsZero(); waits != tt.waits {
				t.Errorf("the end user waits: %t", waits)
			}
		})
	}
}

// TestADraftDoesNotEndTheAlarm: nothing was sent. A person's answer ends it, or the word that it
// was fine.
func TestADraftDoesNotEndTheAlarm(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *fixture){
		"called fine":      func(t *testing.T, h *fixture) { h.press(t, h.wish(takeover.Fine, "UA", "fine")) },
		"a person answers": func(t *testing.T, h *fixture) { h.ai.writes("c1", takeover.RoleOperator, "at four"); h.watch(t) },
	} {
		h := held(t)
		h.turn(time.Minute)
		h.ai.writes("c1", takeover.RoleAssistant, "A plumber is at your door in five minutes.")
		h.watch(t)
		h.press(t, h.wish(takeover.Correct, "UA", "correct"))
		if s := h.line().Takeover.Spoke; s.At.IsZero() || !s.DraftedAt.Equal(h.clock) {
			t.Fatalf("a draft ends the alarm: %+v", s)
		}
		h.turn(time.Second)
		end(t, h)
		if s := h.line().Takeover.Spoke; !s.At.IsZero() {
			t.Errorf("%s, and it is still said that the AI spoke: %+v", name, s)
		}
	}
}

// TestAWaitBelongsToTheLine: a new conversation restarts nothing, and what was said last before it
// stays on the card until as much is said in it.
func TestAWaitBelongsToTheLine(t *testing.T) {
	h := held(t)
	h.turn(time.Minute)
	h.ai.writes("c1", takeover.RoleEndUser, "it drips")
	since := h.clock
	h.watch(t)
	h.turn(time.Hour)
	h.ai.writes("c2", takeover.RoleEndUser, "now in the hallway too")
	h.watch(t)
	l := h.line()
	if l.Newest.ID != "c2" || !time.Time(l.WaitingSince()).Equal(since) {
		t.Fatalf("newest %s, waiting since %s, want %s", l.Newest.ID, l.WaitingSince(), since)
	}
	shown := func() (texts []string) {
		for _, e := range h.line().Recent.Lines {
			texts = append(texts, e.Text)
		}
		return texts
	}
	if got, want := shown(), []string{"I am sorry to hear that", "it drips", "now in the hallway too"}; !slices.Equal(got, want) {
		t.Errorf("the card shows %q, want %q", got, want)
	}
	for _, text := range []string{"hello?", "anybody?"} {
		h.turn(time.Second)
		h.ai.writes("c2", takeover.RoleEndUser, text)
		h.watch(t)
	}
	if got, want := shown(), []string{"now in the hallway too", "hello?", "anybody?"}; !slices.Equal(got, want) {
		t.Errorf("the card shows %q, want %q", got, want)
	}
	if got := h.line().Unanswered(); got != "anybody?" {
		t.Errorf("unanswered %q", got)
	}
}
