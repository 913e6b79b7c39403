package telnyxsim

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// reads is what GET, a list, and a list of those with the flag show of the only conversation: its flag and key n.
func (r *rig) reads(how string) string {
	r.t.Helper()
	shown := func(m Metadata) string { return fmt.Sprintf("%t/%s", m.AIDisabled(), m["n"]) }
	switch how {
	case "get":
		return shown(metadataOf(r.t, r.do("GET", convPath, "")))
	case "filter":
		return fmt.Sprint(len(r.do("GET", "/ai/conversations?metadata-%3Eai_disabled=eq.true", "").ids(r.t)) == 1)
	}
	var out struct {
		Data []struct{ Metadata Metadata }
	}
	r.do("GET", "/ai/conversations", "").into(r.t, &out)
	return shown(out.Data[0].Metadata)
}

// write puts the flag and n.
func (r *rig) write(on bool, n int) {
	r.t.Helper()
	c, _ := r.Conversation(SeedID(9001))
	c.Metadata.set(KeyAIDisabled, on)
	c.Metadata.set("n", n)
	body, err := marshal(map[string]any{"metadata": c.Metadata})
	if err != nil {
		r.t.Fatal(err)
	}
	if a := r.do("PUT", convPath, string(body)); a.status != 200 {
		r.t.Fatal(a)
	}
}

func (r *rig) misread(m Misread) {
	r.t.Helper()
	if err := r.Misread(m); err != nil {
		r.t.Fatal(err)
	}
}

// want checks what each read shows.
func (r *rig) want(when, get, list, filter string) {
	r.t.Helper()
	if g, l, f := r.reads("get"), r.reads("list"), r.reads("filter"); g != get || l != list || f != filter {
		r.t.Errorf("%s: GET shows %s, the list %s, its filter %s; want %s %s %s", when, g, l, f, get, list, filter)
	}
}

func newMisread(t *testing.T, m ...Misread) *rig {
	t.Helper()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101", "n", "0"))
	for _, m := range m {
		r.misread(m)
	}
	return r
}

func TestLaggingReads(t *testing.T) {
	t.Parallel()
	r := newMisread(t, Misread{How: ReadLagging, LagMS: 5000})
	r.want("untouched", "false/0", "false/0", "false")
	r.write(true, 1)
	r.want("at once", "false/0", "false/0", "false")
	if !r.silent() {
		t.Error("the truth lags too")
	}
	if answers, _ := r.WouldAnswer("+14155550101", SeedAgent); answers {
		t.Error("the assistant goes by what reads are told")
	}
	r.Advance(2 * time.Second)
	r.write(false, 2)
	r.Advance(2999 * time.Millisecond)
	r.want("before the first write shows", "false/0", "false/0", "false")
	r.Advance(time.Millisecond)
	r.want("the first write shows", "true/1", "true/1", "true")
	r.Advance(2 * time.Second)
	r.want("the second write shows", "false/2", "false/2", "false")
}

func TestFrozenReadsForAWhile(t *testing.T) {
	t.Parallel()
	r := newMisread(t)
	r.write(true, 1)
	r.misread(Misread{How: ReadFrozen, ForMS: 10_000})
	r.Advance(time.Second)
	r.write(false, 2)
	r.faults(r.Faults()) // what is on stays on from when it was switched on
	r.Advance(time.Second)
	r.write(false, 3)
	r.Advance(7999 * time.Millisecond)
	r.want("frozen", "true/1", "true/1", "true")
	r.Advance(time.Millisecond)
	r.want("afterwards", "false/3", "false/3", "false")
	if left := r.Faults().Misread; len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

func TestOneStaleRead(t *testing.T) {
	t.Parallel()
	r := newMisread(t, Misread{Op: OpGet, How: ReadBefore, Times: 2})
	r.want("nothing was written: nothing is used up", "false/0", "false/0", "false")
	r.write(true, 1)
	r.write(true, 1) // the same again is no change
	for i, want := range []string{"false/0", "false/0", "true/1"} {
		if got := r.reads("get"); got != want {
			t.Errorf("read %d shows %s", i+1, got)
		}
		if got := r.reads("list"); got != "true/1" {
			t.Errorf("list %d shows %s", i+1, got)
		}
	}
}

func TestOneOddRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		how  string
		on   bool // the truth
		want string
	}{{ReadFlagOn, false, "true"}, {ReadFlagOn, true, "true"}, {ReadFlagOff, true, "false"}, {ReadFlagOff, false, "false"}} {
		for _, op := range []string{"get", "list", "filter"} {
			r := newMisread(t)
			r.write(tc.on, 1)
			r.misread(Misread{ID: SeedID(9001), How: tc.how, Times: 1})
			shown := map[bool]string{true: tc.want, false: tc.want + "/1"}
			if got := r.reads(op); got != shown[op == "filter"] {
				t.Errorf("%s %s: truth %t, shown %s", op, tc.how, tc.on, got)
			}
			left, used := len(r.Faults().Misread), fmt.Sprint(tc.on) != tc.want
			// A list from which the conversation is missing shows nothing wrong.
			if missing := op == "filter" && tc.want == "false"; (left == 0) != (used && !missing) {
				t.Errorf("%s %s: truth %t, %d left", op, tc.how, tc.on, left)
			}
			r.faults(Faults{})
			if got := r.reads("get"); got != fmt.Sprintf("%t/1", tc.on) {
				t.Errorf("the truth became %s", got)
			}
		}
	}
}

func TestMetadataThatReadsAsNull(t *testing.T) {
	t.Parallel()
	r := newMisread(t, Misread{Op: OpGet, How: ReadNull, Times: 1})
	if got := r.do("GET", convPath, "").body; !strings.Contains(got, `"metadata":null`) {
		t.Errorf("GET shows %s", got)
	}
	r.want("afterwards", "false/0", "false/0", "false")
}

func TestAMisreadOfOneConversation(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"), conv(2, "+14155550102"))
	r.misread(Misread{ID: SeedID(9002), How: ReadFlagOn})
	if got := r.do("GET", "/ai/conversations?metadata-%3Eai_disabled=eq.true", "").ids(t); len(got) != 1 || got[0] != SeedID(9002) {
		t.Errorf("the list shows %v", got)
	}
	if metadataOf(t, r.do("GET", convPath, "")).AIDisabled() {
		t.Error("GET misreads the other one")
	}
}

func TestMisreadsAreChecked(t *testing.T) {
	t.Parallel()
	r := newMisread(t)
	for _, bad := range []Misread{
		{}, {How: "x"}, {How: ReadBefore, Op: OpPut}, {How: ReadBefore, Op: "x"}, {How: ReadBefore, ID: "x"}, {How: ReadBefore, LagMS: 1},
		{How: ReadLagging}, {How: ReadLagging, LagMS: 3_600_001}, {How: ReadBefore, Times: -1}, {How: ReadBefore, ForMS: -1}, {How: ReadLagging, LagMS: -1},
	} {
		if r.Misread(bad) == nil {
			t.Errorf("accepted %+v", bad)
		}
	}
	for i := range 2 * maxVersions {
		r.write(i%2 == 0, i+1)
	}
	r.misread(Misread{How: ReadLagging, LagMS: 3_600_000})
	if got := r.reads("get"); got != fmt.Sprintf("false/%d", maxVersions) {
		t.Errorf("of many versions the oldest kept one shows as %s", got)
	}
}
