package main

import (
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/url"
	"reflect"
	"strings"

	"github.com/kelseyhightower/envconfig"
	"github.com/nyaruka/phonenumbers"

	"takeoverbot/internal/db"
)

// Config is everything that can be set. All fields are strings: envconfig prints a value
// that it cannot convert, and some are secrets.
type Config struct {
	SlackToken         string `envconfig:"SLACK_BOT_TOKEN" need:"yes" desc:"bot token (xoxb-…), from OAuth & Permissions of your Slack app"`
	SlackSigningSecret string `envconfig:"SLACK_SIGNING_SECRET" need:"yes" desc:"signing secret, from Basic Information of your Slack app"`
	SlackAPIURL        string `envconfig:"SLACK_API_URL" desc:"base of Slack's Web API, ends with /; for tests and proxies"`
	SlackChannel       string `envconfig:"SLACK_CHANNEL_ID" need:"yes" desc:"id of the channel where the cards stand (C…)"`
	RespondersGroup    string `envconfig:"SLACK_RESPONDERS_GROUP_ID" desc:"user group (S…) that may take over; without it every full member may"`
	LeadsGroup         string `envconfig:"SLACK_LEADS_GROUP_ID" desc:"user group (S…) that is told when nobody answers, and may hold longer what others have"`
	AdminsGroup        string `envconfig:"SLACK_ADMINS_GROUP_ID" desc:"user group (S…) that may all of that"`
	TelnyxKey          string `envconfig:"TELNYX_API_KEY" need:"or ANYREACH_API_KEY" desc:"Telnyx API key"`
	TelnyxURL          string `envconfig:"TELNYX_BASE_URL" default:"https://api.telnyx.com/v2" desc:"base of Telnyx's API"`
	AnyreachKey        string `envconfig:"ANYREACH_API_KEY" desc:"Anyreach key (ak_… or pat_…); switches Anyreach on, beside Telnyx or alone"`
	AnyreachOrg        string `envconfig:"ANYREACH_ORG" desc:"Anyreach organization id; required with a personal access token (pat_…)"`
	AnyreachURL        string `envconfig:"ANYREACH_BASE_URL" default:"https://api.anyreach.ai" desc:"base of Anyreach's API"`
	DatabaseURL        string `envconfig:"DATABASE_URL" default:"takeover.db" desc:"SQLite file (a path or sqlite:///path) or postgres://…"`
	ListenAddr         string `envconfig:"LISTEN_ADDR" default:":8080" desc:"HTTP address"`
	Region             string `envconfig:"DEFAULT_REGION" default:"US" desc:"region of numbers pasted without a country, ISO 3166"`
	HoldDuration       string `envconfig:"HOLD_DURATION" default:"30m" desc:"how long a takeover lasts without activity, 1m to 12h; then its holder is asked"`
	HoldRule           string `envconfig:"HOLD_RULE" default:"ai" desc:"what becomes of a takeover whose holder does not answer: ai hands it to the AI, keep keeps it"`
	SilenceWatch       string `envconfig:"SILENCE_WATCH" default:"60s" desc:"how long after a takeover AI text is watched for, 0s to 10m"`
	LogLevel           string `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFormat          string `envconfig:"LOG_FORMAT" default:"json" desc:"json or text"`
}

// loadConfig reads the environment and checks all of it.
func loadConfig() (Config, error) {
	var c Config
	if err := envconfig.Process("", &c); err != nil {
		return c, fmt.Errorf("%w: read the environment", errUsage)
	}
	c.trim()
	return c, c.Validate()
}

// trim removes white space around every value: files that hold secrets end in a new line.
func (c *Config) trim() {
	for _, value := range reflect.ValueOf(c).Elem().Fields() {
		value.SetString(strings.TrimSpace(value.String()))
	}
}

// fields are the settings in order, for the help.
func fields() iter.Seq[reflect.StructField] { return reflect.TypeFor[Config]().Fields() }

// Validate names everything that is missing or wrong at once, by variable and never by
// value.
func (c Config) Validate() error {
	var wrong []string
	complain := func(name, what string) { wrong = append(wrong, name+" "+what) }
	c.checkNeeded(complain)
	c.checkSlack(complain)
	c.checkProviders(complain)
	c.checkRules(complain)
	c.checkOutside(complain)
	c.checkLog(complain)
	if len(wrong) > 0 {
		return fmt.Errorf("%w: the configuration is not complete\n  %s", errUsage, strings.Join(wrong, "\n  "))
	}
	return nil
}

// complaint is told what is wrong with one variable.
type complaint func(name, what string)

// checkNeeded complains about every required variable that is not set.
func (c Config) checkNeeded(complain complaint) {
	for field, value := range reflect.ValueOf(c).Fields() {
		if field.Tag.Get("need") == "yes" && value.String() == "" {
			complain(field.Tag.Get("envconfig"), "is missing: "+field.Tag.Get("desc"))
		}
	}
}

func (c Config) checkSlack(complain complaint) {
	if c.SlackToken != "" && !strings.HasPrefix(c.SlackToken, "xoxb-") {
		complain("SLACK_BOT_TOKEN", "must begin with xoxb-")
	}
	if c.SlackChannel != "" && !strings.ContainsAny(c.SlackChannel[:1], "CG") {
		complain("SLACK_CHANNEL_ID", "must be a channel's id (C…), not its name")
	}
	if c.SlackAPIURL != "" && (!webAddress(c.SlackAPIURL) || !strings.HasSuffix(c.SlackAPIURL, "/")) {
		complain("SLACK_API_URL", "must be an http(s) address that ends with /")
	}
}

// checkOutside checks the addresses of the database and of the bot, and the region of
// numbers.
func (c Config) checkOutside(complain complaint) {
	if err := db.CheckURL(c.DatabaseURL); err != nil {
		complain("DATABASE_URL", "must be postgres://user:password@host/database, sqlite:///path or a file path")
	}
	if !listenable(c.ListenAddr) {
		complain("LISTEN_ADDR", "must be host:port or :port, with a port up to 65535")
	}
	if phonenumbers.GetCountryCodeForRegion(c.Region) == 0 {
		complain("DEFAULT_REGION", "must be a country, ISO 3166 (US, DE, …)")
	}
}

func (c Config) checkLog(complain complaint) {
	var level slog.Level
	if level.UnmarshalText([]byte(c.LogLevel)) != nil {
		complain("LOG_LEVEL", "must be debug, info, warn or error")
	}
	if c.LogFormat != "json" && c.LogFormat != "text" {
		complain("LOG_FORMAT", "must be json or text")
	}
}

// checkProviders checks that there is a provider, and that each has what it needs.
func (c Config) checkProviders(complain complaint) {
	if !c.hasTelnyx() && !c.hasAnyreach() {
		complain("TELNYX_API_KEY", "is missing: Telnyx API key (or set ANYREACH_API_KEY)")
	}
	if strings.HasPrefix(c.AnyreachKey, "pat_") && c.AnyreachOrg == "" {
		complain("ANYREACH_ORG", "is missing: a personal access token (pat_…) needs the organization's id")
	}
	if !webAddress(c.TelnyxURL) {
		complain("TELNYX_BASE_URL", "must be an http(s) address")
	}
	if !webAddress(c.AnyreachURL) {
		complain("ANYREACH_BASE_URL", "must be an http(s) address")
	}
}

func (c Config) hasTelnyx() bool   { return c.TelnyxKey != "" }
func (c Config) hasAnyreach() bool { return c.AnyreachKey != "" }

// listenable says whether an address has the form host:port.
func listenable(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = net.ResolveTCPAddr("tcp", ":"+port) // a number or a name (http); no network
	return err == nil
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
