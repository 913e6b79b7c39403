package telnyx_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

const (
	pairUser  = "+14155550188"
	pairAgent = telnyxsim.SeedAgent
)

// loadPair has one end user have n text conversations with an agent, a millisecond apart, the
// first the oldest; as many of others are newer than them all. Where tied, all of the end
// user's are of one moment.
func (s simulated) loadPair(n int, tied bool) {
	bulk := telnyxsim.Bulk(2*n, pairAgent, time.Now())
	for i := range bulk[:n] {
		bulk[i].Metadata[telnyxsim.KeyEndUserTarget] = json.RawMessage(strconv.Quote(pairUser))
		if tied {
			bulk[i].LastMessageAt = bulk[0].LastMessageAt
		}
	}
	s.Load(bulk)
}

// All conversations of the pair are listed, newest first, or there is an error: never a part
// that looks like the whole. A page that has fewer rows than were asked for is no proof.
func TestConversations(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		all, n, maximum int  // 0 is the simulator's own maximum
		learned         bool // a longer list was read before
		tied, ignored   bool
		got, calls      int
		more, fails     bool
	}{
		"none":                            {all: 0, n: 50, calls: 1},
		"one":                             {all: 1, n: 50, got: 1, calls: 1},
		"nine, the maximum not known":     {all: 9, n: 50, got: 9, calls: 2},
		"maximum of 5":                    {all: 14, n: 50, maximum: 5, got: 14, calls: 4},
		"maximum of 5, just reached":      {all: 5, n: 50, maximum: 5, got: 5, calls: 2},
		"twelve of one moment":            {all: 12, n: 50, tied: true, got: 12, calls: 3},
		"twelve, the maximum not known":   {all: 12, n: 50, got: 12, calls: 2},
		"twelve, the maximum known":       {all: 12, n: 50, learned: true, got: 12, calls: 1},
		"forty-nine, the maximum known":   {all: 49, n: 50, learned: true, got: 49, calls: 1},
		"as many as wanted":               {all: 50, n: 50, learned: true, got: 50, calls: 1, more: true},
		"more than wanted":                {all: 60, n: 50, got: 50, calls: 1, more: true},
		"more, the maximum known":         {all: 60, n: 50, learned: true, got: 50, calls: 1, more: true},
		"maximum of 20":                   {all: 35, n: 50, maximum: 20, got: 35, calls: 2},
		"maximum of 20, just reached":     {all: 20, n: 50, maximum: 20, got: 20, calls: 2},
		"maximum of 20, known":            {all: 19, n: 50, maximum: 20, learned: true, got: 19, calls: 1},
		"maximum of 20, more than wanted": {all: 90, n: 50, maximum: 20, got: 50, calls: 3, more: true},
		"of one moment, maximum known":    {all: 40, n: 50, tied: true, learned: true, got: 40, calls: 1},
		"of one moment, maximum of 20":    {all: 40, n: 50, maximum: 20, tied: true, calls: 3, fails: true},
		"filters ignored":                 {all: 40, n: 50, ignored: true, calls: 2, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSimulated(t, telnyxsim.Faults{MaxRows: tc.maximum, IgnoreFilters: tc.ignored})
			if tc.learned {
				s.Load(telnyxsim.Bulk(150, "+13125550199", time.Now()))
				if _, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(time.Now().Add(-time.Hour))); err != nil {
					t.Fatal(err)
				}
			}
			s.loadPair(tc.all, tc.tied)
			s.ResetCalls()
			began := time.Now()
			list, err := s.Provider.Conversations(t.Context(), pairUser, pairAgent, tc.n)
			if calls := len(s.Calls()); calls != tc.calls || (err != nil) != tc.fails {
				t.Fatalf("%d calls, %v; want %d, failure %t", calls, err, tc.calls, tc.fails)
			}
			if tc.fails {
				if e, ok := errors.AsType[*takeover.ProviderError](err); !ok || e.Kind != takeover.NotWhole || len(list.Conversations) > 0 {
					t.Errorf("%d conversations, %v", len(list.Conversations), err)
				}
				return
			}
			if len(list.Conversations) != tc.got || list.More != tc.more || began.Sub(time.Time(list.AsOf)).Abs() > 5*time.Second {
				t.Fatalf("%d conversations, more %t, as of %s; want %d, %t", len(list.Conversations), list.More, list.AsOf, tc.got, tc.more)
			}
			for i, c := range list.Conversations {
				if want := telnyxsim.BulkID(tc.all - 1 - i); c.EndUser != pairUser || c.Agent != pairAgent || !tc.tied && string(c.ID) != want {
					t.Fatalf("row %d is %s of %s, want %s", i, c.ID, c.EndUser, want)
				}
			}
		})
	}
}

// Conversations and searches find both spellings of a SIP address, although the server compares exactly.
func TestSpellingsOfOneAddress(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{})
	s.loadPair(3, false)
	for i, spelled := range []string{"sip:lobby@harbor.example", "lobby@harbor.example"} {
		bulk := telnyxsim.Bulk(6, pairAgent, time.Now())[i : i+1]
		bulk[0].Metadata[telnyxsim.KeyEndUserTarget] = json.RawMessage(strconv.Quote(spelled))
		s.Load(bulk)
	}
	for _, asked := range []takeover.Target{"sip:lobby@harbor.example", "lobby@Harbor.Example"} {
		list, err := s.Provider.Conversations(t.Context(), asked, pairAgent, 50)
		if err != nil || len(list.Conversations) != 2 || list.More || list.AsOf.IsZero() {
			t.Errorf("%s: %+v, %v", asked, list, err)
		}
		found, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: string(asked), Limit: 50})
		if err != nil || len(found.Conversations) != 2 {
			t.Errorf("%s: found %+v, %v", asked, found, err)
		}
	}
}

// A list is dated by the provider's clock, whatever the bot's says.
func TestListsAreDatedByTheProvidersClock(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{ClockAheadMS: -3_600_000})
	pair, err := s.Provider.Conversations(t.Context(), telnyxsim.SeedEndUser, telnyxsim.SeedAgent, 50)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(time.Now().Add(-2*time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	for _, asOf := range []time.Time{time.Time(pair.AsOf), time.Time(changes.AsOf)} {
		if off := time.Until(asOf) + time.Hour; off.Abs() > 5*time.Second {
			t.Errorf("as of %s", asOf)
		}
	}
}

// A server whose own maximum is below what is asked for hides no change.
func TestChangesBelowTheServersMaximum(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		maximum, changed int
		calls            int
		complete         bool
	}{
		"a few":       {maximum: 20, changed: 5, calls: 1, complete: true},
		"a page":      {maximum: 20, changed: 20, calls: 2, complete: true},
		"three pages": {maximum: 20, changed: 45, calls: 3, complete: true},
		"too many":    {maximum: 10, changed: 240, calls: 20, complete: false}, // 20 pages that overlap by a row
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, at := changesWorld(t, 250, telnyxsim.Faults{MaxRows: tc.maximum})
			if _, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(at(200))); err != nil { // now the largest page is known
				t.Fatal(err)
			}
			s.ResetCalls()
			list, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(at(250-tc.changed)))
			if err != nil || list.More == tc.complete || len(s.Calls()) != tc.calls || tc.complete && len(list.Conversations) != tc.changed {
				t.Errorf("%d changes, more %t, in %d calls, %v", len(list.Conversations), list.More, len(s.Calls()), err)
			}
		})
	}
}
