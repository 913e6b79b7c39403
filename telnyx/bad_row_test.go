package telnyx

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestBadRowsStopNoOther: rows of a list that the bot cannot store, or not read, are left out and
// counted, by the list of changes and by a search.
func TestBadRowsStopNoOther(t *testing.T) {
	t.Parallel()
	bad := func(endUser string) string {
		return `{"id":"` + convB + `","created_at":"2026-11-20T01:00:00Z","last_message_at":"2026-11-20T03:14:00Z","metadata":{"telnyx_end_user_target":"` +
			endUser + `","telnyx_agent_target":"+13125550100"}}`
	}
	good := `{"id":"` + convA + `","name":"a\u0000b","created_at":"2026-11-20T01:00:00Z","last_message_at":"2026-11-20T03:13:00Z","metadata":{` +
		`"telnyx_end_user_target":"+13125550199","telnyx_agent_target":"+13125550100","customer_name":"Ann\u0000 Lee"}}`
	f := newFake(t)
	calls := 0
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		if calls++; calls == 2 {
			reply(w, 200, `{"data":[]}`) // the end of the list of changes
			return true
		}
		reply(w, 200, `{"data":[`+strings.Join([]string{bad(`+1312555\u00000199`), bad(strings.Repeat("9", 3000)), bad(`\n`), `7`, good}, ",")+`]}`)
		return true
	}
	leftOut := 0
	p := f.provider(func(c *Config) { c.LeftOut = func(rows int) { leftOut += rows } })
	list, err := p.Changes(t.Context(), takeover.ProviderTime(time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)))
	if err != nil || len(list.Conversations) != 1 || list.Conversations[0].Name != "Ann  Lee" || leftOut != 4 {
		t.Errorf("changes: %+v, %d rows left out, %v", list.Conversations, leftOut, err)
	}
	found, err := p.Find(t.Context(), takeover.Query{Field: takeover.FieldLastDigits, Value: "0199", Limit: 50})
	if err != nil || len(found.Conversations) != 1 || leftOut != 8 {
		t.Errorf("a search: %+v, %d rows left out, %v", found.Conversations, leftOut, err)
	}
}
