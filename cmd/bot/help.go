package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"takeoverbot"
)

// Set by the build; without a version the module's own build information is shown.
var (
	version string
	commit  string // short
	date    string // of the commit, as 2026-11-27
)

func help(out io.Writer) {
	_, _ = fmt.Fprint(out, "The takeover bot lets a person take a conversation over from an AI assistant, in Slack.\n\nCommands:\n")
	for _, c := range subcommands() {
		_, _ = fmt.Fprintf(out, "  %s\n      %s\n", c.usage, c.what)
	}
	_, _ = fmt.Fprint(out, "\nEnvironment of serve, doctor, migrate and retry:\n")
	tw := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for field := range fields() {
		_, _ = fmt.Fprintf(tw, "  %s\t%s\t%s\n", field.Tag.Get("envconfig"), fallback(field), field.Tag.Get("desc"))
	}
	_ = tw.Flush()
}

func fallback(field reflect.StructField) string {
	switch need := field.Tag.Get("need"); {
	case need == "yes":
		return "required"
	case need != "":
		return "required, " + need
	case field.Tag.Get("default") == "":
		return "–"
	default:
		return field.Tag.Get("default")
	}
}

func printVersion(_ context.Context, args []string, out io.Writer) error {
	if err := flags("version", args, out, nil); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, versionText())
	return err
}

func versionText() string {
	if version != "" && commit != "" {
		return fmt.Sprintf("%s (commit %s of %s)", version, commit, date)
	}
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

func printManifest(_ context.Context, args []string, out io.Writer) error {
	var address string
	var overSocket, link bool
	err := flags("manifest", args, out, func(set *flag.FlagSet) {
		set.StringVar(&address, "url", "", "the bot's public address, https://…")
		set.BoolVar(&overSocket, "socket", false, "for Socket Mode (SLACK_APP_TOKEN), which needs no address")
		set.BoolVar(&link, "link", false, "print the link to Slack's page that creates the app with all of it filled in")
	})
	if err != nil {
		return err
	}
	text, err := manifestFor(overSocket, address)
	if err != nil {
		return fmt.Errorf("bot manifest: %w", err)
	}
	if link {
		if text, err = manifestLink(text); err != nil {
			return err
		}
		text += "\n"
	}
	_, err = fmt.Fprint(out, text)
	return err
}

// manifestLink is Slack's page that creates an app with the manifest filled in.
func manifestLink(manifest string) (string, error) {
	var fields any
	if err := yaml.Unmarshal([]byte(manifest), &fields); err != nil {
		return "", fmt.Errorf("read the manifest: %w", err)
	}
	asJSON, err := json.Marshal(fields)
	if err != nil {
		return "", fmt.Errorf("write the manifest as JSON: %w", err)
	}
	return "https://api.slack.com/apps?new_app=1&manifest_json=" + url.QueryEscape(string(asJSON)), nil
}

// manifestFor is the manifest for Socket Mode, or for the bot's public address.
func manifestFor(overSocket bool, address string) (string, error) {
	switch {
	case overSocket && address != "":
		return "", fmt.Errorf("%w: give --url or --socket, not both: over Socket Mode Slack calls no address", errUsage)
	case overSocket:
		return takeoverbot.SocketManifest(), nil
	case !publicAddress.MatchString(address):
		return "", fmt.Errorf("%w: the address must be the bot's public https address and nothing behind it (no path, ?, # or spaces), for example --url https://takeover.example.com; Socket Mode needs none: give --socket", errUsage)
	}
	return takeoverbot.Manifest(strings.TrimRight(address, "/")), nil
}
