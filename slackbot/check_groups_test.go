package slackbot

import (
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
)

func TestDoctorLooksAtTheGroups(t *testing.T) {
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
			d := newDesk(t)
			d.cfg.Desks[0].Groups.Responders = tt.group
			d.slack.AddGroup(slacksim.Group{ID: "S0EMPTY", Name: "Empty", Handle: "empty"})
			if !tt.scopes {
				d.slack.WithdrawScopes("usergroups:read")
			}
			found := check{d.cfg, d.bot.Writer.slack}.groupFindings(t.Context())
			if len(found) != 1 || found[0].OK != (tt.fix == "") || !strings.Contains(found[0].Fix, tt.fix) {
				t.Errorf("found %+v, want %q", found, tt.fix)
			}
		})
	}
	d := newDesk(t)
	if found := (check{d.cfg, d.bot.Writer.slack}).groupFindings(t.Context()); len(found) != 0 {
		t.Errorf("without groups: %+v", found)
	}
}

// TestScopesOfEvents: each event that is subscribed to has its scope asked for.
func TestScopesOfEvents(t *testing.T) {
	for event, scope := range Events() {
		if scope != "" && Scopes()[scope] == "" {
			t.Errorf("%s needs %s", event, scope)
		}
	}
}
