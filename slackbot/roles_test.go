package slackbot

import (
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// withGroups is a desk whose roles come from the simulated groups: Dana and Omar respond,
// Lena leads.
func withGroups(t *testing.T, lines ...takeover.Line) *desk {
	t.Helper()
	d := newDesk(t, lines...)
	d.bot.cfg.RespondersGroup, d.bot.cfg.LeadsGroup, d.bot.cfg.AdminsGroup = slacksim.TechniciansGroup, slacksim.LeadsGroup, "S0ADMINS"
	d.slack.AddGroup(slacksim.Group{ID: "S0ADMINS", Name: "Admins", Handle: "admins", Users: []string{"U0ADA"}})
	for _, id := range []string{"U0ADA", "U0READ"} {
		d.slack.AddUser(slacksim.User{ID: id, Name: strings.ToLower(id[2:])})
	}
	return d
}

func TestRoles(t *testing.T) {
	tests := []struct {
		name, user       string
		groups           bool // are set
		sees, acts, lead bool
	}{
		{"a responder", slacksim.Dana, true, true, true, false},
		{"a lead", slacksim.Lena, true, true, true, true},
		{"an administrator", "U0ADA", true, true, true, true},
		{"a reader", "U0READ", true, true, false, false},
		{"a guest", slacksim.Guest, true, false, false, false},
		{"an outsider", slacksim.Outside, true, false, false, false},
		{"any member, without groups", "U0READ", false, true, true, false},
		{"a lead's namesake, without groups", slacksim.Lena, false, true, true, false},
		{"a guest, without groups", slacksim.Guest, false, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := withGroups(t)
			if !tt.groups {
				d.bot.cfg.RespondersGroup, d.bot.cfg.LeadsGroup, d.bot.cfg.AdminsGroup = "", "", ""
			}
			for what, want := range map[need]bool{toSee: tt.sees, toAct: tt.acts} {
				refusal := d.bot.may(t.Context(), tt.user, slacksim.TeamID, what)
				if (refusal == "") != want {
					t.Errorf("need %d: refused with %q, want admitted %t", what, refusal, want)
				}
				if refusal != "" {
					checkSpoken(t, refusal)
				}
			}
			if refusal := d.bot.may(t.Context(), tt.user, slacksim.OtherTeamID, toSee); refusal == "" {
				t.Error("admitted from another workspace")
			}
			slacktest.Must(t, d.bot.put(t.Context(), takeover.Command{Key: "k", Verb: takeover.Extend, By: takeover.OperatorID(tt.user)}))
			if got := d.house.stored()[0].Lead; got != tt.lead {
				t.Errorf("lead %t, want %t", got, tt.lead)
			}
		})
	}
}

// TestReadersAreToldHowToGetAccess: whom to ask is a group, by its mention.
func TestReadersAreToldHowToGetAccess(t *testing.T) {
	d := withGroups(t)
	refusal := d.bot.may(t.Context(), "U0READ", slacksim.TeamID, toAct)
	if !strings.Contains(refusal, "<!subteam^"+slacksim.TechniciansGroup+">") || !strings.Contains(refusal, "Ask ") {
		t.Errorf("refused with %q", refusal)
	}
}

// TestEveryVerbHasItsNeed: what is not known to read only takes somebody who may act.
func TestEveryVerbHasItsNeed(t *testing.T) {
	sees := map[string]bool{"find": true, "find more": true, "open": true, "earlier": true, "transcript": true, "refresh": true}
	for _, verb := range append(constantsOf(t, "Verb"), "of a later version") {
		if got := needOf(takeover.Verb(verb)) == toSee; got != sees[verb] {
			t.Errorf("%s is open to readers: %t", verb, got)
		}
	}
}

func TestGroupsAreRememberedForAWhile(t *testing.T) {
	d := withGroups(t)
	now := night
	d.bot.groups.now = func() time.Time { return now }
	act := func() bool { return d.bot.may(t.Context(), slacksim.Dana, slacksim.TeamID, toAct) == "" }
	if first, second := act(), act(); !first || !second {
		t.Fatal("a responder is refused")
	}
	if n := d.times("usergroups.users.list"); n != 3 {
		t.Errorf("%d questions, want one for each group", n)
	}
	d.slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Omar}})
	now = now.Add(groupFor - time.Second)
	if !act() {
		t.Error("forgotten too early")
	}
	now = now.Add(2 * time.Second)
	d.slack.FailNext("usergroups.users.list", 3, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if !act() {
		t.Error("while Slack fails, what was known counts")
	}
	asked := d.times("usergroups.users.list")
	if !act() || d.times("usergroups.users.list") != asked {
		t.Error("a failed question is repeated at once")
	}
	now = now.Add(groupAgain + time.Second)
	if act() {
		t.Error("somebody who left the group may still act")
	}
}

