package anyreach_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/anyreach"
	"takeoverbot/internal/anyreachsim"
	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

const someone = "+14155550142"

var then = time.Date(2026, 11, 20, 3, 0, 0, 123000, time.UTC)

// crowd are n calls; those from tie on, as many as ties, began at the same instant.
func crowd(n, tie, ties int) []anyreachsim.Conversation {
	list := make([]anyreachsim.Conversation, n)
	for i := range list {
		at := then.Add(-time.Duration(i) * time.Second)
		if i >= tie && i < tie+ties {
			at = then.Add(-time.Duration(tie) * time.Second)
		}
		list[i] = anyreachsim.Conversation{ID: anyreachsim.SeedID(i + 1), UserID: someone, Channel: "telephone", Direction: "inbound", Status: "completed", AgentID: "a", CreatedAt: at}
	}
	return list
}

func TestPagesGoBackThroughTies(t *testing.T) {
	t.Parallel()
	for _, inclusive := range []bool{false, true} {
		for _, tc := range []struct{ n, tie, ties int }{{1, 0, 0}, {9, 0, 0}, {10, 0, 0}, {11, 0, 0}, {40, 0, 0}, {35, 5, 12}, {35, 9, 2}, {30, 0, 30}, {45, 18, 15}} {
			s := newSimulated(t, anyreachsim.Faults{CursorInclusive: inclusive}, 0)
			s.Load(crowd(tc.n, tc.tie, tc.ties))
			rows, err := s.client.List(t.Context(), anyreach.ListOptions{UserID: someone, Limit: 10}, nil)
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, c := range rows.Conversations {
				ids[c.ID] = true
			}
			if len(ids) != tc.n || len(rows.Conversations) != tc.n {
				t.Errorf("inclusive %t, %+v: %d rows, %d of them different, more %t", inclusive, tc, len(rows.Conversations), len(ids), rows.More)
			}
		}
	}
}

// The cursor is the server's own text, and the last page is told by its raw size.
func TestCursorIsTheServersWord(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{}, 0)
	s.Load(crowd(20, 0, 0))
	if _, err := s.client.List(t.Context(), anyreach.ListOptions{Limit: 10}, nil); err != nil {
		t.Fatal(err)
	}
	created := then.Add(-9*time.Second).Format("2006-01-02T15:04:05.999999") + "+00:00"
	cursor := base64.StdEncoding.EncodeToString([]byte(created))
	queries := queriesOf(s)
	if !slices.ContainsFunc(queries, func(q string) bool {
		return strings.Contains(q, "cursor="+strings.NewReplacer("+", "%2B", "=", "%3D").Replace(cursor))
	}) {
		t.Errorf("no query with %s (%s): %q", cursor, created, queries)
	}
	// two full pages, an empty one, and a look at each border
	if len(queries) != 5 {
		t.Errorf("%d calls: %q", len(queries), queries)
	}
}

func queriesOf(s simulated) []string {
	var list []string
	for _, c := range s.Calls() {
		list = append(list, c.RawQuery)
	}
	return list
}

func TestACircleEnds(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{IgnoreCursor: true}, 0)
	s.Load(crowd(1100, 0, 0))
	rows, err := s.client.List(t.Context(), anyreach.ListOptions{Limit: 10}, nil)
	if err != nil || len(rows.Conversations) != 1000 || !rows.More {
		t.Errorf("%d rows, more %t, %v", len(rows.Conversations), rows.More, err)
	}
	if n := len(s.Calls()); n > 6 {
		t.Errorf("%d calls", n)
	}
}

func TestTheWalkIsBounded(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{}, 0)
	s.Load(crowd(200, 0, 0))
	rows, err := s.client.List(t.Context(), anyreach.ListOptions{Limit: 10}, nil)
	if err != nil || len(rows.Conversations) != 50 || !rows.More {
		t.Errorf("%d rows, more %t, %v", len(rows.Conversations), rows.More, err)
	}
}

func TestAConversationThatVanishesBetweenPages(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{VanishAfterPage: anyreachsim.SeedID(10)}, 0)
	s.Load(crowd(25, 0, 0))
	rows, err := s.client.List(t.Context(), anyreach.ListOptions{Limit: 10}, nil)
	if err != nil || len(rows.Conversations) != 25 || rows.More {
		t.Errorf("%d rows, more %t, %v", len(rows.Conversations), rows.More, err)
	}
	_, err = s.Transcript(t.Context(), takeover.ConversationID(anyreachsim.SeedID(10)), 20)
	if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Kind != takeover.Gone {
		t.Errorf("%v", err)
	}
}

