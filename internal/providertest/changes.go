package providertest

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// changes tests providers that can list the changes of all conversations at once: the
// bound is included, pages hide nothing, and a list is complete only if it reaches the
// bound.
func changes(t *testing.T, start Start) {
	w := start(t, calm)
	s := silencer(w)
	if s == nil {
		return // each of its conversations is read by itself
	}
	all := many(230)
	w.Put(all...)
	if _, err := s.Changes(t.Context(), takeover.ProviderTime(all[0].At)); err != nil { // now the largest page is known
		t.Fatal(err)
	}
	for _, want := range []int{0, 1, 99, 100, 101, 230} {
		since := all[len(all)-1].At.Add(time.Second)
		if want > 0 {
			since = all[len(all)-want].At
		}
		before := w.Calls()
		list, err := s.Changes(t.Context(), takeover.ProviderTime(since))
		got := list.Conversations
		if err != nil || list.More || len(got) != want {
			t.Errorf("%d changes, more %t, %v; want %d", len(got), list.More, err, want)
			continue
		}
		if list.AsOf.IsZero() {
			t.Errorf("%d changes, and the provider's clock is not known", want)
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
