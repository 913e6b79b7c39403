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

// openPassAll opens the modal that offers all lines that an operator holds.
func (ln *Listener) openPassAll(ctx context.Context, in interaction) (Answer, error) {
	lines, err := ln.heldBy(ctx, takeover.OperatorID(in.User.ID))
	if err != nil {
		return Answer{}, err
	}
	n := len(keep(lines, takeover.Line.Taken))
	if n == 0 {
		ln.answerLater(ctx, in, render.Refusal(takeover.Refusal{Kind: takeover.RefusedNothing}))
		return Answer{Kind: ids.PassAll}, nil
	}
	ln.show(ctx, in, passAllModal(n, in.Container.ChannelID))
	return Answer{Kind: ids.PassAll}, nil
}

// handOffModal asks to which colleague the holder offers the line.
func handOffModal(r modalRequest) (slack.ModalViewRequest, *takeover.Refusal) {
	l := r.line
	if l.Takeover.Holder != r.by {
		refusal := render.RefusalOf(takeover.RefusedNotYours, l)
		return slack.ModalViewRequest{}, &refusal
	}
	intro := "It stays yours until it is accepted; for the end user and the AI nothing changes."
	if l.Offered() {
		intro = fmt.Sprintf("You have offered it to %s, who has not accepted yet; a new offer takes the place of that one. ", mrkdwn.Mention(l.Takeover.Handoff.To)) + intro
	}
	blocks := append([]slack.Block{mrkdwn.Section("intro", intro), aboutLine(l)}, whomInputs()...)
	return newModal(ids.HandOff, r.metadata(), "Hand off", "Offer it", blocks...), nil
}

// passAllModal asks to which colleague an operator offers all n lines that he or she holds.
func passAllModal(n int, channel string) slack.ModalViewRequest {
	intro := fmt.Sprintf("You offer %s. Each stays yours until it is accepted; what is declined comes back to you.", mrkdwn.Count(n, "line"))
	blocks := append([]slack.Block{mrkdwn.Section("intro", intro)}, whomInputs()...)
	return newModal(ids.PassAll, metadata("", channel, ""), "Pass all that I hold", "Offer all", blocks...)
}

func whomInputs() []slack.Block {
	to := slack.NewInputBlock(ids.ToBlock, mrkdwn.Plain("To"), mrkdwn.Plain("A member of this workspace, who is asked in a direct message and in the thread."),
		slack.NewOptionsSelectBlockElement(slack.OptTypeUser, mrkdwn.Plain("Pick a person"), ids.ToInput))
	note := noteInput("What should they know?", "One line that the receiver reads. You may leave it empty.", "For example: the plumber was called, the tenant waits for the time.")
	note.Optional = true
	return []slack.Block{to, note}
}

// takeFromModal asks why a line is taken from its holder.
func takeFromModal(r modalRequest) (slack.ModalViewRequest, *takeover.Refusal) {
	l := r.line
	if l.Takeover.Holder == r.by {
		refusal := render.RefusalOf(takeover.RefusedYours, l)
		return slack.ModalViewRequest{}, &refusal
	}
	intro := fmt.Sprintf("%s has had this line since %s and is told at once that you took it, with your reason. For the end user and the AI nothing changes.", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.Time(l.Takeover.HeldSince()))
	reason := noteInput("Why?", "One line that the holder and the thread read.", "For example: the holder's phone is off, the tenant waits.")
	return newModal(ids.TakeFrom, metadata(l.ID, r.channel, l.Takeover.Holder), "Take from the holder", "Take it",
		mrkdwn.Section("intro", intro), aboutLine(l), reason), nil
}

// holdChoices are the minutes for which a person may have a line held, the longest last.
func holdChoices() []int { return []int{15, 30, 60, 120} }

// holdForModal asks how long a line is held without activity.
func holdForModal(r modalRequest) (slack.ModalViewRequest, *takeover.Refusal) {
	l := r.line
	intro := fmt.Sprintf("%s has this line.", mrkdwn.Mention(l.Takeover.Holder))
	if left := render.HoldLeft(l); left != "" {
		intro = fmt.Sprintf("%s has this line %s.", mrkdwn.Mention(l.Takeover.Holder), left)
	}
	intro += " How long is the line to stay so after the last message? Then the holder is asked first: nothing ends without a word."
	var options []*slack.OptionBlockObject
	pick := slack.NewRadioButtonsBlockElement(ids.ForInput)
	for _, minutes := range holdChoices() {
		o := slack.NewOptionBlockObject(strconv.Itoa(minutes), mrkdwn.Plain(fmt.Sprintf("%d minutes", minutes)), nil)
		options = append(options, o)
		if l.Takeover.Hold.For == time.Duration(minutes)*time.Minute {
			pick.InitialOption = o
		}
	}
	pick.Options = options
	input := slack.NewInputBlock(ids.ForBlock, mrkdwn.Plain("How long?"), nil, pick)
	return newModal(ids.HoldFor, r.metadata(), "Hold for …", "Hold",
		mrkdwn.Section("intro", intro), aboutLine(l), input), nil
}
