package slackbot

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// constantsOf lists the values of the domain's constants of a type, from its source: a
// new one is tested without anybody thinking of it.
func constantsOf(t *testing.T, typeName string) []string {
	t.Helper()
	files, err := filepath.Glob("../takeover/*.go")
	slacktest.Must(t, err)
	var values []string
	for _, name := range files {
		src, err := os.ReadFile(name)
		slacktest.Must(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		slacktest.Must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == typeName && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
					value, err := strconv.Unquote(lit.Value)
					slacktest.Must(t, err)
					values = append(values, value)
				}
			}
			return true
		})
	}
	if len(values) == 0 {
		t.Fatalf("no constant of type %s found", typeName)
	}
	return values
}

// checkMessage holds a message to Slack's limits and to what the product promises of all of
// them.
func checkMessage(t testing.TB, m slackapi.Message) *slacktest.Looked {
	t.Helper()
	return slacktest.CheckMessage(t, m.Text, m.Blocks)
}

// checkPrivate holds the private answer in an acknowledgement to the same, and returns its
// text.
func checkPrivate(t testing.TB, a Answer) (text string, seen *slacktest.Looked) {
	t.Helper()
	return slacktest.CheckPrivate(t, a.ContentType, a.Body)
}

// checkSpoken holds a private sentence to what all messages keep.
func checkSpoken(t *testing.T, s string) {
	t.Helper()
	checkMessage(t, mrkdwn.TextMessage(s))
}

func TestEveryRefusalSaysWhatToDo(t *testing.T) {
	for _, kind := range constantsOf(t, "RefusalKind") {
		for _, state := range constantsOf(t, "State") {
			t.Run(kind+" while "+state, func(t *testing.T) {
				r := takeover.Refusal{Kind: takeover.RefusalKind(kind), Line: "ln_1", State: takeover.State(state), Holder: holder,
					Earlier: 700 * time.Millisecond, Since: night, Ref: "k7f2"}
				s := refusalWords(r)
				checkSpoken(t, s)
				if !strings.ContainsAny(s, "*`") && !strings.Contains(s, "card") && !strings.Contains(s, "Write to") {
					t.Errorf("it does not say what to do: %q", s)
				}
				if slacktest.ClaimsSilence(s) && r.State != takeover.StateHeld {
					t.Errorf("silence is claimed without a proof: %q", s)
				}
			})
		}
	}
	s := refusalWords(takeover.Refusal{Kind: takeover.RefusedTaken, State: takeover.StateTaking, Holder: holder, Earlier: 700 * time.Millisecond})
	if !strings.HasPrefix(s, "<@UDANA> was faster: 0.7 seconds earlier. ") {
		t.Errorf("the second is not told who and how much earlier: %q", s)
	}
}

// entryOf is an entry of the audit with everything in it that a deed may have.
func entryOf(deed takeover.Deed) takeover.Entry {
	return takeover.Entry{Key: "k", Line: "ln_1", At: night, Who: other, Origin: takeover.FromButton, Deed: deed,
		Before: takeover.Standing{State: takeover.StateAI}, After: takeover.Standing{State: takeover.StateTaking, Holder: holder, Trouble: true}, Answer: "PUT 200 <b>&", Ref: "k7f2",
		Other: holder, Lag: 1200 * time.Millisecond, Lost: []string{"lease_id", "<!here>"},
		Trouble: &takeover.Trouble{Kind: takeover.Refused, Status: 422, NextAt: night}}
}

func TestEveryDeedHasWords(t *testing.T) {
	for _, d := range constantsOf(t, "Deed") {
		t.Run(d, func(t *testing.T) {
			full := entryOf(takeover.Deed(d))
			bare := takeover.Entry{Deed: takeover.Deed(d), Ref: "k7f2", At: night}
			for _, e := range []takeover.Entry{full, bare} {
				row := entryWords("Telnyx", e)
				checkSpoken(t, row)
				if !strings.HasSuffix(row, "ref k7f2") || strings.Contains(row, "UDANA,") || strings.Contains(row, "by UDANA") {
					t.Errorf("row %q", row)
				}
				checkSpoken(t, sayWords(lineIn(takeover.StateTaking), e))
			}
		})
	}
}

