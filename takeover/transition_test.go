package takeover_test

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

var noon = time.Date(2026, 11, 22, 3, 14, 0, 0, time.UTC)

func line(state takeover.State, holder takeover.OperatorID) takeover.Line {
	l := takeover.NewLine("ln_1", "Telnyx", takeover.Conversation{ID: "c1", EndUser: "+14155550137", Agent: "+13125550100", Channel: takeover.ChannelText}, noon)
	l.Version, l.State, l.Takeover.Holder = 1, state, holder
	l.Can = takeover.Capabilities{takeover.CanSilence: {Level: takeover.LevelYes}, takeover.CanWatch: {Level: takeover.LevelYes}}
	if state != takeover.StateAI {
		l.Takeover.Claim, l.Ref, l.Takeover.ClaimedAt, l.Takeover.GotAt = "first", takeover.RefOf("first"), noon, noon
	}
	return l
}

func press(verb takeover.Verb, by takeover.OperatorID, key string, at time.Time) takeover.Command {
	return takeover.Command{Key: key, Verb: verb, By: by, Origin: takeover.FromButton, At: at, Line: "ln_1"}
}

func TestDecide(t *testing.T) {
	trouble := &takeover.Trouble{Kind: takeover.Refused, Status: 422, Since: noon}
	tests := []struct {
		name    string
		line    takeover.Line
		trouble *takeover.Trouble
		press   takeover.Command
		state   takeover.State
		holder  takeover.OperatorID
		settle  bool
		refused takeover.RefusalKind
	}{
		{"take a free line", line(takeover.StateAI, ""), nil, press(takeover.TakeOver, "UA", "k", noon), takeover.StateTaking, "UA", true, ""},
		{"the same click again", line(takeover.StateTaking, "UA"), nil, press(takeover.TakeOver, "UA", "first", noon), takeover.StateTaking, "UA", false, ""},
		{"a second click of the holder", line(takeover.StateTaking, "UA"), nil, press(takeover.TakeOver, "UA", "k", noon), takeover.StateTaking, "UA", false, takeover.RefusedYours},
		{"somebody was faster", line(takeover.StateTaking, "UA"), nil, press(takeover.TakeOver, "UB", "k", noon.Add(300*time.Millisecond)), takeover.StateTaking, "UA", false, takeover.RefusedTaken},
		{"somebody holds it", line(takeover.StateHeld, "UA"), nil, press(takeover.TakeOver, "UB", "k", noon.Add(time.Hour)), takeover.StateHeld, "UA", false, takeover.RefusedTaken},
		{"take while it is handed back", line(takeover.StateReturning, "UA"), nil, press(takeover.TakeOver, "UB", "k", noon), takeover.StateTaking, "UB", true, ""},
		{"hand back", line(takeover.StateHeld, "UA"), nil, press(takeover.GiveBack, "UA", "k", noon), takeover.StateReturning, "UA", true, ""},
		{"hand back what another holds", line(takeover.StateHeld, "UA"), nil, press(takeover.GiveBack, "UB", "k", noon), takeover.StateReturning, "UA", true, ""},
		{"give up while taking", line(takeover.StateTaking, "UA"), trouble, press(takeover.GiveBack, "UA", "k", noon), takeover.StateReturning, "UA", true, ""},
		{"hand back what nobody holds", line(takeover.StateAI, ""), nil, press(takeover.GiveBack, "UA", "k", noon), takeover.StateAI, "", false, takeover.RefusedNotHeld},
		{"hand back twice", line(takeover.StateReturning, "UA"), nil, press(takeover.GiveBack, "UA", "k", noon), takeover.StateReturning, "UA", false, takeover.RefusedReturning},
		{"try again in trouble", line(takeover.StateTaking, "UA"), trouble, press(takeover.TryAgain, "UB", "k", noon), takeover.StateTaking, "UA", true, ""},
		{"try again without trouble", line(takeover.StateHeld, "UA"), nil, press(takeover.TryAgain, "UA", "k", noon), takeover.StateHeld, "UA", false, takeover.RefusedSettled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.line.Trouble = tt.trouble
			step := decide(tt.line, tt.press)
			if step.Line.State != tt.state || step.Line.Takeover.Holder != tt.holder || step.Settle != tt.settle {
				t.Errorf("got %s by %q, settle %v; want %s by %q, settle %v", step.Line.State, step.Line.Takeover.Holder, step.Settle, tt.state, tt.holder, tt.settle)
			}
			var refused takeover.RefusalKind
			if step.Refusal != nil {
				refused = step.Refusal.Kind
			}
			if refused != tt.refused {
				t.Errorf("refused %q, want %q", refused, tt.refused)
			}
		})
	}
}

