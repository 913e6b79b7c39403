package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// form is what a submitted box says, by the ids of its fields.
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

// wrong is what keeps a box open: the field, and the sentence below it.
type wrong struct{ block, sentence string }

// submission is the task of a submitted modal.
func (ln *Listener) submission(in interaction) task {
	m, ok := modals()[in.View.CallbackID]
	if !ok {
		return noTask("unknown box")
	}
	t := ln.task(in, people.Responder, func(ctx context.Context) (Answer, error) { return ln.submit(ctx, in, m) })
	t.refuse = func(_ context.Context, refusal string) (Answer, error) {
		return fieldError(in.View.CallbackID, m.first, ln.bare(refusal, ""))
	}
	return t
}

// submit stores what a submitted modal says. An empty answer closes it.
func (ln *Listener) submit(ctx context.Context, in interaction, m modal) (Answer, error) {
	line, channel, seen := parseBoxNote(in.View.PrivateMetadata)
	c := takeover.Command{
		Key: in.View.CallbackID + "/" + in.View.ID + "/" + in.User.ID, By: takeover.OperatorID(in.User.ID), Origin: takeover.FromModal,
		At: ln.deps.Now().UTC(), Line: line, From: seen, Reply: takeover.Reply{Channel: cmp.Or(channel, in.User.ID)},
	}
	if in.View.ID == "" {
		c.Key = in.key()
	}
	if wrong := m.read(ctx, ln, form{in.View, c.By}, &c); wrong != nil {
		return fieldError(in.View.CallbackID, wrong.block, wrong.sentence)
	}
	if err := ln.put(ctx, c); err != nil {
		// Slack shows a submitted box no reason for an HTTP error: say it in the box.
		if errors.Is(err, takeover.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
			return fieldError(in.View.CallbackID, m.first, fmt.Sprintf("The bot is overloaded: this may not have been stored. Please press %s again; it counts once.", m.press))
		}
		return Answer{}, fmt.Errorf("store what the box says: %w", err)
	}
	return Answer{Kind: in.View.CallbackID}, nil
}

func readHandBack(_ context.Context, _ *Listener, f form, c *takeover.Command) *wrong {
	c.Verb, c.Note, c.From = takeover.GiveBack, f.text(ids.NoteBlock, ids.NoteInput), ""
	return tooLong(c.Note, maxNote)
}

func readHandOff(ctx context.Context, b *Listener, f form, c *takeover.Command) *wrong {
	c.Verb, c.To, c.Note, c.From = takeover.HandOff, f.user(ids.ToBlock, ids.ToInput), f.text(ids.NoteBlock, ids.NoteInput), ""
	switch c.To {
	case "":
		return &wrong{ids.ToBlock, "Please pick who is to have it."}
	case c.By:
		return &wrong{ids.ToBlock, "That is you: you have it already. Please pick somebody else."}
	}
	if refusal := b.people.MayReceive(ctx, c.To); refusal != "" {
		return &wrong{ids.ToBlock, b.bare(refusal, c.To)}
	}
	return tooLong(c.Note, render.MaxRemark)
}

func readPassAll(ctx context.Context, b *Listener, f form, c *takeover.Command) *wrong {
	wrong := readHandOff(ctx, b, f, c)
	c.Verb, c.Line = takeover.HandOffAll, ""
	return wrong
}

func readTakeFrom(_ context.Context, _ *Listener, f form, c *takeover.Command) *wrong {
	c.Verb, c.Note = takeover.TakeFrom, f.text(ids.NoteBlock, ids.NoteInput)
	if c.Note == "" {
		return &wrong{ids.NoteBlock, "Please say why: the holder reads it."}
	}
	return tooLong(c.Note, render.MaxRemark)
}

func readHoldFor(_ context.Context, _ *Listener, f form, c *takeover.Command) *wrong {
	minutes, err := strconv.Atoi(f.picked(ids.ForBlock, ids.ForInput))
	if err != nil || minutes <= 0 || minutes > int(takeover.MaxHold.Minutes()) {
		return &wrong{ids.ForBlock, "Please pick how long."}
	}
	c.Verb, c.For, c.From = takeover.Extend, time.Duration(minutes)*time.Minute, ""
	return nil
}

// tooLong refuses what a client let through that does not keep to its own limit.
func tooLong(note string, most int) *wrong {
	if n := utf8.RuneCountInString(note); n > most {
		return &wrong{ids.NoteBlock, fmt.Sprintf("That is %d characters; at most %d fit. Please shorten it.", n, most)}
	}
	return nil
}

// bare makes a sentence fit for below a field, where Slack shows marks as they are typed.
func (ln *Listener) bare(sentence string, who takeover.OperatorID) string {
	return strings.NewReplacer(mrkdwn.Mention(who), "That person", mrkdwn.MentionGroup(ln.cfg.Desks[0].Groups.Responders), "the responders' group", "`", "", "*", "").Replace(sentence)
}

// boxNote is what a box remembers: its line, where it was opened, and who held the line
// then. Each may be empty.
func boxNote(line takeover.LineID, channel string, holder takeover.OperatorID) string {
	return strings.TrimRight(string(line)+" "+channel+" "+string(holder), " ")
}

func parseBoxNote(note string) (line takeover.LineID, channel string, holder takeover.OperatorID) {
	parts := append(strings.SplitN(note, " ", 3), "", "")
	return takeover.LineID(parts[0]), parts[1], takeover.OperatorID(parts[2])
}
