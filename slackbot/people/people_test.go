package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

var night = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)

// workspace is a People that asks a simulated Slack.
type workspace struct {
	*People
	slack  *slacksim.Sim
	known  *slacktest.People
	client *slackapi.Client
	now    time.Time
}

// theGroups are the groups of the simulated Slack: Dana and Omar respond, Lena leads.
var theGroups = takeover.Groups{Responders: slacksim.TechniciansGroup, Leads: slacksim.LeadsGroup, Admins: "S0ADMINS"}

func newWorkspace(t *testing.T, given takeover.Groups) *workspace {
	t.Helper()
	w := &workspace{slack: slacksim.New(slacksim.Options{BotToken: slacktest.Token, SigningSecret: "s", NoRateLimits: true}), now: night}
	w.slack.SetBaseURL("http://slack.test")
	t.Cleanup(w.slack.Close)
	t.Cleanup(func() {
		for _, v := range w.slack.Violations() {
			t.Error("violation:", v)
		}
	})
	w.slack.AddGroup(slacksim.Group{ID: "S0ADMINS", Name: "Admins", Handle: "admins", Users: []string{"U0ADA"}})
	for _, id := range []string{"U0ADA", "U0READ"} {
		w.slack.AddUser(slacksim.User{ID: id, Name: strings.ToLower(id[2:])})
	}
	client := slackapi.New(slackapi.Config{Token: slacktest.Token, APIURL: w.slack.APIURL(), Pacer: slackapi.Unpaced(),
		HTTP: &http.Client{Transport: slacktest.Served{Handler: w.slack.Handler()}}})
	w.known, w.client = new(slacktest.People), client
	w.People = New(client, given, w.known, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
	return w
}

// told is a People whose Slack answers each question about a person with user.
func told(own slackapi.Identity, user string) *People {
	client := slackapi.New(slackapi.Config{Token: slacktest.Token, Pacer: slackapi.Unpaced(), HTTP: &http.Client{Transport: slacktest.Transport(func(*http.Request) *http.Response {
		return slacktest.Response(http.StatusOK, nil, `{"ok":true,"user":{"id":"U1",`+user+`}}`)
	})}})
	p := New(client, takeover.Groups{}, new(slacktest.People), func() time.Time { return night }, slog.New(slog.DiscardHandler))
	p.self.keep("", answer[slackapi.Identity]{own, night, night.AddDate(1, 0, 0)})
	return p
}

// times counts the calls of a method.
func (w *workspace) times(method string) int {
	n := 0
	for _, c := range w.slack.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

// checkSpoken holds a private sentence to what all messages keep.
func checkSpoken(t *testing.T, s string) {
	t.Helper()
	slacktest.CheckMessage(t, s, mrkdwn.TextMessage(s).Blocks)
}

func TestWhoMayAct(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, takeover.Groups{})
	d.self.keep("", answer[slackapi.Identity]{slackapi.Identity{TeamID: slacksim.TeamID, EnterpriseID: "E0OWN"}, night, night.AddDate(1, 0, 0)})
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
			got := d.May(t.Context(), tt.user, tt.team, Reader)
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

func TestWhoIsOfWhichOrganisation(t *testing.T) {
	t.Parallel()
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
			p := told(tt.own, tt.user)
			got := p.May(t.Context(), "U1", tt.team, Reader)
			if (got == "") != tt.admitted || got != "" && !strings.Contains(got, "other organisations") {
				t.Errorf("got %q, want admitted %t", got, tt.admitted)
			}
		})
	}
}

func TestSlackFailsWhileAsked(t *testing.T) {
	t.Parallel()
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
			synctest.Test(t, func(t *testing.T) {
				d := newWorkspace(t, takeover.Groups{})
				d.slack.FailNext(tt.method, 1, tt.fault)
				start := time.Now()
				got := d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Reader)
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
				time.Sleep(callTime) // a call that hangs is given up then
				if got := d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Reader); got != "" {
					t.Errorf("the second press: %q", got)
				}
			})
		})
	}
}

func TestPeopleAreRememberedForAWhile(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, takeover.Groups{})
	admit := func() string { return d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Reader) }
	admit()
	admit()
	if n := d.times("users.info"); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	d.slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana", Deleted: true})
	d.now = d.now.Add(fresh - time.Second)
	if admit() != "" {
		t.Error("forgotten too early")
	}
	d.now = d.now.Add(2 * time.Second)
	if admit() == "" {
		t.Error("a deactivated account is admitted after its time")
	}
	d.slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana"})
	d.now = d.now.Add(2 * fresh)
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if admit() == "" {
		t.Error("while Slack fails, what was known counts: the account was deactivated")
	}
	d.now = d.now.Add(pause)
	if admit() != "" {
		t.Error("old knowledge is kept although Slack answers")
	}
	d.now = d.now.Add(2 * fresh)
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if got := admit(); got != "" {
		t.Errorf("while Slack fails, what was known counts: %q", got)
	}
}

func TestPeopleDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	p := told(slackapi.Identity{TeamID: "T0DEMO"}, `"team_id":"T0DEMO"`)
	for i := range maxKnown {
		p.persons.keep(fmt.Sprint("U", i), answer[person]{at: night})
	}
	if got := p.May(t.Context(), "U0NEW", slacksim.TeamID, Reader); got != "" {
		t.Error(got)
	}
	if n := len(p.persons.known); n > maxKnown {
		t.Errorf("%d people are remembered, at most %d may be", n, maxKnown)
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, takeover.Groups{})
	d.slack.AddUser(slacksim.User{ID: "U0MARS", Name: "m", TZ: "Mars/Olympus"})
	for user, want := range map[takeover.OperatorID]string{
		slacksim.Dana: "America/Los_Angeles", slacksim.Omar: "Europe/Berlin", "U0MARS": "UTC", "U0NOBODY": "UTC",
	} {
		if zone := d.Zone(t.Context(), user); zone.String() != want {
			t.Errorf("%s: %s, want %s", user, zone, want)
		}
	}
	d.slack.FailNext("users.info", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if zone := d.Zone(t.Context(), slacksim.Lena); zone != time.UTC {
		t.Errorf("%q while Slack fails, want UTC", zone)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
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
			given := theGroups
			if !tt.groups {
				given = takeover.Groups{}
			}
			d := newWorkspace(t, given)
			for what, want := range map[Role]bool{Reader: tt.sees, Responder: tt.acts} {
				refusal := d.May(t.Context(), tt.user, slacksim.TeamID, what)
				if (refusal == "") != want {
					t.Errorf("need %d: refused with %q, want admitted %t", what, refusal, want)
				}
				if refusal != "" {
					checkSpoken(t, refusal)
				}
			}
			if refusal := d.May(t.Context(), tt.user, slacksim.OtherTeamID, Reader); refusal == "" {
				t.Error("admitted from another workspace")
			}
			if got := d.KnownRole(tt.user) >= Lead; got != tt.lead {
				t.Errorf("lead %t, want %t", got, tt.lead)
			}
		})
	}
}

func TestReadersAreToldHowToGetAccess(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, theGroups)
	refusal := d.May(t.Context(), "U0READ", slacksim.TeamID, Responder)
	if !strings.Contains(refusal, "<!subteam^"+slacksim.TechniciansGroup+">") || !strings.Contains(refusal, "Ask ") {
		t.Errorf("refused with %q", refusal)
	}
}

func TestGroupsAreRememberedForAWhile(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, theGroups)
	act := func() bool { return d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Responder) == "" }
	if first, second := act(), act(); !first || !second {
		t.Fatal("a responder is refused")
	}
	if n := d.times("usergroups.users.list"); n != 3 {
		t.Errorf("%d questions, want one for each group", n)
	}
	d.slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Omar}})
	d.now = d.now.Add(fresh - time.Second)
	if !act() {
		t.Error("forgotten too early")
	}
	d.now = d.now.Add(2 * time.Second)
	d.slack.FailNext("usergroups.users.list", 3, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if !act() {
		t.Error("while Slack fails, what was known counts")
	}
	asked := d.times("usergroups.users.list")
	if !act() || d.times("usergroups.users.list") != asked {
		t.Error("a failed question is repeated at once")
	}
	d.now = d.now.Add(pause + time.Second)
	if act() {
		t.Error("somebody who left the group may still act")
	}
}

func TestGroupsUnknown(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"missing_scope": "bot doctor", "no_such_subteam": "bot doctor", "service_unavailable": "press again"} {
		t.Run(code, func(t *testing.T) {
			d := newWorkspace(t, theGroups)
			d.slack.FailNext("usergroups.users.list", 3, slacksim.Fault{Kind: slacksim.FaultError, Error: code})
			got := d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Responder)
			if !strings.Contains(got, want) || !strings.Contains(got, "Nothing was changed.") {
				t.Fatalf("got %q, want %q in it", got, want)
			}
			checkSpoken(t, got)
			if got := d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Responder); got != "" {
				t.Errorf("the second press: %q", got)
			}
		})
	}
}

func TestGroupsHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, theGroups)
		d.slack.FailNext("usergroups.users.list", 3, slacksim.Fault{Kind: slacksim.FaultHang})
		start := time.Now()
		if got := d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Responder); got == "" {
			t.Error("admitted although nothing is known")
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("it took %s of the three seconds", took)
		}
	})
}

func TestManyAskAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, theGroups)
		var many sync.WaitGroup
		for range 50 {
			many.Go(func() {
				if refusal := d.May(t.Context(), slacksim.Omar, slacksim.TeamID, Responder); refusal != "" {
					t.Error(refusal)
				}
			})
		}
		many.Wait()
		if n := d.times("usergroups.users.list"); n != 3 {
			t.Errorf("%d calls, want 3", n)
		}
	})
}

