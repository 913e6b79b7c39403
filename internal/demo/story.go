package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
)

// storyWait bounds how long the story of the page waits for one thing to be seen.
const storyWait = 20 * time.Second

// story is what a scene that plays on the page is at.
type story struct {
	mu    sync.Mutex
	words string
	line  string // key of the phone on whose line it plays
}

func (s *story) at() (words, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.words, s.line
}

// begin says whether a scene may play on a line: one at a time.
func (s *story) begin(line string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.words != "" {
		return false
	}
	s.words, s.line = "The scene begins.", line
	return true
}

// tell says where the scene is; the empty text ends it.
func (d *Demo) tell(words string) {
	d.story.mu.Lock()
	d.story.words = words
	d.story.mu.Unlock()
	d.hub.changed()
}

// doScene plays one scene on the page, with what it needs before it. It ends early when the page is closed.
func (d *Demo) doScene(r *http.Request, in input) error {
	wanted, err := scenesFor(in.Name)
	if err != nil {
		return err
	}
	last := wanted[len(wanted)-1]
	on := last.line()
	if last.alone != nil {
		on = d.tour.line.Key
	}
	if !d.story.begin(on) {
		return errors.New("a scene plays already")
	}
	defer d.tell("")
	if last.alone != nil {
		return last.alone(d, r.Context())
	}
	if err := d.playOnPage(r.Context(), wanted); err != nil {
		return fmt.Errorf("the scene did not go on: %w. A demo that is started anew has every line as the scene expects it", err)
	}
	return nil
}

// playOnPage plays scenes, and leaves the visitor time to read what is seen in the last one.
func (d *Demo) playOnPage(ctx context.Context, wanted []scene) error {
	p, err := newPlayer(d, io.Discard)
	if err != nil {
		return err
	}
	p.settle(ctx)
	for i, s := range wanted {
		last := i == len(wanted)-1
		p.page = func(words string, seen bool) error {
			if d.tell(words); !last || !seen {
				return nil
			}
			return d.readingTime(ctx)
		}
		p.onPage(s.title, true)
		s.play(p, ctx)
	}
	return p.err
}

// settle gives every line of the play back to the AI, as the play expects them, with nothing else broken.
func (p *player) settle(ctx context.Context) {
	p.do(p.nights.clear)
	p.do(func() error {
		starting, cancel := context.WithTimeout(ctx, startPatience)
		defer cancel()
		return p.bot.Start(starting)
	})
	for _, l := range []line{p.main, p.spanish, p.german} {
		p.do(func() error { return p.release(ctx, l) })
	}
}

// release has the holder of a line hand it back to the AI; it does nothing where nobody has it.
func (d *Demo) release(ctx context.Context, l line) error {
	card, _ := d.card(l)
	holder := d.holder(d.cardState(card))
	if holder == "" {
		return nil
	}
	d.tell("Before the scene, the line goes back to the AI.")
	if err := d.handBack(ctx, holder, l, ""); err != nil {
		return err
	}
	return d.awaitState(ctx, l, wordsAgain)
}

// holder is who has a line whose card shows the state; empty where nobody has.
func (d *Demo) holder(state string) string {
	for _, user := range []string{slacksim.Dana, slacksim.Omar, slacksim.Lena} {
		if strings.HasPrefix(state, "@"+d.nameOf(user)+" has it") {
			return user
		}
	}
	return ""
}

// forgottenByDana plays the forgotten takeover on the line of the tour.
func (d *Demo) forgottenByDana(ctx context.Context) error {
	if err := d.takenByDana(ctx); err != nil {
		return err
	}
	return d.forget(ctx, slacksim.Dana, d.tour.line, d.tell)
}

// wholeTalk plays a whole conversation of an operator with the end user of the tour's line.
func (d *Demo) wholeTalk(ctx context.Context) error {
	if err := d.takenByDana(ctx); err != nil {
		return err
	}
	d.tell("Dana writes in the thread. For five seconds she can still edit or delete it.")
	if err := d.writes(ctx, slacksim.Dana, advice, func() error { return nil }); err != nil {
		return err
	}
	d.tell("It is on the phone, and the reaction on Dana's message says so. The end user answers.")
	if err := d.readingTime(ctx); err != nil {
		return err
	}
	if err := d.answers(ctx, answer); err != nil {
		return err
	}
	d.tell("The answer is in the thread, and no AI answered. Dana hands back and says what was agreed.")
	if err := d.readingTime(ctx); err != nil {
		return err
	}
	if err := d.handBack(ctx, slacksim.Dana, d.tour.line, agreed); err != nil {
		return err
	}
	return d.awaitState(ctx, d.tour.line, wordsAgain)
}

// readingTime is for the visitor to read what the scene says.
func (d *Demo) readingTime(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("the page was closed: %w", ctx.Err())
	case <-time.After(2 * d.delay):
		return nil
	}
}

