package slackbot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

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

func TestNothingFoundSaysWhatToTry(t *testing.T) {
	for _, field := range slacktest.ConstantsOf(t, "QueryField") {
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
		l := slacktest.With(slacktest.Cards()["held"], func(l *takeover.Line) { l.Newest.Name = slacktest.HostileText })
		if i%2 == 1 {
			l = slacktest.Cards()["long"]
		}
		l.ID, l.Since = takeover.LineID(fmt.Sprintf("ln_row%dkq3v5n2m", i)), slacktest.Night.Add(time.Duration(i)*time.Minute)
		lines = append(lines, l)
	}
	return lines
}

func TestListsKeepLimits(t *testing.T) {
	for _, n := range []int{0, 1, 2, render.ListLimit, render.ListLimit + 1, 60} {
		for _, word := range []string{"open", "mine"} {
			t.Run(fmt.Sprint(word, n), func(t *testing.T) {
				d := newDesk(t, manyLines(n)...)
				for _, l := range d.house.lines {
					d.posts.CardRows[l.ID] = takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1795317249.000100"}
				}
				d.slack.AddUser(slacksim.User{ID: string(slacktest.Holder), Name: "dana"})
				a, err := d.bot.Dispatch(t.Context(), slashBody(string(slacktest.Holder), word))
				slacktest.Must(t, err)
				text, seen := checkPrivate(t, a)
				if n == 0 {
					return
				}
				if !strings.Contains(text, "AI is silent") && !strings.Contains(text, "NOT") {
					t.Errorf("the sentence does not tell the longest: %q", text)
				}
				if rows := strings.Count(strings.Join(seen.Texts, "\n"), "Open"); rows != min(n, render.ListLimit) {
					t.Errorf("%d rows, want %d", rows, min(n, render.ListLimit))
				}
				if more := strings.Contains(strings.Join(seen.Texts, "\n"), fmt.Sprintf("… and %d more", n-render.ListLimit)); more != (n > render.ListLimit) {
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
			Channel: "fax", Name: strings.Repeat(slacktest.HostileText, 50), LastMessageAt: slacktest.Night.Add(-time.Duration(i) * time.Hour), AIDisabled: i == 1}
	}
	page[3].LastMessageAt, page[3].CreatedAt = time.Time{}, slacktest.Night
	page[4].LastMessageAt = time.Time{}
	for _, field := range slacktest.ConstantsOf(t, "QueryField") {
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
					e := slacktest.EntryOf(takeover.EventUnproven)
					e.At, e.Answer = slacktest.Night.Add(time.Duration(k)*time.Second), strings.Repeat("long & <answer> ", 300)
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
	d := newDesk(t, slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.EndUser = "sip:a&b@example.com" }))
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
