package main

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
)

// TestFirstStart: a new installation makes its own database, also where the folder is
// missing, and works at once.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{database: filepath.Join(t.TempDir(), "data", "takeover.db")})
	s.bot().args = nil
	s.bot().start(t)
	s.run("slash", "dana", "+1 415 555 0137")
	s.run("card", "AI is answering")
	s.bot().kill()
	if code, out, errOut := runBot(t, s.bot().env, "migrate"); code != exitDone || !strings.Contains(out, "up to date") {
		t.Errorf("migrate: %d %s %s", code, out, errOut)
	}
}

// TestHealthAndMetrics: what watches the bot can tell that it is alive, ready, and what
// it did.
func TestHealthAndMetrics(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{})
	s.run("telnyx", "clock_ahead=95s")
	s.run("slash", "dana", "+1 415 555 0137")
	s.run("click", "dana", "line.take")
	s.run("card", "AI is silent (checked ")
	s.eventually("quiet", s.quiet)
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := s.get(path); status != http.StatusOK || strings.TrimSpace(body) == "" {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	status, exposition := s.get("/metrics")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	for _, want := range []string{
		`takeover_http_request_seconds_count{route="/slack/interactions",status="200"} 1`,
		`takeover_job_seconds_count{kind="settle",outcome="done"} 1`,
		`takeover_provider_call_seconds_count{operation="`, `takeover_proof_seconds_count{state="held"} 1`,
		`takeover_events_total{event="pressed take over"} 1`, `takeover_events_total{event="AI silent"} 1`,
		`takeover_slack_calls_total{method="chat.postMessage",outcome="ok"}`, "takeover_inbox_waiting 0", `takeover_provider_clock_ahead_seconds{provider="telnyx"} 9`,
	} {
		if !strings.Contains(exposition, want) {
			t.Errorf("missing: %s", want)
		}
	}
	for _, found := range leaks(exposition, s.hidden()) {
		t.Errorf("the metrics hold %s", found)
	}
}

// TestSecondProcess: two bots on one SQLite file would decide two winners; the second
// one is kept out, says why, and does the first no harm.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{})
	second := append(slices.Clone(s.bot().env), "LISTEN_ADDR=127.0.0.1:0")
	for _, command := range []string{"serve", "migrate"} {
		code, _, errOut := runBot(t, second, command)
		if code != exitFailed || !strings.Contains(errOut, "the database file is in use by another process") {
			t.Errorf("%s: exit code %d: %s", command, code, errOut)
		}
	}
	s.run("slash", "dana", "+1 415 555 0137")
	s.run("card", "AI is answering")
}

// TestWrongConfiguration: everything that is missing or wrong is named at once, by name
// and never by value.
func TestWrongConfiguration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env  []string
		want []string
	}{
		"nothing set": {nil, []string{"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CHANNEL_ID", "TELNYX_API_KEY"}},
		"all wrong": {[]string{
			"SLACK_BOT_TOKEN=wrong-value-1", "SLACK_SIGNING_SECRET= ", "SLACK_CHANNEL_ID=#wrong-value-2", "SLACK_API_URL=wrong-value-3", "TELNYX_API_KEY=wrong-value-4",
			"TELNYX_BASE_URL=wrong-value-5", "LISTEN_ADDR=wrong-value-6", "METRICS_ADDR=wrong-value-16", "DEFAULT_REGION=wrong-value-7", "LOG_LEVEL=wrong-value-8", "LOG_FORMAT=wrong-value-9",
			"HOLD_DURATION=13h", "HOLD_RULE=wrong-value-10", "TALK_MODE=wrong-value-17", "SILENCE_WATCH=wrong-value-11",
			"DATABASE_URL=mysql://wrong-value-15", "SLACK_RESPONDERS_GROUP_ID=@wrong-value-12", "SLACK_LEADS_GROUP_ID=wrong-value-13", "SLACK_ADMINS_GROUP_ID=C0wrong-value-14",
		}, []string{"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CHANNEL_ID", "SLACK_API_URL", "TELNYX_BASE_URL", "LISTEN_ADDR", "METRICS_ADDR", "DEFAULT_REGION", "LOG_LEVEL", "LOG_FORMAT", "DATABASE_URL",
			"HOLD_DURATION", "HOLD_RULE", "TALK_MODE", "SILENCE_WATCH", "SLACK_RESPONDERS_GROUP_ID", "SLACK_LEADS_GROUP_ID", "SLACK_ADMINS_GROUP_ID"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range []string{"serve", "doctor"} {
				code, out, errOut := runBot(t, test.env, command)
				if code != exitUsage {
					t.Errorf("%s: exit code %d", command, code)
				}
				for _, name := range test.want {
					if !strings.Contains(errOut, name+" ") {
						t.Errorf("%s does not name %s:\n%s", command, name, errOut)
					}
				}
				if strings.Contains(out+errOut, "wrong-value") {
					t.Errorf("%s shows a value:\n%s", command, errOut)
				}
			}
		})
	}
}

