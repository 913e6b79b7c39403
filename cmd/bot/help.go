package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"takeoverbot"
)

// version is set by the build; without it the module's own build information is shown.
var version string

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
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// publicAddress is an address to which Slack's paths can be added, and that means nothing
// in YAML: a host, perhaps with a port, and perhaps a path.
var publicAddress = regexp.MustCompile(`^https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$`)

func printManifest(_ context.Context, args []string, out io.Writer) error {
	var address string
	var overSocket bool
	err := flags("manifest", args, out, func(set *flag.FlagSet) {
		set.StringVar(&address, "url", "", "the bot's public address, https://…")
		set.BoolVar(&overSocket, "socket", false, "for Socket Mode (SLACK_APP_TOKEN), which needs no address")
	})
	if err != nil {
		return err
	}
	if overSocket {
		if address != "" {
			return fmt.Errorf("bot manifest: %w: give --url or --socket, not both: over Socket Mode Slack calls no address", errUsage)
		}
		_, err = fmt.Fprint(out, takeoverbot.SocketManifest())
		return err
	}
	if !publicAddress.MatchString(address) {
		return fmt.Errorf("bot manifest: %w: --url must be the bot's public https address and nothing behind it (no ?, # or spaces), for example --url https://takeover.example.com; for Socket Mode, which needs none, give --socket", errUsage)
	}
	_, err = fmt.Fprint(out, takeoverbot.Manifest(strings.TrimRight(address, "/")))
	return err
}