// TestAShortPageIsNoEnd: a server may send fewer rows than it was asked for. A list ends where a page
// brings nothing new, and says that there may be more where it cannot be read to that end.
func TestAShortPageIsNoEnd(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows, tie, ties int // of the crowd
		most, limit     int // rows of a page, and how many are asked for
		want, calls     int
		more            bool
	}{
		"none":                         {most: 5, limit: 100, calls: 1},
		"the usual one":                {rows: 1, most: 5, limit: 100, want: 1, calls: 1},
		"some, on one page":            {rows: 4, most: 5, limit: 100, want: 4, calls: 2},
		"the maximum of a page":        {rows: 5, most: 5, limit: 100, want: 5, calls: 2},
		"several pages":                {rows: 14, most: 5, limit: 100, want: 14, calls: 5},
		"one moment on two pages":      {rows: 14, tie: 3, ties: 4, most: 5, limit: 100, want: 14, calls: 5},
		"one moment fills a page":      {rows: 14, tie: 3, ties: 6, most: 5, limit: 100, want: 8, calls: 3, more: true},
		"more than the walk reads":     {rows: 300, most: 5, limit: 100, want: 81, calls: 20, more: true},
		"asked for less than is given": {rows: 9, most: 5, limit: 3, want: 9},
		"asked for one at a time":      {rows: 3, most: 5, limit: 1, want: 3},
	} {
		for _, inclusive := range []bool{false, true} {
			s := newSimulated(t, anyreachsim.Faults{MaxRows: tc.most, CursorInclusive: inclusive}, 0)
			s.Load(crowd(tc.rows, tc.tie, tc.ties))
			rows, err := s.client.List(t.Context(), anyreach.ListOptions{Limit: tc.limit}, nil)
			if err != nil || len(rows.Conversations) != tc.want || rows.More != tc.more {
				t.Errorf("%s: %d rows, more %t, %v; want %d, %t", name, len(rows.Conversations), rows.More, err, tc.want, tc.more)
			}
			if n := len(s.Calls()); tc.calls > 0 && n != tc.calls {
				t.Errorf("%s: %d calls, want %d", name, n, tc.calls)
			}
			if !slices.IsSortedFunc(rows.Conversations, func(a, b anyreach.Conversation) int { return b.CreatedAt.Time.Compare(a.CreatedAt.Time) }) {
				t.Errorf("%s: not newest first", name)
			}
		}
	}
}

// TestTheNewestAreLookedThroughOnShortPages: a search among the newest conversations looks at as many as it says.
func TestTheNewestAreLookedThroughOnShortPages(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{MaxRows: 20}, 0)
	list := crowd(120, 0, 0)
	for i := range list {
		list[i].Metadata = map[string]string{"name": fmt.Sprintf("Tenant %03d", i)}
	}
	s.Load(list)
	for name, want := range map[string]int{"Tenant 019": 1, "Tenant 095": 1} {
		found, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldName, Value: name, Limit: 100})
		if err != nil || len(found.Conversations) != want {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}

// A page that fails after the first leaves what is known, and says that there is more.
func TestALaterPageThatFails(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{Fail: []anyreachsim.Failure{}}, 0)
	s.Load(crowd(25, 0, 0))
	calls := 0
	rows, err := s.client.List(t.Context(), anyreach.ListOptions{Limit: 10}, func([]anyreach.Conversation) bool {
		calls++
		s.SetFaults(anyreachsim.Faults{Fail: []anyreachsim.Failure{{Status: 500}}})
		return false
	})
	if err != nil || len(rows.Conversations) != 10 || !rows.More {
		t.Errorf("%d rows, more %t, %v", len(rows.Conversations), rows.More, err)
	}
}

func TestNumbersAreFoundAsTheyAreStored(t *testing.T) {
	t.Parallel()
	// Where numbers that contain it are listed, too, one call more finds out that these were all.
	for stored, calls := range map[string]int{someone: 2, someone[1:]: 3, "1 (415) 555-0142": 2} {
		s := newSimulated(t, anyreachsim.Faults{}, 0)
		s.Load([]anyreachsim.Conversation{
			{ID: "c1", UserID: stored, Channel: "telephone", Status: "in_progress", CreatedAt: then},
			{ID: "c2", UserID: someone + "7", Channel: "telephone", Status: "in_progress", CreatedAt: then},
			{ID: "c3", UserID: "9" + someone[1:], Channel: "telephone", Status: "in_progress", CreatedAt: then},
		})
		found, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: someone, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(stored, "(") {
			// The server compares text: nobody can find it, and nobody else may be found.
			if len(found.Conversations) != 0 {
				t.Errorf("%q: found %+v", stored, found.Conversations)
			}
			continue
		}
		if len(found.Conversations) != 1 || found.Conversations[0].ID != "c1" || found.Conversations[0].EndUser != someone {
			t.Errorf("%q: found %+v", stored, found.Conversations)
		}
		if n := len(s.Calls()); n != calls {
			t.Errorf("%q: %d calls, want %d", stored, n, calls)
		}
	}
}

func TestAnAddressIsFound(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{}, 0)
	s.Load(anyreachsim.Seeds(time.Now()))
	found, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: "sip:Tenant@example.com", Limit: 5})
	if err != nil || len(found.Conversations) != 1 || found.Conversations[0].Channel != takeover.ChannelEmail {
		t.Errorf("%+v, %v", found, err)
	}
}

