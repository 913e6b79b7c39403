package demo

import (
	"context"
	"fmt"
	"strings"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// text writes from the main line's phone.
func (p *player) text(ctx context.Context, words string) {
	p.printf("   phone, end user: %s\n", words)
	p.do(func() error { p.telnyx.Text(ctx, p.main.EndUser, p.main.Agent, words); return nil })
}

// hears waits for the AI's answer to the last text.
func (p *player) hears(ctx context.Context, words string) {
	p.await(ctx, fmt.Sprintf("an answer of the AI with “%s”", words), func() (bool, string) {
		last := p.lastBubble(p.main)
		if last.Role != telnyxsim.RoleAssistant {
			return false, "no answer"
		}
		return strings.Contains(last.Text, words), "“" + last.Text + "”"
	})
	p.printf("   phone, AI: %s\n", p.lastBubble(p.main).Text)
}

// lastBubble is the newest text on a line's phone.
func (p *player) lastBubble(l line) telnyxsim.Bubble {
	bubbles := p.telnyx.Phone(l.EndUser, l.Agent)
	return bubbles[len(bubbles)-1]
}

// flag is the metadata of a line's newest conversation in Telnyx's own record.
func (p *player) flag(l line) telnyxsim.Metadata {
	c, _ := p.newest(l)
	return c.Metadata
}

// silenced says whether Telnyx has the flag as the boolean that it takes.
func (p *player) silenced(l line) bool { return string(p.flag(l)[telnyxsim.KeyAIDisabled]) == "true" }

func (p *player) checkSilenced(l line, want bool) {
	p.check(p.silenced(l) == want, fmt.Sprintf("ai_disabled at Telnyx to be %t", want), "it is not")
}

// types sends a command of the bot from the desk's channel.
func (p *player) types(ctx context.Context, user, words string) {
	p.printf("   %s types: %s %s\n", p.nameOf(user), command, words)
	p.acknowledged(func() slacksim.Delivery {
		return p.slack.SlashCommand(ctx, user, slacksim.DeskChannel, command, words)
	})
}

// clicks presses a button of a line's card.
func (p *player) clicks(ctx context.Context, user string, l line, action string) {
	card, ok := p.card(l)
	p.check(ok, "a card for "+l.number, "none")
	p.acknowledged(func() slacksim.Delivery { return p.slack.Click(ctx, user, card.Ref(), action) })
}

// picks chooses what a line's card has behind "⋯".
func (p *player) picks(ctx context.Context, user string, l line, label string) {
	card, _ := p.card(l)
	value := ""
	var look func([]slacksim.Node)
	look = func(nodes []slacksim.Node) {
		for _, n := range nodes {
			for _, o := range n.Options {
				if n.Action == actionMenu && o.Text == label {
					value = o.Value
				}
			}
			look(n.Kids)
		}
	}
	look(p.slack.Draw("", card.Blocks, nil))
	p.check(value != "", "“"+label+"” behind the card's ⋯", "“%s”", p.read(card))
	p.acknowledged(func() slacksim.Delivery {
		return p.slack.Click(ctx, user, card.Ref(), actionMenu, slacksim.Pick{Value: value})
	})
}

// box is the modal in front of a person.
func (p *player) box(user string) slacksim.View {
	v := p.slack.View(user)
	p.check(v != nil, "a box", "none")
	if v == nil {
		return slacksim.View{}
	}
	return *v
}

// sees prints what a person sees, indented under its first words.
func (p *player) sees(who, what string) {
	what = strings.TrimSpace(what)
	p.write("   " + who + ":\n")
	for l := range strings.SplitSeq(what, "\n") {
		p.write("     " + l + "\n")
	}
	p.onPage(who+": "+what, true)
}

// read is a message in plain words.
func (p *player) read(m slacksim.Message) string { return p.slack.PlainText(m, p.zone) }

// awaitCard waits until a line's card has some of these words in its state, and returns the card.
func (p *player) awaitCard(ctx context.Context, l line, words ...string) (card slacksim.Message) {
	p.await(ctx, fmt.Sprintf("a card that says %s", either(words)), func() (bool, string) {
		var found bool
		if card, found = p.card(l); !found {
			return false, "no card"
		}
		return containsAny(p.cardState(card), words), "“" + firstLine(p.read(card)) + "”"
	})
	return card
}

// seeState waits like awaitCard and prints the card's first line.
func (p *player) seeState(ctx context.Context, who string, l line, words string) {
	p.sees(who, firstLine(p.read(p.awaitCard(ctx, l, words))))
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

// seePrivate waits for a private message with these words that is none of the first after
// ones, and prints it.
func (p *player) seePrivate(ctx context.Context, who, user, words string, after int) (text string) {
	p.await(ctx, fmt.Sprintf("a private answer to %s with “%s”", user, words), func() (bool, string) {
		all := p.slack.Private(user)
		for _, m := range all[min(after, len(all)):] {
			if text = p.slack.PlainPrivate(m, p.zone); strings.Contains(text, words) {
				return true, ""
			}
		}
		return false, fmt.Sprintf("%d private answers, the last “%s”", len(all), text)
	})
	p.sees(who, text)
	return text
}

// seeInThread waits for words of the bot in the thread of a line's card, and prints the
// message that has them.
func (p *player) seeInThread(ctx context.Context, l line, words string) {
	last := "nothing"
	p.await(ctx, fmt.Sprintf("“%s” in the thread", words), func() (bool, string) {
		card, _ := p.card(l)
		for _, m := range p.botReplies(card) {
			if last = p.read(m); strings.Contains(last, words) {
				return true, ""
			}
		}
		return false, "“" + last + "”"
	})
	p.sees("the thread has", last)
}

// seeDirect waits for a direct message that is none of the first after ones, and prints
// and returns it.
func (p *player) seeDirect(ctx context.Context, user string, after int) (newest slacksim.Message) {
	p.await(ctx, "a direct message to "+user, func() (bool, string) {
		all := p.botWrote(user)
		if len(all) <= after {
			return false, fmt.Sprintf("%d direct messages", len(all))
		}
		newest = all[len(all)-1]
		return true, ""
	})
	p.sees(p.nameOf(user)+" gets a direct message", p.read(newest))
	return newest
}

// nameOf is the name of a person on screen.
func (d *Demo) nameOf(user string) string {
	return strings.TrimPrefix(d.slack.PlainText(slacksim.Message{Text: "<@" + user + ">"}, nil), "@")
}
