package talk_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// TestRecord: two texts that were sent are put into the AI's conversation once, unless the provider is seen
// to do so.
func TestRecord(t *testing.T) {
	t.Parallel()
	failing := &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.Failing}
	gone := &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.Gone}
	for name, tt := range map[string]struct {
		first, second error // of reading the conversation, before each text is recorded
		appended      int   // the reading that shows the provider's own copy: the first, the second (of another job), or none
		recorded      []string
		looked        int
		later         bool
	}{
		"the provider does not":                      {nil, nil, 0, []string{"tx_1 hello", "tx_2 hello"}, 1, false},
		"the provider does":                          {nil, nil, 1, nil, 1, false},
		"that is seen after the first was put there": {nil, nil, 2, []string{"tx_1 hello"}, 1, false},
		"the look fails":                             {failing, failing, 0, nil, 2, true},
		"the conversation cannot be read":            {gone, gone, 0, []string{"tx_1 hello", "tx_2 hello"}, 1, false},
	} {
		rapid.Check(t, func(rt *rapid.T) { // for the world, which needs one
			w := newWorld(rt)
			looked, appended := 0, takeover.ProviderTime(w.now)
			w.look = func(context.Context) error {
				if looked++; looked == tt.appended {
					w.store.cursors[takeover.AppendedName("Telnyx")] = appended
				}
				return []error{tt.first, tt.second}[min(looked, 2)-1]
			}
			later := false
			for i, id := range []talk.ID{"tx_1", "tx_2"} {
				if tt.appended == 2 && i == 1 {
					w.store.cursors[takeover.AppendedName("Telnyx")] = appended
				}
				w.store.texts = append(w.store.texts, talk.Text{ID: id, Line: w.line.ID, Words: "hello", State: talk.Sent})
				for range 2 { // a job may run twice
					err := w.bot.Record(t.Context(), talk.RecordJob{Text: id})
					_, asked := errors.AsType[*takeover.LaterError](err)
					if later = later || asked; err != nil && !asked {
						rt.Fatal(err)
					}
					if asked {
						break
					}
				}
			}
			if !slices.Equal(w.far.recorded, tt.recorded) || looked != tt.looked || later != tt.later {
				rt.Errorf("%s: recorded %q, looked %d times, later: %t", name, w.far.recorded, looked, later)
			}
		})
	}
}
