package telnyxsim

import (
	"context"
	"slices"
	"testing"
	"time"
)

const silencing = `{"metadata":{"ai_disabled":true}}`

func (r *rig) silent() bool {
	r.t.Helper()
	c, ok := r.Conversation(SeedID(9001))
	if !ok {
		r.t.Fatal("the conversation is gone")
	}
	return c.AIDisabled()
}

func TestAWriteLandsAfterItsCallerGaveUp(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]Failure{
		"hangs": {How: FailHang}, "is cut": {How: FailDrop}, "answers 504": {Status: 504},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
			fail.Op, fail.Times, fail.LandMS = OpPut, 1, 14_000
			if err := r.Inject(fail); err != nil {
				t.Fatal(err)
			}
			patience := 10 * time.Second
			if fail.How == FailHang {
				patience = 100 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if a := r.send(ctx, "PUT", convPath, silencing); (a.err == nil) != (fail.Status != 0) || a.status != fail.Status {
				t.Fatalf("got %d, %v", a.status, a.err)
			}
			r.Advance(13999 * time.Millisecond)
			if r.silent() {
				t.Fatal("it landed too early")
			}
			// Between the two, the next write is carried out at once: each is on its own.
			if a := r.do("PUT", convPath, `{"metadata":{"ai_disabled":false,"x":1}}`); a.status != 200 || r.silent() {
				t.Fatalf("the next write: %d", a.status)
			}
			r.Advance(time.Hour)
			if !r.silent() || r.stored() != `{"ai_disabled":true}` {
				t.Errorf("it did not land: %s", r.stored())
			}
			// An hour may pass at once; the write landed when it was due.
			want := []FlagChange{{}, {At: clock().Add(14 * time.Second), Silenced: true}}
			if got := r.FlagHistory(SeedID(9001)); !slices.Equal(got, want) {
				t.Errorf("history %v", got)
			}
		})
	}
}

func TestLateWritesLandInTheirOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
	for _, step := range []struct {
		landMS int
		body   string
	}{{9_000, silencing}, {3_000, `{"metadata":{"ai_disabled":false}}`}, {5_000, silencing}, {6_000, `{"metadata":[]}`}, {8_000, `{"metadata":{}}`}} {
		r.faults(Faults{Fail: []Failure{{Op: OpPut, Status: 504, LandMS: step.landMS}}})
		if a := r.do("PUT", convPath, step.body); a.status != 504 {
			t.Fatalf("%+v", a)
		}
	}
	var seen []bool
	for range 10 {
		r.Advance(time.Second)
		seen = append(seen, r.silent())
	}
	if want := []bool{false, false, false, false, true, true, true, false, true, true}; !slices.Equal(seen, want) {
		t.Errorf("second by second: %v", seen)
	}
}

func TestALateWriteToADeletedConversationDoesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
	if err := r.Inject(Failure{Op: OpPut, Status: 504, LandMS: 1000}); err != nil {
		t.Fatal(err)
	}
	r.do("PUT", convPath, silencing)
	r.do("DELETE", convPath, "")
	r.Advance(time.Minute)
	if len(r.Conversations()) != 0 {
		t.Error("it is there again")
	}
}

func TestALateWriteTellsAboutItself(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	if err := r.Inject(Failure{Op: OpPut, How: FailDrop, LandMS: 50}); err != nil {
		t.Fatal(err)
	}
	changes, cancel := r.Changes()
	defer cancel()
	r.send(t.Context(), "PUT", convPath, silencing)
	for !r.silent() {
		<-changes
	}
}

func TestAFailureForAWhile(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
	if err := r.Inject(Failure{Op: OpPut, Status: 504, LandMS: 20_000, ForMS: 10_000}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{504, 504, 200} {
		if a := r.do("PUT", convPath, silencing); a.status != want {
			t.Errorf("after %d s: %d", 5*i, a.status)
		}
		r.Advance(5 * time.Second)
	}
	if left := r.Faults().Fail; len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}
