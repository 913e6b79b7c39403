package telnyx

import (
	"encoding/json"
	"strings"
	"testing"

	"takeoverbot/takeover"
)

// written is what a PUT of m sends as metadata.
func written(t *testing.T, m Metadata) (string, error) {
	t.Helper()
	f := newFake(t)
	f.add(convA, `{}`)
	_, err := f.client().Update(t.Context(), convA, m)
	if err != nil {
		return "", err
	}
	body, _ := strings.CutPrefix(f.lastBody(), `{"metadata":`)
	return strings.TrimSuffix(body, "}"), nil
}

func TestMetadataIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	const in = `{"a":{"z":1,"a":[1, 2 ,null] },"big":1234567890123456789,"esc":"\u003c\/a\u003e","f":1.0,"html":"<b>&amp;</b>",` +
		`"n":null,"tools":["x","y"],"v":true}`
	var m Metadata
	if err := json.Unmarshal([]byte(in), &m); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(in, " ", "") // the only spaces are between the values
	if got, err := written(t, m); err != nil || got != want {
		t.Errorf("wrote %s, %v\n want %s", got, err, want)
	}
}

func TestMetadataKeysAreEscaped(t *testing.T) {
	t.Parallel()
	got, err := written(t, Metadata{"a\"b\n<é>": json.RawMessage(`1`)})
	if want := `{"a\"b\n<é>":1}`; err != nil || got != want {
		t.Errorf("wrote %s, %v, want %s", got, err, want)
	}
}

func TestMetadataThatIsNoJSONIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"", "{", "1 2", `"`} {
		if _, err := written(t, Metadata{"k": json.RawMessage(v)}); err == nil || kindOfError(t, err).Kind != takeover.Refused {
			t.Errorf("%q: %v", v, err)
		}
	}
}

func TestEqualJSON(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[true,null]}`, ` { "b" : [ true , null ], "a" : 1 } `, true},
		{`"<&>"`, `"\u003c\u0026\u003e"`, true},
		{`1234567890123456789`, `1234567890123456789`, true},
		{`1234567890123456789`, `1234567890123456788`, false},
		{`1234567890123456789`, `1.2345678901234568e18`, false},
		{`1`, `1.0`, false},
		{`1`, `"1"`, false},
		{`true`, `"true"`, false},
		{`null`, `""`, false},
		{`null`, `null`, true},
		{`[1,2]`, `[2,1]`, false},
		{`[1]`, `[1,1]`, false},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{"a":null}`, `{"b":null}`, false},
		{`{}`, `[]`, false},
		{`1`, `[1]`, false},
		{`[[1]]`, `[[1]]`, true},
		{``, ``, false},
		{`1 1`, `1 1`, false},
	} {
		if got := equalJSON(json.RawMessage(tc.a), json.RawMessage(tc.b)); got != tc.want {
			t.Errorf("equalJSON(%s, %s) = %t", tc.a, tc.b, got)
		}
		if got := equalJSON(json.RawMessage(tc.b), json.RawMessage(tc.a)); got != tc.want {
			t.Errorf("equalJSON(%s, %s) = %t", tc.b, tc.a, got)
		}
	}
}

// Mistake 8: reading only one form of the flag.
func TestReadFlag(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`true`: true, `"true"`: true, `"True"`: true, `"TRUE"`: true, `"1"`: true, `1`: true, `1.0`: true, ` true `: true,
		`false`: false, `"false"`: false, `null`: false, ``: false, `""`: false, `0`: false, `2`: false, `-1`: false,
		`"yes"`: false, `" true"`: false, `[true]`: false, `{"true":true}`: false, `tru`: false, `true false`: false, `1e999`: false,
	} {
		if got := readFlag(json.RawMessage(raw)); got != want {
			t.Errorf("readFlag(%s) = %t", raw, got)
		}
	}
}

func TestLostEntries(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		was, now string
		lost     bool
	}{
		"equal":                  {`"a"`, `"a"`, false},
		"missing":                {`"a"`, ``, true},
		"changed":                {`"a"`, `"b"`, true},
		"nulled":                 {`"a"`, `null`, true},
		"digits lost":            {`1234567890123456789`, `1234567890123456800`, true},
		"list grown":             {`["a"]`, `["a","b"]`, false},
		"list grown at its head": {`["a"]`, `["b","a"]`, true},
		"list cut":               {`["a","b"]`, `["a"]`, true},
		"list emptied":           {`["a"]`, `[]`, true},
	} {
		got := Metadata{}
		if tc.now != "" {
			got["k"] = json.RawMessage(tc.now)
		}
		lost := lostEntries(Metadata{"k": json.RawMessage(tc.was), keyAIDisabled: json.RawMessage(`true`)}, got)
		if (len(lost) == 1) != tc.lost {
			t.Errorf("%s: lost %v", name, lost)
		}
	}
}

func TestMended(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ known, read, want string }{
		"missing since":            {`"4B"`, ``, `"4B"`},
		"the same":                 {`"4B"`, `"4B"`, `"4B"`},
		"changed by somebody":      {`"4B"`, `"5C"`, `"5C"`},
		"list grown":               {`["a"]`, `["a","b"]`, `["a","b"]`},
		"nulled":                   {`"4B"`, `null`, `"4B"`},
		"digits lost":              {`1234567890123456789`, `1.2345678901234568e18`, `1234567890123456789`},
		"another number":           {`5`, `6`, `6`},
		"turned into text":         {`true`, `"true"`, `true`},
		"object turned into text":  {`{"a":[1]}`, `"{\"a\": [1]}"`, `{"a":[1]}`},
		"digits lost in an object": {`{"a":["x",1234567890123456789]}`, `{"a":["x",1234567890123456800]}`, `{"a":["x",1234567890123456789]}`},
		"object changed":           {`{"a":1}`, `{"a":2}`, `{"a":2}`},
		"known is no JSON":         {`{`, ``, ``},
	} {
		read := Metadata{}
		if tc.read != "" {
			read["k"] = json.RawMessage(tc.read)
		}
		got := mended(read, map[string]json.RawMessage{"k": json.RawMessage(tc.known), keyAIDisabled: json.RawMessage(`true`)})
		if string(got["k"]) != tc.want {
			t.Errorf("%s: %s, want %s", name, got["k"], tc.want)
		}
		if _, ok := got[keyAIDisabled]; ok {
			t.Errorf("%s: the flag of an earlier attempt came along", name)
		}
	}
}