// All filters reach the server in a form that a strict one takes, and are compared again.
func TestEveryFilter(t *testing.T) {
	t.Parallel()
	zero, hour := 0, 3600
	at := apicall.At(then)
	for name, o := range map[string]anyreach.ListOptions{
		"all": {Direction: "inbound", Channel: "telephone", Status: "completed", UserID: someone, AgentNumber: "555", AgentID: "a", AgentVersionID: "a-v1",
			DurationAbove: &zero, DurationBelow: &hour, TurnsAbove: &zero, TurnsBelow: &hour, Metadata: json.RawMessage(`{"unit":"4B"}`),
			CreatedAfter: at, CreatedBefore: at, UpdatedAfter: at, UpdatedBefore: at, Fields: []string{"updated_at"}, Limit: 5},
		"widget": {WebWidgetID: "w1"},
	} {
		s := newSimulated(t, anyreachsim.Faults{}, 0)
		c := crowd(1, 0, 0)[0]
		c.AgentNumber, c.Metadata = "+13125550180", map[string]string{"unit": "4B"}
		s.Load([]anyreachsim.Conversation{c})
		rows, err := s.client.List(t.Context(), o, nil)
		if want := map[string]int{"all": 1}[name]; err != nil || len(rows.Conversations) != want {
			t.Errorf("%s: %d rows, %v", name, len(rows.Conversations), err)
		}
		s.SetFaults(anyreachsim.Faults{IgnoreFilters: true})
		stranger := anyreachsim.Conversation{ID: "x", UserID: "+13125550199", Channel: "text", Direction: "outbound", Status: "failed", AgentID: "b", Duration: 7200, CreatedAt: then.Add(time.Hour)}
		s.Load([]anyreachsim.Conversation{stranger})
		if name != "all" {
			continue
		}
		rows, err = s.client.List(t.Context(), o, nil)
		if err != nil || len(rows.Conversations) != 1 || rows.Conversations[0].ID == "x" {
			t.Errorf("%s: with filters ignored %d rows, %v", name, len(rows.Conversations), err)
		}
	}
}

func TestARefusedParameterIsSentOnceOnly(t *testing.T) {
	t.Parallel()
	for _, vague := range []bool{false, true} {
		s := newSimulated(t, anyreachsim.Faults{Refuse: []string{"fields"}, RefuseVaguely: vague}, 0)
		s.Load(crowd(1, 0, 0))
		for i, calls := range []int{2, 3} {
			found, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: someone, Limit: 5})
			if err != nil || len(found.Conversations) != 1 || len(s.Calls()) != calls {
				t.Errorf("vague %t, search %d: %d found after %d calls, %v", vague, i, len(found.Conversations), len(s.Calls()), err)
			}
		}
	}
	// What is documented is not dropped: the search would be another one.
	s := newSimulated(t, anyreachsim.Faults{Refuse: []string{"user_id"}}, 0)
	_, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: someone, Limit: 5})
	if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Kind != takeover.Refused || len(s.Calls()) != 1 {
		t.Errorf("%v after %d calls", err, len(s.Calls()))
	}
}

func TestTheRateLimitIsHonoured(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{Fail: []anyreachsim.Failure{{Status: 429, RetryAfter: 20, Times: 1}}}, 0)
	s.Load(crowd(1, 0, 0))
	for i := range 3 {
		_, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: someone, Limit: 5})
		if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Kind != takeover.Limited || pe.RetryAfter < 15*time.Second {
			t.Errorf("search %d: %v", i, err)
		}
	}
	if n := len(s.Calls()); n != 1 {
		t.Errorf("%d calls although the server asked for none", n)
	}
}

func TestLabelsAndNames(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{}, 0)
	s.Load(anyreachsim.Seeds(time.Now()))
	for _, q := range []takeover.Query{
		{Field: takeover.FieldLabel, Label: "unit", Value: "7C", Limit: 50}, {Field: takeover.FieldName, Value: "okafor", Limit: 100},
	} {
		found, err := s.Find(t.Context(), q)
		if err != nil || len(found.Conversations) != 1 || !strings.Contains(found.Conversations[0].Name, "Unit 7C") || found.Conversations[0].AgentName != "Night desk" {
			t.Errorf("%s: %+v, %v", q.Field, found, err)
		}
	}
	s.SetScopes(anyreachsim.ScopeRead)
	for _, q := range []takeover.Query{{Field: takeover.FieldLabel, Label: "unit", Value: "7C", Limit: 50}, {Field: takeover.FieldName, Value: "okafor", Limit: 100}} {
		found, err := s.Find(t.Context(), q)
		if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Kind != takeover.Unsupported || len(found.Conversations) > 0 {
			t.Errorf("%s, reduced: %+v, %v", q.Field, found, err)
		}
	}
	found, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: anyreachsim.SeedEndUser, Limit: 50})
	if err != nil || len(found.Conversations) != 2 || found.Conversations[0].AgentName != "agent_night" {
		t.Errorf("reduced: %+v, %v", found, err)
	}
}

func ExampleErrNeedsOrganization() {
	_, err := anyreach.New(anyreach.Config{Key: "pat_x"}, "")
	fmt.Println(errors.Is(err, anyreach.ErrNeedsOrganization))
	// Output: true
}
