package telnyx_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// changesWorld is a simulator with n conversations, a millisecond apart, the first the
// oldest; at tells when the n-th had its last message.
func changesWorld(t *testing.T, n int, f telnyxsim.Faults) (s simulated, at func(i int) time.Time) {
	t.Helper()
	s = newSimulated(t, f)
	bulk := telnyxsim.Bulk(n, telnyxsim.SeedAgent, time.Now())
	s.Load(bulk)
	return s, func(i int) time.Time { return bulk[i].LastMessageAt }
}

// A tick costs one call, and one more for each page that was full. Nothing between the
// bounds is missed, and nothing is told twice. A server that ignores filters can be asked
// for the newest 100 only: where more changed, that is said.
func TestChanges(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		all, changed, calls int
		ignored             bool // the filters, by the server
		got                 int
		complete            bool
	}{
		"none":                   {all: 250, changed: 0, calls: 1, got: 0, complete: true},
		"one":                    {all: 250, changed: 1, calls: 1, got: 1, complete: true},
		"almost a page":          {all: 250, changed: 99, calls: 1, got: 99, complete: true},
		"a page":                 {all: 250, changed: 100, calls: 2, got: 100, complete: true},
		"two pages":              {all: 250, changed: 199, calls: 3, got: 199, complete: true}, // each repeats the row it begins with
		"three pages":            {all: 1000, changed: 250, calls: 3, got: 250, complete: true},
		"none, ignored":          {all: 250, changed: 0, calls: 1, ignored: true, got: 0, complete: true},
		"one, ignored":           {all: 250, changed: 1, calls: 1, ignored: true, got: 1, complete: true},
		"almost a page, ignored": {all: 250, changed: 99, calls: 1, ignored: true, got: 99, complete: true},
		"three pages, ignored":   {all: 1000, changed: 250, calls: 2, ignored: true, got: 100, complete: false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, at := changesWorld(t, tc.all, telnyxsim.Faults{IgnoreFilters: tc.ignored})
			if _, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(at(0))); err != nil { // now the largest page is known
				t.Fatal(err)
			}
			s.ResetCalls()
			since := at(tc.all - 1).Add(time.Microsecond)
			if tc.changed > 0 {
				since = at(tc.all - tc.changed)
			}
			list, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(since))
			got, complete := list.Conversations, !list.More
			if err != nil || complete != tc.complete || len(got) != tc.got || len(s.Calls()) != tc.calls {
				t.Fatalf("%d changes, complete %t, in %d calls, %v; want %d, %t, %d",
					len(got), complete, len(s.Calls()), err, tc.got, tc.complete, tc.calls)
			}
			for i, c := range got {
				if want := telnyxsim.BulkID(tc.all - 1 - i); string(c.ID) != want {
					t.Fatalf("row %d is %s, want %s", i, c.ID, want)
				}
			}
		})
	}
}

// More changes than 20 pages hold are not called complete, and the newest are there.
func TestChangesBeyondTheLastPage(t *testing.T) {
	t.Parallel()
	s, at := changesWorld(t, 2100, telnyxsim.Faults{})
	list, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(at(0)))
	got, complete := list.Conversations, !list.More
	if err != nil || complete || len(s.Calls()) != 20 {
		t.Fatalf("complete %t after %d calls, %v", complete, len(s.Calls()), err)
	}
	if len(got) < 1900 || string(got[0].ID) != telnyxsim.BulkID(2099) {
		t.Errorf("%d changes, the first is %s", len(got), got[0].ID)
	}
}

// A full page of one and the same moment cannot be paged through; to say "complete" would
// be a guess.
func TestChangesOfOneMoment(t *testing.T) {
	t.Parallel()
	s, _ := changesWorld(t, 0, telnyxsim.Faults{})
	bulk := telnyxsim.Bulk(150, telnyxsim.SeedAgent, time.Now())
	for i := range bulk {
		bulk[i].LastMessageAt = bulk[0].LastMessageAt
	}
	s.Load(bulk)
	list, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(bulk[0].LastMessageAt))
	got, complete := list.Conversations, !list.More
	if err != nil || complete || len(got) < 100 || len(s.Calls()) > 2 {
		t.Errorf("%d changes in %d calls, complete %t, %v", len(got), len(s.Calls()), complete, err)
	}
}

// An end user's message and a conversation that was just opened are changes; what was
// there before is none.
func TestChangesTellOfMessagesAndOpenings(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{})
	since := time.Now().Add(-time.Second)
	old := s.Text(t.Context(), telnyxsim.SeedEndUser, telnyxsim.SeedAgent, "Is anybody there?")
	fresh := s.Text(t.Context(), "+14155550199", telnyxsim.SeedAgent, "Hello?")
	call := s.PhoneCall(t.Context(), telnyxsim.SeedEndUser, telnyxsim.SeedAgent, "Hello?")
	list, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(since))
	got, complete := list.Conversations, !list.More
	if err != nil || !complete || len(got) != 3 {
		t.Fatalf("%+v, complete %t, %v", got, complete, err)
	}
	for _, id := range []string{old, fresh, call} {
		if !slices.ContainsFunc(got, func(c takeover.Conversation) bool { return string(c.ID) == id }) {
			t.Errorf("%s is missing", id)
		}
	}
}

func TestChangesOfAProviderThatFails(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, one(telnyxsim.OpList, telnyxsim.Failure{Status: 429, Hint: telnyxsim.HintRetryAfter, Seconds: 7}))
	_, err := s.Provider.Changes(t.Context(), takeover.ProviderTime(time.Now()))
	e, ok := errors.AsType[*takeover.ProviderError](err)
	if !ok || e.Kind != takeover.Limited || e.RetryAfter != 7*time.Second {
		t.Errorf("%v", err)
	}
}

// Silenced is one read, and follows what others write.
func TestSilenced(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{})
	for _, want := range []bool{true, false} {
		if err := s.FlipAI(string(s.id), want); err != nil {
			t.Fatal(err)
		}
		s.ResetCalls()
		got, err := s.Silenced(t.Context(), s.id)
		if err != nil || got != want || len(s.Calls()) != 1 {
			t.Errorf("silenced %t in %d calls, want %t in 1; %v", got, len(s.Calls()), want, err)
		}
	}
	if err := s.SetFaults(one(telnyxsim.OpGet, telnyxsim.Failure{Status: 404})); err != nil {
		t.Fatal(err)
	}
	_, err := s.Silenced(t.Context(), s.id)
	if e, ok := errors.AsType[*takeover.ProviderError](err); !ok || e.Kind != takeover.Gone {
		t.Errorf("a conversation that is gone: %v", err)
	}
}

// What is told to people follows the clock that was handed in.
func TestProofsFollowTheClock(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{})
	client, err := telnyx.New(telnyx.Config{BaseURL: s.base, Key: simKey})
	if err != nil {
		t.Fatal(err)
	}
	turned := time.Date(2027, 3, 1, 3, 14, 9, 0, time.UTC)
	p := telnyx.NewProvider(client, func() time.Time { return turned })
	proof, err := p.Silence(t.Context(), s.id, nil, keepNothing)
	if err != nil || !proof.CheckedAt.Equal(turned) {
		t.Errorf("checked at %s, want %s; %v", proof.CheckedAt, turned, err)
	}
}
