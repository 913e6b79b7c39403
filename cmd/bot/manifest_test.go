package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"takeoverbot"
	"takeoverbot/handlers"
	"takeoverbot/slackbot"
	"takeoverbot/slackbot/listen"
)

// node is a value of the manifest with where it stands: "features.slash_commands.0.url".
type node struct{ path, value string }

// manifestNodes reads the part of YAML in which the manifest is written: maps and lists
// by indentation, one scalar a line. What it cannot read it refuses.
func manifestNodes(text string) ([]node, error) {
	type level struct {
		indent int
		name   string
		items  int // of a list
	}
	var nodes []node
	var stack []level
	for number, line := range strings.Split(text, "\n") {
		content := strings.TrimSpace(line)
		if content == "" || strings.HasPrefix(content, "#") {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		item, isItem := strings.CutPrefix(content, "- ")
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		path := ""
		for _, l := range stack {
			path += l.name + "."
		}
		if isItem {
			if len(stack) == 0 {
				return nil, fmt.Errorf("line %d: an item of no list", number+1)
			}
			list := &stack[len(stack)-1]
			path += fmt.Sprint(list.items) + "."
			content = item
			stack = append(stack, level{indent, fmt.Sprint(list.items), 0})
			list.items++
			indent += 2
		}
		name, value, isMap := strings.Cut(content, ": ")
		if key, opens := strings.CutSuffix(content, ":"); opens {
			stack = append(stack, level{indent, key, 0})
			continue
		}
		if !isMap {
			nodes = append(nodes, node{strings.TrimSuffix(path, "."), unquoted(content)})
			continue
		}
		nodes = append(nodes, node{path + name, unquoted(value)})
	}
	return nodes, nil
}

func unquoted(s string) string { return strings.Trim(s, `"`) }

// manifestLimits are Slack's, from its manifest schema: what each value may be. Keys
// that are not here are unknown to Slack, which refuses them.
var manifestLimits = map[string]struct {
	min, max int
	form     string
}{
	"_metadata.major_version":                {1, 3, `^[12]$`},
	"_metadata.minor_version":                {1, 3, `^\d+$`},
	"display_information.name":               {1, 35, ``},
	"display_information.description":        {1, 140, ``},
	"display_information.long_description":   {175, 4000, ``},
	"display_information.background_color":   {4, 7, `^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`},
	"features.app_home.home_tab_enabled":     {4, 5, `^(true|false)$`},
	"features.app_home.messages_tab_enabled": {4, 5, `^(true|false)$`},

	"features.app_home.messages_tab_read_only_enabled": {4, 5, `^(true|false)$`},

	"features.shortcuts.*.name":                 {1, 24, ``},
	"features.shortcuts.*.type":                 {6, 7, `^(message|global)$`},
	"features.shortcuts.*.callback_id":          {1, 255, `^[a-z_]+$`},
	"features.shortcuts.*.description":          {1, 150, ``},
	"features.bot_user.display_name":            {1, 80, `^[a-z0-9._-]+$`},
	"features.bot_user.always_online":           {4, 5, `^(true|false)$`},
	"features.slash_commands.*.command":         {2, 32, `^/[a-z0-9_-]+$`},
	"features.slash_commands.*.url":             {1, 3000, `^https://`},
	"features.slash_commands.*.description":     {1, 2000, ``},
	"features.slash_commands.*.usage_hint":      {1, 1000, ``},
	"features.slash_commands.*.should_escape":   {4, 5, `^(true|false)$`},
	"oauth_config.scopes.bot.*":                 {1, 100, `^[a-z]+(:[a-z._]+)*$`},
	"settings.interactivity.is_enabled":         {4, 5, `^(true|false)$`},
	"settings.interactivity.request_url":        {1, 3500, `^https://`},
	"settings.event_subscriptions.request_url":  {1, 3500, `^https://`},
	"settings.event_subscriptions.bot_events.*": {1, 50, `^[a-z._]+$`},
	"settings.org_deploy_enabled":               {4, 5, `^(true|false)$`},
	"settings.socket_mode_enabled":              {4, 5, `^false$`},
	"settings.token_rotation_enabled":           {4, 5, `^false$`},
}

var listIndex = regexp.MustCompile(`\.\d+`)

// faults are what Slack would refuse in the manifest.
func faults(nodes []node) []string {
	var wrong []string
	for _, n := range nodes {
		limit, known := manifestLimits[listIndex.ReplaceAllString(n.path, ".*")]
		switch length := utf8.RuneCountInString(n.value); {
		case !known:
			wrong = append(wrong, n.path+" is not known")
		case length < limit.min || length > limit.max:
			wrong = append(wrong, fmt.Sprintf("%s has %d characters", n.path, length))
		case !regexp.MustCompile(limit.form).MatchString(n.value):
			wrong = append(wrong, fmt.Sprintf("%s has the wrong form: %s", n.path, n.value))
		}
	}
	return wrong
}

func printedManifest(t *testing.T) []node {
	t.Helper()
	var out bytes.Buffer
	if code := commandLine(t, &out, "manifest", "--url", "https://takeover.example.com/"); code != exitDone {
		t.Fatal(code)
	}
	nodes, err := manifestNodes(out.String())
	if err != nil || len(nodes) < 15 {
		t.Fatalf("%d values, %v:\n%s", len(nodes), err, out.String())
	}
	return nodes
}

// refusing takes no signature.
type refusing struct{}

// Signed refuses.
func (refusing) Signed(http.Header) error { return listen.ErrUnverified }

// Verify is not reached.
func (refusing) Verify(http.Header, []byte) error { return listen.ErrUnverified }

// Dispatch is not reached.
func (refusing) Dispatch(context.Context, []byte) (listen.Answer, error) {
	return listen.Answer{}, listen.ErrUnreadable
}

// commandLine runs a sub-command within the test.
func commandLine(t *testing.T, out io.Writer, args ...string) int {
	t.Helper()
	return command(t.Context(), args, out, out)
}

func TestManifestIsWhatSlackTakes(t *testing.T) {
	for _, fault := range faults(printedManifest(t)) {
		t.Error(fault)
	}
	wrong, err := manifestNodes("display_information:\n  name: " + strings.Repeat("n", 36) + "\n  label: x\nfeatures:\n  slash_commands:\n    - command: takeover\n      url: http://x\n")
	if err != nil || len(faults(wrong)) != 4 {
		t.Errorf("of four mistakes these are found: %q, %v", faults(wrong), err)
	}
}

// TestManifestAsksForWhatIsUsed: scopes are those of the code, each with a reason, and
// every address in it is a route of the bot at the address that was asked for.
func TestManifestAsksForWhatIsUsed(t *testing.T) {
	var scopes, commands, events, shortcuts []string
	routes := handlers.New(handlers.Deps{Slack: refusing{}, Metrics: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler)})
	for _, n := range printedManifest(t) {
		if strings.HasPrefix(n.path, "oauth_config.scopes.bot.") {
			scopes = append(scopes, n.value)
		}
		if strings.HasSuffix(n.path, ".command") {
			commands = append(commands, n.value)
		}
		if strings.HasPrefix(n.path, "settings.event_subscriptions.bot_events.") {
			events = append(events, n.value)
		}
		if strings.HasSuffix(n.path, ".callback_id") {
			shortcuts = append(shortcuts, n.value)
		}
		if !strings.HasSuffix(n.path, "url") {
			continue
		}
		u, err := url.Parse(n.value)
		if err != nil || u.Scheme+"://"+u.Host != "https://takeover.example.com" {
			t.Errorf("%s is %s", n.path, n.value)
			continue
		}
		answer := httptest.NewRecorder()
		routes.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, u.Path, nil))
		if answer.Code != http.StatusUnauthorized { // a route of Slack's asks for a signature first
			t.Errorf("%s: POST %s is answered with %d", n.path, u.Path, answer.Code)
		}
	}
	slices.Sort(scopes)
	if want := slices.Sorted(maps.Keys(slackbot.Scopes())); !slices.Equal(scopes, want) {
		t.Errorf("the manifest asks for %v, the code for %v", scopes, want)
	}
	for scope, reason := range slackbot.Scopes() {
		if reason == "" {
			t.Errorf("no reason for %s", scope)
		}
	}
	slices.Sort(events)
	if want := slices.Sorted(maps.Keys(slackbot.Events())); !slices.Equal(events, want) {
		t.Errorf("the manifest subscribes to %v, the code answers %v", events, want)
	}
	for event, scope := range slackbot.Events() {
		if scope != "" && !slices.Contains(scopes, scope) {
			t.Errorf("%s needs the scope %s", event, scope)
		}
	}
	if want := slackbot.Shortcuts(); !slices.Equal(shortcuts, want) {
		t.Errorf("the manifest has the shortcuts %v, the code answers %v", shortcuts, want)
	}
	if !slices.Equal(commands, []string{"/takeover"}) {
		t.Errorf("commands: %v", commands)
	}
	if strings.Contains(takeoverbot.Manifest("https://takeover.example.com"), "bot.example.com") {
		t.Error("the placeholder is still there")
	}
}

