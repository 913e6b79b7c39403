package talk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"takeoverbot/takeover"
)

// Apply works a stored command, seq being its number in the inbox, within the transaction that
// marks it as worked: its effects happen exactly once. What is not about texts is decided by
// package takeover.
func (s *Service) Apply(ctx context.Context, tx Tx, seq int64, c takeover.Command) error {
	switch c.Verb {
	case takeover.Say:
		return s.say(ctx, tx, seq, c, "")
	case takeover.Reword:
		return s.edit(ctx, tx, seq, c, func(t Text) (Text, bool) { return t.Reworded(c) })
	case takeover.Recall:
		return s.edit(ctx, tx, seq, c, Text.Recalled)
	case takeover.SayAgain:
		return s.again(ctx, tx, seq, c)
	case takeover.TakeAndSay, takeover.KeepAsNote:
		return s.ofRefused(ctx, tx, seq, c)
	case takeover.Reported:
		return s.Report(ctx, tx, *c.Report)
	case takeover.Received:
		return s.received(ctx, tx, seq, c)
	default:
		return s.Takeover.Apply(ctx, tx, seq, c)
	}
}

// idOf is the id of the text of a command, so that working the command again makes the same one.
func idOf(key string) ID {
	sum := sha256.Sum256([]byte("text/" + key))
	return ID("tx_" + hex.EncodeToString(sum[:12]))
}

// say stores words for the end user, if they may leave. again names the text that they repeat.
func (s *Service) say(ctx context.Context, tx Tx, seq int64, c takeover.Command, again ID) error {
	line, err := tx.Line(ctx, c.Line)
	if errors.Is(err, takeover.ErrNotFound) {
		return s.tell(ctx, tx, seq, takeover.Refusal{Kind: takeover.RefusedNoLine, Line: c.Line})
	}
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	line = s.Takeover.Able(line)
	if refusal := line.MaySay(c); refusal != nil {
		return s.tell(ctx, tx, seq, *refusal)
	}
	t := Write(idOf(c.Key), line, c)
	t.Again = again
	if deleted, ok, err := tx.TextAt(ctx, t.Source); err != nil || ok && t.Source.TS != "" && deleted.State == Stopped {
		return err
	}
	if err := tx.PutText(ctx, t); err != nil {
		return fmt.Errorf("store the text: %w", err)
	}
	if err := s.Takeover.Follows(ctx, tx, line.Texted(c, string(t.ID))); err != nil {
		return err
	}
	c.Verb = takeover.Active // who speaks with the end user uses the takeover
	if err := s.Takeover.Apply(ctx, tx, seq, c); err != nil {
		return err
	}
	return tx.Enqueue(ctx, SendJob{Line: line.ID}, MarkJob{Text: t.ID})
}

// edit changes the text of a message that was edited or deleted. A message that no text was
// written in is none of ours; that it was deleted is kept, as the message itself may come later:
// Slack sends again what no process took.
func (s *Service) edit(ctx context.Context, tx Tx, seq int64, c takeover.Command, change func(Text) (Text, bool)) error {
	source := Source{Channel: c.Reply.Channel, TS: c.Message}
	t, ok, err := tx.TextAt(ctx, source)
	switch {
	case err != nil || !ok && c.Verb != takeover.Recall:
		return err
	case !ok:
		return s.put(ctx, tx, Text{ID: idOf(c.Key), Line: c.Line, By: c.By, Source: source, State: Stopped, WrittenAt: c.At, DueAt: c.At})
	}
	changed, ok := change(t)
	switch {
	case ok:
		return s.put(ctx, tx, changed, MarkJob{Text: t.ID})
	case t.State == Stopped || t.State == Failed || c.Verb == takeover.Reword && t.says(c.Words, c.Files):
		return nil // the end user has none of it, or has just this
	}
	return s.tell(ctx, tx, seq, takeover.Refusal{Kind: takeover.RefusedLeft, Line: t.Line})
}

