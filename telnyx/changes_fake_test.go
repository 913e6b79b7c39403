package telnyx

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// rows answers every list with the same n rows, a second apart, newest first; swap has two of
// them change places, and dated says whether the answer has a date.
func rows(n, swap int, dated bool) func(http.ResponseWriter, *http.Request, int) bool {
	newest := time.Date(2026, 11, 20, 3, 14, 9, 0, time.UTC)
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"b01c0000-0000-4000-8000-%012d","created_at":"2026-11-20T01:00:00Z","last_message_at":%q,"metadata":%s}`,
			i, newest.Add(-time.Duration(i)*time.Second).Format(time.RFC3339), smsMetadata("+13125550199"))
	}
	if swap > 0 {
		list[swap], list[swap-1] = list[swap-1], list[swap]
	}
	return func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		if !dated {
			w.Header()["Date"] = nil
		}
		reply(w, 200, `{"data":[`+strings.Join(list, ",")+`]}`)
		return true
	}
}

// Rows that are not sorted tell no place from which to go on: where there may be more of them
// the list of changes is not whole, and that of a pair fails.
func TestUnsortedRows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		n, swap int
		whole   bool
		calls   int
	}{
		"few, sorted":    {n: 5, whole: true, calls: 2},
		"few, unsorted":  {n: 5, swap: 3, whole: true, calls: 1},
		"many, unsorted": {n: 40, swap: 3, whole: false, calls: 2},
		"many, repeated": {n: 40, whole: false, calls: 3}, // the bound is ignored: page two is page one, and so are the newest of all
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.intercept = rows(tc.n, tc.swap, true)
			changes, err := f.provider().Changes(t.Context(), takeover.ProviderTime(time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)))
			if err != nil || changes.More == tc.whole || len(changes.Conversations) != tc.n || f.made("") != tc.calls {
				t.Errorf("changes: %d, more %t, in %d calls, %v", len(changes.Conversations), changes.More, f.made(""), err)
			}
			for i, c := range changes.Conversations[1:] {
				if c.LastMessageAt.After(changes.Conversations[i].LastMessageAt) {
					t.Errorf("row %d is newer than the one before it", i+1)
				}
			}
			f.calls = nil
			pair, err := f.provider().Conversations(t.Context(), "+13125550199", "+13125550100", 50)
			if (err == nil) != tc.whole || f.made("") != tc.calls {
				t.Errorf("of the pair: %d in %d calls, %v", len(pair.Conversations), f.made(""), err)
			}
			if !tc.whole && kindOfError(t, err).Kind != takeover.NotWhole {
				t.Error(err)
			}
		})
	}
}

// Where an answer has no date, a list is as of its newest row: the provider's own time, and
// not the bot's.
func TestAListWithoutADate(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = rows(5, 3, false)
	list, err := f.provider().Changes(t.Context(), takeover.ProviderTime(time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)))
	if want := time.Date(2026, 11, 20, 3, 14, 9, 0, time.UTC); err != nil || !list.AsOf.Equal(takeover.ProviderTime(want)) {
		t.Errorf("as of %s, %v", list.AsOf, err)
	}
	f.intercept = rows(0, 0, false)
	if list, err = f.provider().Changes(t.Context(), takeover.ProviderTime(time.Now())); err != nil || !list.AsOf.IsZero() {
		t.Errorf("an empty list is as of %s, %v", list.AsOf, err)
	}
}
