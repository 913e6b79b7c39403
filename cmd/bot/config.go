package main

import (
	"fmt"
	"iter"
	"reflect"
	"strings"

	"github.com/kelseyhightower/envconfig"
)

// Config is everything that can be set. All fields are strings: envconfig prints a value
// that it cannot convert, and some are secrets.
type Config struct {
	SlackToken         string `envconfig:"SLACK_BOT_TOKEN" need:"yes" desc:"bot token (xoxb-…), from OAuth & Permissions of your Slack app"`
	SlackSigningSecret string `envconfig:"SLACK_SIGNING_SECRET" need:"or SLACK_APP_TOKEN" desc:"signing secret, from Basic Information of your Slack app; without it no HTTP request counts as Slack's"`
	SlackAppToken      string `envconfig:"SLACK_APP_TOKEN" desc:"app-level token (xapp-…) with the scope connections:write: Socket Mode, for which the bot needs no public address"`
	SlackAPIURL        string `envconfig:"SLACK_API_URL" desc:"base of Slack's Web API, ends with /; for tests and proxies"`
	SlackChannel       string `envconfig:"SLACK_CHANNEL_ID" need:"yes" desc:"id of the channel where the cards stand (C…)"`
	RespondersGroup    string `envconfig:"SLACK_RESPONDERS_GROUP_ID" desc:"user group (S…) that may take over; without it every full member may"`
	LeadsGroup         string `envconfig:"SLACK_LEADS_GROUP_ID" desc:"user group (S…) that is told when nobody answers, and may hold longer what others have"`
	AdminsGroup        string `envconfig:"SLACK_ADMINS_GROUP_ID" desc:"user group (S…) that may all of that"`
	Outsiders          string `envconfig:"SLACK_OUTSIDERS" default:"tell" desc:"while guests or people of other organisations are in the channel: tell says so there, refuse posts nothing there"`
	TelnyxKey          string `envconfig:"TELNYX_API_KEY" need:"or ANYREACH_API_KEY" desc:"Telnyx API key"`
	TelnyxURL          string `envconfig:"TELNYX_BASE_URL" default:"https://api.telnyx.com/v2" desc:"base of Telnyx's API"`
	TelnyxPublicKey    string `envconfig:"TELNYX_PUBLIC_KEY" desc:"public key of your Telnyx account (portal: Keys & Credentials, Public Key), several separated by commas while you replace it; without it Telnyx's webhooks are refused"`
	AnyreachKey        string `envconfig:"ANYREACH_API_KEY" desc:"Anyreach key (ak_… or pat_…); switches Anyreach on, beside Telnyx or alone"`
	AnyreachOrg        string `envconfig:"ANYREACH_ORG" desc:"Anyreach organization id; required with a personal access token (pat_…)"`
	AnyreachURL        string `envconfig:"ANYREACH_BASE_URL" default:"https://api.anyreach.ai" desc:"base of Anyreach's API"`
	DatabaseURL        string `envconfig:"DATABASE_URL" default:"takeover.db" desc:"SQLite file (a path or sqlite:///path) or postgres://…"`
	ListenAddr         string `envconfig:"LISTEN_ADDR" default:":8080" desc:"HTTP address"`
	MetricsAddr        string `envconfig:"METRICS_ADDR" desc:"HTTP address of /metrics, /healthz and /readyz alone; without it they are on LISTEN_ADDR, where Slack's requests arrive"`
	Region             string `envconfig:"DEFAULT_REGION" default:"US" desc:"region of numbers pasted without a country, ISO 3166"`
	AnonymousWords     string `envconfig:"ANONYMOUS_WORDS" desc:"further words, separated by commas, that your provider writes for an end user without a number, beside anonymous, private, unknown, …"`
	HoldDuration       string `envconfig:"HOLD_DURATION" default:"30m" desc:"how long a takeover lasts without activity, 1m to 12h; then its holder is asked"`
	HoldRule           string `envconfig:"HOLD_RULE" default:"ai" desc:"what becomes of a takeover whose holder does not answer: ai hands it to the AI, keep keeps it"`
	TalkMode           string `envconfig:"TALK_MODE" default:"direct" desc:"which lines of the holder reach the end user: direct sends each, careful only those that begin with >, and the words of Reply"`
	PublicURL          string `envconfig:"PUBLIC_URL" desc:"the bot's own public https address (https://bot.example.com), at which Telnyx fetches pictures that operators post; without it no picture leaves"`
	SilenceWatch       string `envconfig:"SILENCE_WATCH" default:"60s" desc:"how long after a takeover its conversation is read once more, even if no list shows a change, 0s to 10m"`
	LogLevel           string `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFormat          string `envconfig:"LOG_FORMAT" default:"json" desc:"json or text"`
}

// loadConfig reads a file of settings, where one is named, and the environment, which wins, and
// checks all of it.
func loadConfig(envFile string) (Config, error) {
	c, err := readConfig(envFile)
	if err != nil {
		return c, err
	}
	return c, c.Validate()
}

// loadDatabaseConfig is loadConfig for what needs the database alone.
func loadDatabaseConfig(envFile string) (Config, error) {
	c, err := readConfig(envFile)
	if err != nil {
		return c, err
	}
	if fault := c.fault("DATABASE_URL"); fault != "" {
		return c, fmt.Errorf("%w: %s", errUsage, fault)
	}
	return c, nil
}

func readConfig(envFile string) (Config, error) {
	var c Config
	if err := loadEnvFile(envFile); err != nil {
		return c, err
	}
	if err := envconfig.Process("", &c); err != nil {
		return c, fmt.Errorf("%w: read the environment", errUsage)
	}
	c.trim()
	return c, nil
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
	for field, value := range reflect.ValueOf(c).Fields() {
		if field.Tag.Get("need") == "yes" && value.String() == "" {
			wrong = append(wrong, field.Tag.Get("envconfig")+" is missing: "+field.Tag.Get("desc"))
		}
		if quoted(value.String()) {
			wrong = append(wrong, field.Tag.Get("envconfig")+" begins or ends with a quotation mark: write the value without quotes, some programs pass them on")
		}
	}
	for _, r := range c.rules() {
		if !r.holds {
			wrong = append(wrong, r.name+" "+r.want)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%w: these settings are missing or wrong\n  %s", errUsage, strings.Join(wrong, "\n  "))
	}
	return nil
}

// quoted says whether a value begins or ends with a quotation mark of any kind: no setting does.
func quoted(value string) bool {
	const marks = "\"'`“”„‘’‚«»"
	return value != strings.Trim(value, marks)
}

func (c Config) hasTelnyx() bool   { return c.TelnyxKey != "" }
func (c Config) hasAnyreach() bool { return c.AnyreachKey != "" }
