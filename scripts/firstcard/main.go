// Command firstcard measures the way from git clone to the first card, as the README tells it and between
// the simulators: clone, make build, bot setup, bot serve, and the /takeover that setup says to type. It
// prints the seconds of each step. `make first-card` runs it from the repository's folder.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	botToken = "xoxb-first-card"
	appToken = "xapp-1-" + slacksim.AppID + "-first-card"
	apiKey   = "KEY-first-card"

	// patience bounds the wait for the connection, and for the card.
	patience = time.Minute
)

func main() {
	warm := flag.Bool("warm", false, "let the build use what this machine has compiled already")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx, *warm, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "first-card:", err)
		os.Exit(1)
	}
}

// walk is one way from the clone to the card.
type walk struct {
	dir    string // holds all that is made, and is removed
	out    io.Writer
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim
	env    []string // where the simulators are

	typed string        // the command that setup says to type
	sum   time.Duration // of the steps so far
}

func measure(ctx context.Context, warm bool, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "first-card-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w := &walk{dir: dir, out: out}
	defer w.close()
	if err := w.simulate(ctx); err != nil {
		return err
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		w.printf("Load when it began (1, 5, 15 minutes): %s\n", strings.Join(strings.Fields(string(load))[:3], ", "))
	}
	if err := w.step("git clone", func() (string, error) { return "", w.fetch(ctx) }); err != nil {
		return err
	}
	if err := w.step("make build", func() (string, error) { return w.build(ctx, warm) }); err != nil {
		return err
	}
	built := w.sum
	if err := w.step("bot setup", func() (string, error) { return "", w.setup(ctx) }); err != nil {
		return err
	}
	bot, err := w.serve(ctx)
	if err != nil {
		return err
	}
	err = w.step(w.typed, func() (string, error) { return w.card(ctx) })
	err = errors.Join(err, bot.Process.Signal(syscall.SIGTERM), bot.Wait())
	w.printf("%7.2f s  in all; %.2f s of it after the build\n", w.sum.Seconds(), (w.sum - built).Seconds())
	return err
}

func (w *walk) printf(format string, args ...any) { _, _ = fmt.Fprintf(w.out, format, args...) }

func (w *walk) clone() string { return filepath.Join(w.dir, "takeover") }

// simulate starts Slack and Telnyx.
func (w *walk) simulate(ctx context.Context) error {
	w.slack = slacksim.New(slacksim.Options{BotToken: botToken, AppToken: appToken, EchoBotMessages: true}) //nolint:contextcheck // the workspace ends with Close
	w.slack.SetSocketMode(true)
	w.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: apiKey})
	w.telnyx.Load(telnyxsim.Seeds(time.Now()))
	lasting := context.WithoutCancel(ctx)
	if _, err := w.slack.Start(lasting, "127.0.0.1:0"); err != nil {
		return err
	}
	url, err := w.telnyx.Start(lasting, "127.0.0.1:0")
	w.env = []string{"SLACK_API_URL=" + w.slack.APIURL(), "TELNYX_BASE_URL=" + url}
	return err
}

func (w *walk) close() {
	if w.slack != nil {
		w.slack.Close()
	}
	if w.telnyx != nil {
		_ = w.telnyx.Close()
	}
}

// step does one step and prints how long it took, and what it says of itself.
func (w *walk) step(name string, do func() (note string, err error)) error {
	began := time.Now()
	note, err := do()
	took := time.Since(began)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w.sum += took
	w.printf("%7.2f s  %s%s\n", took.Seconds(), name, note)
	return nil
}

// fetch clones the repository in whose folder this runs.
func (w *walk) fetch(ctx context.Context) error {
	if said, err := exec.CommandContext(ctx, "git", "clone", "--quiet", ".", w.clone()).CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}

// build builds the bot in the clone. Unless it is warm nothing is compiled beforehand; modules are there.
func (w *walk) build(ctx context.Context, warm bool) (note string, err error) {
	cmd := exec.CommandContext(ctx, "make", "build")
	cmd.Dir = w.clone()
	note = " (with what was compiled before"
	if !warm {
		cmd.Env = append(cmd.Environ(), "GOCACHE="+filepath.Join(w.dir, "compiled"))
		note = " (nothing was compiled before, the modules are there"
	}
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, said)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return fmt.Sprintf("%s; %.1f s of processor time)", note, used.Seconds()), nil
}

func (w *walk) bot() string { return filepath.Join(w.clone(), "bin", "bot") }

var toType = regexp.MustCompile(`(?m)^ +(/takeover .+)$`)

// setup answers all questions by flags, and learns what is to be typed.
func (w *walk) setup(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, w.bot(), "setup", "--socket", "--slack-token", botToken, "--app-token", appToken, "--channel", slacksim.DeskChannel, "--telnyx-key", apiKey)
	cmd.Dir, cmd.Env = w.clone(), w.env
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	found := toType.FindSubmatch(said)
	if found == nil {
		return fmt.Errorf("it names no /takeover to type:\n%s", said)
	}
	w.typed = string(found[1])
	return nil
}

// serve starts the bot with the file that setup wrote, and returns it once it is connected to Slack.
func (w *walk) serve(ctx context.Context) (*exec.Cmd, error) {
	var log bytes.Buffer
	bot := exec.CommandContext(ctx, w.bot(), "serve", "--env", ".env")
	bot.Dir, bot.Env, bot.Stdout, bot.Stderr = w.clone(), append(w.env, "LISTEN_ADDR="+net.JoinHostPort("127.0.0.1", "0")), &log, &log
	err := w.step("bot serve, until Slack is connected", func() (string, error) {
		if err := bot.Start(); err != nil {
			return "", err
		}
		return "", w.await(ctx, func() bool { return w.slack.Sockets() > 0 })
	})
	if err != nil && bot.Process != nil {
		err = errors.Join(err, bot.Process.Kill())
		_ = bot.Wait()
		err = fmt.Errorf("%w\n%s", err, &log)
	}
	return bot, err
}

// card types the command and waits for the card.
func (w *walk) card(ctx context.Context) (note string, err error) {
	word, rest, _ := strings.Cut(w.typed, " ")
	if d := w.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, word, rest); !d.OK() {
		return "", fmt.Errorf("the command was not acknowledged: %w", d.Err)
	}
	if err := w.await(ctx, func() bool { return len(w.slack.Messages(slacksim.DeskChannel)) > 0 }); err != nil {
		return "", err
	}
	return ", until the card stands", nil
}

// await returns once ok says so; it looks whenever something has changed in Slack.
func (w *walk) await(ctx context.Context, ok func() bool) error {
	changes, cancel := w.slack.Changes()
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for !ok() {
		select {
		case <-changes:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
