package listen

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// keep returns the lines that are wanted.
func keep(lines []takeover.Line, wanted func(takeover.Line) bool) []takeover.Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l takeover.Line) bool { return !wanted(l) })
}

const (
	// shiftLimit is how many lines a shift change lists, at three blocks each, and
	// offerLimit how many offers, at two: Slack allows 50 blocks.
	shiftLimit = 11
	offerLimit = 5
)

// shiftChange lists the lines that an operator holds, each with what can be done at the end
// of a shift, and the lines that are offered to that operator.
func (ln *Listener) shiftChange(ctx context.Context, a asked) (Answer, error) {
	taken, err := ln.Lines.Taken(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list the lines of an operator: %w", err)
	}
	render.SortWaitingFirst(taken)
	me := takeover.OperatorID(a.UserID)
	mine := keep(taken, func(l takeover.Line) bool { return l.Takeover.Holder == me && l.Taken() })
	offered := keep(taken, func(l takeover.Line) bool { return l.Takeover.Handoff.To == me })
	if len(mine)+len(offered) == 0 {
		return private("handoff", mrkdwn.TextMessage("You hold nothing and nothing is offered to you: there is nothing to pass on. `/takeover open` shows what others hold."))
	}
	m := slackapi.Message{Text: shiftSentence(mine, offered)}
	m.Blocks = append(m.Blocks, shiftBlocks(mine, ln.Now())...)
	m.Blocks = append(m.Blocks, offerBlocks(offered)...)
	return private("handoff", m)
}

func shiftSentence(mine, offered []takeover.Line) string {
	waiting := len(keep(mine, func(l takeover.Line) bool { return !l.WaitingSince().IsZero() }))
	s := fmt.Sprintf("You hold %s.", mrkdwn.Count(len(mine), "line"))
	if waiting > 0 {
		s = fmt.Sprintf("You hold %s; the end user waits on %d.", mrkdwn.Count(len(mine), "line"), waiting)
	}
	if len(offered) > 0 {
		s += fmt.Sprintf(" Offered to you: %s.", mrkdwn.Count(len(offered), "line"))
	}
	return s + " Until an operator accepts it, a line stays with its holder."
}

// shiftBlocks show the lines that an operator holds: pass each, hand it to the AI, or keep it.
func shiftBlocks(mine []takeover.Line, now time.Time) []slack.Block {
	if len(mine) == 0 {
		return nil
	}
	blocks := []slack.Block{mrkdwn.Section("shift", fmt.Sprintf("*You hold %s.* Until an operator accepts it, each stays yours.", mrkdwn.Count(len(mine), "line")))}
	for i, l := range mine[:min(len(mine), shiftLimit)] {
		buttons := []slack.BlockElement{
			mrkdwn.Button(ids.HandOff, string(l.ID), "Pass …"), mrkdwn.Button(ids.HandBack, string(l.ID), "Hand to AI"),
		}
		if l.Offered() {
			buttons = append(buttons, mrkdwn.Button(ids.Withdraw, l.HandoffID(), "Keep"))
		} else {
			buttons = append(buttons, mrkdwn.Button(ids.Extend, string(l.ID), "Keep (+30 min)"))
		}
		blocks = append(blocks, mrkdwn.Section(fmt.Sprintf("shift.%d", i), render.Listed(l, now)), aboutBlock(fmt.Sprintf("shift.who.%d", i), l),
			slack.NewActionBlock(fmt.Sprintf("shift.act.%d", i), buttons...))
	}
	if rest := len(mine) - shiftLimit; rest > 0 {
		blocks = append(blocks, mrkdwn.Context("shift.rest", fmt.Sprintf("… and %d more: the app's Home tab shows all, and *Pass all* passes them, too.", rest)))
	}
	return append(blocks, slack.NewActionBlock("shift.all", mrkdwn.Button(ids.PassAll, "all", "Pass all …")))
}

// offerBlocks show the lines that are offered to an operator.
func offerBlocks(offered []takeover.Line) []slack.Block {
	if len(offered) == 0 {
		return nil
	}
	blocks := []slack.Block{mrkdwn.Section("offers", fmt.Sprintf("*Offered to you: %s.* Until you accept, each stays with its holder.", mrkdwn.Count(len(offered), "line")))}
	for i, l := range offered[:min(len(offered), offerLimit)] {
		blocks = append(blocks, aboutBlock(fmt.Sprintf("offer.%d", i), l),
			slack.NewActionBlock(fmt.Sprintf("offer.act.%d", i),
				mrkdwn.Button(ids.Accept, l.HandoffID(), "Accept").WithStyle(slack.StylePrimary),
				mrkdwn.Button(ids.Decline, l.HandoffID(), "Decline")))
	}
	if len(offered) > 1 {
		all := mrkdwn.Button(ids.AcceptAll, "all", fmt.Sprintf("Accept all %d", len(offered)))
		blocks = append(blocks, slack.NewActionBlock("offer.all", all))
	}
	return blocks
}

// aboutBlock says which end user a line is about and what was said last, as literal text:
// both come from outside.
func aboutBlock(id string, l takeover.Line) slack.Block {
	parts := []slack.MixedElement{mrkdwn.Plain(render.Who(l))}
	if n := len(l.Recent.Lines); n > 0 {
		last := l.Recent.Lines[n-1]
		said := mrkdwn.Clip(render.Said(l, last.Role, last.Text), takeover.ExcerptLength)
		parts = append(parts, mrkdwn.Plain("Last: "+mrkdwn.SpeakerName(last.Role)+": "+said))
	}
	if l.Offered() && l.Takeover.Handoff.Note != "" {
		parts = append(parts, mrkdwn.Plain("Note: "+mrkdwn.OneLine(typed.MaskOf(l).In(l.Takeover.Handoff.Note), takeover.ExcerptLength)))
	}
	return slack.NewContextBlock(id, parts...)
}
