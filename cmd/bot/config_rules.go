package main

import (
	"regexp"
	"time"

	"takeoverbot/takeover"
)

// Bounds of the settings for takeovers.
const (
	leastHold        = time.Minute
	mostSilenceWatch = 10 * time.Minute
)

// groupID is the shape of a user group's id.
var groupID = regexp.MustCompile(`^S[A-Z0-9]+$`)

// desks are the one desk of the environment; Validate has checked what it is made of.
func (c Config) desks() takeover.Desks {
	hold, _ := time.ParseDuration(c.HoldDuration)
	watch, _ := time.ParseDuration(c.SilenceWatch)
	rules := takeover.Rules{Hold: hold, SilenceWatch: watch, Asks: takeover.DefaultAsks(), After: takeover.HoldRule(c.HoldRule)}
	groups := takeover.Groups{Responders: c.RespondersGroup, Leads: c.LeadsGroup, Admins: c.AdminsGroup}
	return takeover.Desks{{Channel: c.SlackChannel, Groups: groups, Rules: rules}}
}

// checkRules checks how long takeovers last and which groups have which role.
func (c Config) checkRules(complain complaint) {
	if !between(c.HoldDuration, leastHold, takeover.MaxHold) {
		complain("HOLD_DURATION", "must be a duration from 1m to 12h (30m, 1h30m, …)")
	}
	if !between(c.SilenceWatch, 0, mostSilenceWatch) {
		complain("SILENCE_WATCH", "must be a duration from 0s to 10m")
	}
	if rule := takeover.HoldRule(c.HoldRule); rule != takeover.RuleAI && rule != takeover.RuleKeep {
		complain("HOLD_RULE", "must be ai or keep")
	}
	for _, group := range []struct{ name, id string }{
		{"SLACK_RESPONDERS_GROUP_ID", c.RespondersGroup}, {"SLACK_LEADS_GROUP_ID", c.LeadsGroup}, {"SLACK_ADMINS_GROUP_ID", c.AdminsGroup},
	} {
		if group.id != "" && !groupID.MatchString(group.id) {
			complain(group.name, "must be a user group's id (S…), not its name")
		}
	}
}

// between says whether s is a duration within bounds, both included.
func between(s string, least, most time.Duration) bool {
	d, err := time.ParseDuration(s)
	return err == nil && d >= least && d <= most
}
