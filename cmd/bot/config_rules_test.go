package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// valid is a configuration in which nothing is wrong.
func valid() Config {
	return Config{
		SlackToken: "xoxb-1", SlackSigningSecret: "0123456789abcdef0123456789abcdef", SlackChannel: "C0DESK", TelnyxKey: "KEY1", TelnyxURL: "https://api.example/v2",
		AnyreachURL: "https://api.example", DatabaseURL: "takeover.db", ListenAddr: ":8080", Region: "US",
		Outsiders: "tell", HoldDuration: "30m", HoldRule: "ai", TalkMode: "direct", SilenceWatch: "60s", LogLevel: "info", LogFormat: "json",
	}
}

// broken are the variables whose rules are broken, sorted.
func broken(t *testing.T, c Config) []string {
	t.Helper()
	var names []string
	for _, r := range c.rules() {
		if r.holds {
			continue
		}
		names = append(names, r.name)
		if strings.TrimSpace(r.want) == "" {
			t.Errorf("%s is wrong, and the reason is missing", r.name)
		}
	}
	slices.Sort(names)
	return names
}

func TestRules(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Config)
		wrong  []string
	}{
		"defaults":             {func(*Config) {}, nil},
		"shortest":             {func(c *Config) { c.HoldDuration, c.SilenceWatch = "1m", "0s" }, nil},
		"longest":              {func(c *Config) { c.HoldDuration, c.SilenceWatch = "12h", "10m" }, nil},
		"groups":               {func(c *Config) { c.RespondersGroup, c.LeadsGroup, c.AdminsGroup = "S0TECHS", "S1", "SAZ09" }, nil},
		"keep":                 {func(c *Config) { c.HoldRule = "keep" }, nil},
		"too short":            {func(c *Config) { c.HoldDuration = "59s" }, []string{"HOLD_DURATION"}},
		"too long":             {func(c *Config) { c.HoldDuration, c.SilenceWatch = "12h1s", "10m1s" }, []string{"HOLD_DURATION", "SILENCE_WATCH"}},
		"no unit":              {func(c *Config) { c.HoldDuration, c.SilenceWatch = "30", "60" }, []string{"HOLD_DURATION", "SILENCE_WATCH"}},
		"negative":             {func(c *Config) { c.SilenceWatch = "-1s" }, []string{"SILENCE_WATCH"}},
		"empty":                {func(c *Config) { c.HoldDuration, c.SilenceWatch, c.HoldRule = "", "", "" }, []string{"HOLD_DURATION", "HOLD_RULE", "SILENCE_WATCH"}},
		"careful":              {func(c *Config) { c.TalkMode = "careful" }, nil},
		"another mode":         {func(c *Config) { c.TalkMode = "Direct" }, []string{"TALK_MODE"}},
		"another rule":         {func(c *Config) { c.HoldRule = "AI" }, []string{"HOLD_RULE"}},
		"a handle":             {func(c *Config) { c.RespondersGroup = "@technicians" }, []string{"SLACK_RESPONDERS_GROUP_ID"}},
		"metrics apart":        {func(c *Config) { c.MetricsAddr = "127.0.0.1:9090" }, nil},
		"metrics twice":        {func(c *Config) { c.MetricsAddr = c.ListenAddr }, []string{"METRICS_ADDR"}},
		"metrics, wrong":       {func(c *Config) { c.MetricsAddr = "9090" }, []string{"METRICS_ADDR"}},
		"a channel":            {func(c *Config) { c.LeadsGroup = "C0DESK" }, []string{"SLACK_LEADS_GROUP_ID"}},
		"a group's link":       {func(c *Config) { c.AdminsGroup = "<!subteam^S0ADM>" }, []string{"SLACK_ADMINS_GROUP_ID"}},
		"an own address":       {func(c *Config) { c.PublicURL = "https://bot.example.com" }, nil},
		"with a slash":         {func(c *Config) { c.PublicURL = "https://bot.example.com:8443/" }, nil},
		"on this machine":      {func(c *Config) { c.PublicURL = "http://127.0.0.1:8080" }, nil},
		"not https":            {func(c *Config) { c.PublicURL = "http://bot.example.com" }, []string{"PUBLIC_URL"}},
		"with a path":          {func(c *Config) { c.PublicURL = "https://bot.example.com/bot" }, []string{"PUBLIC_URL"}},
		"with a query":         {func(c *Config) { c.PublicURL = "https://bot.example.com?a=b" }, []string{"PUBLIC_URL"}},
		"without a scheme":     {func(c *Config) { c.PublicURL = "bot.example.com" }, []string{"PUBLIC_URL"}},
		"with a password":      {func(c *Config) { c.PublicURL = "https://u:p@bot.example.com" }, []string{"PUBLIC_URL"}},
		"outsiders":            {func(c *Config) { c.Outsiders = "refuse" }, nil},
		"other outsiders":      {func(c *Config) { c.Outsiders = "ask" }, []string{"SLACK_OUTSIDERS"}},
		"a token for a secret": {func(c *Config) { c.SlackSigningSecret = "xoxb-1-2-abc" }, []string{"SLACK_SIGNING_SECRET"}},
		"an app's token":       {func(c *Config) { c.SlackSigningSecret = "xapp-1-2-abc" }, []string{"SLACK_SIGNING_SECRET"}},
		"an address":           {func(c *Config) { c.SlackSigningSecret = "https://api.slack.com/apps/A1" }, []string{"SLACK_SIGNING_SECRET"}},
		"two words":            {func(c *Config) { c.SlackSigningSecret = "signing secret" }, []string{"SLACK_SIGNING_SECRET"}},
		"a secret":             {func(c *Config) { c.SlackSigningSecret = "0123456789abcdef0123456789abcdef" }, nil},
		"no secret":            {func(c *Config) { c.SlackSigningSecret = "" }, []string{"SLACK_SIGNING_SECRET"}},
		"Socket Mode alone":    {func(c *Config) { c.SlackSigningSecret, c.SlackAppToken = "", "xapp-1-A1-2-abc" }, nil},
		"a bot's token":        {func(c *Config) { c.SlackAppToken = "xoxb-1" }, []string{"SLACK_APP_TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := valid()
			tc.change(&cfg)
			if wrong := broken(t, cfg); !slices.Equal(wrong, tc.wrong) {
				t.Errorf("wrong are %q, want %q", wrong, tc.wrong)
			}
		})
	}
	want := takeover.Rules{Hold: 30 * time.Minute, SilenceWatch: time.Minute, Asks: takeover.DefaultAsks(), After: takeover.RuleAI}
	if got := valid().desks()[0].Rules; !reflect.DeepEqual(got, want) {
		t.Errorf("the rules are %+v, want %+v", got, want)
	}
	careful := valid()
	careful.TalkMode = "careful"
	if valid().desks()[0].Careful || !careful.desks()[0].Careful {
		t.Error("the mode of talk does not reach the desk")
	}
}

