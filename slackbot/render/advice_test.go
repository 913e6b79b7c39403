package render

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// pressed are the buttons that a sentence names, commanded what it says to type.
var (
	pressed   = regexp.MustCompile(`\*([^*]+)\*`)
	commanded = regexp.MustCompile("`([^`]+)`")
)

// TestRefusalsNameWhatWorks: every refusal names a button that the card has at that moment, or once
// the hand-back that is waited for has ended, or words to type.
func TestRefusalsNameWhatWorks(t *testing.T) {
	t.Parallel()
	for kind := range refusals {
		for _, state := range []takeover.State{takeover.StateAI, takeover.StateTaking, takeover.StateHeld, takeover.StateReturning} {
			if !refusedIn(kind, state) {
				continue
			}
			r := RefusalOf(kind, slacktest.LineIn(state))
			r.Why = "Telnyx cannot silence phone calls: call the end user yourself."
			said := Refusal(r)
			shown := slacktest.LineIn(state)
			if kind == takeover.RefusedReturning {
				shown = slacktest.LineIn(takeover.StateAI)
			}
			card, err := json.Marshal(Card(shown, slacktest.Night).Blocks)
			slacktest.Must(t, err)
			named := pressed.FindAllStringSubmatch(said, -1)
			for _, label := range named {
				if !strings.Contains(string(card), `"text":"`+label[1]+`"`) {
					t.Errorf("%s, %s: the card has no button %q: %s", kind, state, label[1], said)
				}
			}
			words := commanded.FindAllStringSubmatch(said, -1)
			for _, word := range words {
				if !workingWords[word[1]] {
					t.Errorf("%s: told to type %q", kind, word[1])
				}
			}
			if len(named)+len(words) == 0 && kind != takeover.RefusedUnsupported {
				t.Errorf("%s names nothing to do: %s", kind, said)
			}
		}
	}
}

// workingWords are what refusals say to type; tests of listen type each of them.
var workingWords = map[string]bool{
	"!log": true, "/takeover open": true, "/takeover handoff": true, "/takeover help": true, "/takeover +1 415 555 0137": true, "bot doctor": true,
}

// refusedIn says whether the domain refuses so on a line in that state.
func refusedIn(kind takeover.RefusalKind, state takeover.State) bool {
	switch kind {
	case takeover.RefusedNotHeld:
		return state == takeover.StateAI
	case takeover.RefusedReturning:
		return state == takeover.StateReturning
	case takeover.RefusedTaken, takeover.RefusedYours, takeover.RefusedNotTheirs:
		return state == takeover.StateHeld || state == takeover.StateTaking
	case takeover.RefusedHolderOnly, takeover.RefusedNotYours, takeover.RefusedSelf, takeover.RefusedUnasked, takeover.RefusedFull:
		return state == takeover.StateHeld
	}
	return true
}
