package slackbot_test

import (
	"slices"
	"strings"
	"testing"

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

// TestScopesOfEvents: the manifest asks for the scope of each event.
func TestScopesOfEvents(t *testing.T) {
	t.Parallel()
	for event, scope := range slackbot.Events() {
		if scope != "" && slackbot.Scopes()[scope] == "" {
			t.Errorf("%s needs %s", event, scope)
		}
	}
}
