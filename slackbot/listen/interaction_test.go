package listen

import (
	"slices"
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

func TestEveryButtonOfACardIsACommandOrABox(t *testing.T) {
	t.Parallel()
	for name, line := range slacktest.Cards() {
		for action := range strings.SplitSeq(actionsOf(t, render.Card(line, slacktest.DrawnAt(line))), " ") {
			_, command := clicks()[action]
			_, boxed := modals()[action]
			if action != "" && !command && !boxed {
				t.Errorf("%s: %q does nothing", name, action)
			}
		}
	}
}

// actionsOf lists the action ids below a message, those in menus too.
func actionsOf(t *testing.T, m slackapi.Message) string {
	t.Helper()
	var found []string
	raw := string(slacktest.ShownJSON(t, m.Text, m.Blocks))
	for _, mark := range []string{`"action_id": "`, `"value": "`} {
		for part := range strings.SplitSeq(raw, mark) {
			id, _, _ := strings.Cut(part, `"`)
			id, _, inMenu := strings.Cut(id, " ")
			if strings.HasPrefix(id, "line.") && id != ids.Menu || inMenu && strings.Contains(id, ".") || strings.HasPrefix(id, "handoff.") {
				found = append(found, id)
			}
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

func TestEveryVerbHasItsNeed(t *testing.T) {
	t.Parallel()
	sees := map[string]bool{"find": true, "find more": true, "open": true, "earlier": true, "transcript": true, "refresh": true, "log": true, "at": true}
	for _, verb := range append(slacktest.ConstantsOf(t, "Verb"), "of a later version") {
		if got := needOf(takeover.Verb(verb)) == people.Reader; got != sees[verb] {
			t.Errorf("%s is open to readers: %t", verb, got)
		}
	}
}
