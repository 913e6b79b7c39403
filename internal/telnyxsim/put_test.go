package telnyxsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const convPath = "/ai/conversations/5eed0000-0000-4000-8000-000000009001"

// stored is the metadata that GET shows, without the keys of the line itself.
func (r *rig) stored() string {
	r.t.Helper()
	m := metadataOf(r.t, r.do("GET", convPath, ""))
	for _, k := range []string{KeyAssistantID, KeyChannel, KeyAgentTarget, KeyEndUserTarget, "assistant_version_id"} {
		delete(m, k)
	}
	raw, err := marshal(m)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(raw)
}

func TestPutSwitches(t *testing.T) {
	t.Parallel()
	const body = `{"metadata":{"ai_disabled":true,"was":false,"n":[1234567890123456789,3],"z":"z"}}`
	for _, tc := range []struct {
		name   string
		faults Faults
		status int
		want   string // stored afterwards
	}{
		{"replace", Faults{}, 200, `{"ai_disabled":true,"n":[1234567890123456789,3],"was":false,"z":"z"}`},
		{"merge", Faults{Put: PutMerge}, 200, `{"ai_disabled":true,"n":[1234567890123456789,3],"old":1,"was":false,"z":"z"}`},
		{"booleans refused", Faults{Bool: BoolReject}, 422, `{"old":1,"was":false}`},
		{"booleans as text", Faults{Bool: BoolStringify}, 200, `{"ai_disabled":"true","n":[1234567890123456789,3],"was":false,"z":"z"}`},
		{"all booleans as text", Faults{Bool: BoolStringifyAll}, 200, `{"ai_disabled":"true","n":[1234567890123456789,3],"was":"false","z":"z"}`},
		{"numbers as floats", Faults{Numbers: NumbersFloat}, 200, `{"ai_disabled":true,"n":[1234567890123456789.0,3.0],"was":false,"z":"z"}`},
		{"numbers lost", Faults{Numbers: NumbersLossy}, 200, `{"ai_disabled":true,"n":[1234567890123456800,3],"was":false,"z":"z"}`},
		{"keeps nothing", Faults{PutKeepsNothing: true}, 200, `{"old":1,"was":false}`},
		{"drops keys, never the flag", Faults{PutDropsKeys: 7}, 200, `{"ai_disabled":true,"z":"z"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := conv(1, "+14155550101", "was", `false`, "old", `1`)
			r := newRig(t, Options{}, c)
			r.faults(tc.faults)
			full := c.Metadata.Clone()
			delete(full, "old")
			sent := strings.TrimSuffix(body, "}}")
			for _, k := range slices.Sorted(maps.Keys(full)) {
				if k != "was" {
					sent += fmt.Sprintf(",%q:%s", k, full[k])
				}
			}
			a := r.do("PUT", convPath, sent+"}}")
			if a.status != tc.status {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			if got := r.stored(); got != tc.want {
				t.Errorf("stored %s\nwant   %s", got, tc.want)
			}
			if a.status == http.StatusOK && !strings.Contains(a.body, `"ai_disabled":`) {
				t.Errorf("the answer does not claim the flag: %s", a.body)
			}
		})
	}
}

func TestPutRejectTakesTheStringAndKeepsOldBooleans(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101", "verified", `true`))
	r.faults(Faults{Bool: BoolReject})
	if a := r.do("PUT", convPath, `{"metadata":{"verified":true,"ai_disabled":true}}`); a.status != 422 || !strings.Contains(a.body, `"loc":["body","metadata","ai_disabled"]`) {
		t.Errorf("boolean: %d %s", a.status, a.body)
	}
	if a := r.do("PUT", convPath, `{"metadata":{"verified":true,"ai_disabled":"true"}}`); a.status != 200 {
		t.Errorf("string: %d %s", a.status, a.body)
	}
}

func TestPutDropsOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	r.faults(Faults{PutDropsKeys: 1, PutDropsOnce: true})
	for i, want := range []string{`{"b":2}`, `{"a":1,"b":2}`} {
		r.do("PUT", convPath, `{"metadata":{"a":1,"b":2}}`)
		if got := r.stored(); got != want {
			t.Errorf("PUT %d: stored %s, want %s", i+1, got, want)
		}
	}
}

// TestPutOfWhatWasReadChangesNothing is the promise that a careful client relies on: metadata read and written back is
// byte-equal, whatever JSON is in it.
func TestPutOfWhatWasReadChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, Seeds(noonUTC)...)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		c := conv(1, "+14155550101")
		for k := range rnd.IntN(8) {
			c.Metadata[fmt.Sprintf("k%d <&> é\u2028", k)] = json.RawMessage(randomJSON(rnd, 3))
		}
		r.Load([]Conversation{c})
		checkRoundTrip(t, r, c.ID, fmt.Sprintf("round %d", i))
	}
	for i := range Seeds(noonUTC) {
		checkRoundTrip(t, r, SeedID(i+1), "seed")
	}
}

func checkRoundTrip(t *testing.T, r *rig, id, what string) {
	t.Helper()
	loaded, _ := r.Conversation(id)
	before := r.do("GET", "/ai/conversations/"+id, "")
	read := metadataOf(t, before)
	for k, v := range loaded.Metadata {
		if !sameJSON(t, v, read[k]) {
			t.Fatalf("%s: GET shows %s for %s", what, read[k], v)
		}
	}
	body, err := marshal(map[string]Metadata{"metadata": read})
	if err != nil {
		t.Fatal(err)
	}
	put := r.do("PUT", "/ai/conversations/"+id, string(body))
	after := r.do("GET", "/ai/conversations/"+id, "")
	if put.status != 200 || put.body != before.body || after.body != before.body {
		t.Fatalf("%s: PUT %d\nbefore %s\nanswer %s\nafter  %s", what, put.status, before.body, put.body, after.body)
	}
}

// randomJSON is a random JSON value with odd spacing, big numbers and escapes.
func randomJSON(rnd *rand.Rand, depth int) string {
	scalars := []string{`null`, `true`, `false`, `""`, `"<b>&amp;"`, `"\u00e9\/"`, `"\ud83d\ude00"`, `1234567890123456789`, `-0`, `1.10`, `1e-400`, `1E+2`, `[]`, `{}`}
	if depth == 0 || rnd.IntN(3) == 0 {
		return scalars[rnd.IntN(len(scalars))]
	}
	var parts []string
	array := rnd.IntN(2) == 0
	for i := range rnd.IntN(4) {
		v := randomJSON(rnd, depth-1)
		if !array {
			v = fmt.Sprintf(`"k%d" : %s`, i, v)
		}
		parts = append(parts, v)
	}
	if array {
		return "[" + strings.Join(parts, " , ") + "]"
	}
	return "{" + strings.Join(parts, ",\n") + "}"
}

func TestAIDisabledForms(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`true`: true, `"true"`: true, `"True"`: true, `"1"`: true, `1`: true,
		`false`: false, `"false"`: false, `null`: false, `""`: false, `0`: false, `"yes"`: false, `[true]`: false, `2`: false,
	} {
		if got := (Metadata{KeyAIDisabled: json.RawMessage(raw)}).AIDisabled(); got != want {
			t.Errorf("%s: %t, want %t", raw, got, want)
		}
	}
	if (Metadata{}).AIDisabled() {
		t.Error("absent: true")
	}
}
