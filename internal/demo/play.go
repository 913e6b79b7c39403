package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// sceneWait bounds how long the play waits for one thing to be seen. Slack's one post a
// second and the bot's pauses between attempts fit in.
const sceneWait = 12 * time.Second

// Play plays the main journey without a screen and writes to out what each side sees.
// Each scene is checked: the first thing that is not as promised ends the play with an
// error that says what was expected and what was seen instead. It needs the seeds of
// telnyxsim, and a bot that nobody has used yet.
func Play(ctx context.Context, o Options, out io.Writer) error {
	d := New(o)
	p := &player{Demo: d, out: out, main: d.line(""), zone: time.UTC}
	if zone, err := time.LoadLocation("America/Los_Angeles"); err == nil {
		p.zone = zone
	}
	if p.main.EndUser != telnyxsim.SeedEndUser {
		return fmt.Errorf("the play needs the conversation of %s", telnyxsim.SeedEndUser)
	}
	began := time.Now()
	p.printf("The real bot plays between a simulated Slack and a simulated Telnyx. Times are those of Los Angeles.\n")
	for i, s := range p.scenes() {
		p.printf("\n%d. %s\n", i+1, s.title)
		if err := s.play(ctx); err != nil {
			return fmt.Errorf("scene %d, “%s”: %w", i+1, s.title, err)
		}
	}
	p.printf("\nAll %d scenes went as promised, in %.1f seconds.\n", len(p.scenes()), time.Since(began).Seconds())
	return nil
}

// player is the play under way.
type player struct {
	*Demo
	out    io.Writer
	zone   *time.Location
	main   line
	winner string // who has the main line
	loser  string
	killed time.Time
}

type scene struct {
	title string
	play  func(context.Context) error
}

func (p *player) scenes() []scene {
	return []scene{
		{"The end user texts, and the AI answers.", p.sceneAnswer},
		{"Dana searches the number; one hit opens at once.", p.sceneFind},
		{"Dana and Omar press Take over in the same moment: one wins, the other is told.", p.sceneTake},
		{"The end user texts again, and the AI stays quiet.", p.sceneQuiet},
		{"Omar takes another line over, and the bot is killed right after the click.", p.sceneKilled},
		{"The end user's next text begins a new conversation: it is silenced too.", p.sceneFresh},
		{"An answer of the AI was in the air and goes out: the card says so.", p.sceneSpoke},
		{"Somebody switches the AI on outside Slack: the card follows.", p.sceneOutside},
		{"Telnyx refuses the flag: the card must not say silent, until it is mended.", p.sceneRefused},
		{"Dana hands the line off to Omar, who accepts in a direct message.", p.sceneHandoff},
		{"Dana hands back although the end user waits: she is warned, and the AI knows what was agreed.", p.sceneHandBack},
		{"Omar forgets his line: he is asked, asked again, the leads are told, and the AI gets it back.", p.sceneForgotten},
		{"Dana asks for the whole transcript and gets a file.", p.sceneTranscript},
		{"Dana asks for the log: who did what, and when.", p.sceneLog},
		{"Slack has nothing to object to.", p.sceneObjections},
	}
}

func (p *player) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format, args...) }

// sees prints what somebody sees, indented under its first words.
func (p *player) sees(who, what string) {
	p.printf("   %s:\n", who)
	for _, l := range strings.Split(strings.TrimSpace(what), "\n") {
		p.printf("     %s\n", l)
	}
}

// await waits as long as a scene may take.
func (p *player) await(ctx context.Context, expected string, seen func() (ok bool, instead string)) error {
	return p.Demo.await(ctx, sceneWait, expected, seen)
}

// awaitCard waits until the card of a line shows a state with these words, and returns it.
func (p *player) awaitCard(ctx context.Context, l line, words string) (card slacksim.Message, err error) {
	err = p.await(ctx, fmt.Sprintf("a card that says “%s”", words), func() (bool, string) {
		var found bool
		if card, found = p.card(l); !found {
			return false, "no card"
		}
		state := p.slack.PlainText(card, p.zone)
		return strings.Contains(p.cardState(card), words), "“" + firstLine(state) + "”"
	})
	return card, err
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

// awaitPrivate waits for a private message to somebody that has these words and is none
// of the first after ones.
func (p *player) awaitPrivate(ctx context.Context, user, words string, after int) (text string, err error) {
	err = p.await(ctx, fmt.Sprintf("a private answer to %s with “%s”", user, words), func() (bool, string) {
		all := p.slack.Private(user)
		for _, m := range all[min(after, len(all)):] {
			if text = p.slack.PlainPrivate(m, p.zone); strings.Contains(text, words) {
				return true, ""
			}
		}
		return false, fmt.Sprintf("%d private answers, the last “%s”", len(all), text)
	})
	return text, err
}

// flag is what Telnyx itself has on record of the newest conversation of a line.
func (p *player) flag(l line) telnyxsim.Metadata {
	bubbles := p.telnyx.Phone(l.EndUser, l.Agent)
	if len(bubbles) == 0 {
		return nil
	}
	c, _ := p.telnyx.Conversation(bubbles[len(bubbles)-1].ConversationID)
	return c.Metadata
}

// silenced says whether Telnyx has the flag as the boolean that it takes.
func (p *player) silenced(l line) bool { return string(p.flag(l)[telnyxsim.KeyAIDisabled]) == "true" }

// press clicks a button of a line's card and checks the acknowledgement.
func (p *player) press(ctx context.Context, user string, l line, action string) error {
	card, ok := p.card(l)
	if !ok {
		return fmt.Errorf("expected a card for %s; seen: none", l.number)
	}
	return acknowledged(p.slack.Click(ctx, user, card.Ref(), action))
}

// acknowledged checks that the bot took a request within Slack's limit.
func acknowledged(d slacksim.Delivery) error {
	if d.OK() {
		return nil
	}
	return fmt.Errorf("expected the %s to be acknowledged; seen: HTTP %d %s", d.Kind, d.Status, d.Problem)
}

// ask types a command of the bot into the desk's channel.
func (p *player) ask(ctx context.Context, user, words string) error {
	return acknowledged(p.slack.SlashCommand(ctx, user, slacksim.DeskChannel, command, words))
}

// other finds the phone of another end user.
func (p *player) other(endUser string) (line, error) {
	for _, l := range p.allLines() {
		if l.EndUser == endUser {
			return l, nil
		}
	}
	return line{}, fmt.Errorf("the play needs the conversation of %s", endUser)
}
