package slackbot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Say writes one line of the audit into the line's thread, once.
func (b *Bot) Say(ctx context.Context, job takeover.SayJob) error {
	return b.retryLater(ctx, "say/"+job.Entry.Key, b.say(ctx, job))
}

func (b *Bot) say(ctx context.Context, job takeover.SayJob) error {
	e := job.Entry
	line, post, ok, err := b.threadOf(ctx, e.Line)
	if err != nil || !ok {
		return err // no card, no thread: the audit has it
	}
	at := slackapi.Place{Channel: post.Channel, Thread: post.TS, Broadcast: isAlarm(e.Deed)}
	stands, err := b.slack.PostOnce(ctx, slackapi.Urgent, "say/"+e.Key, at, b.sayMessage(line, e))
	switch {
	case errors.Is(err, slackapi.ErrThreadGone):
		return b.sayAgain(ctx, post, line)
	case b.lost(post, err):
		return b.showAgain(ctx, line, post)
	case err != nil:
		return err
	case e.Deed == takeover.DidOffer:
		return b.offerStands(ctx, e, stands)
	case isAlarm(e.Deed):
		return b.alarmStands(ctx, e, stands)
	}
	return nil
}

// threadOf is a line and its card, in whose thread something is to be said. What is said
// of a taken line may be faster than its card, which is put up then; ok is false where
// nobody has asked for one.
func (b *Bot) threadOf(ctx context.Context, id takeover.LineID) (line takeover.Line, card takeover.Card, ok bool, err error) {
	card, begun, err := b.cardOf(ctx, id)
	if err != nil {
		return line, card, false, err
	}
	line, err = b.deps.Reader.Line(ctx, id)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return line, card, false, nil
	case err != nil:
		return line, card, false, fmt.Errorf("load the line: %w", err)
	}
	if card.TS != "" || !begun && line.State == takeover.StateAI {
		return line, card, begun, nil
	}
	if _, err = b.putUpCard(ctx, line); err != nil {
		return line, card, false, err
	}
	card, err = b.drawnCard(ctx, line) // one that was found again shows an older state
	return line, card, err == nil, err
}

// sayMessage is a line of the thread with what can be pressed below it.
func (b *Bot) sayMessage(l takeover.Line, e takeover.Entry) slackapi.Message {
	words := sayWords(l, e)
	if e.Deed == takeover.DidTellLeads && b.cfg.LeadsGroup != "" {
		words = mrkdwn.MentionGroup(b.cfg.LeadsGroup) + " " + words
	}
	m := mrkdwn.TextMessage(words)
	if isAlarm(e.Deed) {
		// The channel sees a copy, far from the card.
		m.Text += " It is about " + mrkdwn.Escape(cardWho(l)) + "."
		m.Blocks = append(m.Blocks, slack.NewContextBlock("who", mrkdwn.Plain(cardWho(l))))
	}
	if e.Deed == takeover.DidHearAI && l.Takeover.Spoke.Text != "" {
		m.Blocks = append(m.Blocks, mrkdwn.Quote("quote", l.Takeover.Spoke.Text))
	}
	if buttons := sayButtons(l, e); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("act", buttons...))
	}
	return m
}

// sayButtons are what a line of the thread asks for. Pressed when it is too late they
// are refused, and the state is shown as it is then.
func sayButtons(l takeover.Line, e takeover.Entry) []slack.BlockElement {
	id := string(e.Line)
	switch e.Deed {
	case takeover.DidOffer:
		if l.Takeover.Handoff.Ref != e.Ref {
			return nil // answered already
		}
		return []slack.BlockElement{primary(actionAccept, offerID(e), "Accept"), mrkdwn.Button(actionDecline, offerID(e), "Decline")}
	case takeover.DidAsk, takeover.DidAskAgain:
		return []slack.BlockElement{primary(actionExtend, id, "+30 min"), mrkdwn.Button(actionHandBack, id, "Hand back to AI")}
	case takeover.DidTellLeads:
		return []slack.BlockElement{primary(actionTakeFrom, id, "Take from the holder …"), mrkdwn.Button(actionHandBack, id, "Hand back to AI")}
	case takeover.DidSeeChange, takeover.DidMiss:
		return []slack.BlockElement{primary(actionTake, id, "Take over again")}
	}
	return nil
}

// sayAgain decides about a line whose card was deleted with its thread. A drawing that is
// on its way, or was faster, puts up a new card, and the line belongs below that one.
// Else the audit has it.
func (b *Bot) sayAgain(ctx context.Context, gone takeover.Card, line takeover.Line) error {
	now, begun, err := b.cardOf(ctx, line.ID)
	if err != nil {
		return err
	}
	if !begun || now.TS != gone.TS || now.Drawn < line.Version {
		return takeover.Later(time.Second, "the card is put up again")
	}
	b.deps.Log.WarnContext(ctx, "not said: the card was deleted", "line", line.ID, "ref", line.Ref)
	return nil
}

// Tell answers the operator of a stored command in private.
func (b *Bot) Tell(ctx context.Context, job takeover.TellJob) error {
	return b.retryLater(ctx, fmt.Sprintf("tell/%d", job.Command), b.tell(ctx, job))
}

func (b *Bot) tell(ctx context.Context, job takeover.TellJob) error {
	c, err := b.deps.Reader.Command(ctx, job.Command)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := b.refusal(ctx, c, job.Refusal)
	if err != nil {
		return err
	}
	return b.lastAnswer(ctx, c, m)
}
