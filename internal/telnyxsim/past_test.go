package telnyxsim

import (
	"slices"
	"testing"
	"time"
)

func TestWouldAnswerIsWhatTextDoes(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock, Inactivity: time.Hour})
	user, other := BulkEndUser(1), BulkEndUser(2)
	id := ""
	for i, step := range []struct {
		before  func()
		answers bool
		opens   bool // another conversation
	}{
		{func() {}, true, true},
		{func() {}, true, false},
		{func() { check(t, r.FlipAI(id, true)) }, false, false},
		{func() { r.PhoneCall(t.Context(), user, SeedAgent, "hello?") }, false, false},
		{func() { r.Advance(59 * time.Minute) }, false, false},
		{func() { r.Text(t.Context(), other, SeedAgent, "hi"); r.Text(t.Context(), user, "+13125550101", "hi") }, false, false},
		{func() { r.Advance(61 * time.Minute) }, true, true},
		{func() { check(t, r.SetMetadata(id, KeyAIDisabled, []byte(`"1"`))) }, false, false},
		{func() { r.do("DELETE", "/ai/conversations/"+id, "") }, false, false}, // back to the first one, which is younger than an hour …
	} {
		step.before()
		if i == 8 {
			r.SetInactivity(0) // … by decree
		}
		answers, in := r.WouldAnswer(user, SeedAgent)
		if again, same := r.WouldAnswer(user, SeedAgent); again != answers || same != in {
			t.Errorf("step %d: asking changed the answer", i)
		}
		wrote := r.Text(t.Context(), user, SeedAgent, "there is water")
		spoke := r.lastRole(wrote) == RoleAssistant
		if answers != step.answers || spoke != answers || (in == "") != step.opens || in != "" && in != wrote {
			t.Errorf("step %d: would answer %t in %q; %t in %q", i, answers, in, spoke, wrote)
		}
		id = wrote
	}
}

func TestFlagHistory(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101", KeyAIDisabled, `true`))
	loaded := SeedID(9001)
	if got := r.FlagHistory(loaded); !slices.Equal(got, []FlagChange{{Silenced: true}}) {
		t.Errorf("loaded: %v", got)
	}
	r.Advance(time.Second)
	check(t, r.FlipAI(loaded, false))
	check(t, r.FlipAI(loaded, false)) // no change
	r.Advance(time.Second)
	if a := r.do("PUT", convPath, `{"metadata":{"ai_disabled":"true"}}`); a.status != 200 {
		t.Fatal(a)
	}
	r.Advance(time.Second)
	if a := r.do("DELETE", convPath, ""); a.status != 200 {
		t.Fatal(a)
	}
	after := func(seconds int) time.Time { return clock().Add(time.Duration(seconds) * time.Second) }
	want := []FlagChange{{Silenced: true}, {At: after(1)}, {At: after(2), Silenced: true}, {At: after(3), Gone: true}}
	if got := r.FlagHistory(loaded); !slices.Equal(got, want) {
		t.Errorf("changed: %v", got)
	}
	begun := r.text("hello")
	if got := r.FlagHistory(begun); !slices.Equal(got, []FlagChange{{At: after(3)}}) {
		t.Errorf("begun: %v", got)
	}
	if got := r.FlagHistory(SeedID(1)); got != nil {
		t.Errorf("never there: %v", got)
	}
	r.Load([]Conversation{conv(1, "+14155550101")})
	if got := r.FlagHistory(loaded); !slices.Equal(got, []FlagChange{{}}) {
		t.Errorf("loaded again: %v", got)
	}
}

// check ends the test after an error.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
