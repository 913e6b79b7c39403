package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// The end users of the side stories.
const (
	spanishEndUser = "+13055550144"
	germanEndUser  = "+16465550171"
)

// text writes from the phone and prints it.
func (p *player) text(ctx context.Context, words string) {
	p.telnyx.Text(ctx, p.main.EndUser, p.main.Agent, words)
	p.printf("   phone, end user: %s\n", words)
}

// awaitAI waits for the AI's answer to the last text and prints it.
func (p *player) awaitAI(ctx context.Context, words string) error {
	return p.await(ctx, fmt.Sprintf("an answer of the AI with “%s”", words), func() (bool, string) {
		all := p.telnyx.Phone(p.main.EndUser, p.main.Agent)
		last := all[len(all)-1]
		if last.Role != telnyxsim.RoleAssistant {
			return false, "no answer"
		}
		if !strings.Contains(last.Text, words) {
			return false, "“" + last.Text + "”"
		}
		p.printf("   phone, AI: %s\n", last.Text)
		return true, ""
	})
}

func (p *player) sceneAnswer(ctx context.Context) error {
	p.text(ctx, "It is running down the lamp now! Is anybody coming?")
	return p.awaitAI(ctx, "")
}

func (p *player) sceneFind(ctx context.Context) error {
	const typed = "+1 (415) 555-0137"
	p.printf("   Dana types: %s %s\n", command, typed)
	if err := p.ask(ctx, slacksim.Dana, typed); err != nil {
		return err
	}
	answer, err := p.awaitPrivate(ctx, slacksim.Dana, lastDigits(p.main.EndUser), 0)
	if err != nil {
		return err
	}
	p.sees("Dana alone sees", answer)
	card, err := p.awaitCard(ctx, p.main, wordsAnswering)
	if err != nil {
		return err
	}
	p.sees("everybody in #on-call sees", p.slack.PlainText(card, p.zone))
	return p.awaitThread(ctx, card)
}

// awaitThread waits until the thread has what stands on the phone, and prints its end.
func (p *player) awaitThread(ctx context.Context, card slacksim.Message) error {
	bubbles := p.telnyx.Phone(p.main.EndUser, p.main.Agent)
	newest := bubbles[len(bubbles)-1].Text
	return p.await(ctx, "the last message in the card's thread", func() (bool, string) {
		replies := p.slack.Thread(card.Channel, card.TS)
		all := ""
		for _, m := range replies {
			all += p.slack.PlainText(m, p.zone) + "\n"
		}
		if !strings.Contains(all, newest) {
			return false, fmt.Sprintf("%d replies without it", len(replies))
		}
		shown := strings.Split(strings.TrimSpace(all), "\n")
		p.sees("the thread has, at its end", strings.Join(shown[max(0, len(shown)-5):], "\n"))
		return true, ""
	})
}

func (p *player) sceneTake(ctx context.Context) error {
	card, ok := p.card(p.main)
	if !ok {
		return errors.New("expected the card; seen: none")
	}
	before := p.flag(p.main).Clone()
	privates := map[string]int{slacksim.Dana: len(p.slack.Private(slacksim.Dana)), slacksim.Omar: len(p.slack.Private(slacksim.Omar))}
	var dana, omar slacksim.Delivery
	together(
		func() { dana = p.slack.Click(ctx, slacksim.Dana, card.Ref(), actionTake) },
		func() { omar = p.slack.Click(ctx, slacksim.Omar, card.Ref(), actionTake) },
	)
	if err := errors.Join(acknowledged(dana), acknowledged(omar)); err != nil {
		return err
	}
	p.printf("   both clicks were acknowledged, after %d and %d ms\n", dana.Ack.Milliseconds(), omar.Ack.Milliseconds())
	card, err := p.awaitCard(ctx, p.main, wordsSilent)
	if err != nil {
		return err
	}
	p.sees("everybody sees", p.slack.PlainText(card, p.zone))
	p.winner, p.loser = slacksim.Dana, slacksim.Omar
	if strings.HasPrefix(p.cardState(card), "@Omar") {
		p.winner, p.loser = slacksim.Omar, slacksim.Dana
	}
	told, err := p.awaitPrivate(ctx, p.loser, wordsFaster, privates[p.loser])
	if err != nil {
		return err
	}
	p.sees("the other one alone sees", told)
	return p.checkRecord(before)
}