// The clock of the demo is no setting of an installation: serve's own help has it, the
// program's has not.
func TestClockIsNoSetting(t *testing.T) {
	var own, all, errOut strings.Builder
	if code := command(t.Context(), []string{"serve", "-h"}, &own, &errOut); code != exitDone || !strings.Contains(own.String(), "-clock file") {
		t.Errorf("serve -h: %d %s%s", code, own.String(), errOut.String())
	}
	help(&all)
	if strings.Contains(all.String(), "-clock") {
		t.Error("the help of the program offers the clock of the demo")
	}
}

// TestWhitespaceAroundSettings: a file that holds a secret ends in a new line.
func TestWhitespaceAroundSettings(t *testing.T) {
	for _, field := range slices.Collect(fields()) {
		t.Setenv(field.Tag.Get("envconfig"), "")
	}
	for name, value := range map[string]string{
		"SLACK_BOT_TOKEN": " xoxb-1\n", "SLACK_SIGNING_SECRET": "secret\r\n", "SLACK_CHANNEL_ID": "\tC0DESK ", "TELNYX_API_KEY": "KEY1\n", "TELNYX_BASE_URL": "https://api.example/v2\n",
		"ANYREACH_BASE_URL": "https://api.example", "DATABASE_URL": "takeover.db\n", "LISTEN_ADDR": ":8080\n", "DEFAULT_REGION": "US\n", "HOLD_DURATION": "30m ", "HOLD_RULE": "ai\n",
		"TALK_MODE": "direct\n", "SILENCE_WATCH": "60s", "SLACK_OUTSIDERS": "tell", "LOG_LEVEL": "info\n", "LOG_FORMAT": "json",
	} {
		t.Setenv(name, value)
	}
	c, err := loadConfig("")
	if err != nil {
		t.Fatal(err)
	}
	if c.SlackToken != "xoxb-1" || c.SlackSigningSecret != "secret" || c.SlackChannel != "C0DESK" || c.TelnyxKey != "KEY1" || c.DatabaseURL != "takeover.db" || c.ListenAddr != ":8080" {
		t.Errorf("read %q", []string{c.SlackToken, c.SlackSigningSecret, c.SlackChannel, c.TelnyxKey, c.DatabaseURL, c.ListenAddr})
	}
}

func TestAddresses(t *testing.T) {
	for name, tc := range map[string]struct {
		database, listen string
		wrong            []string
	}{
		"defaults":            {"takeover.db", ":8080", nil},
		"PostgreSQL":          {"postgres://bot:pw@db.example:5432/takeover?sslmode=require", "127.0.0.1:0", nil},
		"PostgreSQL, long":    {"postgresql://db.example/takeover", "[::1]:8080", nil},
		"SQLite":              {"sqlite:///data/takeover.db", ":http", nil},
		"another database":    {"mysql://bot:pw@db.example/takeover", ":8080", []string{"DATABASE_URL"}},
		"an unreadable port":  {"postgres://bot:pw@db.example:x/takeover", ":8080", []string{"DATABASE_URL"}},
		"none":                {"", "", []string{"DATABASE_URL", "LISTEN_ADDR"}},
		"a port too high":     {"takeover.db", ":99999", []string{"LISTEN_ADDR"}},
		"a port that is none": {"takeover.db", ":nothing-listens-here", []string{"LISTEN_ADDR"}},
		"a port alone":        {"takeover.db", "8080", []string{"LISTEN_ADDR"}},
		"both at once":        {"mongodb://pw", ":-1", []string{"DATABASE_URL", "LISTEN_ADDR"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := valid()
			c.DatabaseURL, c.ListenAddr = tc.database, tc.listen
			if wrong := broken(t, c); !slices.Equal(wrong, tc.wrong) {
				t.Errorf("wrong are %q, want %q", wrong, tc.wrong)
			}
		})
	}
}
