package slackbot

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

func TestWhoMayAct(t *testing.T) {
	d := newDesk(t)
	d.bot.self.known = &slackapi.Identity{TeamID: slacksim.TeamID, EnterpriseID: "E0OWN"}
	d.slack.AddUser(slacksim.User{ID: "U0GONE", Name: "gone", Deleted: true})
	d.slack.AddUser(slacksim.User{ID: "U0ROBOT", Name: "robot", IsBot: true})
	d.slack.AddUser(slacksim.User{ID: "U0MULTI", Name: "multi", IsRestricted: true})
	tests := []struct {
		name, user, team string
		refused          string // part of the sentence; empty: admitted
	}{
		{"a member", slacksim.Dana, slacksim.TeamID, ""},
		{"a member of our organisation", slacksim.Dana, "E0OWN", ""},
		{"a member without a team", slacksim.Dana, "", ""},
		{"another workspace", slacksim.Dana, slacksim.OtherTeamID, "other organisations"},
		{"another organisation", slacksim.Dana, "E0OTHER", "other organisations"},
		{"an outsider whose team is not told", slacksim.Outside, "", "other organisations"},
		{"an outsider where only the bot's team is told", slacksim.Outside, slacksim.TeamID, "other organisations"},
		{"a single-channel guest", slacksim.Guest, slacksim.TeamID, "Guests"},
		{"a guest", "U0MULTI", slacksim.TeamID, "Guests"},
		{"a bot", "U0ROBOT", slacksim.TeamID, "Guests"},
		{"a deactivated account", "U0GONE", slacksim.TeamID, "Guests"},
		{"nobody that Slack knows", "U0NOBODY", slacksim.TeamID, "Guests"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := d.bot.people.admit(t.Context(), tt.user, tt.team)
			if (got == "") != (tt.refused == "") || !strings.Contains(got, tt.refused) {
				t.Errorf("got %q, want %q", got, tt.refused)
			}
			if got != "" {
				checkSpoken(t, got)
				if !strings.Contains(got, "Ask ") {
					t.Errorf("it does not say how to get access: %q", got)
				}
			}
		})
	}
}

// TestWhoIsOfWhichOrganisation: is_stranger is false for partners who share a channel with
// the bot, and a colleague's workspace may be another one of the same organisation.
func TestWhoIsOfWhichOrganisation(t *testing.T) {
	const org = `"enterprise_user":{"enterprise_id":"E0OWN"}`
	for name, tt := range map[string]struct {
		own        slackapi.Identity
		user, team string // what users.info says beside the id, and the request's team
		admitted   bool
	}{
		"the own workspace":                        {slackapi.Identity{TeamID: "T1"}, `"team_id":"T1"`, "T1", true},
		"a partner":                                {slackapi.Identity{TeamID: "T1"}, `"team_id":"T2","is_stranger":false`, "T1", false},
		"a partner of an organisation":             {slackapi.Identity{TeamID: "T1"}, `"team_id":"T2",` + org, "T1", false},
		"no workspace at all":                      {slackapi.Identity{TeamID: "T1"}, `"name":"x"`, "T1", false},
		"the organisation by its id":               {slackapi.Identity{TeamID: "T1", EnterpriseID: "E0OWN"}, `"team_id":"E0OWN"`, "E0OWN", true},
		"another workspace of the organisation":    {slackapi.Identity{TeamID: "T1", EnterpriseID: "E0OWN"}, `"team_id":"T3",` + org, "T1", true},
		"the same, as the request says":            {slackapi.Identity{TeamID: "T1", EnterpriseID: "E0OWN"}, `"team_id":"T3",` + org, "T3", true},
		"a partner, seen from an organisation":     {slackapi.Identity{TeamID: "T1", EnterpriseID: "E0OWN"}, `"team_id":"T2","enterprise_user":{"enterprise_id":"E2"}`, "T1", false},
		"a request from elsewhere for a colleague": {slackapi.Identity{TeamID: "T1", EnterpriseID: "E0OWN"}, `"team_id":"T1"`, "T2", false},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := offline()
			b.self.known = &tt.own
			b.slack = slackapi.New(slackapi.Config{Token: slacktest.Token, HTTP: &http.Client{Transport: slacktest.Transport(func(*http.Request) *http.Response {
				return slacktest.Response(http.StatusOK, nil, `{"ok":true,"user":{"id":"U1",`+tt.user+`}}`)
			})}, Posts: slacktest.NewPosts(), Pacer: slackapi.Unpaced()})
			b.people.client = b.slack
			got := b.people.admit(t.Context(), "U1", tt.team)
			if (got == "") != tt.admitted || got != "" && !strings.Contains(got, "other organisations") {
				t.Errorf("got %q, want admitted %t", got, tt.admitted)
			}
		})
	}
}

