package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

func (p *player) answer(ctx context.Context) {
	p.text(ctx, "It is running down the lamp now! Is anybody coming?")
	p.hears(ctx, "")
}

func (p *player) find(ctx context.Context) {
	p.types(ctx, slacksim.Dana, "+1 (415) 555-0137")
	p.seePrivate(ctx, "Dana alone sees", slacksim.Dana, lastDigits(p.main.EndUser), 0)
	card := p.awaitCard(ctx, p.main, wordsAnswering, wordsNoAnswer)
	p.sees("everybody in #on-call sees", p.read(card))
	newest, thread := p.lastBubble(p.main).Text, ""
	p.await(ctx, "the last message in the card's thread", func() (bool, string) {
		thread = p.threadText(card, p.zone)
		return strings.Contains(thread, newest), "a thread without it"
	})
	shown := strings.Split(strings.TrimSpace(thread), "\n")
	p.sees("the thread has, at its end", strings.Join(shown[max(0, len(shown)-5):], "\n"))
}

func (p *player) take(ctx context.Context) {
	card, _ := p.card(p.main)
	before := p.flag(p.main).Clone()
	told := map[string]int{slacksim.Dana: len(p.slack.Private(slacksim.Dana)), slacksim.Omar: len(p.slack.Private(slacksim.Omar))}
	var dana, omar slacksim.Delivery
	together(
		func() { dana = p.slack.Click(ctx, slacksim.Dana, card.Ref(), actionTake) },
		func() { omar = p.slack.Click(ctx, slacksim.Omar, card.Ref(), actionTake) },
	)
	p.acknowledged(func() slacksim.Delivery { return dana })
	p.acknowledged(func() slacksim.Delivery { return omar })
	p.printf("   both clicks were acknowledged, after %d and %d ms\n", dana.Ack.Milliseconds(), omar.Ack.Milliseconds())
	card = p.awaitCard(ctx, p.main, wordsSilent)
	p.sees("everybody sees", p.read(card))
	p.winner, p.loser = slacksim.Dana, slacksim.Omar
	if strings.HasPrefix(p.cardState(card), "@Omar") {
		p.winner, p.loser = slacksim.Omar, slacksim.Dana
	}
	p.seePrivate(ctx, "the other one alone sees", p.loser, wordsFaster, told[p.loser])
	p.checkSilenced(p.main, true)
	after := p.flag(p.main).Clone()
	delete(after, telnyxsim.KeyAIDisabled)
	delete(before, telnyxsim.KeyAIDisabled)
	same := maps.EqualFunc(before, after, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
	p.check(same, fmt.Sprintf("the other entries to be untouched: %s", before), "%s", after)
	p.printf("   Telnyx's own record: ai_disabled is true, and its %d other entries are untouched\n", len(after))
}

func (p *player) quiet(ctx context.Context) {
	p.text(ctx, "Hello? The ceiling is bulging, what shall I do?")
	watched := 3 * p.delay
	err := p.Demo.await(ctx, watched, "", func() (bool, string) {
		return p.lastBubble(p.main).Role == telnyxsim.RoleAssistant, ""
	})
	p.check(err != nil, "no answer of the AI", "one")
	p.do(ctx.Err)
	p.printf("   phone: no answer, for three times as long as the AI takes to think (%s)\n", watched)
}

// talk goes both ways through the thread. The five seconds in which a message can be changed pass at once.
func (p *player) talk(ctx context.Context) {
	p.printf("   %s writes in the thread: %s\n", p.nameOf(p.winner), advice)
	p.do(func() error {
		return p.writes(ctx, p.winner, advice, func() error { return p.advance(lookPause) })
	})
	p.printf("   phone, %s: %s\n   the message in the thread has the reaction ✅: delivered\n", p.nameOf(p.winner), p.lastBubble(p.main).Text)
	p.printf("   phone, end user: %s\n", answer)
	p.do(func() error { return p.answers(ctx, answer) })
	p.seeInThread(ctx, p.main, answer)
}

// kill has Telnyx slow, so that the click cannot have taken effect when the bot dies.
func (p *player) kill(ctx context.Context) {
	p.types(ctx, slacksim.Omar, p.spanish.number)
	p.awaitCard(ctx, p.spanish, wordsAnswering, wordsNoAnswer)
	p.do(func() error { return p.nights.set("slow", true) })
	p.clicks(ctx, slacksim.Omar, p.spanish, actionTake)
	p.do(p.bot.Kill)
	p.killed = time.Now()
	p.check(!p.bot.Running() && !p.silenced(p.spanish), "a dead bot and no flag yet", "running %t", p.bot.Running())
	p.printf("   Telnyx is slow; the click was acknowledged, then the bot was killed (kill -9) before it could silence the AI\n")
	p.do(p.nights.clear)
	starting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	began := time.Now()
	p.do(func() error { return p.bot.Start(starting) })
	p.printf("   the bot was started again and was ready after %d ms\n", time.Since(began).Milliseconds())
	p.seeState(ctx, "the click takes effect all the same; everybody sees", p.spanish, wordsSilent)
	p.checkSilenced(p.spanish, true)
}

// fresh begins a conversation without the flag. The AI's answer stays in the air, for the
// next scene.
func (p *player) fresh(ctx context.Context) {
	p.do(func() error { return p.nights.set(lateAnswers, true) })
	before, _ := p.newest(p.spanish)
	p.do(func() error { return p.textAfresh(ctx, p.spanish) })
	after, _ := p.newest(p.spanish)
	p.check(before.ID != after.ID && !p.silenced(p.spanish), "a new conversation without the flag", "none")
	p.printf("   phone, end user: Me again. Is somebody still there?\n   Telnyx has opened a new conversation for it, without the flag\n")
	p.do(func() error { return p.advance(lookPause) })
	p.seeInThread(ctx, p.spanish, wordsJoined)
	p.awaitCard(ctx, p.spanish, wordsSilent)
	p.checkSilenced(p.spanish, true)
}

// spoke lets the answer out. The card must say so, with the exact words.
func (p *player) spoke(ctx context.Context) {
	p.do(func() error { return p.nights.set(lateAnswers, false) })
	spoken := p.lastBubble(p.spanish).Text
	p.printf("   phone, AI: %s\n", spoken)
	p.do(func() error { return p.advance(lookPause) })
	card := p.read(p.awaitCard(ctx, p.spanish, wordsSpoke))
	p.sees("everybody sees", card)
	p.check(strings.Contains(card, spoken[:min(40, len(spoken))]), "the exact words on the card", "other words")
	p.clicks(ctx, slacksim.Omar, p.spanish, actionFine)
	p.seeState(ctx, "Omar says that it was fine; everybody sees", p.spanish, wordsSilent)
}

// outside switches the AI on at Telnyx. The card follows; the bot does not write the flag
// again.
func (p *player) outside(ctx context.Context) {
	wrote := len(p.botWrote(slacksim.Omar))
	p.do(func() error { return p.switchOn(ctx, p.spanish) })
	p.printf("   at Telnyx, a person sets ai_disabled to false; a minute passes\n")
	p.do(func() error { return p.advance(time.Minute) })
	p.seeState(ctx, "everybody sees", p.spanish, wordsOutside)
	p.seeDirect(ctx, slacksim.Omar, wrote)
	p.checkSilenced(p.spanish, false)
}

func (p *player) refused(ctx context.Context) {
	p.types(ctx, slacksim.Dana, p.german.number)
	p.awaitCard(ctx, p.german, wordsAnswering, wordsNoAnswer)
	p.do(func() error { return p.nights.set("refused", true) })
	p.clicks(ctx, slacksim.Dana, p.german, actionTake)
	card := p.awaitCard(ctx, p.german, wordsNotSilent)
	p.sees("everybody sees", p.read(card))
	state := p.cardState(card)
	p.check(strings.Contains(state, "(422)") && !strings.Contains(state, wordsSilent), "a card that names the refusal and no silence", "“%s”", state)
	p.checkSilenced(p.german, false)
	p.do(p.nights.clear)
	p.printf("   Telnyx is mended; nobody presses anything\n")
	p.seeState(ctx, "everybody sees", p.german, wordsSilent)
}

// handoff offers Dana's line to Omar; until he accepts it stays hers.
func (p *player) handoff(ctx context.Context) {
	const note = "The fitter was there; she only wants to know when he comes again."
	wrote := len(p.botWrote(slacksim.Omar))
	p.clicks(ctx, slacksim.Dana, p.german, actionHandOff)
	box := p.box(slacksim.Dana)
	p.printf("   Dana offers the line to Omar: %s\n", note)
	p.acknowledged(func() slacksim.Delivery {
		return p.slack.SubmitForm(ctx, slacksim.Dana, box.ID, map[string]string{inputTo: slacksim.Omar, inputNote: note})
	})
	offer := p.seeDirect(ctx, slacksim.Omar, wrote)
	p.await(ctx, fmt.Sprintf("Dana's card that says “%s”", wordsOffered), func() (bool, string) {
		card, _ := p.card(p.german)
		shown := p.read(card)
		return strings.HasPrefix(shown, "@Dana has it") && strings.Contains(shown, wordsOffered), shown
	})
	p.acknowledged(func() slacksim.Delivery { return p.slack.Click(ctx, slacksim.Omar, offer.Ref(), actionAccept) })
	p.seeState(ctx, "Omar accepts there; everybody sees", p.german, "@Omar has it")
}

func (p *player) giveBack(ctx context.Context) {
	p.clicks(ctx, p.winner, p.main, actionHandBack)
	box := p.box(p.winner)
	warned := p.slack.PlainView(box, p.zone)
	p.sees("the holder sees a box", warned)
	p.check(strings.Contains(warned, wordsWarning), fmt.Sprintf("a box that warns “%s”", wordsWarning), "one that does not")
	p.printf("   the holder writes: %s\n", agreed)
	p.acknowledged(func() slacksim.Delivery {
		return p.slack.Submit(ctx, p.winner, box.ID, map[string]string{blockNote: agreed})
	})
	p.seeState(ctx, "everybody sees", p.main, wordsAgain)
	p.checkSilenced(p.main, false)
	p.text(ctx, "ok thanks. when will somebody be here?")
	p.hears(ctx, "04:00")
}

// forgotten lets Omar fall asleep over his line. Every step says itself in the thread,
// and in the end the AI has the line.
func (p *player) forgotten(ctx context.Context) {
	card, _ := p.card(p.german)
	said, told := 0, 0
	show := func() {
		all := p.botReplies(card)
		for _, m := range all[min(said, len(all)):] {
			p.sees("the thread has", p.read(m))
		}
		said = len(all)
	}
	p.do(func() error {
		return p.forget(ctx, slacksim.Omar, p.german, func(words string) {
			if told++; told <= 2 { // the messages from before the time passes are not of this scene
				said = len(p.botReplies(card))
			}
			show()
			p.printf("   %s\n", words)
		})
	})
	show()
	p.seeState(ctx, "everybody sees", p.german, "")
	p.checkSilenced(p.german, false)
}

func (p *player) transcript(ctx context.Context) {
	p.picks(ctx, slacksim.Dana, p.main, "Whole transcript")
	bubbles := p.telnyx.Phone(p.main.EndUser, p.main.Agent)
	var newest slacksim.File
	p.await(ctx, "a text file with all that was said", func() (bool, string) {
		files := p.slack.Files()
		if len(files) == 0 {
			return false, "no file"
		}
		newest = files[len(files)-1]
		for _, b := range bubbles {
			if !strings.Contains(string(newest.Content), b.Text) {
				return false, fmt.Sprintf("a file without “%s”", b.Text)
			}
		}
		return true, ""
	})
	rows := strings.Split(strings.TrimSpace(string(newest.Content)), "\n")
	p.sees(fmt.Sprintf("the thread has the file %s, %d bytes, that begins", newest.Name, newest.Size), strings.Join(rows[:min(8, len(rows))], "\n"))
}

func (p *player) history(ctx context.Context) {
	before := len(p.slack.Private(slacksim.Dana))
	p.types(ctx, slacksim.Dana, "log +1 415 555 0137")
	answer := p.seePrivate(ctx, "Dana alone sees", slacksim.Dana, "Now: ", before)
	for _, name := range []string{"@Dana", "@Omar", "proven silent", "hand back", "proven answering again"} {
		p.check(strings.Contains(answer, name), "a log that names “"+name+"”", "one that does not")
	}
}

func (p *player) objections(context.Context) {
	calls := p.slack.Calls()
	for _, c := range calls {
		p.check(c.Error == "", "no refused call", "%s %s, %.1f s after the kill: %s", c.Method, c.TS, c.Time.Sub(p.killed).Seconds(), c.Error)
	}
	all := p.slack.Violations()
	p.check(len(all) == 0, "no objection", "%s", strings.Join(all, "; "))
	p.printf("   the bot made %d calls; Slack refused none\n", len(calls))
}