// writes has the holder of the tour's line write in the thread, and waits until it is on the phone and a
// reaction says that it was delivered. meanwhile is called between.
func (d *Demo) writes(ctx context.Context, holder, words string, meanwhile func() error) error {
	l := d.tour.line
	card, _ := d.card(l)
	before := len(d.telnyx.Reached(l.EndUser))
	said, delivery := d.slack.Say(ctx, holder, card.Channel, card.TS, words)
	if !delivery.OK() {
		return fmt.Errorf("the bot did not take the message: HTTP %d %s", delivery.Status, delivery.Problem)
	}
	if err := meanwhile(); err != nil {
		return err
	}
	err := d.await(ctx, storyWait, "the words on the phone", func() (bool, string) {
		texts := d.telnyx.Reached(l.EndUser)
		return len(texts) > before && texts[len(texts)-1].Text == words, fmt.Sprintf("%d texts", len(texts)-before)
	})
	if err != nil {
		return err
	}
	return d.await(ctx, storyWait, "a reaction that says delivered", func() (bool, string) {
		for _, m := range d.slack.Thread(card.Channel, card.TS) {
			if m.TS == said.TS && len(m.Reactions) == 1 {
				return m.Reactions[0].Name == markDelivered, m.Reactions[0].Name
			}
		}
		return false, "none"
	})
}

// answers has the end user of the tour's line text, and waits until it is in the thread.
func (d *Demo) answers(ctx context.Context, words string) error {
	l := d.tour.line
	d.telnyx.Text(ctx, l.EndUser, l.Agent, words)
	return d.await(ctx, storyWait, "the end user's text in the thread", func() (bool, string) {
		card, _ := d.card(l)
		return strings.Contains(d.threadText(card, nil), words), "a thread without it"
	})
}

// takenByDana makes sure that Dana has the line of the tour.
func (d *Demo) takenByDana(ctx context.Context) error {
	l := d.tour.line
	card, ok := d.card(l)
	if !ok {
		d.tell("Dana searches the number.")
		if err := d.found(ctx, l); err != nil {
			return err
		}
		card, _ = d.card(l)
	}
	switch holder := d.holder(d.cardState(card)); holder {
	case slacksim.Dana:
		return d.awaitState(ctx, l, wordsSilent)
	case "":
	default:
		if err := d.release(ctx, l); err != nil {
			return err
		}
	}
	d.tell("Dana takes over.")
	if err := d.pressOn(ctx, slacksim.Dana, l, actionTake); err != nil {
		return err
	}
	return d.awaitState(ctx, l, wordsSilent)
}

// found has Dana search a line's number, and waits for the card.
func (d *Demo) found(ctx context.Context, l line) error {
	if err := commandProblem(command, d.slack.SlashCommand(ctx, slacksim.Dana, slacksim.DeskChannel, command, l.number)); err != nil {
		return err
	}
	return d.awaitState(ctx, l, wordsAnswering, wordsNoAnswer)
}

// awaitState waits until the card of a line shows a state with some of these words.
func (d *Demo) awaitState(ctx context.Context, l line, words ...string) error {
	return d.await(ctx, storyWait, fmt.Sprintf("a card that says %s", either(words)), func() (bool, string) {
		card, _ := d.card(l)
		state := d.cardState(card)
		return containsAny(state, words), "“" + state + "”"
	})
}

// either is “a” or “b”.
func either(words []string) string { return "“" + strings.Join(words, "” or “") + "”" }

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// forget lets the time pass in which the holder of a line forgets it, while the end user
// waits. Each step is seen before the clock is turned on.
func (d *Demo) forget(ctx context.Context, holder string, l line, tell func(string)) error {
	const waiting = "Hello? Are you still there?"
	tell("The end user writes once more, and the holder has fallen asleep.")
	d.telnyx.Text(ctx, l.EndUser, l.Agent, waiting)
	if err := d.advance(lookPause); err != nil {
		return err
	}
	card, _ := d.card(l)
	err := d.await(ctx, storyWait, "the end user's text in the thread", func() (bool, string) {
		return strings.Contains(d.threadText(card, nil), waiting), "a thread without it"
	})
	if err != nil {
		return err
	}
	for _, p := range []struct {
		after time.Duration
		words string
		asks  bool // the holder, by a direct message
	}{
		{31 * time.Minute, "31 minutes pass, and nobody writes: the bot asks the holder, in the thread and by a direct message.", true},
		{5 * time.Minute, "5 minutes more: it asks again.", true},
		{5 * time.Minute, "5 minutes more: the end user waits, so the leads are told.", false},
		{5 * time.Minute, "5 minutes more: nobody came. By the desk's rule the AI gets the line back, and the thread says so.", false},
	} {
		tell(p.words)
		if err := d.passTime(ctx, p.after, holder, card, p.asks); err != nil {
			return err
		}
	}
	return d.awaitState(ctx, l, wordsAgain)
}

// passTime turns the clock and waits until the bot has said something about it.
func (d *Demo) passTime(ctx context.Context, by time.Duration, holder string, card slacksim.Message, asks bool) error {
	said, wrote := len(d.botReplies(card)), len(d.botWrote(holder))
	if err := d.advance(by); err != nil {
		return err
	}
	return d.await(ctx, storyWait, "a word of the bot in the thread, and to the holder where it asks", func() (bool, string) {
		inThread, direct := len(d.botReplies(card))-said, len(d.botWrote(holder))-wrote
		return inThread > 0 && (direct > 0 || !asks), fmt.Sprintf("%d in the thread, %d direct", inThread, direct)
	})
}

// threadText is the whole thread of a card in plain words.
func (d *Demo) threadText(card slacksim.Message, zone *time.Location) string {
	var all strings.Builder
	for _, m := range d.slack.Thread(card.Channel, card.TS) {
		all.WriteString(d.slack.PlainText(m, zone))
		all.WriteByte('\n')
	}
	return all.String()
}
