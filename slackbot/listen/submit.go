package listen

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// form has the values of a submitted modal, by the ids of its fields.
type form struct {
	view
	by takeover.OperatorID
}

func (f form) text(block, action string) string {
	return strings.TrimSpace(f.State.Values[block][action].Value)
}

func (f form) user(block, action string) takeover.OperatorID {
	return takeover.OperatorID(f.State.Values[block][action].SelectedUser)
}

func (f form) picked(block, action string) string {
	if s := f.State.Values[block][action].Selected; s != nil {
		return s.Value
	}
	return ""
}

// note is the note of a modal as people read it.
func (ln *Listener) note(ctx context.Context, f form) string {
	return ln.People.PlainText(ctx, f.text(ids.NoteBlock, ids.NoteInput))
}

// wrong keeps a modal open: the field, and the sentence that Slack shows below it.
type wrong struct{ block, sentence string }

func readHandBack(ctx context.Context, ln *Listener, f form, c *takeover.Command) *wrong {
	c.Verb, c.Note, c.From = takeover.GiveBack, ln.note(ctx, f), ""
	return tooLong(c.Note, takeover.MaxNote)
}

func readHandOff(ctx context.Context, ln *Listener, f form, c *takeover.Command) *wrong {
	c.Verb, c.To, c.Note, c.From = takeover.HandOff, f.user(ids.ToBlock, ids.ToInput), ln.note(ctx, f), ""
	switch c.To {
	case "":
		return &wrong{ids.ToBlock, "Please pick a person."}
	case c.By:
		return &wrong{ids.ToBlock, "That is you: you have it already. Please pick another person."}
	}
	if refusal, _ := ln.People.JudgeReceiver(c.To); refusal != "" {
		return &wrong{ids.ToBlock, ln.bare(refusal, c.To)}
	}
	return tooLong(c.Note, render.MaxRemark)
}

func readPassAll(ctx context.Context, ln *Listener, f form, c *takeover.Command) *wrong {
	wrong := readHandOff(ctx, ln, f, c)
	c.Verb, c.Line = takeover.HandOffAll, ""
	return wrong
}

func readTakeFrom(ctx context.Context, ln *Listener, f form, c *takeover.Command) *wrong {
	c.Verb, c.Note = takeover.TakeFrom, ln.note(ctx, f)
	if c.Note == "" {
		return &wrong{ids.NoteBlock, "Please say why: the holder reads it."}
	}
	return tooLong(c.Note, render.MaxRemark)
}

func readHoldFor(_ context.Context, _ *Listener, f form, c *takeover.Command) *wrong {
	minutes, err := strconv.Atoi(f.picked(ids.ForBlock, ids.ForInput))
	if err != nil || !slices.Contains(holdChoices(), minutes) {
		return &wrong{ids.ForBlock, "Please pick how long."}
	}
	c.Verb, c.For, c.From = takeover.Extend, time.Duration(minutes)*time.Minute, ""
	return nil
}

// tooLong refuses a note above the limit, which Slack's own clients do not let through.
func tooLong(note string, most int) *wrong {
	if n := utf8.RuneCountInString(note); n > most {
		return &wrong{ids.NoteBlock, fmt.Sprintf("That is %d characters; at most %d fit. Please shorten it.", n, most)}
	}
	return nil
}

// bare removes mark-up from a sentence that stands below a field: Slack shows it literally there.
func (ln *Listener) bare(sentence string, who takeover.OperatorID) string {
	return strings.NewReplacer(mrkdwn.Mention(who), "That person", mrkdwn.MentionGroup(ln.Desks[0].Groups.Responders), "the responders' group", "`", "", "*", "").Replace(sentence)
}
