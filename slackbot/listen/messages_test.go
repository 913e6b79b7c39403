package listen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

func TestListsKeepLimits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, render.ListLimit, render.ListLimit + 1, 60} {
		for _, word := range []string{"open", "mine"} {
			t.Run(fmt.Sprint(word, n), func(t *testing.T) {
				t.Parallel()
				d := desktest.New(t, slacktest.LongLines(n)...)
				for _, l := range d.Backend.Lines {
					d.Posts.CardRows[l.ID] = takeover.Card{Line: l.ID, Channel: slacksim.DeskChannel, TS: "1795317249.000100"}
				}
				d.Slack.AddUser(slacksim.User{ID: string(slacktest.Holder), Name: "dana"})
				a, err := d.Bot.Dispatch(t.Context(), slashBody(string(slacktest.Holder), word))
				slacktest.Must(t, err)
				text, seen := desktest.CheckPrivate(t, a)
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

func TestLogKeepsLimits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3, 20} {
		t.Run(fmt.Sprint(n, " lines"), func(t *testing.T) {
			lines := slacktest.LongLines(n)
			for i := range lines {
				lines[i].EndUser, lines[i].Agent = "+14155550137", takeover.Target("sip:"+strings.Repeat("a", 4000)+"@"+strings.Repeat("b", 4000))
			}
			d := desktest.New(t, lines...)
			for i, l := range lines {
				for k := range (i + 1) * 13 {
					e := slacktest.EntryOf(takeover.EventUnproven)
					e.At, e.Answer = slacktest.Night.Add(time.Duration(k)*time.Second), strings.Repeat("long & <answer> ", 300)
					d.Backend.Entries[l.ID] = append(d.Backend.Entries[l.ID], e)
				}
			}
			a, err := d.Bot.Dispatch(t.Context(), slashBody(slacksim.Dana, "log +1 415 555 0137"))
			slacktest.Must(t, err)
			text, seen := desktest.CheckPrivate(t, a)
			all := strings.Join(seen.Texts, "\n")
			switch {
			case n == 0 && !strings.Contains(text, "no log"):
				t.Errorf("%q", text)
			case n == 1 && (strings.Count(all, "• <!date") != 13 || strings.Contains(string(a.Body), "Earlier entries")):
				t.Errorf("%d entries, want all 13", strings.Count(all, "• <!date"))
			case n == 3 && !strings.Contains(string(a.Body), `"action_id":"log.more"`):
				t.Error("it does not say that entries are left out")
			case n == 20 && !strings.Contains(all, "15 lines more changed"):
				t.Errorf("it does not say that lines are left out: %s", all)
			}
		})
	}
}

// TestLogSearches: what is no whole number is looked for as by the other words.
func TestLogSearches(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	for _, text := range []string{"log 137", "log unit 4B", "log name Miller"} {
		d.Ask(slacksim.Dana, text)
		if c := last(d); c.Verb != takeover.Search || c.Then != takeover.ShowLog || c.Query.Value != text[strings.LastIndexByte(text, ' ')+1:] {
			t.Errorf("%s: stored %+v", text, c)
		}
	}
	for _, text := range []string{"log", "log <@U1>", "log nonsense"} {
		a, err := d.Bot.Dispatch(t.Context(), slashBody(slacksim.Dana, text))
		slacktest.Must(t, err)
		if said, _ := desktest.CheckPrivate(t, a); !strings.Contains(said, "number") {
			t.Errorf("%s: %q", text, said)
		}
	}
}

func TestLogEscapesWhatWasAsked(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.EndUser = "sip:a&b@example.com" }))
	for _, text := range []string{"log sip:a&amp;b@example.com", "log sip:x&amp;y@example.com"} {
		a, err := d.Bot.Dispatch(t.Context(), slashBody(slacksim.Dana, text))
		slacktest.Must(t, err)
		desktest.CheckPrivate(t, a)
	}
}

func TestHelpAndBadInput(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	for _, text := range []string{"", "  ", "help", "HELP me", "no number here", "1", "+1 415", "<!channel>", "name", strings.Repeat("9", 4000)} {
		a, err := d.Bot.Dispatch(t.Context(), slashBody(slacksim.Dana, text))
		slacktest.Must(t, err)
		if len(a.Body) == 0 {
			t.Fatalf("%q: no answer", text)
		}
		desktest.CheckPrivate(t, a)
	}
	if n := len(d.Backend.Stored()); n != 0 {
		t.Errorf("%d commands are stored", n)
	}
}

func TestHelpNamesEveryWord(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	a, err := d.Bot.Dispatch(t.Context(), slashBody(slacksim.Dana, "help"))
	slacktest.Must(t, err)
	_, seen := desktest.CheckPrivate(t, a)
	for _, example := range listen.WordExamples() {
		if !strings.Contains(strings.Join(seen.Texts, "\n"), "`/takeover "+example+"`") {
			t.Errorf("help has no example of %q", example)
		}
	}
}
