package slackbot

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

func withGroups(t *testing.T, lines ...takeover.Line) *desk {
	t.Helper()
	d := newDesk(t, lines...)
	cfg := d.cfg
	cfg.Desks[0].Groups = takeover.Groups{Responders: slacksim.TechniciansGroup, Leads: slacksim.LeadsGroup, Admins: "S0ADMINS"}
	d.bot = newBot(cfg, d.deps())
	d.slack.AddGroup(slacksim.Group{ID: "S0ADMINS", Name: "Admins", Handle: "admins", Users: []string{"U0ADA"}})
	for _, id := range []string{"U0ADA", "U0READ"} {
		d.slack.AddUser(slacksim.User{ID: id, Name: strings.ToLower(id[2:])})
	}
	return d
}

func TestEveryVerbHasItsNeed(t *testing.T) {
	sees := map[string]bool{"find": true, "find more": true, "open": true, "earlier": true, "transcript": true, "refresh": true}
	for _, verb := range append(slacktest.ConstantsOf(t, "Verb"), "of a later version") {
		if got := needOf(takeover.Verb(verb)) == people.Reader; got != sees[verb] {
			t.Errorf("%s is open to readers: %t", verb, got)
		}
	}
}

func TestNobodyIsPresumedWhereAGroupDecides(t *testing.T) {
	d := withGroups(t, slacktest.LineIn(takeover.StateAI))
	d.slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Dana, slacksim.Guest}})
	card := d.open(theLine)
	before := len(d.house.stored())
	for _, user := range []string{slacksim.Guest, slacksim.Dana} {
		d.slack.FailNext("users.info", 2, slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"})
		d.click(user, card.Ref(), ids.Take)
		if _, text := d.private(user); len(d.house.stored()) != before || !strings.Contains(text, "bot doctor") {
			t.Errorf("%s took over without being known: %+v; told %q", user, d.house.stored()[before:], text)
		}
		if refusal := d.bot.Listener.people.MayReceive(t.Context(), takeover.OperatorID(user)); !strings.Contains(refusal, "bot doctor") {
			t.Errorf("%s may receive lines: %q", user, refusal)
		}
	}
}

func TestGuestsAreNotPresumedMembers(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	card := d.open(theLine)
	before := len(d.house.stored())
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "some_new_error"})
	d.click(slacksim.Guest, card.Ref(), ids.Take)
	if n := len(d.house.stored()) - before; n != 0 {
		t.Errorf("%d commands of a guest were stored", n)
	}
}

func TestWhoIsRefusedLearnsNothing(t *testing.T) {
	for _, user := range []string{slacksim.Guest, slacksim.Outside} {
		t.Run(user, func(t *testing.T) {
			d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
			d.open("ln_kq3v5n2m")
			stored := len(d.house.stored())
			for _, action := range []string{"line.handback", "line.extend"} {
				d.click(user, d.card().Ref(), action)
			}
			d.ask(user, "+1 415 555 0137")
			d.ask(user, "log +1 415 555 0137")
			d.ask(user, "open")
			d.ask(user, "mine")
			if n := len(d.house.stored()); n != stored {
				t.Errorf("%d commands were stored", n-stored)
			}
			if d.slack.View(user) != nil {
				t.Error("the box was opened")
			}
			answers := d.slack.Private(user)
			if len(answers) != 6 {
				t.Errorf("%d private answers, want one each", len(answers))
			}
			for _, p := range answers {
				if text := d.slack.PlainPrivate(p, time.UTC); strings.Contains(text, "0137") || strings.Contains(text, "Miller") || !strings.Contains(text, "Ask ") {
					t.Errorf("answered %q", text)
				}
			}
		})
	}
}

func TestReadersReadOnly(t *testing.T) {
	const user = "U0READ"
	d := withGroups(t, slacktest.LineIn(takeover.StateHeld))
	d.slack.AddChannel(slacksim.Channel{ID: slacksim.DeskChannel, Name: "on-call", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar, user}})
	card := d.open("ln_kq3v5n2m")
	before := len(d.house.stored())
	for _, action := range []string{ids.HandBack, ids.Extend, ids.HandOff} {
		d.click(user, card.Ref(), action)
		d.refused(user)
	}
	for _, text := range []string{"back 0137", "handoff", "take +1 415 555 0137"} {
		d.ask(user, text)
		d.refused(user)
	}
	for _, text := range []string{"!back", "!take", "!note x", "!handoff @omar"} {
		d.write(user, card, text)
		d.refused(user)
	}
	if n := len(d.house.stored()) - before; n != 0 || d.slack.View(user) != nil {
		t.Errorf("%d commands stored, box %v", n, d.slack.View(user))
	}
	d.ask(user, "+1 415 555 0137")
	d.click(user, card.Ref(), ids.Menu, slacksim.Pick{Value: ids.MenuValue(ids.Transcript, "ln_kq3v5n2m")})
	if n := len(d.house.stored()) - before; n != 2 {
		t.Errorf("a reader's search and reading stored %d commands, want 2", n)
	}
	d.write(user, card, "!log")
	d.workLast()
	if _, text := d.private(user); !strings.Contains(text, "What happened") && !strings.Contains(text, "Nothing was changed yet") {
		t.Errorf("the log is answered with %q", text)
	}
}

func (d *desk) refused(user string) {
	d.Helper()
	if _, text := d.private(user); !strings.Contains(text, "may find and read") {
		d.Errorf("%s was told %q", user, text)
	}
}

func (d *desk) write(user string, card slacksim.Message, text string) slacksim.Delivery {
	d.Helper()
	_, got := d.slack.Say(d.Context(), user, card.Channel, card.TS, text)
	return d.fine(got)
}
