package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
)

// sceneFresh: the end user's texts begin a new conversation, which has no flag. The AI's
// answer stays in the air, for the next scene.
func (p *player) sceneFresh(ctx context.Context) error {
	l, err := p.other(spanishEndUser)
	if err != nil {
		return err
	}
	if err := p.nights.set(lateAnswers, true); err != nil {
		return err
	}
	before, _ := p.newest(l)
	if err := p.textAfresh(ctx, l); err != nil {
		return err
	}
	after, _ := p.newest(l)
	if before.ID == after.ID || p.silenced(l) {
		return errors.New("expected a new conversation without the flag; seen: none")
	}
	p.printf("   phone, end user: Me again. Is somebody still there?\n   Telnyx has opened a new conversation for it, without the flag\n")
	if err := p.advance(lookPause); err != nil {
		return err
	}
	if err := p.awaitInThread(ctx, l, wordsJoined); err != nil {
		return err
	}
	if _, err := p.awaitCard(ctx, l, wordsSilent); err != nil {
		return err
	}
	if !p.silenced(l) {
		return errors.New("expected ai_disabled to be true on the new conversation; seen: it is not")
	}
	return nil
}

// awaitInThread waits for words of the bot in the thread of a line's card, and prints
// the message that has them.
func (p *player) awaitInThread(ctx context.Context, l line, words string) error {
	return p.await(ctx, fmt.Sprintf("“%s” in the thread", words), func() (bool, string) {
		card, _ := p.card(l)
		last := "nothing"
		for _, m := range p.botReplies(card) {
			last = p.slack.PlainText(m, p.zone)
			if strings.Contains(last, words) {
				p.sees("the thread has", last)
				return true, ""
			}
		}
		return false, "“" + last + "”"
	})
}

// sceneSpoke: what was in the air goes out. The card must say so, with the exact words.
func (p *player) sceneSpoke(ctx context.Context) error {
	l, err := p.other(spanishEndUser)
	if err != nil {
		return err
	}
	if err := p.nights.set(lateAnswers, false); err != nil {
		return err
	}
	bubbles := p.telnyx.Phone(l.EndUser, l.Agent)
	spoken := bubbles[len(bubbles)-1].Text
	p.printf("   phone, AI: %s\n", spoken)
	if err := p.advance(lookPause); err != nil {
		return err
	}
	card, err := p.awaitCard(ctx, l, wordsSpoke)
	if err != nil {
		return err
	}
	p.sees("everybody sees", p.slack.PlainText(card, p.zone))
	if exact := spoken[:min(40, len(spoken))]; !strings.Contains(p.slack.PlainText(card, p.zone), exact) {
		return fmt.Errorf("expected the exact words “%s” on the card; seen: other words", exact)
	}
	if err := p.press(ctx, slacksim.Omar, l, actionFine); err != nil {
		return err
	}
	if card, err = p.awaitCard(ctx, l, wordsSilent); err != nil {
		return err
	}
	p.sees("Omar says that it was fine; everybody sees", firstLine(p.slack.PlainText(card, p.zone)))
	return nil
}

// sceneOutside: somebody else switches the AI on. The card follows; the bot does not
// write the flag again.
func (p *player) sceneOutside(ctx context.Context) error {
	l, err := p.other(spanishEndUser)
	if err != nil {
		return err
	}
	wrote := len(p.botWrote(slacksim.Omar))
	if err := p.switchOn(ctx, l); err != nil {
		return err
	}
	p.printf("   at Telnyx, somebody sets ai_disabled to false; a minute passes\n")
	if err := p.advance(time.Minute); err != nil {
		return err
	}
	card, err := p.awaitCard(ctx, l, wordsOutside)
	if err != nil {
		return err
	}
	p.sees("everybody sees", firstLine(p.slack.PlainText(card, p.zone)))
	if err := p.awaitDirect(ctx, slacksim.Omar, wrote); err != nil {
		return err
	}
	if p.silenced(l) {
		return errors.New("expected the bot to leave the flag as somebody else set it; seen: it was set again")
	}
	return nil
}

