// Command bench measures speed and size of the bot (`make bench`) and prints them in one
// table, beside floors of the same machine and beside the targets that the project set
// itself. The exit code is 0 where it could measure, 1 where not; a target that is not met does not change it.
//
// # Method
//
// The bot is the released binary, a separate process with its own SQLite file,
// between a simulated Slack and a simulated Telnyx that live in this process, all on
// loopback and on the same cores. The time of this process is therefore lost to the
// bot and to the floors alike: compare the columns of one run, not two runs.
//
// The floors are child processes with the bot's HTTP limits, router, signature check and
// log line. "Bare" only checks the signature and answers 200; "one commit" stores a row
// first, with full sync; "grouped" has requests that come together share a commit. At the
// steady pace there is a fourth: the least that any disk can do for a durable answer. All
// get the same bytes: a click as the simulated Slack makes it, each with an own trigger
// id. Requests are prepared and signed before the clock starts.
//
// What is acknowledged is a real click, Take over on a line that another operator holds: it
// is stored, decided, written into the audit, and answered in private ("Dana was 3 s
// faster"), for which the bot calls out once. The workers do all that meanwhile and on
// the same cores; the row "worked meanwhile" says how far they came.
//
// At 1, 8 and 64 clients the loop is closed: each sends its next click when its last was
// answered. The steady 200 a second are an open loop: the n-th click is due at n × 5 ms
// whatever became of those before, and its time counts from that moment.
//
// From click to proven silence: the bot's own time runs from the click's sending to the
// answer to the last call of the proof (read, write, read back, list), less the time that the
// calls spent in the simulator. Slack's limits are off there, and on where pace is the point.
//
// From a new conversation to proven silence there: an end user whose line is held writes, and
// the simulated Telnyx opens a new conversation for it, without the flag. The time runs to the
// answer to the read-back of its flag. Most of it is the wait for the next look.
//
// From a thread line to the provider's call: from the sending of the message's event to the
// arrival of the text at the simulator, less the five seconds that the bot waits on purpose.
//
// Percentiles are nearest-rank. Before each measurement the bot starts on a copy of a
// database that a bot has worked with.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// runTime bounds a whole run, the build apart.
const runTime = 20 * time.Minute

type options struct {
	quick, markdown bool
	only, binary    string
	dir             string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "floor" {
		exit(runFloor(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var o options
	flag.BoolVar(&o.quick, "quick", false, "a fifth of the counts")
	flag.BoolVar(&o.markdown, "md", false, "print the table as Markdown, for the README")
	flag.StringVar(&o.only, "only", "", "measure only this: "+strings.Join(names(), ", "))
	flag.StringVar(&o.binary, "bot", "", "measure this binary instead of building one")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "folder for databases; its disk is what commits are measured on")
	flag.Parse()
	err := run(ctx, o, os.Stdout, os.Stderr)
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func names() []string {
	var all []string
	for _, m := range measurements() {
		all = append(all, m.name)
	}
	return all
}

func run(ctx context.Context, o options, out, progress io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "takeover-bench-*")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	s := &setup{dir: dir, quick: o.quick}
	defer func() { err = errors.Join(err, s.close(0)) }()
	if err := attempt(func() { s.prepare(ctx, o.binary) }); err != nil {
		return fmt.Errorf("prepare: %w%s", err, s.tails())
	}
	rows, err := measureAll(ctx, s, o.only, progress)
	return errors.Join(err, report(out, o.markdown, rows, dir))
}

// report prints what was measured, which after a failure is not all.
func report(out io.Writer, markdown bool, rows []row, dir string) error {
	table := printTable
	if markdown {
		table = printMarkdown
	}
	if err := table(out, rows); err != nil {
		return err
	}
	on, err := machine(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n%s\n", on)
	return err
}

// measureAll measures everything, or the one named only.
func measureAll(ctx context.Context, s *setup, only string, progress io.Writer) ([]row, error) {
	var rows []row
	found := false
	for _, m := range measurements() {
		if only != "" && only != m.name {
			continue
		}
		found = true
		began, before := time.Now(), len(s.started)
		err := attempt(func() { rows = append(rows, m.measure(ctx, s)...) })
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return rows, fmt.Errorf("measure %s: %w%s", m.name, err, s.tails())
		}
		if err := s.close(before); err != nil {
			return rows, fmt.Errorf("clean up after %s: %w", m.name, err)
		}
		_, _ = fmt.Fprintf(progress, "%s: %.1f s\n", m.name, time.Since(began).Seconds())
	}
	if !found {
		return nil, fmt.Errorf("nothing is called %q; there is %s", only, strings.Join(names(), ", "))
	}
	return rows, nil
}
