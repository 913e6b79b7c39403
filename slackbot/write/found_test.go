package write

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/transcript"
	"takeoverbot/takeover"
)

func TestNothingFoundSaysWhatToTry(t *testing.T) {
	t.Parallel()
	for _, field := range slacktest.ConstantsOf(t, "QueryField") {
		q := takeover.Query{Field: takeover.QueryField(field), Label: "unit", Value: "<!here> & *x*"}
		if q.Field == takeover.FieldEndUser {
			q.Value = "+14155550137"
		}
		s := nothingFound([]string{"Telnyx"}, q)
		m := mrkdwn.TextMessage(s)
		slacktest.CheckMessage(t, m.Text, m.Blocks)
		if !strings.Contains(s, "`/takeover ") {
			t.Errorf("%s: it does not say what to try: %q", field, s)
		}
	}
}

func TestResultsKeepLimits(t *testing.T) {
	t.Parallel()
	w := &Writer{Deps: Deps{Providers: []string{"Telnyx"}, Posts: slacktest.NewPosts(), Now: time.Now}}
	page := make([]takeover.Conversation, pageSize)
	lines := slacktest.LongLines(pageSize)
	for i := range page {
		page[i] = takeover.Conversation{ID: takeover.ConversationID(fmt.Sprint("c", i)), EndUser: "+14155550137", Agent: takeover.Target("sip:" + strings.Repeat("a", 5000) + "@x"),
			Channel: "fax", Name: strings.Repeat(slacktest.HostileText, 50), LastMessageAt: takeover.ProviderTime(slacktest.Night.Add(-time.Duration(i) * time.Hour)), AIDisabled: i == 1}
	}
	page[3].LastMessageAt, page[3].CreatedAt = takeover.ProviderTime{}, takeover.ProviderTime(slacktest.Night)
	page[4].LastMessageAt = takeover.ProviderTime{}
	for _, field := range slacktest.ConstantsOf(t, "QueryField") {
		for _, more := range []bool{false, true} {
			q := takeover.Query{Field: takeover.QueryField(field), Label: "unit", Value: "<4B> & *co*"}
			if q.Field == takeover.FieldEndUser {
				q.Value = "+14155550137"
			}
			m := w.results(t.Context(), q, page, lines, 0, takeover.Found{Conversations: slices.Repeat(page, 8), More: more})
			seen := slacktest.CheckMessage(t, m.Text, m.Blocks)
			for _, s := range seen.Mrkdwn {
				if strings.Contains(s, "bold") {
					t.Errorf("the end user's name is mark-up: %q", s)
				}
			}
			if masked := strings.Contains(m.Text, "•••• 0137"); masked != (q.Field != takeover.FieldEndUser) {
				t.Errorf("%s: the number that was not asked for is shown masked: %v in %q", field, masked, m.Text)
			}
		}
	}
}

// TestNoNameIsShownWithItsNumber: in files and in hits.
func TestNoNameIsShownWithItsNumber(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"+1 (415) 555-0137", "Call from +14155550137"} {
		l := slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.Newest.Name, l.Newest.AgentName = name, name })
		c := takeover.Conversation{Name: name, AgentName: name, EndUser: l.EndUser, Agent: l.Agent}
		for what, shown := range map[string]string{
			"a file": string(transcript.File(transcript.FileInfo{Line: l}, nil, time.UTC)),
			"a hit":  hitWho(takeover.Query{Field: takeover.FieldName}, c),
		} {
			if strings.Contains(takeover.Digits(shown), "4155550137") || !strings.Contains(shown, "•••• 0137") {
				t.Errorf("%s reads %q", what, shown)
			}
		}
	}
}

func TestSearchSaysWhoDidNotAnswer(t *testing.T) {
	t.Parallel()
	w := &Writer{Deps: Deps{Providers: []string{"Telnyx", "Anyreach"}, Posts: slacktest.NewPosts(), Now: time.Now}}
	down := []*takeover.ProviderError{{Provider: "Telnyx", Kind: takeover.NoAnswer}}
	if got := w.unanswered(takeover.Found{Unanswered: down}); got != "Telnyx did not answer: these are Anyreach's only." {
		t.Errorf("%q", got)
	}
	q := takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137"}
	if got := w.nothingAnywhere(takeover.Found{Unanswered: down}, q); !strings.HasPrefix(got, "Telnyx did not answer: these are Anyreach's only. Anyreach has no conversation") {
		t.Errorf("%q", got)
	}
	if got := w.nothingAnywhere(takeover.Found{}, q); !strings.HasPrefix(got, "Telnyx and Anyreach have no conversation") {
		t.Errorf("%q", got)
	}
	hits := takeover.Found{Unanswered: down, More: true, Conversations: []takeover.Conversation{{ID: "c1", Provider: "Anyreach", Ended: true, Status: "completed", AgentName: "Night desk"}}}
	m := w.results(t.Context(), q, hits.Conversations, []takeover.Line{slacktest.ReadingLine()}, 0, hits)
	slacktest.CheckMessage(t, m.Text, m.Blocks)
	for _, want := range []string{"Telnyx did not answer", "1 conversation and perhaps older ones", "has ended (completed)", "Night desk"} {
		if raw := string(slacktest.ShownJSON(t, m.Text, m.Blocks)); !strings.Contains(raw, want) {
			t.Errorf("%q is not in %s", want, raw)
		}
	}
	err := errors.Join(down[0], &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Failing, Status: 502})
	if got := otherCauses(err); got != "Anyreach is failing (502). " {
		t.Errorf("%q", got)
	}
}
