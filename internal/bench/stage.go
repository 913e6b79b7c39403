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

// Databases that the stage prepares, as a bot leaves them that was stopped.
const (
	dbFree = "free" // one line with its card, the AI answers
	dbHeld = "held" // the same line, held by Dana
)

// stage is what all measurements share: the binary, a world without Slack's limits, two
// databases that a bot has worked with, and the clicks that people make there.
type stage struct {
	dir    string // for everything that is written
	self   string // this program, which is also the floors
	binary string
	addr   string // where the bot or a floor listens
	quick  bool
	world  *world

	takeOver template // Dana presses Take over on the line
	tooLate  template // Omar presses it while Dana holds the line
	handBack template // Dana submits the hand-back box, with an empty note
	mint     *mint    // one for all: no click is ever made twice
	runs     int      // so many folders were used
}

// scaled is how many of something are measured: a fifth in a quick run, at least least.
func (s *stage) scaled(n, least int) int {
	if s.quick {
		return max(n/5, least)
	}
	return n
}

// build builds the bot as it is released.
func build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "bot")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=bench", "-o", path, "takeoverbot/cmd/bot")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the bot: %w\n%s", err, out)
	}
	return path, nil
}

// bot starts the bot in a world on a copy of a prepared database ("" for a new one),
// without waiting for it.
func (s *stage) bot(ctx context.Context, w *world, database string) (*process, error) {
	s.runs++
	path := filepath.Join(s.dir, fmt.Sprintf("run%d", s.runs), "bot.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	if database != "" {
		if err := copyDatabase(s.prepared(database), path); err != nil {
			return nil, err
		}
	}
	if database == dbFree || database == dbHeld {
		// As it was then: the bot would notice, and give the line to whoever clicks.
		if err := w.telnyx.FlipAI(telnyxsim.SeedID(1), database == dbHeld); err != nil {
			return nil, fmt.Errorf("put the provider back: %w", err)
		}
	}
	w.slack.SetBotURL("http://" + s.addr)
	return launch(ctx, filepath.Dir(path), s.addr, []string{s.binary, "serve"}, w.env(s.addr, path))
}

// ready is bot, and waits until it answers.
func (s *stage) ready(ctx context.Context, w *world, database string) (*process, error) {
	p, err := s.bot(ctx, w, database)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

// floor starts a floor and waits until it answers.
func (s *stage) floor(ctx context.Context, kind string) (*process, error) {
	s.runs++
	dir := filepath.Join(s.dir, fmt.Sprintf("run%d", s.runs))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	p, err := launch(ctx, dir, s.addr, []string{s.self, "floor", kind, s.addr, worldSecret, dir}, []string{})
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

func (s *stage) prepared(name string) string { return filepath.Join(s.dir, name+".db") }

// copyDatabase copies a SQLite file with what stands beside it.
func copyDatabase(from, to string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(from + suffix)
		if suffix != "" && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("copy a database: %w", err)
		}
		if err := os.WriteFile(to+suffix, raw, 0o600); err != nil {
			return fmt.Errorf("copy a database: %w", err)
		}
	}
	return nil
}

// prepare plays one takeover with a real bot, records the clicks on the way, and keeps
// the database as it was while the line was held, and after it was handed back.
func (s *stage) prepare(ctx context.Context) error {
	p, err := s.ready(ctx, s.world, "")
	if err != nil {
		return err
	}
	defer p.kill()
	if err := s.playTakeover(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, p.tail())
	}
	if err := s.keep(p, dbHeld); err != nil {
		return err
	}
	p, err = s.ready(ctx, s.world, dbHeld)
	if err != nil {
		return err
	}
	defer p.kill()
	c, err := dial(ctx, s.addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.acked(s.mint.request(s.handBack)); err != nil {
		return fmt.Errorf("hand back: %w", err)
	}
	if _, err := s.world.card(ctx, saysAgain); err != nil {
		return err
	}
	return s.keep(p, dbFree)
}

// playTakeover finds the line, opens it, takes it over, and records the clicks.
func (s *stage) playTakeover(ctx context.Context) error {
	w, bot := s.world, "http://"+s.addr
	if d := w.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, "/takeover", telnyxsim.SeedEndUser); !d.OK() {
		return fmt.Errorf("search: %w (HTTP %d)", d.Err, d.Status)
	}
	card, err := w.card(ctx, saysAnswering)
	if err != nil {
		return err
	}
	click := func(user, action string) func() slacksim.Delivery {
		return func() slacksim.Delivery { return w.slack.Click(ctx, user, card.Ref(), action) }
	}
	if s.takeOver, err = w.record(bot, click(slacksim.Dana, "line.take")); err != nil {
		return err
	}
	if s.tooLate, err = w.record(bot, click(slacksim.Omar, "line.take")); err != nil {
		return err
	}
	if d := click(slacksim.Dana, "line.take")(); !d.OK() {
		return fmt.Errorf("take over: %w (HTTP %d)", d.Err, d.Status)
	}
	if card, err = w.card(ctx, saysSilent); err != nil {
		return err
	}
	if d := click(slacksim.Dana, "line.handback")(); !d.OK() {
		return fmt.Errorf("open the box: %w (HTTP %d)", d.Err, d.Status)
	}
	box := w.slack.View(slacksim.Dana)
	if box == nil {
		return errors.New("the hand-back box did not open")
	}
	s.handBack, err = w.record(bot, func() slacksim.Delivery { return w.slack.Submit(ctx, slacksim.Dana, box.ID, nil) })
	s.handBack.unique = box.ID // the bot tells submissions apart by their box
	return err
}

// keep stops the bot and keeps its database under a name.
func (s *stage) keep(p *process, name string) error {
	if err := p.stop(); err != nil {
		return err
	}
	return copyDatabase(filepath.Join(filepath.Dir(p.log), "bot.db"), s.prepared(name))
}

func escapedURL(address string) string {
	return strings.ReplaceAll(url.QueryEscape(address), "~", "%7E")
}
