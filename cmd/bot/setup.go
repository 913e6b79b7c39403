package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"takeoverbot/slackbot"
)

// setupCheck bounds the check of one value.
const setupCheck = 20 * time.Second

// question is one value that setup asks for.
type question struct {
	env      string // the setting that it becomes
	flag     string // by which it can be given instead
	ask      string
	where    string // where the value is to be found
	secret   bool   // it is not shown while it is typed
	optional bool
	check    func(ctx context.Context, c Config) []slackbot.Finding // with what was answered so far; nil for form only
}

// questions are asked in this order; each may use the answers before it.
func questions(socket bool) []question {
	signed := signingSecretQuestion()
	if socket {
		signed = appTokenQuestion()
	}
	return []question{
		{env: "SLACK_BOT_TOKEN", flag: "slack-token", ask: "Bot token (xoxb-…)", secret: true,
			where: "On the app's page: OAuth & Permissions, Install to Workspace, Bot User OAuth Token.",
			check: func(ctx context.Context, c Config) []slackbot.Finding {
				return slackbot.CheckToken(ctx, c.slack(nil), outside())
			}},
		signed,
		{env: "SLACK_CHANNEL_ID", flag: "channel", ask: "Id of the channel where the cards are to stand (C…)",
			where: "In Slack: click the channel's name; the id is at the bottom of About. Then type /invite @takeover in that channel.",
			check: func(ctx context.Context, c Config) []slackbot.Finding {
				return slackbot.CheckChannel(ctx, c.slack(nil), outside())
			}},
		{env: "SLACK_RESPONDERS_GROUP_ID", flag: "responders", ask: "Id of the user group that may take over (S…); leave it empty to let every full member do it", optional: true,
			where: "In Slack: People, User groups, the group's page; the id is in its address.",
			check: func(ctx context.Context, c Config) []slackbot.Finding {
				return slackbot.CheckGroups(ctx, c.slack(nil), outside())
			}},
		{env: "TELNYX_API_KEY", flag: "telnyx-key", ask: "Telnyx API key (KEY…)", secret: true,
			where: "In the Telnyx portal: Account, API Keys, Create API Key.",
			check: func(ctx context.Context, c Config) []slackbot.Finding { return checkTelnyx(ctx, c).findings }},
	}
}

// signingSecretQuestion is asked where Slack calls an address.
func signingSecretQuestion() question {
	return question{env: "SLACK_SIGNING_SECRET", flag: "signing-secret", ask: "Signing secret", secret: true,
		where: "On the app's page: Basic Information, App Credentials, Signing Secret, Show.",
		check: func(_ context.Context, c Config) []slackbot.Finding {
			return []slackbot.Finding{secretFinding(c.SlackSigningSecret)}
		}}
}

// appTokenQuestion is asked for Socket Mode.
func appTokenQuestion() question {
	return question{env: "SLACK_APP_TOKEN", flag: "app-token", ask: "App-level token (xapp-…)", secret: true,
		where: "On the app's page: Basic Information, App-Level Tokens, Generate Token and Scopes, with the scope connections:write.",
		check: appTokenFindings}
}

// setup asks for what the bot needs, tries each value at once, and writes the settings into a file.
func setup(ctx context.Context, args []string, out io.Writer) error {
	s := newSession(os.Stdin, out)
	given := map[string]*string{}
	var address, file string
	var socket, yes bool
	err := flags("setup", args, out, func(set *flag.FlagSet) {
		for _, q := range append(questions(false), appTokenQuestion()) {
			given[q.env] = set.String(q.flag, "", q.ask)
		}
		set.StringVar(&address, "url", "", "the bot's public https address, to which Slack sends its requests")
		set.BoolVar(&socket, "socket", false, "use Socket Mode: the bot opens the connection to Slack and needs no public address")
		set.StringVar(&file, "env", ".env", "the `file` that gets the settings")
		set.BoolVar(&yes, "yes", false, "change lines of a file that exists without asking")
	})
	if err != nil {
		return err
	}
	env, err := readEnvFile(file)
	if err != nil {
		return err
	}
	w := wizard{session: s, env: env, given: given, yes: yes}
	if err := w.run(ctx, socket, address); err != nil {
		return err
	}
	return w.write(ctx, file)
}

// wizard is one run of setup.
type wizard struct {
	*session
	env   envFile
	given map[string]*string // by flag
	yes   bool
}

