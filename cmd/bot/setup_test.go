package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.yaml.in/yaml/v3"

	"takeoverbot/internal/slacksim"
)

// setupFlags answer all that setup asks, for an address.
func setupFlags(more ...string) []string {
	return append([]string{"setup", "--url", "https://takeover.example.com", "--slack-token", testSlackToken, "--signing-secret", testSigningSecret,
		"--channel", slacksim.DeskChannel, "--telnyx-key", testTelnyxKey}, more...)
}

// runSetup runs setup in a folder, with the simulators in the place of Slack and Telnyx.
func runSetup(t *testing.T, s *system, dir string, in io.Reader, args ...string) (code int, out string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var text bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, in, &text, &text
	cmd.Env = []string{"SLACK_API_URL=" + s.slack.APIURL(), "TELNYX_BASE_URL=" + s.telnyxURL, raceOptions}
	if err := cmd.Run(); err != nil {
		if _, exit := errors.AsType[*exec.ExitError](err); !exit {
			t.Fatal(err)
		}
	}
	return cmd.ProcessState.ExitCode(), text.String()
}

func TestSetup(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	s.allowViolations = true // Slack refuses what setup tries: that is the question
	const kept = "# ours\nDEFAULT_REGION=DE\nTELNYX_API_KEY=KEY-old\n"
	complete := []string{"SLACK_BOT_TOKEN=" + testSlackToken, "SLACK_SIGNING_SECRET=" + testSigningSecret, "SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + testTelnyxKey}
	for name, tc := range map[string]struct {
		before string // the file that is there
		in     string // what is typed
		args   []string
		slack  func() // what is changed in Slack
		code   int
		says   []string
		file   []string // lines of the file afterwards; nil: as before
	}{
		"all by flags": {args: setupFlags(), code: exitDone, file: complete, says: []string{"ok    Slack accepts the bot token", "ok    the bot is in the desk's channel", "ok    Telnyx answers and accepts the key",
			"/takeover +1 415 555 0137", "https://api.slack.com/apps?new_app=1&manifest_json=%7B"}},
		"typed":                        {args: []string{"setup"}, in: "https://takeover.example.com\n" + testSlackToken + "\n" + testSigningSecret + "\n" + slacksim.DeskChannel + "\n\n" + testTelnyxKey + "\n", code: exitDone, file: complete},
		"typed wrong, then right":      {args: setupFlags("--telnyx-key", ""), in: "\nKEY-wrong\n" + testTelnyxKey + "\n", code: exitDone, file: complete, says: []string{"FIX   Telnyx refuses the key"}},
		"a wrong token":                {args: setupFlags("--slack-token", "xoxb-other"), code: exitFailed, says: []string{"FIX   Slack refuses the bot token", "Nothing was written"}},
		"a token of another kind":      {args: setupFlags("--slack-token", "xoxp-1"), code: exitFailed, says: []string{"FIX   SLACK_BOT_TOKEN must begin with xoxb-"}},
		"a channel's name":             {args: setupFlags("--channel", "#on-call"), code: exitFailed, says: []string{"FIX   SLACK_CHANNEL_ID must be a channel's id"}},
		"a channel without the bot":    {args: setupFlags(), slack: func() { s.slack.SetBotMember(slacksim.DeskChannel, false) }, code: exitFailed, says: []string{"FIX   the bot cannot work in the desk's channel — type /invite @"}},
		"a missing scope":              {args: setupFlags(), slack: func() { s.slack.SetScopes([]string{"commands"}) }, code: exitFailed, says: []string{"FIX   scopes are missing — add "}},
		"a wrong key":                  {args: setupFlags("--telnyx-key", "KEY-wrong"), code: exitFailed, says: []string{"FIX   Telnyx refuses the key"}},
		"an address with a path":       {args: setupFlags("--url", "https://x.example/bot"), code: exitUsage, says: []string{"nothing behind it"}},
		"nothing to ask":               {args: []string{"setup", "--url", "https://takeover.example.com"}, code: exitUsage, says: []string{"--slack-token is missing", "Nothing was written"}},
		"no transport":                 {args: []string{"setup"}, code: exitUsage, says: []string{"--socket, or --url"}},
		"both transports":              {args: setupFlags("--socket"), code: exitUsage, says: []string{"not both"}},
		"a file that is there, yes":    {before: kept, args: setupFlags(), in: "\nyes\n", code: exitDone, file: append([]string{"# ours", "DEFAULT_REGION=DE", "TELNYX_API_KEY=" + testTelnyxKey}, complete[:3]...), says: []string{".env exists. Change TELNYX_API_KEY in it"}},
		"a file that is there, no":     {before: kept, args: setupFlags(), in: "\nno\n", code: exitFailed, says: []string{".env is as it was"}},
		"an address after Socket Mode": {before: "SLACK_APP_TOKEN=xapp-old\n", args: setupFlags(), code: exitDone, file: append([]string{"SLACK_APP_TOKEN=xapp-old"}, complete...)},
		"a file of something else":     {before: "{\"no\": \"settings\"", args: setupFlags(), code: exitUsage, says: []string{"is not NAME=value"}},
	} {
		t.Run(name, func(t *testing.T) {
			s.slack.SetScopes(slacksim.DefaultScopes())
			s.slack.SetBotMember(slacksim.DeskChannel, true)
			if tc.slack != nil {
				tc.slack()
			}
			dir := t.TempDir()
			path := filepath.Join(dir, ".env")
			if tc.before != "" {
				s.must(nil, os.WriteFile(path, []byte(tc.before), 0o600))
			}
			code, out := runSetup(t, s, dir, strings.NewReader(tc.in), tc.args...)
			if code != tc.code {
				t.Errorf("exit code %d:\n%s", code, out)
			}
			for _, want := range tc.says {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in:\n%s", want, out)
				}
			}
			if leaked := leaks(out, []secretWord{{"the signing secret", testSigningSecret}, {"the bot token", testSlackToken}}); len(leaked) > 0 {
				t.Errorf("setup shows %v", leaked)
			}
			text, err := os.ReadFile(path)
			switch {
			case tc.file == nil && string(text) != tc.before:
				t.Errorf("the file has changed: %q", text)
			case tc.file != nil && (err != nil || !slices.Equal(strings.Split(strings.TrimSpace(string(text)), "\n"), tc.file)):
				t.Errorf("the file is %q, %v", text, err)
			}
			if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
				t.Errorf("the file's mode is %v", info.Mode())
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".env-*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// terminal is a pseudo-terminal on which setup runs.
type terminal struct {
	*os.File
	t    *testing.T
	cmd  *exec.Cmd
	seen string
}

// await reads until setup has said something.
func (w *terminal) await(want string) {
	w.t.Helper()
	chunk := make([]byte, 4096)
	for from := len(w.seen); !strings.Contains(w.seen[from:], want); {
		s := w.SetReadDeadline(time.Now().Add(timeout))
		n, err := w.Read(chunk)
		w.seen += string(chunk[:n])
		if err != nil {
			w.t.Fatalf("no %q (%v, %v) in:\n%s", want, s, err, w.seen)
		}
	}
}

func (w *terminal) enter(text string) {
	if _, err := w.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
}

// TestSetupOnATerminal: secrets are not shown while they are typed, and Ctrl-C leaves nothing behind.
func TestSetupOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	path, err := binary()
	s.must(nil, err)
	open := func(t *testing.T, dir string) *terminal {
		cmd := exec.CommandContext(t.Context(), path, "setup")
		cmd.Dir, cmd.Env = dir, []string{"SLACK_API_URL=" + s.slack.APIURL(), "TELNYX_BASE_URL=" + s.telnyxURL, raceOptions}
		file, err := pty.Start(cmd)
		s.must(nil, err)
		t.Cleanup(func() { _ = file.Close() })
		return &terminal{File: file, t: t, cmd: cmd}
	}
	t.Run("to the end", func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir)
		w.await("public https address: ")
		w.enter("https://takeover.example.com\n")
		w.await("Bot token (xoxb-…): ")
		w.enter(testSlackToken + "\n")
		w.await("Signing secret: ")
		w.enter(testSigningSecret + "\n")
		w.await("(C…): ")
		w.enter(slacksim.DeskChannel + "\n")
		w.await("every full member do it: ")
		w.enter("\n")
		w.await("Telnyx API key (KEY…): ")
		w.enter(testTelnyxKey + "\n")
		w.await("/takeover +1 415 555 0137")
		for _, hidden := range []string{testSlackToken, testSigningSecret, testTelnyxKey} {
			if strings.Contains(w.seen, hidden) {
				t.Errorf("a secret was shown:\n%s", w.seen)
			}
		}
		s.must(nil, w.cmd.Wait())
		if text, err := os.ReadFile(filepath.Join(dir, ".env")); err != nil || !strings.Contains(string(text), "TELNYX_API_KEY="+testTelnyxKey) {
			t.Errorf("the file is %q, %v", text, err)
		}
	})
	for _, at := range []string{"public https address: ", "Bot token (xoxb-…): "} {
		t.Run("Ctrl-C at "+at, func(t *testing.T) {
			dir := t.TempDir()
			w := open(t, dir)
			w.await("public https address: ")
			if at != "public https address: " {
				w.enter("https://takeover.example.com\n")
				w.await(at)
			}
			w.enter("\x03")
			w.await("nothing was written")
			if err := w.cmd.Wait(); err == nil {
				t.Error("an interrupted set-up ends as one that is done")
			}
			if made, err := os.ReadDir(dir); err != nil || len(made) > 0 {
				t.Errorf("left behind: %v, %v", made, err)
			}
		})
	}
}

// TestManifestLink: Slack's page gets the whole manifest.
func TestManifestLink(t *testing.T) {
	t.Parallel()
	for _, how := range [][]string{{"--url", "https://takeover.example.com"}, {"--socket"}} {
		var printed, linked bytes.Buffer
		if commandLine(t, &printed, append([]string{"manifest"}, how...)...) != exitDone || commandLine(t, &linked, append([]string{"manifest", "--link"}, how...)...) != exitDone {
			t.Fatalf("%v: %s%s", how, printed.String(), linked.String())
		}
		link, err := url.Parse(strings.TrimSpace(linked.String()))
		if err != nil || link.Host != "api.slack.com" || link.Query().Get("new_app") != "1" {
			t.Fatalf("%v: %s, %v", how, linked.String(), err)
		}
		var got, want any
		if err := errors.Join(json.Unmarshal([]byte(link.Query().Get("manifest_json")), &got), yaml.Unmarshal(printed.Bytes(), &want)); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(asJSON, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%v: the link has %v, the manifest is %v, %v", how, got, want, err)
		}
	}
}
