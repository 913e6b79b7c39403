package telnyxsim

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListFilters(t *testing.T) {
	t.Parallel()
	never := conv(4, "sip:a@b.example", "unit", `4`, "vip", `true`, "gone", `null`, "list", `["x"]`)
	never.LastMessageAt, never.Name = time.Time{}, "Voice of 4%"
	r := newRig(t, Options{}, conv(1, "+14155550101", "ai_disabled", `true`, "unit", `"4B"`),
		conv(2, "+14155550102", "ai_disabled", `"true"`), conv(3, "+14155550101"), never)
	for _, tc := range []struct {
		name, query string
		want        []int // minutes of the conversations, in order
	}{
		{"all, by id", "", []int{1, 2, 3, 4}},
		{"encoded as url.Values does", "metadata-%3Etelnyx_end_user_target=eq.%2B14155550101&order=created_at.desc", []int{1, 3}},
		{"raw plus is a space", "metadata-%3Etelnyx_end_user_target=eq.+14155550101", nil},
		{"encoded twice is an unknown filter and ignored", "metadata-%253Etelnyx_end_user_target=eq.%2B14155550101", []int{1, 2, 3, 4}},
		{"unknown filters are ignored", "assistant_id=x&page[size]=1&offset=2&select=id", []int{1, 2, 3, 4}},
		{"both forms of true", "metadata-%3Eai_disabled=eq.true", []int{1, 2}},
		{"number as text", "metadata-%3Eunit=eq.4", []int{4}},
		{"null fits nothing", "metadata-%3Egone=eq.null", nil},
		{"a list fits nothing", "metadata-%3Elist=eq.x", nil},
		{"last digits", "metadata-%3Etelnyx_end_user_target=like.%250102", []int{2}},
		{"name prefix", "name=like.Voice%25", []int{4}},
		{"star is a star", "name=like.Voice*", nil},
		{"id", "id=eq." + SeedID(9003), []int{3}},
		{"since", "created_at=gte.2026-11-20T11:01:00Z", []int{1, 2}},
		{"until, its own text given back", "last_message_at=lte.2026-11-20T11:01:00%2B00:00", []int{2, 3}},
		{"since a date", "created_at=gte.2026-11-21", nil},
		{"newest first has nulls first", "order=last_message_at.desc", []int{4, 1, 2, 3}},
		{"oldest first has nulls last", "order=last_message_at", []int{3, 2, 1, 4}},
		{"limit", "order=created_at.asc&limit=2", []int{4, 3}},
		{"either", "or=(metadata-%3Eunit.eq.4B,name.like.Voice%25)", []int{1, 4}},
		{"either, with quotes", `or=(created_at.gte.%222026-11-20T11:02:00Z%22,metadata-%3Etelnyx_end_user_target.eq.%22sip:a@b.example%22)`, []int{1, 4}},
		{"either and", "or=(metadata-%3Eunit.eq.4B,metadata-%3Eunit.eq.4)&metadata-%3Evip=eq.true", []int{4}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := []string{}
			for _, n := range tc.want {
				want = append(want, SeedID(9000+n))
			}
			if got := r.do("GET", "/ai/conversations?"+tc.query, "").ids(t); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, tc := range []struct {
		query  string
		status int
		has    string
	}{
		{"metadata->unit=eq.4", 400, `illegal character '>'`},
		{"name=eq.%zz", 400, "cannot be decoded"},
		{"name=eq.a;limit=2", 400, "cannot be decoded"},
		{"name=eq.ü", 400, "illegal character"},
		{"metadata-%3Eunit=4", 400, "has no operator"},
		{"metadata-%3Eunit=neq.4", 400, `operator`},
		{"metadata-%3Eunit=in.(4,5)", 400, "operator"},
		{"metadata-%3Eunit=gte.4", 400, "cannot compare"},
		{"metadata-%3E%3Eunit=eq.4", 400, "cannot compare"},
		{"metadata-%3E=eq.4", 400, "cannot compare"},
		{"created_at=gte.yesterday", 400, "cannot compare"},
		{"created_at=lte.2026-11-20T11:01:00+00:00", 400, "cannot compare"},
		{"created_at=gte.2026-11-01&created_at=lte.2026-11-02", 400, "more than once"},
		{"id=eq.x", 400, "cannot compare id"},
		{"name=gte.x", 400, "cannot compare name"},
		{"order=unit.desc", 400, "cannot order"},
		{"order=name.down", 400, "cannot order"},
		{"or=name.eq.x", 400, "parentheses"},
		{"or=()", 400, "parentheses"},
		{"or=(created_at.gte.2026-11-20T11:01:00Z)", 400, "cannot be read"},
		{"or=(name.eq.%22x)", 400, "cannot be read"},
		{"or=(name.eq.%22x%22y)", 400, "does not end"},
		{"limit=0", 422, `"loc":["query","limit"]`},
		{"limit=ten", 422, "type_error.integer"},
	} {
		if a := r.do("GET", "/ai/conversations?"+tc.query, ""); a.status != tc.status || !strings.Contains(a.body, tc.has) {
			t.Errorf("%s: got %d %s, want %d with %s", tc.query, a.status, a.body, tc.status, tc.has)
		}
	}
}

func TestListCutsAtMaxRows(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	var many []Conversation
	for n := range maxRows + 5 {
		many = append(many, conv(n, "+14155550101"))
	}
	r.Load(many)
	for query, want := range map[string]int{"": defaultLimit, "?limit=1000": maxRows, "?limit=7": 7} {
		if got := len(r.do("GET", "/ai/conversations"+query, "").ids(t)); got != want {
			t.Errorf("%q: %d rows, want %d", query, got, want)
		}
	}
}

func TestListIgnoresFilters(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"), conv(2, "+14155550102"))
	r.faults(Faults{IgnoreFilters: true})
	if got := r.do("GET", "/ai/conversations?metadata-%3Etelnyx_end_user_target=eq.nobody", "").ids(t); len(got) != 2 {
		t.Errorf("got %v, want the strangers too", got)
	}
}

func TestLike(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text, pattern string
		want          bool
	}{
		{"", "", true}, {"", "%", true}, {"", "_", false}, {"abc", "a%", true}, {"abc", "%c", true}, {"abc", "%b%", true},
		{"abc", "a_c", true}, {"abc", "a_", false}, {"abc", "ABC", false}, {"aab", "%ab", true}, {"äöü", "_ö%", true}, {"abab", "%ab_", false},
	} {
		if got := like(tc.text, tc.pattern); got != tc.want {
			t.Errorf("like(%q, %q) is %t", tc.text, tc.pattern, got)
		}
	}
}

// FuzzParseList looks for panics, and for limits and operators that the parser should not have let through.
func FuzzParseList(f *testing.F) {
	for _, seed := range []string{
		"", "limit=5&order=last_message_at.desc", "metadata-%3Etelnyx_end_user_target=eq.%2B14155550137", "metadata->x=eq.1", "name=like.%25",
		`or=(created_at.gte.%222026-11-20T11:02:00Z%22,name.eq.a)`, `or=(name.eq."\`, "or=(", "created_at=gte.2026-11-01", "a;b", "%", "limit=99999999999999999999",
	} {
		f.Add(seed)
	}
	row := Seeds(noonUTC)[0]
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := parseQuery(raw)
		if err != nil {
			return
		}
		l, refused := parseList(q)
		if refused != nil {
			if refused.status != 400 && refused.status != 422 {
				t.Errorf("%q: refused with %d", raw, refused.status)
			}
			return
		}
		l.holds(&row)
		if l.limit < 1 || l.limit > maxRows {
			t.Errorf("%q: limit %d", raw, l.limit)
		}
		for _, c := range append(l.all, l.any...) {
			if !slices.Contains([]string{"eq", "like", "gte", "lte"}, c.op) {
				t.Errorf("%q: operator %q", raw, c.op)
			}
		}
		decoded, err := parseQuery(q.Encode())
		if err != nil {
			t.Fatalf("%q: encoded again it is refused: %v", raw, err)
		}
		again, refused := parseList(decoded)
		if refused != nil || len(again.all) != len(l.all) || len(again.any) != len(l.any) {
			t.Errorf("%q is read differently when it is encoded again", raw)
		}
	})
}

func TestAServerMaximumBelowTheLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, Bulk(30, SeedAgent, noonUTC)...)
	r.faults(Faults{MaxRows: 20})
	for query, want := range map[string]int{"limit=100": 20, "limit=20": 20, "limit=19": 19, "": 20} {
		a := r.do("GET", "/ai/conversations?order=created_at.desc&"+query, "")
		if ids := a.ids(t); len(ids) != want || ids[0] != BulkID(29) || ids[want-1] != BulkID(30-want) {
			t.Errorf("%q: %d rows, %v", query, len(ids), ids)
		}
	}
	r.faults(Faults{})
	if ids := r.do("GET", "/ai/conversations?limit=100", "").ids(t); len(ids) != 30 {
		t.Errorf("without it: %d rows", len(ids))
	}
}
