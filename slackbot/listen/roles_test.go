package listen_test

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

func withGroups(t *testing.T, lines ...takeover.Line) *desktest.Desk {
	t.Helper()
	d := desktest.New(t, lines...)
	cfg := d.Config
	cfg.Desks[0].Groups = takeover.Groups{Responders: slacksim.TechniciansGroup, Leads: slacksim.LeadsGroup, Admins: "S0ADMINS"}
	d.Bot = desktest.NewBot(cfg, d.Deps())
	d.Slack.AddGroup(slacksim.Group{ID: "S0ADMINS", Name: "Admins", Handle: "admins", Users: []string{"U0ADA"}})
	for _, id := range []string{"U0ADA", "U0READ"} {
		d.Slack.AddUser(slacksim.User{ID: id, Name: strings.ToLower(id[2:])})
	}
	return d
}

func TestNobodyIsPresumedWhereAGroupDecides(t *testing.T) {
	t.Parallel()
	d := withGroups(t, slacktest.LineIn(takeover.StateAI))
	d.Slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Dana, slacksim.Guest}})
	card := d.Open(desktest.LineID)
	before := len(d.Backend.Stored())
	for _, user := range []string{slacksim.Guest, slacksim.Dana} {
		d.Slack.FailNext("users.info", 2, slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"})
		d.Click(user, card.Ref(), ids.Take)
		if _, text := d.Private(user); len(d.Backend.Stored()) != before || !strings.Contains(text, "bot doctor") {
			t.Errorf("%s took over without being known: %+v; told %q", user, d.Backend.Stored()[before:], text)
		}
		if refusal, sure := d.Bot.Listener.People.JudgeReceiver(takeover.OperatorID(user)); sure != people.Unknown {
			t.Errorf("%s may receive lines, or not, by certainty %d: %q", user, sure, refusal)
		}
	}
}

func TestGuestsAreNotPresumedMembers(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	card := d.Open(desktest.LineID)
	before := len(d.Backend.Stored())
	d.Slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "some_new_error"})
	d.Click(slacksim.Guest, card.Ref(), ids.Take)
	if n := len(d.Backend.Stored()) - before; n != 0 {
		t.Errorf("%d commands of a guest were stored", n)
	}
}

func TestWhoIsRefusedLearnsNothing(t *testing.T) {
	t.Parallel()
	for _, user := range []string{slacksim.Guest, slacksim.Outside} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
			d.Open("ln_kq3v5n2m")
			stored := len(d.Backend.Stored())
			for _, action := range []string{"line.handback", "line.extend"} {
				d.Click(user, d.Card().Ref(), action)
			}
			d.Ask(user, "+1 415 555 0137")
			d.Ask(user, "log +1 415 555 0137")
			d.Ask(user, "open")
			d.Ask(user, "mine")
			if n := len(d.Backend.Stored()); n != stored {
				t.Errorf("%d commands were stored", n-stored)
			}
			if d.Slack.View(user) != nil {
				t.Error("the box was opened")
			}
			answers := d.Slack.Private(user)
			if len(answers) != 6 {
				t.Errorf("%d private answers, want one each", len(answers))
			}
			for _, p := range answers {
				if text := d.Slack.PlainPrivate(p, time.UTC); strings.Contains(text, "0137") || strings.Contains(text, "Miller") || !strings.Contains(text, "Ask ") {
					t.Errorf("answered %q", text)
				}
			}
		})
	}
}

func TestReadersReadOnly(t *testing.T) {
	t.Parallel()
	const user = "U0READ"
	d := withGroups(t, slacktest.LineIn(takeover.StateHeld))
	d.Slack.AddChannel(slacksim.Channel{ID: slacksim.DeskChannel, Name: "on-call", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar, user}})
	card := d.Open("ln_kq3v5n2m")
	before := len(d.Backend.Stored())
	for _, action := range []string{ids.HandBack, ids.Extend, ids.HandOff} {
		d.Click(user, card.Ref(), action)
		refused(d, user)
	}
	for _, text := range []string{"back 0137", "handoff", "take +1 415 555 0137"} {
		d.Ask(user, text)
		refused(d, user)
	}
	for _, text := range []string{"!back", "!take", "!note x", "!handoff @omar"} {
		d.Write(user, card, text)
		refused(d, user)
	}
	if n := len(d.Backend.Stored()) - before; n != 0 || d.Slack.View(user) != nil {
		t.Errorf("%d commands stored, box %v", n, d.Slack.View(user))
	}
	d.Ask(user, "+1 415 555 0137")
	d.Click(user, card.Ref(), ids.Menu, slacksim.Pick{Value: ids.MenuValue(ids.Transcript, "ln_kq3v5n2m")})
	if n := len(d.Backend.Stored()) - before; n != 2 {
		t.Errorf("a reader's search and reading stored %d commands, want 2", n)
	}
	d.Write(user, card, "!log")
	d.WorkLast()
	if _, text := d.Private(user); !strings.Contains(text, "What happened") && !strings.Contains(text, "Nothing was changed yet") {
		t.Errorf("the log is answered with %q", text)
	}
}

func refused(d *desktest.Desk, user string) {
	d.Helper()
	if _, text := d.Private(user); !strings.Contains(text, "may find and read") {
		d.Errorf("%s was told %q", user, text)
	}
}