// awaitDirect waits for a direct message to somebody that is none of the first after
// ones, and prints it.
func (p *player) awaitDirect(ctx context.Context, user string, after int) error {
	return p.await(ctx, "a direct message to "+user, func() (bool, string) {
		all := p.botWrote(user)
		if len(all) <= after {
			return false, fmt.Sprintf("%d direct messages", len(all))
		}
		p.sees(fmt.Sprintf("%s gets a direct message", p.nameOf(user)), p.slack.PlainText(all[len(all)-1], p.zone))
		return true, ""
	})
}

// nameOf is what people call somebody.
func (p *player) nameOf(user string) string {
	for _, one := range people(p.slack.Snapshot("", nil).Users) {
		if one.ID == user {
			return one.Name
		}
	}
	return user
}

// sceneHandoff: Dana offers her line to Omar; until he accepts it stays hers.
func (p *player) sceneHandoff(ctx context.Context) error {
	l, err := p.other(germanEndUser)
	if err != nil {
		return err
	}
	wrote := len(p.botWrote(slacksim.Omar))
	if err := p.press(ctx, slacksim.Dana, l, actionHandOff); err != nil {
		return err
	}
	box := p.slack.View(slacksim.Dana)
	if box == nil {
		return errors.New("expected a box that asks to whom; seen: none")
	}
	p.printf("   Dana offers the line to Omar: %s\n", passedOn)
	if err := acknowledged(p.slack.SubmitForm(ctx, slacksim.Dana, box.ID, map[string]string{inputTo: slacksim.Omar, inputNote: passedOn})); err != nil {
		return err
	}
	if err := p.awaitDirect(ctx, slacksim.Omar, wrote); err != nil {
		return err
	}
	err = p.await(ctx, fmt.Sprintf("Dana's card that says “%s”", wordsOffered), func() (bool, string) {
		card, _ := p.card(l)
		shown := p.slack.PlainText(card, p.zone)
		return strings.HasPrefix(shown, "@Dana has it") && strings.Contains(shown, wordsOffered), shown
	})
	if err != nil {
		return err
	}
	direct := p.botWrote(slacksim.Omar)
	if err := acknowledged(p.slack.Click(ctx, slacksim.Omar, direct[len(direct)-1].Ref(), actionAccept)); err != nil {
		return err
	}
	card, err := p.awaitCard(ctx, l, "@Omar has it")
	if err != nil {
		return err
	}
	p.sees("Omar accepts there; everybody sees", firstLine(p.slack.PlainText(card, p.zone)))
	return nil
}

// passedOn is the note of the play's handoff.
const passedOn = "The fitter was there; she only wants to know when he comes again."

// sceneForgotten: Omar falls asleep over his line. Nobody has to notice: every step says
// itself, and in the end the AI has the line.
func (p *player) sceneForgotten(ctx context.Context) error {
	l, err := p.other(germanEndUser)
	if err != nil {
		return err
	}
	card, _ := p.card(l)
	said, told := 0, 0
	err = p.forget(ctx, slacksim.Omar, l, func(words string) {
		if told++; told <= 2 { // what was said before the time passes is not of this scene
			said = len(p.botReplies(card))
		}
		p.showFrom(card, &said)
		p.printf("   %s\n", words)
	})
	if err != nil {
		return err
	}
	p.showFrom(card, &said)
	after, _ := p.card(l)
	p.sees("everybody sees", firstLine(p.slack.PlainText(after, p.zone)))
	if p.silenced(l) {
		return errors.New("expected ai_disabled to be off at Telnyx; seen: it is on")
	}
	return nil
}

// showFrom prints what the bot has said in a thread since the last time.
func (p *player) showFrom(card slacksim.Message, said *int) {
	all := p.botReplies(card)
	for _, m := range all[min(*said, len(all)):] {
		p.sees("the thread has", p.slack.PlainText(m, p.zone))
	}
	*said = len(all)
}