// TestGroupsUnknown: without any knowledge nobody is let through, and the sentence says
// what helps.
func TestGroupsUnknown(t *testing.T) {
	for code, want := range map[string]string{"missing_scope": "bot doctor", "no_such_subteam": "bot doctor", "service_unavailable": "press again"} {
		t.Run(code, func(t *testing.T) {
			d := withGroups(t)
			d.slack.FailNext("usergroups.users.list", 3, slacksim.Fault{Kind: slacksim.FaultError, Error: code})
			got := d.bot.may(t.Context(), slacksim.Dana, slacksim.TeamID, toAct)
			if !strings.Contains(got, want) || !strings.Contains(got, "Nothing was changed.") {
				t.Fatalf("got %q, want %q in it", got, want)
			}
			checkSpoken(t, got)
			if got := d.bot.may(t.Context(), slacksim.Dana, slacksim.TeamID, toAct); got != "" {
				t.Errorf("the second press: %q", got)
			}
		})
	}
}

// TestGroupsHang: the acknowledgement does not wait longer than it may.
func TestGroupsHang(t *testing.T) {
	d := withGroups(t)
	d.slack.FailNext("usergroups.users.list", 3, slacksim.Fault{Kind: slacksim.FaultHang})
	start := time.Now()
	if got := d.bot.may(t.Context(), slacksim.Dana, slacksim.TeamID, toAct); got == "" {
		t.Error("admitted although nothing is known")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %s of the three seconds", took)
	}
}

// TestManyAskAtOnce: one call for each group, however many wait.
func TestManyAskAtOnce(t *testing.T) {
	d := withGroups(t)
	var many sync.WaitGroup
	for range 50 {
		many.Go(func() {
			if refusal := d.bot.may(t.Context(), slacksim.Omar, slacksim.TeamID, toAct); refusal != "" {
				t.Error(refusal)
			}
		})
	}
	many.Wait()
	if n := d.times("usergroups.users.list"); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestWhoMayReceive(t *testing.T) {
	d := withGroups(t)
	d.slack.AddUser(slacksim.User{ID: "U0ROBOT", Name: "robot", IsBot: true})
	for user, want := range map[takeover.OperatorID]string{
		slacksim.Omar: "", slacksim.Lena: "", "U0ADA": "", "U0READ": "only members of", slacksim.Guest: "guests", slacksim.Outside: "guests", "U0ROBOT": "bots", "U0NOBODY": "cannot take",
	} {
		got := d.bot.mayReceive(t.Context(), user)
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", user, got, want)
		}
		if got != "" {
			checkSpoken(t, got)
		}
	}
}

// TestReadersReadOnly: a reader may search and read, and each wish to act is refused in
// private before anything is stored.
func TestReadersReadOnly(t *testing.T) {
	const user = "U0READ"
	d := withGroups(t, lineIn(takeover.StateHeld))
	d.slack.AddChannel(slacksim.Channel{ID: slacksim.DeskChannel, Name: "on-call", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar, user}})
	card := d.open("ln_kq3v5n2m")
	before := len(d.house.stored())
	for _, action := range []string{actionHandBack, actionExtend, actionHandOff} {
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
	d.click(user, card.Ref(), actionMenu, slacksim.Pick{Value: menuValue(actionTranscript, "ln_kq3v5n2m")})
	if n := len(d.house.stored()) - before; n != 2 {
		t.Errorf("a reader's search and reading stored %d commands, want 2", n)
	}
	d.write(user, card, "!log")
	d.workLast()
	if _, text := d.private(user); !strings.Contains(text, "What happened") && !strings.Contains(text, "Nothing was changed yet") {
		t.Errorf("the log is answered with %q", text)
	}
}

// refused wants the newest private message of a person to be the refusal for readers.
func (d *desk) refused(user string) {
	d.Helper()
	if _, text := d.private(user); !strings.Contains(text, "may find and read") {
		d.Errorf("%s was told %q", user, text)
	}
}

// write says something in the thread of a card, as a person types it.
func (d *desk) write(user string, card slacksim.Message, text string) slacksim.Delivery {
	d.Helper()
	_, got := d.slack.Say(d.Context(), user, card.Channel, card.TS, text)
	return d.fine(got)
}
