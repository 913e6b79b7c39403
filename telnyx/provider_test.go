package telnyx

import (
	"fmt"
	"strings"
	"testing"

	"takeoverbot/takeover"
)

// people fills a fake that ignores filters.
func people(t *testing.T) *fake {
	f := newFake(t)
	f.ignoreFilters = true
	row := func(i int, last, metadata string) {
		c := f.add(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), metadata)
		c.last = last
		c.name = map[int]string{2: "Bookings ANNA"}[i]
	}
	row(1, "2026-11-20T10:00:00Z", `{"telnyx_end_user_target":"+14155550137","unit":"4B","name":"Ana"}`)
	row(2, "2026-11-20T12:00:00Z", `{"telnyx_end_user_target":"+14155550137","unit":"4b","ai_disabled":"true"}`)
	row(3, "2026-11-20T11:00:00Z", `{"telnyx_end_user_target":"sip:+14155550137@PBX.example","unit":4,"name":"O’Brien"}`)
	row(4, "", `{"telnyx_end_user_target":"sip:tech0137@pbx.example"}`)
	row(5, "2026-11-20T13:00:00Z", `{"telnyx_end_user_target":"+14155550138","unit":["4B"],"first_name":"Joanna"}`)
	row(7, "2026-11-20T09:00:00Z", `{"telnyx_end_user_target":"14155550177","name":"Nguyễn"}`)
	row(8, "2026-11-20T08:00:00Z", `{"telnyx_end_user_target":"whatsapp:+14155550177"}`)
	row(9, "2026-11-20T07:00:00Z", `{"telnyx_end_user_target":"HARBOR"}`)
	row(6, "2026-11-20T13:00:00Z", `{"telnyx_agent_target":"+14155550137"}`)
	return f
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		q    takeover.Query
		want string // last figures of the ids, in order
	}{
		"end user":             {takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137"}, "2 1"},
		"SIP":                  {takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137@pbx.EXAMPLE"}, "3"},
		"nobody":               {takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550139"}, ""},
		"last digits":          {takeover.Query{Field: takeover.FieldLastDigits, Value: "0137"}, "2 3 1"},
		"last digits, written": {takeover.Query{Field: takeover.FieldLastDigits, Value: "555-0137"}, "2 3 1"},
		"name":                 {takeover.Query{Field: takeover.FieldName, Value: " anna "}, "5 2"},
		"label":                {takeover.Query{Field: takeover.FieldLabel, Label: "unit", Value: "4B"}, "2 1"},
		"label, other case":    {takeover.Query{Field: takeover.FieldLabel, Label: "unit", Value: "4b"}, "2 1"},
		"number without plus":  {takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550177"}, "7 8"},
		"its last digits":      {takeover.Query{Field: takeover.FieldLastDigits, Value: "0177"}, "7 8"},
		"sender":               {takeover.Query{Field: takeover.FieldName, Value: "harbor"}, "9"},
		"plain quote":          {takeover.Query{Field: takeover.FieldName, Value: "o'brien"}, "3"},
		"without marks":        {takeover.Query{Field: takeover.FieldName, Value: "nguyen"}, "7"},
		"label, a number":      {takeover.Query{Field: takeover.FieldLabel, Label: "unit", Value: "4"}, "3"},
	} {
		t.Run(name, func(t *testing.T) {
			f := people(t)
			tc.q.Limit = 100
			found, err := f.provider().Find(t.Context(), tc.q)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range found.Conversations {
				got = append(got, string(c.ID[35]))
			}
			if strings.Join(got, " ") != tc.want || found.More {
				t.Errorf("found %q, more %t, want %q", got, found.More, tc.want)
			}
			calls := map[takeover.QueryField]int{takeover.FieldEndUser: len(takeover.Target(tc.q.Value).Forms()), takeover.FieldLabel: 2}
			if name == "SIP" {
				calls[takeover.FieldEndUser] = 3 // as it was asked for, with the host in lower case, and with the scheme
			}
			if n := f.made(""); n != max(1, calls[tc.q.Field]) {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestFindSaysWhenThereMayBeMore(t *testing.T) {
	t.Parallel()
	f := people(t)
	for limit, want := range map[int]bool{9: true, 10: false, 1: true, 0: true} {
		found, err := f.provider().Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137", Limit: limit})
		if err != nil || found.More != want {
			t.Errorf("limit %d: more %t, %v", limit, found.More, err)
		}
	}
}

// A query for nothing would list everybody.
func TestFindRefusesQueriesForNothing(t *testing.T) {
	t.Parallel()
	f := people(t)
	for _, q := range []takeover.Query{
		{Field: takeover.FieldEndUser}, {Field: takeover.FieldEndUser, Value: "  "}, {Field: takeover.FieldLastDigits, Value: "x"},
		{Field: takeover.FieldName}, {Field: takeover.FieldLabel, Value: "4B"}, {Field: takeover.FieldLabel, Label: "a->b", Value: "x"},
		{Field: "colour", Value: "x"}, {},
	} {
		q.Limit = 10
		_, err := f.provider().Find(t.Context(), q)
		if e := kindOfError(t, err); e.Kind != takeover.Refused {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if n := f.made(""); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestFindTellsTheFlag(t *testing.T) {
	t.Parallel()
	found, err := people(t).provider().Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	c := found.Conversations
	if !c[0].AIDisabled || c[1].AIDisabled || c[0].Name != "Unit 4b" || c[1].Name != "Ana, Unit 4B" || c[0].EndUser != "+14155550137" {
		t.Errorf("%+v", c)
	}
}

func TestNote(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{}`)
	p := f.provider()
	for _, key := range []string{"note-17", "line:17/ü", strings.Repeat("k", 300)} {
		if err := p.Note(t.Context(), convA, key, "agreed: \"nine\" <o'clock> & tea"); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"role":"system","content":"agreed: \"nine\" <o'clock> & tea","metadata":{"source":"human"}}`
	if f.lastBody() != want {
		t.Errorf("body %s", f.lastBody())
	}
	if f.keys[0] != "note-17" || f.keys[1] == f.keys[2] {
		t.Errorf("keys %q", f.keys)
	}
	for _, key := range f.keys {
		if !goodKey.MatchString(key) {
			t.Errorf("key %q would be refused", key)
		}
	}
	if safeKey("line:17/ü") != f.keys[1] {
		t.Error("the same key is made differently the next time")
	}
	if p.Name() != "Telnyx" {
		t.Errorf("name %q", p.Name())
	}
}
