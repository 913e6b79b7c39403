package telnyx

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"takeoverbot/takeover"
)

// Entries that a write loses are written once more, then reported.
func TestLostEntriesAreWrittenOnceMore(t *testing.T) {
	t.Parallel()
	t.Run("lost once", func(t *testing.T) {
		f := newFake(t)
		f.put = "drop"
		f.add(convA, rich)
		f.intercept = func(_ http.ResponseWriter, r *http.Request, n int) bool {
			if r.Method == "PUT" && n == 2 {
				f.mu.Lock()
				f.put = "replace"
				f.mu.Unlock()
			}
			return false
		}
		proof, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
		if err != nil || !proof.Silent || proof.Answer != "PUT 200, read back true, 1 entries lost, PUT 200, read back true" {
			t.Errorf("proof %+v, %v", proof, err)
		}
		checkRest(t, f, convA, rich)
	})
	for put, lost := range map[string]string{"drop": "unit", "floats": "crm"} {
		t.Run(put, func(t *testing.T) {
			f := newFake(t)
			f.put = put
			f.add(convA, rich)
			p := f.provider()
			_, err := p.Silence(t.Context(), convA, nil, keepNothing)
			e := kindOfError(t, err)
			if e.Kind != takeover.LostEntries || fmt.Sprint(e.Lost) != "["+lost+"]" || e.FlagUnknown {
				t.Errorf("error %+v", e)
			}
			if e.Proof == nil || !e.Proof.Silent || !equalJSON(e.Snapshot[lost], snapshot(t, rich)[lost]) {
				t.Errorf("proof %+v, snapshot %s", e.Proof, e.Snapshot[lost])
			}
			if n := f.made("PUT"); n != 2 {
				t.Errorf("%d writes", n)
			}
			// A later attempt that knows what should be there puts it back.
			f.mu.Lock()
			f.put = "replace"
			f.mu.Unlock()
			if _, err := p.Silence(t.Context(), convA, e.Snapshot, keepNothing); err != nil {
				t.Fatal(err)
			}
			checkRest(t, f, convA, rich)
		})
	}
}

// The repair fails: the flag is as proven as before it.
func TestRepairThatFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ put, back int }{"refused": {429, 0}, "unread": {0, 500}, "both": {500, 500}} {
		f := newFake(t)
		f.put = "drop"
		f.add(convA, rich)
		f.intercept = func(w http.ResponseWriter, r *http.Request, n int) bool {
			status := 0
			switch {
			case r.Method == "PUT" && n == 2:
				status = tc.put
			case r.Method == "GET" && n == 3:
				status = tc.back
			}
			if status != 0 {
				w.WriteHeader(status)
			}
			return status != 0
		}
		_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
		e := kindOfError(t, err)
		if e.Kind != takeover.LostEntries || e.Proof == nil || !e.Proof.Silent || e.FlagUnknown || e.Err == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// Telnyx adds to called_tools while we write: that is no loss and is not taken back.
func TestListThatGrowsMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, rich)
	f.intercept = func(_ http.ResponseWriter, r *http.Request, n int) bool {
		if r.Method == "GET" && n == 2 {
			f.mu.Lock()
			f.convs[convA].metadata["called_tools"] = json.RawMessage(`["a","b","c"]`)
			f.mu.Unlock()
		}
		return false
	}
	if _, err := f.provider().Silence(t.Context(), convA, nil, keepNothing); err != nil {
		t.Fatal(err)
	}
	if got := f.entry(convA, "called_tools"); got != `["a","b","c"]` || f.made("PUT") != 1 {
		t.Errorf("called_tools %s, %d writes", got, f.made("PUT"))
	}
}