// again sends a text that may not have been sent, once more, for its line's holder.
func (s *Service) again(ctx context.Context, tx Tx, seq int64, c takeover.Command) error {
	t, ok, err := tx.Text(ctx, ID(c.Text))
	if err != nil {
		return err
	}
	if !ok || t.Line != c.Line || t.State != Unsure && t.State != Failed {
		return s.tell(ctx, tx, seq, takeover.Refusal{Kind: takeover.RefusedSettled, Line: c.Line})
	}
	// Whoever presses twice, or presses while a colleague does, sends it once.
	c.Key, c.Words, c.Files, c.Parts, c.Message = "again/"+string(t.ID), t.Words, t.Files, t.Parts, ""
	c.Corrects = !t.Corrects.IsZero()
	if _, done, err := tx.Text(ctx, idOf(c.Key)); err != nil || done {
		return err
	}
	return s.say(ctx, tx, seq, c, t.ID)
}

// ofRefused uses the words of a command that was refused because another operator holds the line.
func (s *Service) ofRefused(ctx context.Context, tx Tx, seq int64, c takeover.Command) error {
	said, ok, err := saidBefore(ctx, tx, c)
	if err != nil {
		return err
	}
	if !ok {
		return s.tell(ctx, tx, seq, takeover.Refusal{Kind: takeover.RefusedNoCommand, Line: c.Line})
	}
	if c.Verb == takeover.KeepAsNote {
		c.Verb, c.Note = takeover.Remark, takeover.WithPictures(said.Words, len(said.Files))
		return s.Takeover.Apply(ctx, tx, seq, c)
	}
	line, err := tx.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	deleted, ok, err := tx.TextAt(ctx, Source{Channel: said.Reply.Channel, TS: said.Message})
	if err != nil {
		return err
	}
	if ok && deleted.State == Stopped { // there is nothing to take the line for
		return s.tell(ctx, tx, seq, takeover.Refusal{Kind: takeover.RefusedDeleted, Line: c.Line, Holder: line.Takeover.Holder, State: line.State})
	}
	if line.Takeover.Holder != c.By || !line.Taken() {
		if taken, err := s.takeLine(ctx, tx, seq, c, line.Taken()); err != nil || !taken {
			return err // it was refused, and the refusal says why
		}
	}
	said.At, said.Key = c.At, "of/"+said.Key
	if _, done, err := tx.Text(ctx, idOf(said.Key)); err != nil || done {
		return err
	}
	return s.say(ctx, tx, seq, said, "")
}

// saidBefore is the command whose words c uses; false where there is none, or where it is of another
// person or line.
func saidBefore(ctx context.Context, tx Tx, c takeover.Command) (said takeover.Command, ok bool, err error) {
	said, err = tx.Command(ctx, c.Of)
	if errors.Is(err, takeover.ErrNotFound) {
		return said, false, nil
	}
	return said, err == nil && said.Verb == takeover.Say && said.By == c.By && said.Line == c.Line, err
}

// takeLine takes the line over for the author of a command, from its holder if it has one, and reports
// whether that took effect.
func (s *Service) takeLine(ctx context.Context, tx Tx, seq int64, c takeover.Command, held bool) (taken bool, err error) {
	if c.Verb = takeover.TakeOver; held {
		c.Verb = takeover.TakeFrom
	}
	if err := s.Takeover.Apply(ctx, tx, seq, c); err != nil {
		return false, err
	}
	line, err := tx.Line(ctx, c.Line)
	return err == nil && line.Takeover.Holder == c.By, err
}

// put stores a text and what follows.
func (s *Service) put(ctx context.Context, tx Tx, t Text, jobs ...takeover.Job) error {
	if err := tx.PutText(ctx, t); err != nil {
		return fmt.Errorf("store the text: %w", err)
	}
	return tx.Enqueue(ctx, jobs...)
}

// tell answers the operator of a stored command in private.
func (s *Service) tell(ctx context.Context, tx Tx, seq int64, r takeover.Refusal) error {
	return tx.Enqueue(ctx, takeover.TellJob{Command: seq, Refusal: r})
}
