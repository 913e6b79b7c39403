package providertest

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// changes is for providers that can tell what changed in all conversations at once: what
// is at the bound belongs to it, what is before does not, pages hide nothing, and only
// who reached the bound calls the list complete.
func changes(t *testing.T, start Start) {
	w := start(t, calm)
	lister, ok := w.Provider.(takeover.Lister)
	if !ok {
		return // it is watched conversation by conversation
	}
	all := many(230)
	w.Put(all...)
	for _, want := range []int{0, 1, 99, 100, 101, 230} {
		since := all[len(all)-1].At.Add(time.Second)
		if want > 0 {
			since = all[len(all)-want].At
		}
		before := w.Calls()
		got, complete, err := lister.Changes(t.Context(), since)
		if err != nil || !complete || len(got) != want {
			t.Errorf("%d changes, complete %t, %v; want %d", len(got), complete, err, want)
			continue
		}
		if calls := w.Calls() - before; calls > 1+want/99 {
			t.Errorf("%d changes cost %d calls", want, calls)
		}
		for i, c := range got {
			if c.ID != w.ID(len(all)-i) {
				t.Errorf("of %d changes, number %d is %s", want, i, c.ID)
				break
			}
		}
	}
}
