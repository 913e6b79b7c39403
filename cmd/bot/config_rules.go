package main

import (
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// rule says what one variable has to be.
type rule struct {
	name  string
	holds bool
	want  string // completes the sentence that begins with the name
}

// rules are those for variables that are set; Validate looks itself for what is missing.
func (c Config) rules() []rule {
	var level slog.Level
	const group = "^$|^S[A-Z0-9]+$"
	return []rule{
		{"SLACK_BOT_TOKEN", matches(c.SlackToken, "^$|^xoxb-"), "must begin with xoxb-"},
		{"SLACK_SIGNING_SECRET", !matches(c.SlackSigningSecret, `^x(ox|app)[a-z]*-|\s|^https?:`),
			"is a token or an address: the signing secret is on the app's page Basic Information, under Signing Secret"},
		{"SLACK_SIGNING_SECRET", c.SlackSigningSecret != "" || c.SlackAppToken != "", "is missing: signing secret, from Basic Information of your Slack app (or set SLACK_APP_TOKEN)"},
		{"SLACK_APP_TOKEN", matches(c.SlackAppToken, "^$|^xapp-"), "must begin with xapp-: an app-level token is on the app's page Basic Information, under App-Level Tokens"},
		{"SLACK_CHANNEL_ID", matches(c.SlackChannel, "^$|^[CG]"), "must be a channel's id (C…), not its name"},
		{"SLACK_API_URL", c.SlackAPIURL == "" || webAddress(c.SlackAPIURL) && strings.HasSuffix(c.SlackAPIURL, "/"),
			"must be an http(s) address that ends with /"},
		{"TELNYX_API_KEY", c.hasTelnyx() || c.hasAnyreach(), "is missing: Telnyx API key (or set ANYREACH_API_KEY)"},
		{"ANYREACH_ORG", c.AnyreachOrg != "" || !strings.HasPrefix(c.AnyreachKey, "pat_"),
			"is missing: a personal access token (pat_…) needs the organization's id"},
		{"TELNYX_BASE_URL", webAddress(c.TelnyxURL), "must be an http(s) address"},
		{"TELNYX_PUBLIC_KEY", goodPublicKey(c.TelnyxPublicKey), "must be a public key as Telnyx's portal shows it, 44 characters of base64, or several separated by commas"},
		{"ANYREACH_BASE_URL", webAddress(c.AnyreachURL), "must be an http(s) address"},
		{"HOLD_DURATION", between(c.HoldDuration, time.Minute, takeover.MaxHold), "must be a duration from 1m to 12h (30m, 1h30m, …)"},
		{"SILENCE_WATCH", between(c.SilenceWatch, 0, 10*time.Minute), "must be a duration from 0s to 10m"},
		{"HOLD_RULE", matches(c.HoldRule, "^(ai|keep)$"), "must be ai or keep"},
		{"TALK_MODE", matches(c.TalkMode, "^(direct|careful)$"), "must be direct or careful"},
		{"PUBLIC_URL", c.PublicURL == "" || ownAddress(c.PublicURL), "must be an https address without a path (https://bot.example.com)"},
		{"SLACK_RESPONDERS_GROUP_ID", matches(c.RespondersGroup, group), "must be a user group's id (S…), not its name"},
		{"SLACK_LEADS_GROUP_ID", matches(c.LeadsGroup, group), "must be a user group's id (S…), not its name"},
		{"SLACK_ADMINS_GROUP_ID", matches(c.AdminsGroup, group), "must be a user group's id (S…), not its name"},
		{"SLACK_OUTSIDERS", matches(c.Outsiders, "^(tell|refuse)$"), "must be tell or refuse"},
		{"DATABASE_URL", db.CheckURL(c.DatabaseURL) == nil,
			"must be postgres://user:password@host/database, sqlite:///path or a file path"},
		{"LISTEN_ADDR", listenable(c.ListenAddr), "must be host:port or :port, with a port up to 65535"},
		{"METRICS_ADDR", c.MetricsAddr == "" || listenable(c.MetricsAddr) && (c.MetricsAddr != c.ListenAddr || strings.HasSuffix(c.MetricsAddr, ":0")),
			"must be host:port or :port, and another one than LISTEN_ADDR"},
		{"DEFAULT_REGION", phonenumbers.GetCountryCodeForRegion(c.Region) != 0, "must be a country, ISO 3166 (US, DE, …)"},
		{"LOG_LEVEL", level.UnmarshalText([]byte(c.LogLevel)) == nil, "must be debug, info, warn or error"},
		{"LOG_FORMAT", matches(c.LogFormat, "^(json|text)$"), "must be json or text"},
	}
}

func goodPublicKey(keys string) bool {
	_, err := telnyx.NewVerifier(keys, time.Now)
	return err == nil
}

// fault says what is wrong with one setting; empty where nothing is.
func (c Config) fault(name string) string {
	for _, r := range c.rules() {
		if r.name == name && !r.holds {
			return r.name + " " + r.want
		}
	}
	return ""
}

func matches(s, pattern string) bool { return regexp.MustCompile(pattern).MatchString(s) }

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// publicAddress is an address to which Slack's paths can be added, and that means nothing
// in YAML: a host, perhaps with a port. A path would become part of paths that the bot does not have.
var publicAddress = regexp.MustCompile(`^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?/?$`)

// ownAddress says whether s is a public https address without a path, or an http one on this machine,
// as with a simulated provider.
func ownAddress(s string) bool {
	u, err := url.Parse(s)
	here := err == nil && u.Scheme == "http" && net.ParseIP(u.Hostname()).IsLoopback() && s == "http://"+u.Host
	return here || publicAddress.MatchString(s)
}

// between says whether s is a duration within bounds, both included.
func between(s string, least, most time.Duration) bool {
	d, err := time.ParseDuration(s)
	return err == nil && d >= least && d <= most
}

// listenable says whether an address has the form host:port.
func listenable(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = net.ResolveTCPAddr("tcp", ":"+port) // a number or a name (http); no network
	return err == nil
}

// desks are the one desk of the environment; Validate has checked what it is made of.
func (c Config) desks() takeover.Desks {
	hold, _ := time.ParseDuration(c.HoldDuration)
	watch, _ := time.ParseDuration(c.SilenceWatch)
	rules := takeover.Rules{Hold: hold, SilenceWatch: watch, Asks: takeover.DefaultAsks(), After: takeover.HoldRule(c.HoldRule)}
	groups := takeover.Groups{Responders: c.RespondersGroup, Leads: c.LeadsGroup, Admins: c.AdminsGroup}
	return takeover.Desks{{Channel: c.SlackChannel, Groups: groups, Rules: rules, MembersOnly: c.Outsiders == "refuse", Careful: c.TalkMode == "careful"}}
}

// placeholders are the words of the environment for an end user without a number.
func (c Config) placeholders() takeover.Placeholders {
	return strings.FieldsFunc(c.AnonymousWords, func(r rune) bool { return r == ',' })
}
