package slackbot

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

const (
	// shiftLimit is how many lines a shift change lists, at three blocks each, and
	// offerLimit how many offers, at two: Slack allows 50 blocks.
	shiftLimit = 11
	offerLimit = 5
)

// shiftChange lists all that somebody holds, each with what can be done at the end of a
// shift, and what is offered to them.
func (b *Bot) shiftChange(ctx context.Context, a asked) (Answer, error) {
	taken, err := b.deps.Reader.Taken(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list what somebody holds: %w", err)
	}
	waitingFirst(taken)
	me := takeover.OperatorID(a.UserID)
	mine := keep(taken, func(l takeover.Line) bool { return l.Holder == me && l.Taken() })
	offered := keep(taken, func(l takeover.Line) bool { return l.Handoff.To == me })
	if len(mine)+len(offered) == 0 {
		return private("handoff", said("You hold nothing and nothing is offered to you: there is nothing to pass on. `/takeover open` shows what others hold."))
	}
	m := slackapi.Message{Text: shiftSentence(mine, offered)}
	m.Blocks = append(m.Blocks, shiftBlocks(mine)...)
	m.Blocks = append(m.Blocks, offerBlocks(offered)...)
	return private("handoff", m)
}

func shiftSentence(mine, offered []takeover.Line) string {
	waiting := len(keep(mine, func(l takeover.Line) bool { return !l.WaitingSince().IsZero() }))
	s := fmt.Sprintf("You hold %s.", count(len(mine), "line"))
	if waiting > 0 {
		s = fmt.Sprintf("You hold %s; the end user waits on %d.", count(len(mine), "line"), waiting)
	}
	if len(offered) > 0 {
		s += fmt.Sprintf(" Offered to you: %s.", count(len(offered), "line"))
	}
	return s + " Until somebody accepts, a line stays with whoever holds it."
}

// shiftBlocks are the lines somebody holds: pass, hand to the AI, or keep what was
// offered already.
func shiftBlocks(mine []takeover.Line) []slack.Block {
	if len(mine) == 0 {
		return nil
	}
	blocks := []slack.Block{section("shift", fmt.Sprintf("*You hold %s.* Until somebody accepts, each stays yours.", count(len(mine), "line")))}
	for i, l := range mine[:min(len(mine), shiftLimit)] {
		buttons := []slack.BlockElement{button(actionHandOff, string(l.ID), "Pass …"), button(actionHandBack, string(l.ID), "Hand to AI")}
		if l.Offered() {
			buttons = append(buttons, button(actionWithdraw, l.HandoffID(), "Keep"))
		} else {
			buttons = append(buttons, button(actionExtend, string(l.ID), "Keep (+30 min)"))
		}
		blocks = append(blocks, section(fmt.Sprintf("shift.%d", i), listed(l)), aboutBlock(fmt.Sprintf("shift.who.%d", i), l),
			slack.NewActionBlock(fmt.Sprintf("shift.act.%d", i), buttons...))
	}
	if rest := len(mine) - shiftLimit; rest > 0 {
		blocks = append(blocks, contextLine("shift.rest", fmt.Sprintf("… and %d more: the app's Home tab shows all, and *Pass all* passes them, too.", rest)))
	}
	return append(blocks, slack.NewActionBlock("shift.all", button(actionPassAll, "all", "Pass all …")))
}

// offerBlocks are the lines that are offered to somebody.
func offerBlocks(offered []takeover.Line) []slack.Block {
	if len(offered) == 0 {
		return nil
	}
	blocks := []slack.Block{section("offers", fmt.Sprintf("*Offered to you: %s.* Until you accept, each stays with whoever holds it.", count(len(offered), "line")))}
	for i, l := range offered[:min(len(offered), offerLimit)] {
		blocks = append(blocks, aboutBlock(fmt.Sprintf("offer.%d", i), l),
			slack.NewActionBlock(fmt.Sprintf("offer.act.%d", i),
				button(actionAccept, l.HandoffID(), "Accept").WithStyle(slack.StylePrimary), button(actionDecline, l.HandoffID(), "Decline")))
	}
	if len(offered) > 1 {
		blocks = append(blocks, slack.NewActionBlock("offer.all", button(actionAcceptAll, "all", fmt.Sprintf("Accept all %d", len(offered)))))
	}
	return blocks
}

// aboutBlock is who a line is about and what was said last, as literal text: both come
// from outside.
func aboutBlock(id string, l takeover.Line) slack.Block {
	parts := []slack.MixedElement{plain(cardWho(l))}
	if n := len(l.Recent); n > 0 {
		last := l.Recent[n-1]
		parts = append(parts, plain("Last: "+roleWord(last.Role)+": "+oneLine(last.Text, takeover.ExcerptLength)))
	}
	if l.Offered() && l.Handoff.Note != "" {
		parts = append(parts, plain("Note: "+oneLine(l.Handoff.Note, takeover.ExcerptLength)))
	}
	return slack.NewContextBlock(id, parts...)
}