func TestWhoMayReceive(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, theGroups)
	d.slack.AddUser(slacksim.User{ID: "U0ROBOT", Name: "robot", IsBot: true})
	for user, want := range map[takeover.OperatorID]string{
		slacksim.Omar: "", slacksim.Lena: "", "U0ADA": "", "U0READ": "only members of", slacksim.Guest: "guests", slacksim.Outside: "guests", "U0ROBOT": "bots", "U0NOBODY": "cannot take",
	} {
		slacktest.Must(t, d.Ask(t.Context(), string(user)))
		got, sure := d.JudgeReceiver(user)
		if sure != Fresh {
			t.Errorf("%s: certainty %d", user, sure)
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", user, got, want)
		}
		if got != "" {
			checkSpoken(t, got)
		}
	}
}

func TestNobodyWaitsForAnothersQuestion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, takeover.Groups{})
		d.slack.FailNext("auth.test", 1, slacksim.Fault{Kind: slacksim.FaultHang})
		var job sync.WaitGroup
		job.Go(func() {
			if _, err := d.self.get(context.WithoutCancel(t.Context()), "", forever); err == nil {
				t.Error("the question that hangs was answered")
			}
		})
		began := time.Now()
		if d.IsBot(slacksim.BotUserID) || d.KnownLink("C1", "1.1") != "" {
			t.Error("the bot knows itself before it was told")
		}
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("what needs no answer took %s", took)
		}
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := d.self.get(short, "", forever); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one who waits 50 ms: %v", err)
		}
		if refusal := d.May(t.Context(), slacksim.Dana, slacksim.TeamID, Reader); refusal == "" {
			t.Error("admitted although the bot does not know its workspace")
		}
		if took := time.Since(began); took > askTime+time.Second {
			t.Errorf("the command was answered after %s", took)
		}
		job.Wait() // the question that hangs is given up
		if took := time.Since(began); took > callTime+time.Second {
			t.Errorf("the question was given up after %s", took)
		}
		if id, err := d.self.get(t.Context(), "", forever); err != nil || id.UserID != slacksim.BotUserID {
			t.Errorf("asked again: %+v, %v", id, err)
		}
	})
}

func TestOneQuestionForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, takeover.Groups{})
		d.slack.SetLatency("auth.test", 50*time.Millisecond)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if id, err := d.self.get(t.Context(), "", forever); err != nil || id.TeamID != slacksim.TeamID {
					t.Errorf("%+v, %v", id, err)
				}
			})
		}
		all.Wait()
		if n := d.times("auth.test"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, takeover.Groups{})
	d.slack.AddUser(slacksim.User{ID: "U0REAL", Name: "u1", RealName: "Rosa Real"})
	d.slack.AddUser(slacksim.User{ID: "U0LONG", Name: "u2", RealName: "x", DisplayName: "two\nlines"})
	for in, want := range map[string]string{
		"ask <@" + slacksim.Omar + "> and <@U0NOBODY|nora>":                               "ask Omar and nora",
		"agreed with <@U0REAL>, <@U0LONG> and <@U0NOBODY>":                                "agreed with Rosa Real, two lines and a colleague",
		"see <https://example.com/a?b=1&amp;c=2|here>":                                    "see here (https://example.com/a?b=1&c=2)",
		"see <https://example.com/|example.com>, <http://x.example>":                      "see https://example.com/, http://x.example",
		"call <tel:+14155550137|+1 415 555 0137>, write <mailto:a@b.example|a@b.example>": "call +1 415 555 0137, write a@b.example",
		"5 &lt; 6 &amp;amp; <#C0DESK|on-call> <!here> <!x|@all>":                          "5 < 6 &amp; #on-call everyone here all",
		"in <#" + slacksim.DeskChannel + "|> or <#C0UNKNOWN>":                             "in #on-call or a channel",
		"<!subteam^S0TECH|@technicians> or <!subteam^S0TECH>, <!channel>, <!everyone>":    "technicians or a group, everyone in the channel, everyone",
		"at <!date^1700000000^{time}|03:10 UTC>":                                          "at 03:10 UTC",
		"1 <2 and 3> 2, <b>, <3":                                                          "1 <2 and 3> 2, <b>, <3",
		" two\nlines ":                                                                    "two\nlines",
	} {
		if got := d.PlainText(t.Context(), in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestNamesDoNotKeepAPersonWaiting: without an answer of Slack a name is "a colleague".
func TestNamesDoNotKeepAPersonWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, takeover.Groups{})
		d.slack.FailNext("users.info", 2, slacksim.Fault{Kind: slacksim.FaultHang})
		began := time.Now()
		if got, want := d.PlainText(t.Context(), "ask <@"+slacksim.Omar+"> or <@"+slacksim.Lena+">"), "ask a colleague or a colleague"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
