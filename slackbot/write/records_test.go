package write_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// logged is a desk with a line whose audit has one entry.
func logged(t *testing.T) *desktest.Desk {
	t.Helper()
	l := slacktest.LineIn(takeover.StateAI)
	d := desktest.New(t, l)
	d.Backend.Entries[l.ID] = []takeover.Entry{{Key: "k", Line: l.ID, At: slacktest.Night, Who: slacksim.Omar, Origin: takeover.FromButton, Event: takeover.EventTakenFrom,
		Other: slacksim.Dana, Note: "call +1 415 555 0137 < now", Ref: "k7f2", Lag: time.Second,
		Before: takeover.Standing{State: takeover.StateHeld, Holder: slacksim.Dana}, After: takeover.Standing{State: takeover.StateHeld, Holder: slacksim.Omar}}}
	return d
}

// TestExport: two files in a direct message, once, with names, times in UTC and masked numbers.
func TestExport(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]string{"a number": "+14155550137", "all": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := logged(t)
			d.Put(takeover.ExportLog, func(c *takeover.Command) {
				c.Line = ""
				if of != "" {
					c.Query = takeover.Query{Field: takeover.FieldEndUser, Value: of}
				}
			})
			d.WorkLast()
			d.WorkLast() // the job runs twice
			files := d.Slack.Files()
			if len(files) != 2 {
				t.Fatalf("%d files", len(files))
			}
			text, body := string(files[0].Content), files[1].Content
			if want := slacktest.Night.UTC().Format("2006-01-02 15:04:05Z") + " omar took it from dana: “call •••• 0137 < now” (button) · held by dana → held by omar · ref k7f2\n"; !strings.HasSuffix(strings.ToLower(text), strings.ToLower(want)) {
				t.Errorf("%s\nwant %s", text, want)
			}
			var x struct {
				People map[string]string
				Lines  []struct {
					EndUser string
					Audit   []takeover.Entry
				}
			}
			slacktest.Must(t, json.Unmarshal(body, &x))
			if len(x.Lines) != 1 || len(x.Lines[0].Audit) != 1 || x.Lines[0].Audit[0].Lag != time.Second || !strings.EqualFold(x.People[slacksim.Omar], "omar") {
				t.Errorf("%s", body)
			}
			for _, file := range files {
				if strings.Contains(string(file.Content), "5550137") || strings.Contains(string(file.Content), "555 0137") || file.Channel == slacksim.DeskChannel {
					t.Errorf("in %s: %s", file.Channel, file.Content)
				}
			}
			d.Told(slacksim.Dana, "two files are in your direct messages", "")
		})
	}
}

// TestWhoWasSpeakingIsToldInPrivate: also where the provider does not show what was said.
func TestWhoWasSpeakingIsToldInPrivate(t *testing.T) {
	t.Parallel()
	d := logged(t)
	d.Backend.Said[desktest.ConversationID] = []takeover.Message{{Role: takeover.RoleEndUser, Text: "It is <worse>", At: takeover.ProviderTime(slacktest.Night.Add(time.Minute))}}
	ask := func(number string) string {
		d.Put(takeover.ShowMoment, func(c *takeover.Command) {
			c.Line, c.Moment, c.Query = "", slacktest.Night.Add(20*time.Second), takeover.Query{Field: takeover.FieldEndUser, Value: number}
		})
		d.WorkLast()
		p, _ := d.Private(slacksim.Dana)
		return string(p.Blocks) + p.Text
	}
	said := ask("+14155550137")
	for _, want := range []string{"held the line: when the AI was checked is not in the log", "worse", "took it from"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing: %s", want, said)
		}
	}
	if said := ask("+14155550188"); !strings.Contains(said, "The bot has no log for") {
		t.Error(said)
	}
}