// checkRecord compares Telnyx's own record with what it was: the flag is on, as a
// boolean, and every other entry is the same to the byte.
func (p *player) checkRecord(before telnyxsim.Metadata) error {
	after := p.flag(p.main)
	if !p.silenced(p.main) {
		return fmt.Errorf("expected ai_disabled to be true at Telnyx; seen: %s", after[telnyxsim.KeyAIDisabled])
	}
	after = after.Clone()
	delete(after, telnyxsim.KeyAIDisabled)
	delete(before, telnyxsim.KeyAIDisabled)
	if !maps.EqualFunc(before, after, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		return fmt.Errorf("expected the other entries to be untouched: %s; seen: %s", before, after)
	}
	p.printf("   Telnyx's own record: ai_disabled is true, and its %d other entries are untouched\n", len(after))
	return nil
}

func (p *player) sceneQuiet(ctx context.Context) error {
	p.text(ctx, "Hello? The ceiling is bulging, what shall I do?")
	watched := 3 * p.delay
	quiet, cancel := context.WithTimeout(ctx, watched)
	defer cancel()
	err := p.await(quiet, "", func() (bool, string) {
		all := p.telnyx.Phone(p.main.EndUser, p.main.Agent)
		return all[len(all)-1].Role == telnyxsim.RoleAssistant, ""
	})
	switch {
	case err == nil:
		return errors.New("expected no answer of the AI; seen: one")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	p.printf("   phone: no answer, for three times as long as the AI takes to think (%s)\n", watched)
	return nil
}

func (p *player) sceneKilled(ctx context.Context) error {
	l, err := p.other(spanishEndUser)
	if err != nil {
		return err
	}
	p.printf("   Omar types: %s %s\n", command, l.number)
	if err := p.ask(ctx, slacksim.Omar, l.number); err != nil {
		return err
	}
	if _, err := p.awaitCard(ctx, l, wordsAnswering); err != nil {
		return err
	}
	if err := p.clickAndKill(ctx, l); err != nil {
		return err
	}
	starting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	began := time.Now()
	if err := p.bot.Start(starting); err != nil {
		return err
	}
	p.printf("   the bot was started again and was ready after %d ms\n", time.Since(began).Milliseconds())
	card, err := p.awaitCard(ctx, l, wordsSilent)
	if err != nil {
		return err
	}
	p.sees("the click takes effect all the same; everybody sees", firstLine(p.slack.PlainText(card, p.zone)))
	if !p.silenced(l) {
		return errors.New("expected ai_disabled to be true at Telnyx; seen: it is not")
	}
	return nil
}

// clickAndKill presses Take over while Telnyx is slow, so that the click cannot have
// taken effect when the bot dies.
func (p *player) clickAndKill(ctx context.Context, l line) error {
	if err := p.nights.set("slow", true); err != nil {
		return err
	}
	if err := p.press(ctx, slacksim.Omar, l, actionTake); err != nil {
		return err
	}
	if err := p.bot.Kill(); err != nil {
		return err
	}
	p.killed = time.Now()
	if p.bot.Running() || p.silenced(l) {
		return fmt.Errorf("expected a dead bot and no flag yet; seen: running %t, flag %t", p.bot.Running(), p.silenced(l))
	}
	p.printf("   Telnyx is slow; the click was acknowledged, then the bot was killed (kill -9) before it could silence the AI\n")
	return p.nights.clear()
}

func (p *player) sceneRefused(ctx context.Context) error {
	l, err := p.other(germanEndUser)
	if err != nil {
		return err
	}
	p.printf("   Dana types: %s %s\n", command, l.number)
	if err := p.ask(ctx, slacksim.Dana, l.number); err != nil {
		return err
	}
	if _, err := p.awaitCard(ctx, l, wordsAnswering); err != nil {
		return err
	}
	if err := p.nights.set("refused", true); err != nil {
		return err
	}
	if err := p.press(ctx, slacksim.Dana, l, actionTake); err != nil {
		return err
	}
	card, err := p.awaitCard(ctx, l, wordsNotSilent)
	if err != nil {
		return err
	}
	p.sees("everybody sees", p.slack.PlainText(card, p.zone))
	if state := p.cardState(card); strings.Contains(state, wordsSilent) || !strings.Contains(state, "(422)") {
		return fmt.Errorf("expected a card that names the refusal and no silence; seen: “%s”", state)
	}
	if p.silenced(l) {
		return errors.New("expected ai_disabled not to be true at Telnyx; seen: it is")
	}
	if err := p.nights.clear(); err != nil {
		return err
	}
	p.printf("   Telnyx is mended; nobody presses anything\n")
	if card, err = p.awaitCard(ctx, l, wordsSilent); err != nil {
		return err
	}
	p.sees("everybody sees", firstLine(p.slack.PlainText(card, p.zone)))
	return nil
}
