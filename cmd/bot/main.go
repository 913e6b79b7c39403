// Command bot is the takeover bot: `bot help` lists what it can do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	_ "time/tzdata" // for time zones where the system has no list of them
)

// Exit codes, promised to scripts.
const (
	exitDone   = 0
	exitFailed = 1 // failed while running; for doctor: something is to be fixed
	exitUsage  = 2 // wrong usage or configuration
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// subcommand is one row of the table that main dispatches on and help prints.
type subcommand struct {
	name, usage, what string
	run               func(ctx context.Context, args []string, out io.Writer) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"setup", "bot setup [--socket] [--url https://…] [--env FILE] [--yes] [--slack-token …] [--app-token …] [--signing-secret …] [--channel …] [--responders …] [--telnyx-key …]", "ask for what the bot needs, try each value at once, and write the settings into .env", setup},
		{"serve", "bot serve [--env FILE]", "run the bot (also without a word); settings come from the environment and the file", serve},
		{"demo", "bot demo [--addr 127.0.0.1:8080] [--in-container] [--no-browser] [--play [--only SCENE]] [--conversations FILE]", "try it with simulated Slack and Telnyx on this machine", demo},
		{"doctor", "bot doctor [--env FILE]", "check every setting; each line is ok or says its fix", doctor},
		{"manifest", "bot manifest --url https://… | --socket [--link]", "print the Slack app manifest for your address or for Socket Mode, or the link that creates the app", printManifest},
		{"migrate", "bot migrate [--env FILE]", "bring the database up to date and exit", migrate},
		{"retry", "bot retry [--list] [--command N] [--env FILE]", "try commands again that failed for good (`bot doctor` counts them); with SQLite, stop the bot first", retry},
		{"completion", "bot completion bash|zsh|fish", "print the script by which your shell completes commands and flags", printCompletion},
		{"version", "bot version", "print the version", printVersion},
	}
}

func isHelp(arg string) bool { return slices.Contains([]string{"-h", "--h", "-help", "--help"}, arg) }

// command runs one sub-command and returns its exit code. Errors are printed here and
// nowhere else.
func command(ctx context.Context, args []string, out, errOut io.Writer) int {
	name := "serve"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "--help":
		help(out)
		return exitDone
	case "-v", "--version":
		name = "version"
	}
	for _, c := range subcommands() {
		if c.name != name {
			continue
		}
		if slices.ContainsFunc(args, isHelp) {
			_, _ = fmt.Fprintf(out, "Usage: %s\n%s\n", c.usage, c.what)
		}
		err := c.run(ctx, args, out)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return exitDone
		case errors.Is(err, errUsage):
			_, _ = fmt.Fprintln(errOut, err)
			return exitUsage
		default:
			_, _ = fmt.Fprintf(errOut, "bot %s: %v\n", name, err)
			return exitFailed
		}
	}
	_, _ = fmt.Fprintf(errOut, "bot: there is no %q. `bot help` lists what there is.\n", name)
	return exitUsage
}