func TestLogWords(t *testing.T) {
	entry := func(d takeover.Deed, change func(*takeover.Entry)) takeover.Entry {
		e := takeover.Entry{At: night, Who: holder, Origin: takeover.FromButton, Deed: d, Ref: "k7f2"}
		change(&e)
		return e
	}
	tests := []struct {
		name string
		e    takeover.Entry
		want string
	}{
		{"claim", entry(takeover.DidClaim, func(e *takeover.Entry) {
			e.Before, e.After = takeover.Standing{State: takeover.StateAI}, takeover.Standing{State: takeover.StateTaking, Holder: holder}
		}),
			"<@UDANA> pressed take over (button) · AI is answering → taking by <@UDANA> · ref k7f2"},
		{"second", entry(takeover.DidNotClaim, func(e *takeover.Entry) { e.Other, e.Lag = other, 300*time.Millisecond }),
			"<@UDANA> pressed take over, but <@UOMAR> was 0.3 seconds faster (button) · ref k7f2"},
		{"silence", entry(takeover.DidSilence, func(e *takeover.Entry) {
			e.Who, e.Other, e.Lag, e.Answer = "", holder, 1200*time.Millisecond, "PUT 200, read back true"
			e.Before, e.After = takeover.Standing{State: takeover.StateTaking, Holder: holder}, takeover.Standing{State: takeover.StateHeld, Holder: holder}
		}), "AI proven silent for <@UDANA>, 1.2 seconds after the click · taking by <@UDANA> → held by <@UDANA>, AI silent · PUT 200, read back true · ref k7f2"},
		{"hand back of another's", entry(takeover.DidHandBack, func(e *takeover.Entry) { e.Origin, e.Other = takeover.FromModal, other }),
			"<@UDANA> pressed hand back of what <@UOMAR> held (box) · ref k7f2"},
		{"hand back of the own", entry(takeover.DidHandBack, func(e *takeover.Entry) { e.Origin, e.Other = takeover.FromModal, holder }),
			"<@UDANA> pressed hand back (box) · ref k7f2"},
		{"fail", entry(takeover.DidFail, func(e *takeover.Entry) {
			e.Who, e.Trouble = "", &takeover.Trouble{Kind: takeover.Refused, Status: 422}
		}), "not proven: Telnyx refused (422) · ref k7f2"},
		{"note", entry(takeover.DidNote, func(e *takeover.Entry) { e.Origin = takeover.FromModal }), "the AI was given the note of <@UDANA> (box) · ref k7f2"},
	}
	for _, tt := range tests {
		if got := entryWords("Telnyx", tt.e); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestThreadLinesTellTheTruthOfTheirTime: until a line of the thread is posted, its
// takeover may have gone on.
func TestThreadLinesTellTheTruthOfTheirTime(t *testing.T) {
	failed := entryOf(takeover.DidFail)
	failed.After.State = takeover.StateTaking
	proven := failed
	proven.After.State = takeover.StateReturning
	unproven := proven
	proven.Trouble = &takeover.Trouble{Kind: takeover.Refused, Status: 422, StillSilent: true}
	const (
		notSilent   = "NOT silent (<@UDANA> takes over): Telnyx refused (422). The AI is still talking. If it is urgent, call the end user yourself. The bot goes on trying. · ref k7f2"
		stillSilent = "NOT handed back (held by <@UDANA>): Telnyx refused (422). The AI is still silent: only a person can answer the end user. If it is urgent, call the end user yourself. The bot goes on trying. · ref k7f2"
		unknown     = "NOT handed back (held by <@UDANA>): Telnyx refused (422). The AI may be silent or still talking. If it is urgent, call the end user yourself. The bot goes on trying. · ref k7f2"
	)
	tests := []struct {
		name string
		now  takeover.Line
		e    takeover.Entry
		want string
	}{
		{"a takeover that is proven by now", lineIn(takeover.StateHeld), failed, notSilent},
		{"a hand-back after a proof that is done by now", lineIn(takeover.StateAI), proven, stillSilent},
		{"a hand-back without a proof that is done by now", lineIn(takeover.StateAI), unproven, unknown},
		{"a hand-back after a proof", lineIn(takeover.StateReturning), proven, stillSilent},
		{"a hand-back without a proof", neverSilenced(takeover.Refused, 422), unproven, unknown},
	}
	for _, tt := range tests {
		if got := sayWords(tt.now, tt.e); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestWhoHeldItIsToldOfTheHandBack(t *testing.T) {
	e := entryOf(takeover.DidRelease)
	if got := sayWords(lineIn(takeover.StateAI), e); !strings.HasPrefix(got, "<@UOMAR> handed back what <@UDANA> held.") {
		t.Errorf("%q does not mention the holder", got)
	}
	e.Other = e.Who
	if got := sayWords(lineIn(takeover.StateAI), e); !strings.HasPrefix(got, "<@UOMAR> handed back. ") {
		t.Errorf("%q", got)
	}
}

func TestEveryTroubleHasWords(t *testing.T) {
	for _, kind := range constantsOf(t, "ProviderErrorKind") {
		for _, status := range []int{0, 422} {
			for _, unknown := range []bool{false, true} {
				t.Run(fmt.Sprint(kind, status, unknown), func(t *testing.T) {
					e := entryOf(takeover.DidFail)
					e.Trouble = &takeover.Trouble{Kind: takeover.ProviderErrorKind(kind), Status: status, FlagUnknown: unknown, Lost: strings.Split(strings.Repeat("a<b ", 99), " ")}
					for _, deed := range []takeover.Deed{takeover.DidFail, takeover.DidWarnDesk, takeover.DidLose} {
						e.Deed, e.Lost = deed, e.Trouble.Lost
						checkSpoken(t, sayWords(lineIn(takeover.StateTaking), e))
						checkSpoken(t, entryWords("Telnyx", e))
					}
					l := lineIn(takeover.StateTaking)
					l.Trouble = e.Trouble
					checkMessage(t, card(l))
					checkSpoken(t, providerSentence(&takeover.ProviderError{Provider: "Telnyx", Kind: e.Trouble.Kind, Status: status, RetryAfter: time.Duration(status) * time.Second}, "k7f2"))
				})
			}
		}
	}
}

func TestEverySlackRefusalHasWords(t *testing.T) {
	for _, code := range []string{"not_in_channel", "channel_not_found", "is_archived", "is_inactive", "missing_scope", "invalid_blocks", "<!here>", ""} {
		checkSpoken(t, slackSentence(&slackapi.Error{Code: code, Class: slackapi.Permanent}, "C0DESK", "k7f2"))
	}
}

func TestNothingFoundSaysWhatToTry(t *testing.T) {
	for _, field := range constantsOf(t, "QueryField") {
		q := takeover.Query{Field: takeover.QueryField(field), Label: "unit", Value: "<!here> & *x*"}
		if q.Field == takeover.FieldEndUser {
			q.Value = "+14155550137"
		}
		s := nothingFound([]string{"Telnyx"}, q)
		checkSpoken(t, s)
		if !strings.Contains(s, "`/takeover ") {
			t.Errorf("%s: it does not say what to try: %q", field, s)
		}
	}
}

// manyLines are lines with everything that makes a list long.
func manyLines(n int) []takeover.Line {
	var lines []takeover.Line
	for i := range n {
		l := with(cards()["held"], func(l *takeover.Line) { l.Newest.Name = hostileText })
		if i%2 == 1 {
			l = cards()["long"]
		}
		l.ID, l.Since = takeover.LineID(fmt.Sprintf("ln_row%dkq3v5n2m", i)), night.Add(time.Duration(i)*time.Minute)
		lines = append(lines, l)
	}
	return lines
}

func TestListsKeepLimits(t *testing.T) {
	for _, n := range []int{0, 1, 2, listLimit, listLimit + 1, 60} {
		for _, word := range []string{"open", "mine"} {
			t.Run(fmt.Sprint(word, n), func(t *testing.T) {
				d := newDesk(t, manyLines(n)...)
				for _, l := range d.house.lines {
					d.posts.CardRows[l.ID] = takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1795317249.000100"}
				}
				d.slack.AddUser(slacksim.User{ID: string(holder), Name: "dana"})
				a, err := d.bot.Dispatch(t.Context(), slashBody(string(holder), word))
				slacktest.Must(t, err)
				text, seen := checkPrivate(t, a)
				if n == 0 {
					return
				}
				if !strings.Contains(text, "AI is silent") && !strings.Contains(text, "NOT") {
					t.Errorf("the sentence does not tell the longest: %q", text)
				}
				if rows := strings.Count(strings.Join(seen.Texts, "\n"), "Open"); rows != min(n, listLimit) {
					t.Errorf("%d rows, want %d", rows, min(n, listLimit))
				}
				if more := strings.Contains(strings.Join(seen.Texts, "\n"), fmt.Sprintf("… and %d more", n-listLimit)); more != (n > listLimit) {
					t.Errorf("says that there are more: %v", more)
				}
				for _, s := range seen.Mrkdwn {
					if strings.Contains(s, "bold") {
						t.Errorf("the end user's name is mark-up: %q", s)
					}
				}
			})
		}
	}
}

func TestResultsKeepLimits(t *testing.T) {
	d := newDesk(t)
	page := make([]takeover.Conversation, pageSize)
	lines := manyLines(pageSize)
	for i := range page {
		page[i] = takeover.Conversation{ID: takeover.ConversationID(fmt.Sprint("c", i)), EndUser: "+14155550137", Agent: takeover.Target("sip:" + strings.Repeat("a", 5000) + "@x"),
			Channel: "fax", Name: strings.Repeat(hostileText, 50), LastMessageAt: night.Add(-time.Duration(i) * time.Hour), AIDisabled: i == 1}
	}
	page[3].LastMessageAt, page[3].CreatedAt = time.Time{}, night
	page[4].LastMessageAt = time.Time{}
	for _, field := range constantsOf(t, "QueryField") {
		for _, more := range []bool{false, true} {
			q := takeover.Query{Field: takeover.QueryField(field), Label: "unit", Value: "<4B> & *co*"}
			if q.Field == takeover.FieldEndUser {
				q.Value = "+14155550137"
			}
			m := d.bot.results(t.Context(), q, page, lines, 0, takeover.Found{Conversations: slices.Repeat(page, 8), More: more})
			seen := checkMessage(t, m)
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

func TestLogKeepsLimits(t *testing.T) {
	for _, n := range []int{0, 1, 3, 20} {
		t.Run(fmt.Sprint(n, " lines"), func(t *testing.T) {
			lines := manyLines(n)
			for i := range lines {
				lines[i].EndUser, lines[i].Agent = "+14155550137", takeover.Target("sip:"+strings.Repeat("a", 4000)+"@"+strings.Repeat("b", 4000))
			}
			d := newDesk(t, lines...)
			for i, l := range lines {
				for k := range (i + 1) * 13 {
					e := entryOf(takeover.DidFail)
					e.At, e.Answer = night.Add(time.Duration(k)*time.Second), strings.Repeat("long & <answer> ", 300)
					d.house.audit[l.ID] = append(d.house.audit[l.ID], e)
				}
			}
			a, err := d.bot.Dispatch(t.Context(), slashBody(slacksim.Dana, "log +1 415 555 0137"))
			slacktest.Must(t, err)
			text, seen := checkPrivate(t, a)
			all := strings.Join(seen.Texts, "\n")
			switch {
			case n == 0 && !strings.Contains(text, "no log"):
				t.Errorf("%q", text)
			case n == 1 && (strings.Count(all, "• <!date") != 13 || strings.Contains(all, "Earlier entries")):
				t.Errorf("%d entries, want all 13", strings.Count(all, "• <!date"))
			case n == 3 && !strings.Contains(all, "Earlier entries do not fit"):
				t.Error("it does not say that entries are left out")
			case n == 20 && !strings.Contains(all, "15 lines more"):
				t.Errorf("it does not say that lines are left out: %s", all)
			}
		})
	}
}

func TestLogNeedsANumber(t *testing.T) {
	d := newDesk(t)
	for _, text := range []string{"log", "log 0137", "log unit 4B", "log <@U1>", "log nonsense"} {
		a, err := d.bot.Dispatch(t.Context(), slashBody(slacksim.Dana, text))
		slacktest.Must(t, err)
		if said, _ := checkPrivate(t, a); !strings.Contains(said, "number") {
			t.Errorf("%s: %q", text, said)
		}
	}
}

func TestLogEscapesWhatWasAsked(t *testing.T) {
	d := newDesk(t, with(lineIn(takeover.StateAI), func(l *takeover.Line) { l.EndUser = "sip:a&b@example.com" }))
	for _, text := range []string{"log sip:a&amp;b@example.com", "log sip:x&amp;y@example.com"} {
		a, err := d.bot.Dispatch(t.Context(), slashBody(slacksim.Dana, text))
		slacktest.Must(t, err)
		checkPrivate(t, a)
	}
}

func TestHelpAndBadInput(t *testing.T) {
	d := newDesk(t)
	for _, text := range []string{"", "  ", "help", "HELP me", "no number here", "1", "+1 415", "<!channel>", "name", strings.Repeat("9", 4000)} {
		a, err := d.bot.Dispatch(t.Context(), slashBody(slacksim.Dana, text))
		slacktest.Must(t, err)
		if len(a.Body) == 0 {
			t.Fatalf("%q: no answer", text)
		}
		checkPrivate(t, a)
	}
	if n := len(d.house.stored()); n != 0 {
		t.Errorf("%d commands are stored", n)
	}
}

func TestHelpNamesEveryWord(t *testing.T) {
	d := newDesk(t)
	a, err := d.bot.Dispatch(t.Context(), slashBody(slacksim.Dana, "help"))
	slacktest.Must(t, err)
	_, seen := checkPrivate(t, a)
	for _, w := range words() {
		if !strings.Contains(strings.Join(seen.Texts, "\n"), "`/takeover "+w.example+"`") {
			t.Errorf("help has no example of %q", w.example)
		}
	}
}
