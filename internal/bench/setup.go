package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// What a card says.
const (
	saysAnswering = "AI is answering"
	saysSilent    = "AI is silent"
	saysAgain     = "AI is answering again"
)

// Databases that the set-up prepares, as a bot leaves them that was stopped.
const (
	dbFree = "free" // one line with its card, the AI answers
	dbHeld = "held" // the same line, held by Dana
)

// setup is what all measurements share: the binary, simulators without Slack's limits,
// two databases that a bot has worked with, and the clicks that people make there.
type setup struct {
	dir    string // for everything that is written
	self   string // this program, which is also the floors
	binary string
	addr   string // where the bot or a floor listens
	quick  bool
	sims   *simulators

	takeOver template // Dana presses Take over on the line
	tooLate  template // Omar presses it while Dana holds the line
	handBack template // Dana submits the hand-back box, with an empty note
	mint     *mint    // one for all: no click is ever made twice
	runs     int      // so many folders were used
	started  []resource
}

// resource is a process or a set of simulators that has to be ended. tail is the end of
// its log, if it has one.
type resource struct {
	end  func() error
	tail func() string
}

// close ends all but the first n of what was started, the newest first.
func (s *setup) close(n int) error {
	var errs []error
	for len(s.started) > n {
		last := len(s.started) - 1
		errs = append(errs, s.started[last].end())
		s.started = s.started[:last]
	}
	return errors.Join(errs...)
}

// tails is the end of every log of the processes, for an error.
func (s *setup) tails() string {
	var all strings.Builder
	for _, r := range s.started {
		if r.tail != nil {
			all.WriteString("\n" + r.tail())
		}
	}
	return all.String()
}

// scaled is how many of something are measured: a fifth in a quick run, at least least.
func (s *setup) scaled(n, least int) int {
	if s.quick {
		return max(n/5, least)
	}
	return n
}

// build builds the bot as it is released, or without one of the levels of internal/db.
func build(ctx context.Context, dir, without string) string {
	path := filepath.Join(dir, "bot"+without)
	flags := "-s -w -X main.version=bench -X takeoverbot/internal/db.without=" + without
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", path, "takeoverbot/cmd/bot")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	must(err, "build the bot: %s", out)
	return path
}

// folder makes a new one for a process.
func (s *setup) folder() string {
	s.runs++
	dir := filepath.Join(s.dir, fmt.Sprintf("run%d", s.runs))
	must(os.MkdirAll(dir, 0o700), "make a folder")
	return dir
}

// simulators starts a new set, for a measurement that leaves traces there.
func (s *setup) simulators(limits bool) *simulators {
	sims := newSimulators(limits)
	s.started = append(s.started, resource{end: sims.close})
	return sims
}

// bot starts the bot between simulators on a copy of a prepared database ("" for a new
// one), without waiting for it.
func (s *setup) bot(ctx context.Context, sims *simulators, database string) *process {
	dir := s.folder()
	path := filepath.Join(dir, "bot.db")
	if database != "" {
		copyDatabase(s.prepared(database), path)
	}
	if database == dbFree || database == dbHeld {
		// As it was then: the bot would notice, and give the line to the next one who clicks.
		must(sims.telnyx.FlipAI(telnyxsim.SeedID(1), database == dbHeld), "put the provider back")
	}
	sims.slack.SetBotURL("http://" + s.addr)
	return s.launch(ctx, dir, sims.env(s.addr, path), s.binary, "serve")
}

// readyBot is bot, and waits until it answers.
func (s *setup) readyBot(ctx context.Context, sims *simulators, database string) *process {
	p := s.bot(ctx, sims, database)
	p.ready(ctx)
	return p
}

// floor starts a floor, without waiting for it.
func (s *setup) floor(ctx context.Context, kind string) *process {
	dir := s.folder()
	return s.launch(ctx, dir, []string{}, s.self, "floor", kind, s.addr, slackSecret, dir)
}

// readyFloor is floor, and waits until it answers.
func (s *setup) readyFloor(ctx context.Context, kind string) *process {
	p := s.floor(ctx, kind)
	p.ready(ctx)
	return p
}

func (s *setup) launch(ctx context.Context, dir string, env []string, argv ...string) *process {
	p := launch(ctx, dir, s.addr, env, argv...)
	s.started = append(s.started, resource{end: func() error { p.kill(); return nil }, tail: p.tail})
	return p
}

func (s *setup) prepared(name string) string { return filepath.Join(s.dir, name+".db") }

// copyDatabase copies a SQLite file with what stands beside it.
func copyDatabase(from, to string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(from + suffix)
		if suffix != "" && errors.Is(err, os.ErrNotExist) {
			continue
		}
		must(err, "copy a database")
		must(os.WriteFile(to+suffix, raw, 0o600), "copy a database")
	}
}

// prepare plays one takeover with a real bot, records the clicks on the way, and keeps
// the database as it was while the line was held, and after it was handed back.
func (s *setup) prepare(ctx context.Context, binary string) {
	s.self = value(os.Executable())("find this program")
	s.addr = freeAddr()
	if binary == "" {
		s.binary = build(ctx, s.dir, "")
	} else {
		s.binary = value(filepath.Abs(binary))("find the bot")
	}
	s.sims = s.simulators(false)
	s.mint = newMint(s.addr, s.sims)
	p := s.readyBot(ctx, s.sims, "")
	s.playTakeover(ctx)
	s.keep(p, dbHeld)
	p = s.readyBot(ctx, s.sims, dbHeld)
	c := dial(ctx, s.addr)
	must(c.acked(s.mint.request(s.handBack)), "hand back")
	must(c.Close(), "hang up")
	s.sims.card(ctx, saysAgain)
	s.keep(p, dbFree)
}

// playTakeover finds the line, opens it, takes it over, and records the clicks.
func (s *setup) playTakeover(ctx context.Context) {
	sims, bot := s.sims, "http://"+s.addr
	taken(sims.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, "/takeover", telnyxsim.SeedEndUser), "search")
	card := sims.card(ctx, saysAnswering)
	click := func(user, action string) func() slacksim.Delivery {
		return func() slacksim.Delivery { return sims.slack.Click(ctx, user, card.Ref(), action) }
	}
	s.takeOver = sims.record(bot, click(slacksim.Dana, "line.take"))
	s.tooLate = sims.record(bot, click(slacksim.Omar, "line.take"))
	taken(click(slacksim.Dana, "line.take")(), "take over")
	card = sims.card(ctx, saysSilent)
	taken(click(slacksim.Dana, "line.handback")(), "open the box")
	box := sims.slack.View(slacksim.Dana)
	if box == nil {
		must(errors.New("it did not open"), "open the hand-back box")
	}
	s.handBack = sims.record(bot, func() slacksim.Delivery { return sims.slack.Submit(ctx, slacksim.Dana, box.ID, nil) })
	s.handBack.unique = box.ID // the bot tells submissions apart by their box
}

// taken ends the measurement unless the bot acknowledged what people did.
func taken(d slacksim.Delivery, doing string) {
	if !d.OK() {
		must(fmt.Errorf("HTTP %d: %w", d.Status, d.Err), "%s", doing)
	}
}

// keep stops the bot and keeps its database under a name.
func (s *setup) keep(p *process, name string) {
	p.stop()
	copyDatabase(filepath.Join(filepath.Dir(p.log), "bot.db"), s.prepared(name))
}

func escapedURL(address string) string {
	return strings.ReplaceAll(url.QueryEscape(address), "~", "%7E")
}
