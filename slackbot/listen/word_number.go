package listen

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// wordTake takes a line over by its number. What the bot does not know yet it searches, and takes
// over the one line that is found.
func (ln *Listener) wordTake(ctx context.Context, a asked) (Answer, error) {
	query, shown, err := ln.query(a.rest)
	if err != nil {
		return ln.badInput("take", err)
	}
	var lines []takeover.Line
	if query.Field == takeover.FieldEndUser {
		if lines, err = ln.linesOf(ctx, takeover.Target(query.Value)); err != nil {
			return Answer{}, err
		}
	}
	switch len(lines) {
	case 0:
		c := a.command(takeover.Search, "")
		c.Query, c.Take = query, true
		return ln.store(ctx, "take", c)
	case 1:
		c := a.command(takeover.TakeOver, lines[0].ID)
		c.Show = true // the card shows what becomes of it
		return ln.store(ctx, "take", c)
	}
	head := fmt.Sprintf("%s has %s: which one do you take over?", mrkdwn.Escape(shown), mrkdwn.Count(len(lines), "line"))
	return private("take", render.Choice(head, lines, ln.Now(), ids.Take, "Take over"))
}

// wordBack opens the modal that hands a line back, as its button does, by the number or by the
// last digits of a line that is held.
func (ln *Listener) wordBack(ctx context.Context, a asked) (Answer, error) {
	lines, none, err := ln.heldAs(ctx, a.rest, "")
	switch {
	case err != nil:
		return ln.badInput("back", err)
	case none != "":
		return private("back", mrkdwn.TextMessage(none))
	case len(lines) > 1:
		return private("back", render.Choice("Which line do you hand back to the AI?", lines, ln.Now(), ids.HandBack, "Hand back …"))
	}
	return ln.openModal(ctx, a.pressed(ids.HandBack), modals()[ids.HandBack], lines[0].ID)
}

// wordHandOff passes lines on: one to a colleague who is mentioned, or, without more, a
// list of all that is held.
func (ln *Listener) wordHandOff(ctx context.Context, a asked) (Answer, error) {
	if a.rest == "" {
		return ln.shiftChange(ctx, a)
	}
	number, who, note := people.MentionIn(a.rest)
	note = ln.People.PlainText(ctx, note)
	switch n := utf8.RuneCountInString(note); {
	case who == "":
		return private("handoff", mrkdwn.TextMessage("To whom? Mention one colleague behind the number. `/takeover handoff` alone lists what you hold, each with a button to pass it on. Nothing was changed."))
	case n > render.MaxRemark:
		return private("handoff", mrkdwn.TextMessage(noteTooLong(n, render.MaxRemark)))
	}
	if refusal, _ := ln.People.JudgeReceiver(who); refusal != "" {
		return private("refused", mrkdwn.TextMessage(refusal))
	}
	lines, none, err := ln.heldAs(ctx, number, takeover.OperatorID(a.UserID))
	switch {
	case err != nil:
		return ln.badInput("handoff", err)
	case none != "":
		return private("handoff", mrkdwn.TextMessage(none))
	case len(lines) > 1:
		return private("handoff", render.Choice("Which line do you pass on?", lines, ln.Now(), ids.HandOff, "Pass …"))
	}
	c := a.command(takeover.HandOff, lines[0].ID)
	c.To, c.Note = who, note
	return ln.store(ctx, "handoff", c)
}

// heldAs lists the held lines that a number means: only the lines of the operator mine, where
// there are any. An empty text means all lines of mine. none is the sentence to answer if there
// is no line. err may be a *typed.InputError.
func (ln *Listener) heldAs(ctx context.Context, text string, mine takeover.OperatorID) (lines []takeover.Line, none string, err error) {
	if lines, err = ln.Lines.Taken(ctx); err != nil {
		return nil, "", fmt.Errorf("list who holds what: %w", err)
	}
	own := keep(lines, func(l takeover.Line) bool { return mine != "" && l.Takeover.Holder == mine })
	if text == "" && mine != "" {
		if len(own) == 0 {
			return nil, "You hold nothing at the moment: there is nothing to pass on. `/takeover open` shows what others hold.", nil
		}
		return own, "", nil
	}
	query, shown, err := ln.query(text)
	if err != nil {
		return nil, "", err
	}
	if query.Field == takeover.FieldLabel || query.Field == takeover.FieldName {
		return nil, "This word needs a number or its last digits. `/takeover open` shows what is held, with the last digits of each. Nothing was changed.", nil
	}
	means := func(l takeover.Line) bool { return meant(query, l.EndUser) }
	if lines = keep(lines, means); len(lines) == 0 {
		return nil, fmt.Sprintf("Nobody holds a line of %s at the moment: nothing was changed. `/takeover open` shows what is held.", mrkdwn.Escape(shown)), nil
	}
	if own = keep(own, means); len(own) > 0 {
		return own, "", nil
	}
	return lines, "", nil
}

// meant says whether a query by number means this end user.
func meant(q takeover.Query, endUser takeover.Target) bool {
	switch q.Field {
	case takeover.FieldAnonymous:
		return endUser.Anonymous()
	case takeover.FieldLastDigits:
		return !endUser.Anonymous() && strings.HasSuffix(takeover.Digits(string(endUser)), q.Value)
	}
	return endUser.Is(takeover.Target(q.Value))
}
