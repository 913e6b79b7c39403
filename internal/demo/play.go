package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// sceneWait bounds how long the play waits for one thing to be seen. Slack's one post a
// second and the bot's pauses between attempts fit in.
const sceneWait = 12 * time.Second

// The end users of the other two lines.
const (
	spanishEndUser = "+13055550144"
	germanEndUser  = "+16465550171"
)

// Play plays the main journey without a screen and writes to out what each side sees.
// Where only names a scene, it plays that one and those that it needs before it.
// Each scene is checked: the first thing that is not as promised ends the play with an
// error that says what was expected and what was seen instead. It needs the seeds of
// telnyxsim, and a bot with an empty store.
func Play(ctx context.Context, o Options, only string, out io.Writer) error {
	wanted := scenes()
	if only != "" {
		var err error
		if wanted, err = scenesFor(only); err != nil {
			return err
		}
	}
	p, err := newPlayer(New(o), out)
	if err != nil {
		return err
	}
	began := time.Now()
	p.printf("The real bot plays between a simulated Slack and a simulated Telnyx. Times are those of Los Angeles.\n")
	for i, s := range wanted {
		p.printf("\n%d. %s (%s)\n", i+1, s.title, s.name)
		if s.play(p, ctx); p.err != nil {
			return fmt.Errorf("scene %d, %s, “%s”: %w", i+1, s.name, s.title, p.err)
		}
	}
	if len(wanted) == 1 {
		p.printf("\nThe scene went as promised, in %.1f seconds.\n", time.Since(began).Seconds())
		return nil
	}
	p.printf("\nAll %d scenes went as promised, in %.1f seconds.\n", len(wanted), time.Since(began).Seconds())
	return nil
}

// newPlayer makes a play of the demo's lines that writes to out.
func newPlayer(d *Demo, out io.Writer) (*player, error) {
	p := &player{Demo: d, out: out, zone: time.UTC}
	if zone, err := time.LoadLocation("America/Los_Angeles"); err == nil {
		p.zone = zone
	}
	for endUser, l := range map[string]*line{telnyxsim.SeedEndUser: &p.main, spanishEndUser: &p.spanish, germanEndUser: &p.german} {
		*l = p.line(endUser + " " + telnyxsim.SeedAgent)
		if l.EndUser != endUser {
			return nil, fmt.Errorf("the play needs the conversation of %s", endUser)
		}
	}
	return p, nil
}

// player is the play under way. After the first failure, which err keeps, every step of
// it does nothing: a scene reads from top to bottom without a branch.
type player struct {
	*Demo
	out  io.Writer
	zone *time.Location
	err  error

	// page says on the page what happens, and leaves the visitor time to read what is seen; nil where there is no page.
	page func(words string, seen bool) error

	main, spanish, german line
	winner, loser         string // of the two clicks on the main line
	killed                time.Time
}

// printf says what happens.
func (p *player) printf(format string, args ...any) {
	words := fmt.Sprintf(format, args...)
	p.write(words)
	p.onPage(words, false)
}

func (p *player) write(words string) {
	if p.err == nil {
		_, _ = io.WriteString(p.out, words)
	}
}

// onPage says words on the page, where there is one.
func (p *player) onPage(words string, seen bool) {
	if words = firstLine(strings.TrimSpace(words)); p.page != nil && words != "" {
		first, size := utf8.DecodeRuneInString(words)
		p.do(func() error { return p.page(string(unicode.ToUpper(first))+words[size:], seen) })
	}
}

// do runs a step that can fail.
func (p *player) do(step func() error) {
	if p.err == nil {
		p.err = step()
	}
}

// check fails the play unless ok.
func (p *player) check(ok bool, expected, seen string, args ...any) {
	if p.err == nil && !ok {
		p.err = fmt.Errorf("expected %s; seen: %s", expected, fmt.Sprintf(seen, args...))
	}
}

// await waits as long as a scene may take.
func (p *player) await(ctx context.Context, expected string, seen func() (ok bool, instead string)) {
	p.do(func() error { return p.Demo.await(ctx, sceneWait, expected, seen) })
}

// acknowledged checks that the bot took a request within Slack's limit.
func (p *player) acknowledged(send func() slacksim.Delivery) {
	if p.err != nil {
		return
	}
	d := send()
	p.check(d.OK(), "the "+d.Kind+" to be acknowledged", "HTTP %d %s", d.Status, d.Problem)
}