// TestMigrateNeedsTheDatabaseAlone: no secret of Slack or a provider.
func TestMigrateNeedsTheDatabaseAlone(t *testing.T) {
	t.Parallel()
	if code, out, errOut := runBot(t, nil, "migrate"); code != exitDone || !strings.Contains(out, "up to date") {
		t.Errorf("exit code %d: %s%s", code, out, errOut)
	}
	if code, _, errOut := runBot(t, []string{"DATABASE_URL=mysql://wrong-value"}, "migrate"); code != exitUsage || !strings.Contains(errOut, "DATABASE_URL must be") || strings.Contains(errOut, "wrong-value") {
		t.Errorf("exit code %d: %s", code, errOut)
	}
}

// TestMetricsApart: with an address of their own, metrics and health are not where Slack's
// requests arrive, and Slack's are not there.
func TestMetricsApart(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	bot := s.bot()
	other := newProcess(t, bot.log, nil).addr
	bot.env = append(bot.env, "METRICS_ADDR="+other)
	slacks := bot.addr
	bot.addr = other // where health is asked for
	bot.start(t)
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		bot.addr = other
		if status, _ := s.get(path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		bot.addr = slacks
		if status, _ := s.get(path); status != http.StatusNotFound {
			t.Errorf("%s where Slack's requests arrive: %d", path, status)
		}
	}
	for addr, want := range map[string]int{slacks: http.StatusUnauthorized, other: http.StatusNotFound} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/slack/events", strings.NewReader("{}"))
		s.must(nil, err)
		if status, _ := s.do(req); status != want {
			t.Errorf("an event at %s: %d, want %d", addr, status, want)
		}
	}
	if code, err := bot.stop(); code != exitDone || err != nil {
		t.Errorf("stopped with %d, %v", code, err)
	}
}

// TestQuotedSettings: a quotation mark around any value is named, and the value is not shown.
func TestQuotedSettings(t *testing.T) {
	t.Parallel()
	for field := range fields() {
		name := field.Tag.Get("envconfig")
		for _, value := range []string{`"wrong-value"`, "'wrong-value'", "“wrong-value”", "wrong-value\"", "`wrong-value`"} {
			var c Config
			reflect.ValueOf(&c).Elem().FieldByIndex(field.Index).SetString(value)
			said := c.Validate().Error()
			if !strings.Contains(said, name+" begins or ends with a quotation mark") || strings.Contains(said, "wrong-value") {
				t.Errorf("%s=%s: %s", name, value, said)
			}
		}
	}
}

// TestUnusableDatabase: the reason is said without the password in the address.
func TestUnusableDatabase(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database, but long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"SLACK_BOT_TOKEN=" + testSlackToken, "SLACK_SIGNING_SECRET=" + testSigningSecret, "SLACK_CHANNEL_ID=C1", "TELNYX_API_KEY=" + testTelnyxKey, "LISTEN_ADDR=127.0.0.1:0"}
	for address, want := range map[string]int{
		"postgres://bot:world-password@127.0.0.1:1/takeover": exitFailed, "postgres://bot:world-password@127.0.0.1:x/takeover": exitUsage,
		"mysql://bot:world-password@127.0.0.1/takeover": exitUsage, filepath.Join(file, "takeover.db"): exitFailed, file: exitFailed,
	} {
		code, out, errOut := runBot(t, append(env, "DATABASE_URL="+address), "serve")
		if code != want || errOut == "" || (want == exitUsage) != strings.Contains(errOut, "DATABASE_URL must be") {
			t.Errorf("exit code %d, want %d: %s", code, want, errOut)
		}
		if strings.Contains(out+errOut, "world-password") {
			t.Errorf("the password is shown: %s", errOut)
		}
	}
}