// TestManifestOverSocketMode: it is the same app, without an address.
func TestManifestOverSocketMode(t *testing.T) {
	var out bytes.Buffer
	if code := commandLine(t, &out, "manifest", "--socket"); code != exitDone {
		t.Fatal(code)
	}
	nodes, err := manifestNodes(out.String())
	if err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(printedManifest(t), func(n node) bool { return strings.HasSuffix(n.path, "url") })
	for i, n := range want {
		if n.path == "settings.socket_mode_enabled" {
			want[i].value = "true"
		}
	}
	if !slices.Equal(nodes, want) || strings.Contains(out.String(), takeoverbot.ManifestURL) {
		t.Errorf("printed:\n%s", &out)
	}
	if code := commandLine(t, io.Discard, "manifest", "--socket", "--url", "https://takeover.example.com"); code != exitUsage {
		t.Errorf("with both: exit code %d", code)
	}
}

// TestManifestNeedsAnAddress that Slack can reach safely.
func TestManifestNeedsAnAddress(t *testing.T) {
	for _, args := range [][]string{{"manifest"}, {"manifest", "--url", "http://takeover.example.com"}, {"manifest", "--url", "takeover.example.com"}, {"manifest", "--url", "https://"},
		{"manifest", "--url", "https://x.example?a=b"}, {"manifest", "--url", "https://x.example/bot"}, {"manifest", "--url", "https://x.example/#top"}, {"manifest", "--url", "https://x.example/a: b"}, {"manifest", "--url", "https://x.example/\nfeatures: {}"},
		{"manifest", "--url", "https://x.example/ #"}, {"manifest", "--url", "https://user:pw@x.example"}, {"manifest", "--url", "https://{x}"}, {"manifest", "--url", "https://x.example\n"}, {"manifest", "--url", "https://x.example:port"}, {"manifest", "--url", "https://x.example", "more"}} {
		if code := commandLine(t, io.Discard, args...); code != exitUsage {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}

// TestHelpNamesEverything: each sub-command and each variable, with its default.
func TestHelpNamesEverything(t *testing.T) {
	var out bytes.Buffer
	if code := commandLine(t, &out, "help"); code != exitDone {
		t.Fatal(code)
	}
	for _, c := range subcommands() {
		if !strings.Contains(out.String(), c.usage) {
			t.Errorf("help does not show %q", c.usage)
		}
	}
	for field := range fields() {
		name, sentence := field.Tag.Get("envconfig"), field.Tag.Get("desc")
		if name == "" || sentence == "" || !strings.Contains(out.String(), name) || !strings.Contains(out.String(), sentence) {
			t.Errorf("help does not explain %s", field.Name)
		}
	}
	if code := commandLine(t, io.Discard, "unheard-of"); code != exitUsage {
		t.Errorf("an unknown word: exit code %d", code)
	}
	out.Reset()
	if code := commandLine(t, &out, "version"); code != exitDone || strings.TrimSpace(out.String()) == "" {
		t.Errorf("version: %d %q", code, out.String())
	}
}