func TestSlackFailsWhileAsked(t *testing.T) {
	unavailable := slacksim.Fault{Kind: slacksim.FaultUnavailable}
	failing := func(code string) slacksim.Fault { return slacksim.Fault{Kind: slacksim.FaultError, Error: code} }
	tests := []struct {
		name, method string
		fault        slacksim.Fault
		want         string // empty: admitted
	}{
		{"who, for a moment", "users.info", unavailable, "press again"},
		{"who, limited", "users.info", slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: 30 * time.Second}, "press again"},
		{"who, never answered", "users.info", slacksim.Fault{Kind: slacksim.FaultHang}, "press again"},
		{"who, for want of a scope", "users.info", failing("missing_scope"), ""},
		{"who, for a reason that is new", "users.info", failing("some_new_error"), "bot doctor"},
		{"who, by a token that is void", "users.info", failing("token_revoked"), "bot doctor"},
		{"the workspace, for a moment", "auth.test", unavailable, "press again"},
		{"the workspace, for good", "auth.test", failing("invalid_auth"), "bot doctor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.slack.FailNext(tt.method, 1, tt.fault)
			start := time.Now()
			got := d.bot.people.admit(t.Context(), slacksim.Dana, slacksim.TeamID)
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %s of the three seconds", took)
			}
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			if got == "" {
				return
			}
			checkSpoken(t, got)
			if !strings.Contains(got, "Nothing was changed.") {
				t.Errorf("it does not say what it means: %q", got)
			}
			if got := d.bot.people.admit(t.Context(), slacksim.Dana, slacksim.TeamID); got != "" {
				t.Errorf("the second press: %q", got)
			}
		})
	}
}

// TestNobodyIsPresumedWhereAGroupDecides: without the scope users:read a guest cannot be
// told from a member. Where a group says who may act, that is not made up for.
func TestNobodyIsPresumedWhereAGroupDecides(t *testing.T) {
	d := withGroups(t, lineIn(takeover.StateAI))
	d.slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Dana, slacksim.Guest}})
	card := d.open(theLine)
	before := len(d.house.stored())
	for _, user := range []string{slacksim.Guest, slacksim.Dana} {
		d.slack.FailNext("users.info", 2, slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"})
		d.click(user, card.Ref(), actionTake)
		if _, text := d.private(user); len(d.house.stored()) != before || !strings.Contains(text, "bot doctor") {
			t.Errorf("%s took over without being known: %+v; told %q", user, d.house.stored()[before:], text)
		}
		if refusal := d.bot.mayReceive(t.Context(), takeover.OperatorID(user)); !strings.Contains(refusal, "bot doctor") {
			t.Errorf("%s may receive lines: %q", user, refusal)
		}
	}
}

// TestGuestsAreNotPresumedMembers: an error that is not known says nothing about anybody.
func TestGuestsAreNotPresumedMembers(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateAI))
	card := d.open(theLine)
	before := len(d.house.stored())
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "some_new_error"})
	d.click(slacksim.Guest, card.Ref(), actionTake)
	if n := len(d.house.stored()) - before; n != 0 {
		t.Errorf("%d commands of a guest were stored", n)
	}
}

func TestPeopleAreRememberedForAWhile(t *testing.T) {
	d := newDesk(t)
	now := night
	d.bot.people.now = func() time.Time { return now }
	admit := func() string { return d.bot.people.admit(t.Context(), slacksim.Dana, slacksim.TeamID) }
	admit()
	admit()
	if n := d.times("users.info"); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	d.slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana", Deleted: true})
	now = now.Add(knownFor - time.Second)
	if admit() != "" {
		t.Error("forgotten too early")
	}
	now = now.Add(2 * time.Second)
	if admit() == "" {
		t.Error("a deactivated account is admitted after its time")
	}
	d.slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana"})
	now = now.Add(2 * knownFor)
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if admit() == "" {
		t.Error("while Slack fails, what was known counts: the account was deactivated")
	}
	if admit() != "" {
		t.Error("old knowledge is kept although Slack answers")
	}
	now = now.Add(2 * knownFor)
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if got := admit(); got != "" {
		t.Errorf("while Slack fails, what was known counts: %q", got)
	}
}

func TestPeopleDoNotFillTheMemory(t *testing.T) {
	b, _ := offline()
	b.slack = slackapi.New(slackapi.Config{Token: slacktest.Token, HTTP: &http.Client{Transport: slacktest.Transport(func(*http.Request) *http.Response {
		return slacktest.Response(http.StatusOK, nil, `{"ok":true,"user":{"id":"U1","team_id":"T0DEMO"}}`)
	})}, Posts: slacktest.NewPosts(), Pacer: slackapi.Unpaced()})
	b.people.client = b.slack
	for i := range maxPeople {
		b.people.people[fmt.Sprint("U", i)] = person{learned: night}
	}
	if got := b.people.admit(t.Context(), "U0NEW", slacksim.TeamID); got != "" {
		t.Error(got)
	}
	if n := len(b.people.people); n > maxPeople {
		t.Errorf("%d people are remembered, at most %d may be", n, maxPeople)
	}
}

func TestZoneOf(t *testing.T) {
	d := newDesk(t)
	d.slack.AddUser(slacksim.User{ID: "U0MARS", Name: "m", TZ: "Mars/Olympus"})
	for user, want := range map[takeover.OperatorID]string{
		slacksim.Dana: "America/Los_Angeles", slacksim.Omar: "Europe/Berlin", "U0MARS": "UTC", "U0NOBODY": "UTC",
	} {
		if zone, name := d.bot.people.zoneOf(t.Context(), user); name != want || zone.String() != want {
			t.Errorf("%s: %s named %q, want %s", user, zone, name, want)
		}
	}
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if _, name := d.bot.people.zoneOf(t.Context(), slacksim.Lena); name != "UTC" {
		t.Errorf("%q while Slack fails, want UTC", name)
	}
}

// TestWhoIsRefusedLearnsNothing: neither a number nor a line reaches somebody from
// outside, whatever is pressed or typed, and nothing is stored.
func TestWhoIsRefusedLearnsNothing(t *testing.T) {
	for _, user := range []string{slacksim.Guest, slacksim.Outside} {
		t.Run(user, func(t *testing.T) {
			d := newDesk(t, lineIn(takeover.StateHeld))
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