// TestOutcome: an outcome is that of one hand-back, and can be changed until the line is taken over.
func TestOutcome(t *testing.T) {
	back := func(key string) takeover.Line {
		l := line(takeover.StateAI, "")
		l.HandBack = takeover.HandBack{Key: key, By: "UA"}
		return l
	}
	outside := back("box")
	outside.OutsideAt = noon
	said := func(l takeover.Line, what takeover.OutcomeKind) takeover.Step {
		c := press(takeover.SetOutcome, "UB", "k/"+string(what), noon)
		c.HandBack, c.Outcome = takeover.RefOf("box"), what
		return decide(l, c)
	}
	for name, l := range map[string]takeover.Line{"held again": line(takeover.StateHeld, "UA"), "handed back again": back("another"),
		"never held": line(takeover.StateAI, ""), "switched on outside Slack": outside} {
		if step := said(l, takeover.OutcomeFixed); step.Refusal == nil || step.Refusal.Kind != takeover.RefusedNoOutcome || len(step.Entries) > 0 {
			t.Errorf("%s: %+v", name, step)
		}
	}
	l := back("box")
	for _, what := range takeover.OutcomeKinds() {
		step := said(l, what)
		want := takeover.Outcome{Kind: what, By: "UB", At: noon}
		if l = step.Line; l.HandBack.Outcome != want || !step.Save || len(step.Entries) != 1 || step.Entries[0].Outcome != what {
			t.Errorf("%s: %+v", what, step)
		}
		if again := said(l, what); again.Save || len(again.Entries) > 0 {
			t.Errorf("%s twice: %+v", what, again)
		}
	}
	if step := said(l, "won"); step.Save || step.Refusal != nil {
		t.Errorf("an outcome that there is not: %+v", step)
	}
	if l = decide(l, press(takeover.TakeOver, "UC", "k2", noon)).Line; l.HandBack.Outcome.Kind != "" {
		t.Errorf("taken over, with the outcome of the takeover before: %+v", l.HandBack)
	}
}

// TestAWordAsksBeforeItHandsBack: what only a box shows, a word has to ask about, and
// until it was answered nothing is changed or written down.
func TestAWordAsksBeforeItHandsBack(t *testing.T) {
	waiting := func(s takeover.State, holder takeover.OperatorID) takeover.Line {
		l := line(s, holder)
		l.Recent.WaitsSince = takeover.ProviderTime(noon)
		return l
	}
	for _, tt := range []struct {
		name    string
		line    takeover.Line
		refused takeover.RefusalKind
	}{
		{"one's own, nobody waits", line(takeover.StateHeld, "UA"), ""},
		{"one's own, unproven, nobody waits", line(takeover.StateTaking, "UA"), ""},
		{"one's own, somebody waits", waiting(takeover.StateHeld, "UA"), takeover.RefusedUnasked},
		{"one's own, unproven, somebody waits", waiting(takeover.StateTaking, "UA"), takeover.RefusedUnasked},
		{"another's, nobody waits", line(takeover.StateHeld, "UB"), takeover.RefusedUnasked},
		{"another's, somebody waits", waiting(takeover.StateHeld, "UB"), takeover.RefusedUnasked},
		{"nobody's, somebody waits", waiting(takeover.StateAI, ""), takeover.RefusedNotHeld},
		{"on its way back, somebody waits", waiting(takeover.StateReturning, "UB"), takeover.RefusedReturning},
	} {
		t.Run(tt.name, func(t *testing.T) {
			word := press(takeover.GiveBack, "UA", "k", noon)
			word.AskFirst = true
			step := decide(tt.line, word)
			var refused takeover.RefusalKind
			if step.Refusal != nil {
				refused = step.Refusal.Kind
			}
			if refused != tt.refused || (refused == "") != step.Settle {
				t.Errorf("refused %q, settle %t; want %q", refused, step.Settle, tt.refused)
			}
			if asked := refused == takeover.RefusedUnasked; asked && (step.Save || step.Draw || len(step.Entries)+len(step.Direct) > 0) {
				t.Errorf("the question does something: %+v", step)
			}
		})
	}
}

