package demo

import (
	"context"
	"fmt"
	"io"
	"time"

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
// Each scene is checked: the first thing that is not as promised ends the play with an
// error that says what was expected and what was seen instead. It needs the seeds of
// telnyxsim, and a bot with an empty store.
func Play(ctx context.Context, o Options, out io.Writer) error {
	p := &player{Demo: New(o), out: out, zone: time.UTC}
	if zone, err := time.LoadLocation("America/Los_Angeles"); err == nil {
		p.zone = zone
	}
	for endUser, l := range map[string]*line{telnyxsim.SeedEndUser: &p.main, spanishEndUser: &p.spanish, germanEndUser: &p.german} {
		*l = p.line(endUser + " " + telnyxsim.SeedAgent)
		if l.EndUser != endUser {
			return fmt.Errorf("the play needs the conversation of %s", endUser)
		}
	}
	began := time.Now()
	p.printf("The real bot plays between a simulated Slack and a simulated Telnyx. Times are those of Los Angeles.\n")
	all := scenes()
	for i, s := range all {
		p.printf("\n%d. %s\n", i+1, s.title)
		if s.play(p, ctx); p.err != nil {
			return fmt.Errorf("scene %d, “%s”: %w", i+1, s.title, p.err)
		}
	}
	p.printf("\nAll %d scenes went as promised, in %.1f seconds.\n", len(all), time.Since(began).Seconds())
	return nil
}

// player is the play under way. After the first failure, which err keeps, every step of
// it does nothing: a scene reads from top to bottom without a branch.
type player struct {
	*Demo
	out  io.Writer
	zone *time.Location
	err  error

	main, spanish, german line
	winner, loser         string // of the two clicks on the main line
	killed                time.Time
}

type scene struct {
	title string
	play  func(*player, context.Context)
}

func scenes() []scene {
	return []scene{
		{"The end user texts, and the AI answers.", (*player).answer},
		{"Dana searches the number; one hit opens at once.", (*player).find},
		{"Dana and Omar press Take over in the same moment: one wins, the other is told.", (*player).take},
		{"The end user texts again, and the AI stays quiet.", (*player).quiet},
		{"The holder writes in the thread, and the end user reads it and answers.", (*player).talk},
		{"Omar takes another line over, and the bot is killed right after the click.", (*player).kill},
		{"The end user's next text begins a new conversation: it is silenced too.", (*player).fresh},
		{"An answer of the AI was in the air and goes out: the card says so.", (*player).spoke},
		{"The AI is switched on outside Slack: the card follows.", (*player).outside},
		{"Telnyx refuses the flag: the card must not say silent, until it is mended.", (*player).refused},
		{"Dana hands the line off to Omar, who accepts in a direct message.", (*player).handoff},
		{"Dana hands back although the end user waits: she is warned, and the AI knows what was agreed.", (*player).giveBack},
		{"Omar forgets his line: he is asked, asked again, the leads are told, and the AI gets it back.", (*player).forgotten},
		{"Dana asks for the whole transcript and gets a file.", (*player).transcript},
		{"Dana asks for the log: who did what, and when.", (*player).history},
		{"Slack has nothing to object to.", (*player).objections},
	}
}

// printf writes to the play's output.
func (p *player) printf(format string, args ...any) {
	if p.err == nil {
		_, _ = fmt.Fprintf(p.out, format, args...)
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