// TestDoctor: each line is ok or says its fix.
func TestDoctor(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	diagnose := func(wantCode int, env ...string) string {
		t.Helper()
		code, out, errOut := runBot(t, append(slices.Clone(s.bot().env), env...), "doctor")
		if code != wantCode {
			t.Errorf("exit code %d:\n%s%s", code, out, errOut)
		}
		for _, found := range leaks(out+errOut, s.hidden()) {
			t.Errorf("doctor shows %s", found)
		}
		return out
	}
	has := func(out string, lines ...string) {
		t.Helper()
		for _, l := range lines {
			if !strings.Contains(out, l) {
				t.Errorf("no %q in:\n%s", l, out)
			}
		}
	}
	out := diagnose(exitDone)
	has(out, "ok    Slack accepts the bot token", "ok    Slack granted every scope", "ok    the bot is in the desk's channel (#on-call)", "ok    Slack's clock and this machine's agree",
		"ok    Telnyx answers and accepts the key", "ok    Telnyx's clock and this machine's agree", "ok    the database can be written")
	if strings.Contains(out, "FIX") {
		t.Errorf("all is well, but:\n%s", out)
	}
	// A row and its footnotes say the same: nothing is a plain yes that a footnote restricts.
	for _, row := range []string{`take over: silence the AI +yes +yes, but \(1\) +yes\n`, `write to the end user +yes +yes, but \(2\) +no \(3\)\n`, `\(1\) Telnyx promises silence for written answers only`, `\(2\) What you write goes to the caller's phone as a text`} {
		if !regexp.MustCompile(row).MatchString(out) {
			t.Errorf("no %s in:\n%s", row, out)
		}
	}
	const noPictures = "NOTE  pictures that operators post do not reach end users (PUBLIC_URL is not set"
	has(out, noPictures)
	if out = diagnose(exitDone, "PUBLIC_URL=https://bot.example.com"); strings.Contains(out, "pictures that operators post") {
		t.Errorf("PUBLIC_URL is set, but:\n%s", out)
	}

	// A date has no fraction, and an answer takes its time.
	for ahead, want := range map[string]string{"8s": "[78] s behind", "-8s": "[89] s ahead of", "1h": "(3599|3600) s behind", "3s": "[23] s behind", "-3s": "[34] s ahead of"} {
		s.run("telnyx", "clock_ahead="+ahead)
		out := diagnose(exitFailed)
		if line := regexp.MustCompile("FIX   Telnyx's clock and this machine's differ — the clock of this machine is " + want + " Telnyx's: run chrony"); !line.MatchString(out) {
			t.Errorf("%s ahead:\n%s", ahead, out)
		}
		has(out, "ok    Slack's clock and this machine's agree")
	}
	s.run("telnyx", "clock_ahead=1s")
	has(diagnose(exitDone), "ok    Telnyx's clock and this machine's agree")
	s.run("telnyx", "good")

	// The doctor inspects the database and creates nothing.
	folder := t.TempDir()
	has(diagnose(exitDone, "DATABASE_URL="+filepath.Join(folder, "new", "takeover.db")), "ok    the database can be written (will be created at the first start)")
	if made, err := os.ReadDir(folder); err != nil || len(made) > 0 {
		t.Errorf("doctor made %v, %v", made, err)
	}
	s.must(nil, os.WriteFile(filepath.Join(folder, "empty.db"), nil, 0o600))
	has(diagnose(exitDone, "DATABASE_URL="+filepath.Join(folder, "empty.db")), "ok    the database can be written (", "migrations are to be applied: `bot migrate` or the next start does it)")
	if made, err := os.ReadDir(folder); err != nil || len(made) != 1 {
		t.Errorf("doctor made %v, %v", made, err)
	}
	has(diagnose(exitFailed, "DATABASE_URL="+filepath.Join(folder, "empty.db", "takeover.db")), "FIX   the database cannot be used — check DATABASE_URL")

	s.slack.SetBotMember(slacksim.DeskChannel, false)
	s.slack.SetScopes([]string{"commands", "chat:write", "channels:read", "groups:read"})
	has(diagnose(exitFailed, "TELNYX_API_KEY=KEY-wrong"), "FIX   the bot cannot work in the desk's channel — type /invite @", "FIX   scopes are missing — add channels:history, files:read, files:write, groups:history, im:history, im:write, reactions:write, usergroups:read, users:read ",
		"FIX   Telnyx refuses the key — put a valid key", "ok    Slack accepts the bot token")
	s.slack.SetArchived(slacksim.DeskChannel, true)
	has(diagnose(exitFailed), "#on-call is archived: name another channel")
	has(diagnose(exitFailed, "SLACK_CHANNEL_ID=C0NONE"), "FIX   the bot cannot work in the desk's channel — check SLACK_CHANNEL_ID")
	has(diagnose(exitFailed, "SLACK_BOT_TOKEN=xoxb-other-wrong"), "FIX   Slack refuses the bot token — put the Bot User OAuth Token")
	has(diagnose(exitFailed, "TELNYX_BASE_URL=http://127.0.0.1:1/v2", "SLACK_API_URL=http://127.0.0.1:1/api/", "DATABASE_URL=postgres://bot:world-password@127.0.0.1:1/takeover"),
		"FIX   Telnyx does not answer as expected — check TELNYX_BASE_URL", "FIX   Slack does not answer as expected — check SLACK_API_URL", "FIX   the database cannot be used — check DATABASE_URL")
	s.allowViolations = true // Slack refuses what the doctor asks: that is the question
}