func TestTheSecondIsToldWhoAndHowMuchEarlier(t *testing.T) {
	step := decide(line(takeover.StateTaking, "UA"), press(takeover.TakeOver, "UB", "k", noon.Add(700*time.Millisecond)))
	if r := step.Refusal; r == nil || r.Holder != "UA" || r.Earlier != 700*time.Millisecond {
		t.Fatalf("refusal %+v, want UA, 700ms earlier", step.Refusal)
	}
	if len(step.Entries) != 1 || step.Entries[0].Event != takeover.EventCameSecond || step.Entries[0].Other != "UA" {
		t.Errorf("audit %+v, want the click that came second", step.Entries)
	}
}

func TestFailedIsSaidOncePerTrouble(t *testing.T) {
	l := line(takeover.StateTaking, "UA")
	l.Since = noon
	refused := &takeover.ProviderError{Provider: "Telnyx", Op: "write", Kind: takeover.Refused, Status: 422}
	down := &takeover.ProviderError{Provider: "Telnyx", Op: "write", Kind: takeover.Failing, Status: 503}
	told := 0
	for i, failure := range []*takeover.ProviderError{refused, refused, refused, down, down, refused} {
		step := l.Failed(failure, noon.Add(time.Duration(i)*time.Second), noon.Add(time.Minute))
		told += len(said(step))
		l = step.Line
		if l.Trouble.Attempts != i+1 {
			t.Errorf("attempts %d, want %d", l.Trouble.Attempts, i+1)
		}
	}
	if told != 3 {
		t.Errorf("said %d times, want 3: refused, failing, refused", told)
	}
	step := l.Failed(refused, noon.Add(takeover.DeskPatience), noon.Add(2*time.Minute))
	if len(said(step)) != 1 || said(step)[0].Event != takeover.EventDeskWarned || !step.Line.Trouble.DeskTold {
		t.Errorf("after a minute: %+v, want the desk told", said(step))
	}
	if again := step.Line.Failed(refused, noon.Add(2*takeover.DeskPatience), noon); len(said(again)) != 0 {
		t.Errorf("told again: %+v", said(again))
	}
}

func TestProvenNeedsTheOldestCheck(t *testing.T) {
	l := line(takeover.StateTaking, "UA")
	l.Takeover.ListedAt = noon.Add(1500 * time.Millisecond)
	l.Covered = []takeover.Covered{{ID: "c2", CheckedAt: noon.Add(2 * time.Second)}, {ID: "c1", CheckedAt: noon.Add(time.Second)}}
	step := l.Proven([]takeover.Proof{{CheckedAt: noon.Add(2 * time.Second)}, {CheckedAt: noon.Add(time.Second)}}, noon.Add(3*time.Second))
	if step.Line.State != takeover.StateHeld || !step.Line.Silence(noon).AsOf.Equal(noon.Add(time.Second)) {
		t.Errorf("%s checked at %s, want held, checked at the oldest read-back", step.Line.State, step.Line.Silence(noon).AsOf)
	}
}

func TestMasked(t *testing.T) {
	for target, want := range map[takeover.Target]string{
		"+14155550137":          "•••• 0137",
		"sip:guest@example.com": "sip:gu…@example.com",
		"guest_9f8e":            "gu…",
		"14155550137":           "•••• 0137",
		"whatsapp:+14155550137": "•••• 0137",
		"HARBOR":                "HA…",
		"":                      "…",
	} {
		if got := target.Masked(); got != want {
			t.Errorf("%q masked is %q, want %q", string(target), got, want)
		}
	}
}

// rules are the desk's settings in these tests.
func rules() takeover.Rules {
	return takeover.Rules{Hold: 30 * time.Minute, SilenceWatch: time.Minute, Asks: takeover.DefaultAsks(), After: takeover.RuleAI}
}

func decide(l takeover.Line, c takeover.Command) takeover.Step { return takeover.Decide(l, c, rules()) }

// said are the entries of a step that the thread tells of.
func said(s takeover.Step) []takeover.Entry {
	return slices.DeleteFunc(slices.Clone(s.Entries), func(e takeover.Entry) bool { return !e.Event.Said() })
}
