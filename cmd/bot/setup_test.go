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
	"takeoverbot/internal/telnyxsim"
)

// setupFlags answer all that setup asks, for an address.
func setupFlags(more ...string) []string {
	return append([]string{"setup", "--url", "https://takeover.example.com", "--slack-token", testSlackToken, "--signing-secret", testSigningSecret,
		"--channel", slacksim.DeskChannel, "--telnyx-key", testTelnyxKey}, more...)
}

// socketFlags answer all that setup asks, for Socket Mode.
func socketFlags(more ...string) []string {
	return append([]string{"setup", "--socket", "--slack-token", testSlackToken, "--app-token", testAppToken, "--channel", slacksim.DeskChannel, "--telnyx-key", testTelnyxKey}, more...)
}

// runSetup runs setup in a folder, with the simulators in the place of Slack and Telnyx, or with what env
// says.
func runSetup(t *testing.T, s *system, dir string, env []string, in io.Reader, args ...string) (code int, out string) {
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
	cmd.Env = append(cmd.Env, env...) // the last one wins
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
	s.slack.AddChannel(slacksim.Channel{ID: "C0HIDDEN", Name: "hidden", Private: true})
	other := telnyxsim.New(telnyxsim.Options{APIKey: "KEY-of-another-account"})
	otherURL, err := other.Start(t.Context(), "127.0.0.1:0")
	s.must(nil, err)
	t.Cleanup(func() { _ = other.Close() })
	const kept = "# ours\nDEFAULT_REGION=DE\nTELNYX_API_KEY=KEY-old\n"
	complete := []string{"SLACK_BOT_TOKEN=" + testSlackToken, "SLACK_SIGNING_SECRET=" + testSigningSecret, "SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + testTelnyxKey}
	overSocket := []string{complete[0], "SLACK_APP_TOKEN=" + testAppToken, complete[2], complete[3]}
	for name, tc := range map[string]struct {
		before string // the file that is there
		in     string // what is typed
		args   []string
		env    []string
		slack  func() // what is changed in Slack
		code   int
		says   []string
		file   []string // lines of the file afterwards; nil: as before
	}{
		"all by flags": {args: setupFlags(), code: exitDone, file: complete, says: []string{"ok    Slack accepts the bot token", "ok    the bot is in the desk's channel", "ok    Telnyx answers and accepts the key",
			"ok    the key's Telnyx account has conversations with AI assistants (newest message: 20", "/takeover +1 415 555 0137", "https://api.slack.com/apps?new_app=1&manifest_json=%7B"}},
		"typed":                        {args: []string{"setup"}, in: "https://takeover.example.com\n" + testSlackToken + "\n" + testSigningSecret + "\n" + slacksim.DeskChannel + "\n\n" + testTelnyxKey + "\n", code: exitDone, file: complete},
		"typed, for Socket Mode":       {args: []string{"setup"}, in: "\n" + testSlackToken + "\n" + testOtherAppToken + "\n" + testAppToken + "\n" + slacksim.DeskChannel + "\n\n" + testTelnyxKey + "\n", code: exitDone, file: overSocket, says: []string{"FIX   the Slack tokens are of two apps"}},
		"typed wrong, then right":      {args: setupFlags("--telnyx-key", ""), in: "\nKEY-wrong\n" + testTelnyxKey + "\n", code: exitDone, file: complete, says: []string{"FIX   Telnyx refuses the key"}},
		"a wrong token":                {args: setupFlags("--slack-token", "xoxb-other"), code: exitFailed, says: []string{"FIX   Slack refuses the bot token", "Nothing was written"}},
		"a token of another kind":      {args: setupFlags("--slack-token", "xoxp-1"), code: exitFailed, says: []string{"FIX   SLACK_BOT_TOKEN must begin with xoxb-"}},
		"a channel's name":             {args: setupFlags("--channel", "#on-call"), code: exitFailed, says: []string{"FIX   SLACK_CHANNEL_ID must be a channel's id"}},
		"a channel without the bot":    {args: setupFlags(), slack: func() { s.slack.SetBotMember(slacksim.DeskChannel, false) }, code: exitFailed, says: []string{"FIX   the bot cannot work in the desk's channel — type /invite @"}},
		"a private channel without it": {args: setupFlags("--channel", "C0HIDDEN"), code: exitFailed, says: []string{"FIX   the bot cannot work in the desk's channel", "If it is private, type /invite @"}},
		"over Socket Mode":             {args: socketFlags(), code: exitDone, file: overSocket, says: []string{"ok    both Slack tokens are of one app (app " + slacksim.AppID + ")"}},
		"a wrong app-level token":      {args: socketFlags("--app-token", "xapp-1-A0DEMO-wrong"), code: exitFailed, says: []string{"FIX   Socket Mode cannot be used — Slack refuses SLACK_APP_TOKEN"}},
		"a token of another app": {args: socketFlags("--app-token", testOtherAppToken), code: exitFailed, says: []string{
			"FIX   the Slack tokens are of two apps — SLACK_BOT_TOKEN is of the app A0DEMO, SLACK_APP_TOKEN of the app A0OTHER: take both from the pages of the same app, https://api.slack.com/apps/A0DEMO", "Nothing was written"}},
		"a key of another account": {args: setupFlags("--telnyx-key", "KEY-of-another-account"), env: []string{"TELNYX_BASE_URL=" + otherURL}, code: exitDone, file: append(slices.Clone(complete[:3]), "TELNYX_API_KEY=KEY-of-another-account"),
			says: []string{"NOTE  the key's Telnyx account has no conversation with an AI assistant (if people have texted or called your assistant, the key is of another account)"}},
		"no network to Slack":          {args: setupFlags(), env: []string{"SLACK_API_URL=http://127.0.0.1:1/api/"}, code: exitFailed, says: []string{"FIX   Slack does not answer as expected — check SLACK_API_URL and that this machine reaches slack.com", "Nothing was written"}},
		"no network to Telnyx":         {args: setupFlags(), env: []string{"TELNYX_BASE_URL=http://127.0.0.1:1/v2"}, code: exitFailed, says: []string{"FIX   Telnyx does not answer as expected — check TELNYX_BASE_URL and that this machine reaches it", "Nothing was written"}},
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
			code, out := runSetup(t, s, dir, tc.env, strings.NewReader(tc.in), tc.args...)
			if code != tc.code {
				t.Errorf("exit code %d:\n%s", code, out)
			}
			for _, want := range tc.says {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in:\n%s", want, out)
				}
			}
			if leaked := leaks(out, []secretWord{{"the signing secret", testSigningSecret}, {"the bot token", testSlackToken}, {"the app-level token", testAppToken}, {"another app-level token", testOtherAppToken}}); len(leaked) > 0 {
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

// terminal is a pseudo-terminal on which a program runs.
type terminal struct {
	*os.File
	t       *testing.T
	cmd     *exec.Cmd
	seen    string
	awaited int // how much of seen was awaited
}

// await reads until the program has said something, behind what was awaited before. A program that does
// not is ended.
func (w *terminal) await(want string) {
	w.t.Helper()
	late := time.AfterFunc(timeout, func() { _ = w.cmd.Process.Kill() }) // a terminal knows no deadline
	defer late.Stop()
	for chunk := make([]byte, 4096); ; {
		if at := strings.Index(w.seen[w.awaited:], want); at >= 0 {
			w.awaited += at + len(want)
			return
		}
		n, err := w.Read(chunk)
		w.seen += string(chunk[:n])
		if err != nil {
			w.t.Fatalf("no %q (%v) in:\n%s", want, err, w.seen)
		}
	}
}

// interrupted presses Ctrl-C: setup ends with an error, and the folder holds the file as it was and no
// other.
func (w *terminal) interrupted(dir, before string) {
	w.t.Helper()
	w.enter("\x03")
	w.await("nothing was written")
	if err := w.cmd.Wait(); err == nil {
		w.t.Error("an interrupted set-up ends as one that is done")
	}
	text, err := os.ReadFile(filepath.Join(dir, ".env"))
	if made, _ := os.ReadDir(dir); err != nil || string(text) != before || len(made) != 1 {
		w.t.Errorf("the file is %q, %v, beside it: %v", text, err, made)
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
	steps := []struct{ asked, answer string }{
		{"public https address: ", "https://takeover.example.com"}, {"Bot token (xoxb-…): ", testSlackToken}, {"Signing secret: ", testSigningSecret},
		{"(C…): ", slacksim.DeskChannel}, {"every full member do it: ", ""}, {"Telnyx API key (KEY…)", testTelnyxKey}, {"Type yes: ", "yes"},
	}
	t.Run("to the end", func(t *testing.T) {
		dir := t.TempDir()
		w := open(t, dir)
		for _, step := range steps[:len(steps)-1] { // there is no file, so nothing is asked about it
			w.await(step.asked)
			w.enter(step.answer + "\n")
		}
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
	const before = "TELNYX_API_KEY=KEY-old\n"
	for i, at := range steps {
		t.Run("Ctrl-C at "+at.asked, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s.must(nil, os.WriteFile(filepath.Join(dir, ".env"), []byte(before), 0o600))
			w := open(t, dir)
			for _, step := range steps[:i] {
				w.await(step.asked)
				w.enter(step.answer + "\n")
			}
			w.await(at.asked)
			w.interrupted(dir, before)
		})
	}
	t.Run("Ctrl-C while a value is tried", func(t *testing.T) {
		s.slack.SetLatency("auth.test", timeout)
		defer s.slack.SetLatency("auth.test", 0)
		dir := t.TempDir()
		s.must(nil, os.WriteFile(filepath.Join(dir, ".env"), []byte(before), 0o600))
		w := open(t, dir)
		for _, step := range steps[:2] {
			w.await(step.asked)
			w.enter(step.answer + "\n")
		}
		w.await("\r\n") // it was read
		w.interrupted(dir, before)
	})
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
