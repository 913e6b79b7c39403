package slackbot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/slackbot"
)

// groupsOf is what Check finds out about user groups.
func groupsOf(t *testing.T, d *desktest.Desk) []slackbot.Finding {
	t.Helper()
	return slices.DeleteFunc(slackbot.Check(t.Context(), d.Config, nil), func(f slackbot.Finding) bool { return !strings.Contains(f.What, "user group") })
}

func TestDoctorLooksAtTheGroups(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		group  string
		scopes bool // usergroups:read is granted
		fix    string
	}{
		"all well":      {slacksim.TechniciansGroup, true, ""},
		"unknown":       {"S0NONE", true, "SLACK_RESPONDERS_GROUP_ID"},
		"empty":         {"S0EMPTY", true, "add people"},
		"without scope": {slacksim.TechniciansGroup, false, "usergroups:read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			d.Config.Desks[0].Groups.Responders = tt.group
			d.Slack.AddGroup(slacksim.Group{ID: "S0EMPTY", Name: "Empty", Handle: "empty"})
			if !tt.scopes {
				d.Slack.WithdrawScopes("usergroups:read")
			}
			found := groupsOf(t, d)
			if len(found) != 1 || found[0].OK != (tt.fix == "") || !strings.Contains(found[0].Fix, tt.fix) {
				t.Errorf("found %+v, want %q", found, tt.fix)
			}
		})
	}
	d := desktest.New(t)
	if found := groupsOf(t, d); len(found) != 0 {
		t.Errorf("without groups: %+v", found)
	}
}

func TestClockFinding(t *testing.T) {
	t.Parallel()
	for ahead, fix := range map[time.Duration]string{
		0: "", 1999 * time.Millisecond: "", -1999 * time.Millisecond: "",
		2 * time.Second:           "the clock of this machine is 2 s behind Telnyx's: ",
		-2 * time.Second:          "the clock of this machine is 2 s ahead of Telnyx's: ",
		8200 * time.Millisecond:   "the clock of this machine is 8 s behind Telnyx's: ",
		-61700 * time.Millisecond: "the clock of this machine is 62 s ahead of Telnyx's: ",
	} {
		f := slackbot.ClockFinding("Telnyx", ahead)
		if f.OK != (fix == "") || !strings.HasPrefix(f.Fix, fix) || f.OK != (f.Fix == "") {
			t.Errorf("%s ahead: %+v", ahead, f)
		}
	}
}

// TestScopesOfEvents: the manifest asks for the scope of each event.
func TestScopesOfEvents(t *testing.T) {
	t.Parallel()
	for event, scope := range slackbot.Events() {
		if scope != "" && slackbot.Scopes()[scope] == "" {
			t.Errorf("%s needs %s", event, scope)
		}
	}
}
