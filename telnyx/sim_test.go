package telnyx_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// keepNothing is for what does not look at it.
func keepNothing(context.Context, takeover.Before) error { return nil }

// The provider against the simulator, which shares no code with it: what both get right
// is not an agreement with itself.

const simKey = "KEY0199_of-the-simulator"

// simulated is a provider of a simulator with the seeds.
type simulated struct {
	*telnyxsim.Sim
	*telnyx.Provider
	id   takeover.ConversationID
	base string
}

func newSimulated(t *testing.T, f telnyxsim.Faults) simulated {
	t.Helper()
	timeout := 10 * time.Second
	if slices.ContainsFunc(f.Fail, func(f telnyxsim.Failure) bool { return strings.HasPrefix(f.How, telnyxsim.FailHang) }) {
		timeout = time.Second
	}
	sim := telnyxsim.New(telnyxsim.Options{APIKey: simKey})
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	base, err := sim.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sim.Load(telnyxsim.Seeds(time.Now()))
	id := telnyxsim.SeedID(1)
	for key, value := range map[string]string{"crm": `1234567890123456789`, "list": `["a",{"b":null}]`, "unit": `"4B"`, "html": `"<b>&"`} {
		if err := sim.SetMetadata(id, key, json.RawMessage(value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := sim.SetFaults(f); err != nil {
		t.Fatal(err)
	}
	client, err := telnyx.New(telnyx.Config{BaseURL: base, Key: simKey, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return simulated{sim, telnyx.NewProvider(client, time.Now), takeover.ConversationID(id), base}
}

// silent says what the simulator itself thinks.
func (s simulated) silent(t *testing.T) bool {
	t.Helper()
	c, ok := s.Conversation(string(s.id))
	if !ok {
		t.Fatal("the conversation is gone")
	}
	return c.AIDisabled()
}

// entries is the metadata without the flag, each value as text.
func (s simulated) entries() map[string]string {
	c, _ := s.Conversation(string(s.id))
	m := map[string]string{}
	for key, value := range c.Metadata {
		if key != telnyxsim.KeyAIDisabled {
			m[key] = string(value)
		}
	}
	return m
}

// writes is how many writes were made.
func (s simulated) writes() int {
	n := 0
	for _, c := range s.Calls() {
		if c.Op == telnyxsim.OpPut {
			n++
		}
	}
	return n
}

func one(op telnyxsim.Op, f telnyxsim.Failure) telnyxsim.Faults {
	f.Op, f.Times = op, 1
	return telnyxsim.Faults{Fail: []telnyxsim.Failure{f}}
}

func TestBadNights(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults  telnyxsim.Faults
		kind    takeover.ProviderErrorKind // "" for a proof
		silent  bool                       // what is true at the provider afterwards
		calls   int
		mayLand bool // the answer of a write was lost
	}{
		"good":                 {telnyxsim.Faults{}, "", true, 3, false},
		"merges":               {telnyxsim.Faults{Put: telnyxsim.PutMerge}, "", true, 3, false},
		"booleans refused":     {telnyxsim.Faults{Bool: telnyxsim.BoolReject}, "", true, 4, false},
		"booleans stringified": {telnyxsim.Faults{Bool: telnyxsim.BoolStringify}, "", true, 3, false},
		"keeps nothing":        {telnyxsim.Faults{PutKeepsNothing: true}, takeover.NotKept, false, 3, false},
		"drops once":           {telnyxsim.Faults{PutDropsKeys: 3, PutDropsOnce: true}, "", true, 5, false},
		"drops always":         {telnyxsim.Faults{PutDropsKeys: 3}, takeover.LostEntries, true, 5, false},
		"loses digits":         {telnyxsim.Faults{Numbers: telnyxsim.NumbersLossy}, takeover.LostEntries, true, 5, false},
		"401":                  {one(telnyxsim.OpGet, telnyxsim.Failure{Status: 401}), takeover.KeyRefused, false, 1, false},
		"402 on the write":     {one(telnyxsim.OpPut, telnyxsim.Failure{Status: 402}), takeover.Refused, false, 2, false},
		"404":                  {one(telnyxsim.OpGet, telnyxsim.Failure{Status: 404}), takeover.Gone, false, 1, false},
		"422 on the write":     {one(telnyxsim.OpPut, telnyxsim.Failure{Status: 422}), takeover.Refused, false, 2, false},
		"429 on the write":     {one(telnyxsim.OpPut, telnyxsim.Failure{Status: 429, Hint: telnyxsim.HintReset, Seconds: 2}), takeover.Limited, false, 2, false},
		"500 on the write":     {one(telnyxsim.OpPut, telnyxsim.Failure{Status: 500}), takeover.Failing, false, 3, true},
		"502 on the read":      {one(telnyxsim.OpGet, telnyxsim.Failure{Status: 502}), takeover.Failing, false, 1, false},
		"dropped before":       {one(telnyxsim.OpPut, telnyxsim.Failure{How: telnyxsim.FailDrop}), takeover.NoAnswer, false, 3, true},
		"dropped after":        {one(telnyxsim.OpPut, telnyxsim.Failure{How: telnyxsim.FailDropAfter}), "", true, 3, true},
		"hangs before":         {one(telnyxsim.OpPut, telnyxsim.Failure{How: telnyxsim.FailHang}), takeover.NoAnswer, false, 3, true},
		"hangs after":          {one(telnyxsim.OpPut, telnyxsim.Failure{How: telnyxsim.FailHangAfter}), "", true, 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSimulated(t, tc.faults)
			before := s.entries()
			var kept []int // writes before each call of keep
			proof, err := s.Silence(t.Context(), s.id, nil, func(_ context.Context, b takeover.Before) error {
				kept = append(kept, s.writes())
				if len(b.Snapshot) < len(before) || b.NewestAt.IsZero() {
					t.Errorf("to be kept: %+v", b)
				}
				return nil
			})
			if want := []int{0, 1, 2}[:s.writes()]; !slices.Equal(kept, want) {
				t.Errorf("kept after %v writes, and there were %d", kept, s.writes())
			}
			if got := s.silent(t); got != tc.silent {
				t.Errorf("silent at the provider: %t", got)
			}
			if n := len(s.Calls()); n != tc.calls {
				t.Errorf("%d calls, want %d", n, tc.calls)
			}
			if tc.kind == "" {
				if err != nil || !proof.Silent || proof.MayLand != tc.mayLand {
					t.Fatalf("proof %+v, %v", proof, err)
				}
				if got := s.entries(); !reflect.DeepEqual(got, before) {
					t.Errorf("metadata was %v and is %v", before, got)
				}
				return
			}
			var e *takeover.ProviderError
			if !errors.As(err, &e) || e.Kind != tc.kind || e.FlagUnknown || e.MayLand != tc.mayLand {
				t.Errorf("error %+v", err)
			}
		})
	}
}

// The second write of a change, in another form or of lost entries, is kept first like the
// first one: where it cannot be, it is not made.
func TestNoWriteThatIsNotKept(t *testing.T) {
	t.Parallel()
	asleep := errors.New("the lease has ended")
	for name, faults := range map[string]telnyxsim.Faults{
		"another form": {Bool: telnyxsim.BoolReject}, "repair": {PutDropsKeys: 3},
	} {
		for allowed := range 2 {
			s := newSimulated(t, faults)
			kept := 0
			_, err := s.Silence(t.Context(), s.id, nil, func(context.Context, takeover.Before) error {
				if kept++; kept > allowed {
					return asleep
				}
				return nil
			})
			if err != asleep || s.writes() != allowed { //nolint:errorlint // as it is, says Silencer
				t.Errorf("%s, %d allowed: %d writes, %v", name, allowed, s.writes(), err)
			}
		}
	}
}

// Found by number, read, silenced, noted, handed back: the whole job.
func TestWholeJob(t *testing.T) {
	t.Parallel()
	for _, faults := range []telnyxsim.Faults{{}, {IgnoreFilters: true, Order: telnyxsim.OrderOldest, Put: telnyxsim.PutMerge}} {
		s, ctx := newSimulated(t, faults), t.Context()
		found, err := s.Find(ctx, takeover.Query{Field: takeover.FieldEndUser, Value: telnyxsim.SeedEndUser, Limit: 50})
		if err != nil || len(found.Conversations) == 0 || found.Conversations[0].ID != s.id {
			t.Fatalf("found %+v, %v", found, err)
		}
		for _, c := range found.Conversations {
			if c.EndUser != telnyxsim.SeedEndUser {
				t.Errorf("a stranger: %s", c.ID)
			}
		}
		before := s.entries()
		if _, err := s.Silence(ctx, s.id, nil, keepNothing); err != nil {
			t.Fatal(err)
		}
		s.Text(ctx, telnyxsim.SeedEndUser, telnyxsim.SeedAgent, "is anybody there?")
		if err := s.Note(ctx, s.id, "note:1", "The plumber comes at nine."); err != nil {
			t.Fatal(err)
		}
		if err := s.Note(ctx, s.id, "note:1", "The plumber comes at nine."); err != nil {
			t.Fatal(err)
		}
		tr, err := s.Transcript(ctx, s.id, 20)
		if err != nil {
			t.Fatal(err)
		}
		last := tr.Messages[len(tr.Messages)-2:]
		if last[0].Text != "is anybody there?" || last[0].Role != takeover.RoleEndUser || last[1].Role != takeover.RoleNote {
			t.Errorf("last messages %+v", last)
		}
		proof, err := s.Release(ctx, s.id, nil, keepNothing)
		if err != nil || proof.Silent || !proof.WasSilent || s.silent(t) {
			t.Errorf("release %+v, %v", proof, err)
		}
		if got := s.entries(); !reflect.DeepEqual(got, before) {
			t.Errorf("metadata was %v and is %v", before, got)
		}
	}
}

// Every seed's transcript is the stored one, whichever way it is listed and even while
// the end user goes on writing.
func TestTranscriptsOfTheSeeds(t *testing.T) {
	t.Parallel()
	for _, faults := range []telnyxsim.Faults{{}, {Order: telnyxsim.OrderOldest}, {Text: telnyxsim.TextNull}, {InsertInPaging: 2}} {
		s := newSimulated(t, faults)
		for _, c := range s.Sim.Conversations() {
			s.ResetCalls()
			tr, err := s.Transcript(t.Context(), takeover.ConversationID(c.ID), 0)
			if err != nil || !tr.Complete || tr.Total < len(c.Messages) {
				t.Fatalf("%s: complete %t, total %d, %v", c.Name, tr.Complete, tr.Total, err)
			}
			counts := map[string]int{}
			for _, m := range tr.Messages {
				counts[m.RawRole+m.Text]++
			}
			for _, m := range c.Messages {
				counts[m.Role+m.Text]--
			}
			for what, n := range counts {
				if n != 0 && !strings.Contains(what, "(written while") {
					t.Errorf("%s: %d too many of %q", c.Name, n, what)
				}
			}
			if n, most := len(s.Calls()), (tr.Total+99)/100; n > max(most, 1) {
				t.Errorf("%s: %d calls for %d messages", c.Name, n, tr.Total)
			}
		}
	}
}

func TestHistoryThatIsNotKept(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{HistoryLost: true})
	tr, err := s.Transcript(t.Context(), s.id, 20)
	if err != nil || !tr.Complete || len(tr.Messages) != 0 {
		t.Errorf("%+v, %v", tr, err)
	}
}

// A batch import gives all messages one time. Whichever way the server lists them, they come in order.
func TestImportedConversationIsInOrder(t *testing.T) {
	t.Parallel()
	for _, order := range []string{telnyxsim.OrderNewest, telnyxsim.OrderOldest} {
		s := newSimulated(t, telnyxsim.Faults{Order: order})
		tr, err := s.Transcript(t.Context(), takeover.ConversationID(telnyxsim.SeedID(20)), 20)
		if err != nil || len(tr.Messages) != 9 {
			t.Fatalf("%s: %d messages, %v", order, len(tr.Messages), err)
		}
		if first, last := tr.Messages[0], tr.Messages[8]; first.Role != takeover.RoleSystem || last.Text != "You are welcome." {
			t.Errorf("%s: from %q to %q", order, first.Text, last.Text)
		}
	}
}