func (w *wizard) run(ctx context.Context, socket bool, address string) error {
	w.sayf("This sets the bot up in a few steps. Each value is tried at once. Nothing is written before the end; Ctrl-C stops at any point.\n")
	if !socket && address == "" {
		answer, err := w.ask(ctx, "How does Slack reach the bot? Press Enter for Socket Mode (no public address needed), or type the bot's public https address", false)
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("bot setup: %w: give --socket, or --url with the bot's public address", errUsage)
		}
		if err != nil {
			return err
		}
		socket, address = answer == "", answer
	}
	manifest, err := manifestFor(socket, address)
	if err != nil {
		return fmt.Errorf("bot setup: %w", err)
	}
	link, err := manifestLink(manifest)
	if err != nil {
		return err
	}
	w.sayf("\n1. Create the Slack app: open this link, pick your workspace, press Create, then Install to Workspace.\n\n%s\n\n2. Copy these values from Slack and Telnyx.\n", link)
	for _, q := range questions(socket) {
		if err := w.settle(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// settle asks for one value until its check finds nothing to be fixed.
func (w *wizard) settle(ctx context.Context, q question) error {
	value, byFlag := *w.given[q.env], *w.given[q.env] != ""
	kept := w.env.value(q.env)
	if !byFlag {
		w.sayf("\n%s\n", q.where)
	}
	for {
		if !byFlag {
			answer, err := w.answer(ctx, q, kept)
			if err != nil {
				return err
			}
			value = answer
		}
		if value == "" && q.optional {
			w.env.set(q.env, "")
			return nil
		}
		well, err := w.try(ctx, q, strings.TrimSpace(value))
		switch {
		case err != nil:
			return err
		case well:
			w.env.set(q.env, strings.TrimSpace(value))
			return nil
		case byFlag || w.ended:
			return fmt.Errorf("--%s: %w. Nothing was written", q.flag, errUnwell)
		}
		kept = value
	}
}

// answer asks once for a value. An empty answer keeps the present value.
func (w *wizard) answer(ctx context.Context, q question, kept string) (string, error) {
	answer, err := w.ask(ctx, q.ask+keeps(q, kept), q.secret)
	if errors.Is(err, io.EOF) && (kept != "" || q.optional) {
		return kept, nil
	}
	if errors.Is(err, io.EOF) {
		return "", fmt.Errorf("bot setup: %w: --%s is missing, and there is no terminal to ask on. Nothing was written", errUsage, q.flag)
	}
	if err == nil && answer == "" {
		return kept, nil
	}
	return answer, err
}

// try says what is wrong with a value, if anything is.
func (w *wizard) try(ctx context.Context, q question, value string) (well bool, err error) {
	tried := w.env.clone()
	tried.set(q.env, value)
	cfg := tried.config()
	if fault := cfg.fault(q.env); value == "" || fault != "" {
		if fault == "" {
			fault = q.env + " is needed"
		}
		w.sayf("FIX   %s\n", fault)
		return false, nil
	}
	if q.check == nil {
		return true, nil
	}
	ctx, cancel := context.WithTimeout(ctx, setupCheck)
	defer cancel()
	well, err = printFindings(w.out, q.check(ctx, cfg))
	if ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		return false, errInterrupted
	}
	return well, err
}

// keeps says how to keep a value that there is already.
func keeps(q question, value string) string {
	switch {
	case value == "":
		return ""
	case q.secret:
		return fmt.Sprintf(" [Enter keeps the present value, which ends with %s]", value[max(0, len(value)-4):])
	}
	return fmt.Sprintf(" [Enter keeps %s]", value)
}

// write stores the settings and says what to do next.
func (w *wizard) write(ctx context.Context, file string) error {
	if changed := w.env.replaces(); len(changed) > 0 && !w.yes {
		answer, err := w.ask(ctx, fmt.Sprintf("\n%s exists. Change %s in it, and keep its other lines? Type yes", file, strings.Join(changed, ", ")), false)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if !strings.EqualFold(answer, "yes") && !strings.EqualFold(answer, "y") {
			return fmt.Errorf("%w. %s is as it was; --yes changes it without asking", errInterrupted, file)
		}
	}
	if err := w.env.write(file); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	w.sayf(`
%s is written; only you can read it. Now:

   bot serve --env %[1]s     starts the bot (with Docker: docker compose up --build --detach)
   bot doctor --env %[1]s    checks everything once more

Then type this in Slack, with a number that has texted or called your assistant:

   /takeover +1 415 555 0137
`, file)
	return nil
}
