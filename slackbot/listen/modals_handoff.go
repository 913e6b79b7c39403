package listen

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// askWhom opens the box that offers a line to somebody.
func (ln *Listener) askWhom(ctx context.Context, in interaction, id takeover.LineID) (Answer, error) {
	return ln.heldBox(ctx, in, id, func(l takeover.Line) (slack.ModalViewRequest, *takeover.Refusal) {
		if l.Takeover.Holder != takeover.OperatorID(in.User.ID) {
			refusal := render.RefusalOf(takeover.RefusedNotYours, l)
			return slack.ModalViewRequest{}, &refusal
		}
		return handOffBox(l, in.Container.ChannelID), nil
	})
}

// askWhomAll opens the box that offers everything that somebody holds.
func (ln *Listener) askWhomAll(ctx context.Context, in interaction, _ takeover.LineID) (Answer, error) {
	lines, err := ln.Lines.Taken(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list what somebody holds: %w", err)
	}
	n := 0
	for _, l := range lines {
		if l.Taken() && l.Takeover.Holder == takeover.OperatorID(in.User.ID) {
			n++
		}
	}
	if n == 0 {
		ln.answerLater(ctx, in, render.Refusal(takeover.Refusal{Kind: takeover.RefusedNothing}))
		return Answer{Kind: ids.PassAll}, nil
	}
	ln.openBox(ctx, in, passAllBox(n, in.Container.ChannelID))
	return Answer{Kind: ids.PassAll}, nil
}

// handOffBox asks to whom a line is to go.
func handOffBox(l takeover.Line, channel string) slack.ModalViewRequest {
	intro := "It stays yours until it is accepted; for the end user and the AI nothing changes."
	if l.Offered() {
		intro = fmt.Sprintf("You have offered it to %s, who has not accepted yet; a new offer takes the place of that one. ", mrkdwn.Mention(l.Takeover.Handoff.To)) + intro
	}
	return box(ids.HandOff, boxNote(l.ID, channel, ""), "Hand off", "Offer it", append([]slack.Block{mrkdwn.Section("intro", intro), aboutLine(l)}, whomInputs()...)...)
}

// passAllBox asks to whom everything that somebody holds is to go.
func passAllBox(n int, channel string) slack.ModalViewRequest {
	intro := fmt.Sprintf("You offer %s. Each stays yours until it is accepted; what is declined comes back to you.", mrkdwn.Count(n, "line"))
	return box(ids.PassAll, boxNote("", channel, ""), "Pass all that I hold", "Offer all", append([]slack.Block{mrkdwn.Section("intro", intro)}, whomInputs()...)...)
}

func whomInputs() []slack.Block {
	to := slack.NewInputBlock(ids.ToBlock, mrkdwn.Plain("To"), mrkdwn.Plain("A member of this workspace, who is asked in a direct message and in the thread."),
		slack.NewOptionsSelectBlockElement(slack.OptTypeUser, mrkdwn.Plain("Pick a person"), ids.ToInput))
	note := noteInput("What has to be known?", "One line that the receiver reads. You may leave it empty.", "For example: the plumber was called, the tenant waits for the time.")
	note.Optional = true
	return []slack.Block{to, note}
}

// askReason opens the box that takes a line from its holder.
func (ln *Listener) askReason(ctx context.Context, in interaction, id takeover.LineID) (Answer, error) {
	return ln.heldBox(ctx, in, id, func(l takeover.Line) (slack.ModalViewRequest, *takeover.Refusal) {
		if l.Takeover.Holder == takeover.OperatorID(in.User.ID) {
			refusal := render.RefusalOf(takeover.RefusedYours, l)
			return slack.ModalViewRequest{}, &refusal
		}
		return takeFromBox(l, in.Container.ChannelID), nil
	})
}

// takeFromBox asks why a line is taken from its holder.
func takeFromBox(l takeover.Line, channel string) slack.ModalViewRequest {
	intro := fmt.Sprintf("%s has had this line since %s and is told at once that you took it, with your reason. For the end user and the AI nothing changes.", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.Time(l.Takeover.HeldSince()))
	reason := noteInput("Why?", "One line that the holder and the thread read.", "For example: Dana's phone is off, the tenant waits.")
	return box(ids.TakeFrom, boxNote(l.ID, channel, l.Takeover.Holder), "Take from the holder", "Take it", mrkdwn.Section("intro", intro), aboutLine(l), reason)
}

// askHowLong opens the box that says how long a line is held without activity.
func (ln *Listener) askHowLong(ctx context.Context, in interaction, id takeover.LineID) (Answer, error) {
	return ln.heldBox(ctx, in, id, func(l takeover.Line) (slack.ModalViewRequest, *takeover.Refusal) {
		return holdForBox(l, in.Container.ChannelID), nil
	})
}

// holdForBox asks how long.
func holdForBox(l takeover.Line, channel string) slack.ModalViewRequest {
	intro := fmt.Sprintf("%s has this line.", mrkdwn.Mention(l.Takeover.Holder))
	if left := render.HoldLeft(l); left != "" {
		intro = fmt.Sprintf("%s has this line %s.", mrkdwn.Mention(l.Takeover.Holder), left)
	}
	intro += " How long is the line to stay so after the last message? Then the holder is asked first: nothing ends without a word."
	var options []*slack.OptionBlockObject
	pick := slack.NewRadioButtonsBlockElement(ids.ForInput)
	for _, minutes := range []int{15, 30, 60, 120} {
		o := slack.NewOptionBlockObject(strconv.Itoa(minutes), mrkdwn.Plain(fmt.Sprintf("%d minutes", minutes)), nil)
		options = append(options, o)
		if l.Takeover.Hold.For == time.Duration(minutes)*time.Minute {
			pick.InitialOption = o
		}
	}
	pick.Options = options
	input := slack.NewInputBlock(ids.ForBlock, mrkdwn.Plain("How long?"), nil, pick)
	return box(ids.HoldFor, boxNote(l.ID, channel, ""), "Hold for …", "Hold", mrkdwn.Section("intro", intro), aboutLine(l), input)
}
