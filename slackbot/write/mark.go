package write

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// marks are the reactions that say on a message what became of its text. A text that was stopped
// has none: its message was deleted, or edited so that it stays inside.
var marks = map[talk.State]string{
	talk.Waiting: markSending, talk.Leaving: markSending,
	talk.Sent:        "outbox_tray",
	talk.Delivered:   "white_check_mark",
	talk.Unconfirmed: "grey_question",
	talk.Failed:      "x",
	talk.Unsure:      "warning",
}

// allMarks are the reactions that may be on a message.
var allMarks = [...]string{markSending, "outbox_tray", "white_check_mark", "grey_question", "x", "warning"}

const (
	markSending = "hourglass_flowing_sand"
	// markSoon is for how long it is not said that a text is being sent: its next state follows.
	// That saves two calls, and one of them is the removal, of which Slack allows 20 a minute.
	markSoon = time.Second
	// markLease is longer than the calls for one message take.
	markLease = 30 * time.Second
)

// Mark shows by one reaction on the message of a text what became of it, by the newest state. A
// reaction that Slack refuses is left out: the thread says in words what went wrong. What the thread
// says of a text that may not have been sent changes once that is settled.
func (w *Writer) Mark(ctx context.Context, job talk.MarkJob) error {
	err := w.closeUnsure(ctx, job.Text)
	if err == nil {
		err = w.mark(ctx, job.Text)
	}
	if refused, ok := errors.AsType[*slackapi.Error](err); ok && refused.Class == slackapi.Permanent {
		if refused.Code != "message_not_found" { // it was deleted
			w.Log.WarnContext(ctx, "a reaction on a message is left out", "text", job.Text, "err", err)
		}
		err = nil
	}
	return w.retryLater(ctx, "mark/"+string(job.Text), err)
}

// mark marks a message, one worker at a time, and once more if its text has changed meanwhile.
func (w *Writer) mark(ctx context.Context, id talk.ID) error {
	lease, leased, err := w.Posts.Lease(ctx, "mark/"+string(id), markLease)
	if err != nil {
		return fmt.Errorf("lease a message: %w", err)
	}
	if !leased {
		return takeover.Later(slackapi.BusyWait, "another worker marks the message")
	}
	defer lease.Release()
	for shown := talk.State(""); ; {
		t, ok, err := w.Reader.Text(ctx, id)
		if err != nil {
			return fmt.Errorf("load a text: %w", err)
		}
		if !ok || t.State == shown {
			return nil
		}
		if t.Source.TS == "" { // a box cannot be edited, so that its words are never stopped
			if t.Source, err = w.showWords(ctx, t); err != nil || t.Source.TS == "" {
				return err
			}
		}
		if err := w.markAs(ctx, t); err != nil {
			return err
		}
		shown = t.State
	}
}

// markAs puts the reaction for the state of a text on its message, and takes the other ones away.
// The store has a row for each reaction that may be on the message, without a TS until it is.
func (w *Writer) markAs(ctx context.Context, t talk.Text) error {
	if marks[t.State] == "" {
		return w.unmarkOthers(ctx, t)
	}
	mark := takeover.Post{Key: markKey(t.ID, marks[t.State]), Channel: t.Source.Channel, TS: t.Source.TS}
	stands, _, err := w.Posts.Post(ctx, mark.Key)
	if err != nil {
		return err
	}
	if stands.TS == "" {
		if t.State.Open() && (w.marks.high() || t.DueAt.Sub(w.Now()) < markSoon) {
			return nil
		}
		if err := w.Posts.PutPost(ctx, takeover.Post{Key: mark.Key, Channel: mark.Channel, Begun: w.Now()}); err != nil {
			return err
		}
		err := w.Slack.React(ctx, mark.Channel, mark.TS, marks[t.State])
		if _, late := errors.AsType[*takeover.LaterError](err); late && t.State.Open() {
			return nil // its next state is shown instead
		}
		if err != nil {
			return err
		}
		if err := w.Posts.PutPost(ctx, mark); err != nil {
			return err
		}
	}
	return w.unmarkOthers(ctx, t)
}

// unmarkOthers takes away all reactions but that for the state of a text.
func (w *Writer) unmarkOthers(ctx context.Context, t talk.Text) error {
	for _, other := range allMarks {
		if other == marks[t.State] {
			continue
		}
		if err := w.unmark(ctx, t, other); err != nil {
			return err
		}
	}
	return nil
}

// unmark takes a reaction away, if it may be on the message.
func (w *Writer) unmark(ctx context.Context, t talk.Text, mark string) error {
	key := markKey(t.ID, mark)
	if _, begun, err := w.Posts.Post(ctx, key); err != nil || !begun {
		return err
	}
	err := w.Slack.Unreact(ctx, t.Source.Channel, t.Source.TS, mark)
	if later, ok := errors.AsType[*takeover.LaterError](err); ok {
		w.marks.until.Store(time.Now().Add(later.After).UnixNano())
	}
	if err != nil {
		return err
	}
	return w.Posts.DropPost(ctx, key)
}

func markKey(id talk.ID, mark string) string { return "mark/" + string(id) + "/" + mark }

// showWords shows in the thread, once, what was written in a box, and returns the place.
func (w *Writer) showWords(ctx context.Context, t talk.Text) (talk.Source, error) {
	post, err := w.sayInThread(ctx, takeover.Entry{Line: t.Line}, "wrote/"+string(t.ID), false, func(l takeover.Line) slackapi.Message {
		return render.Wrote(l, t)
	})
	return talk.Source{Channel: post.Channel, TS: post.TS}, err
}

// unsureKey is the key of the place where the thread says that a text may not have been sent.
func unsureKey(id talk.ID) string { return "unsure/" + string(id) }

// unsureStands stores where the thread says that a text may not have been sent, so that the message
// changes when that is settled. It may just have been: either this sees it, or the job of the change
// sees the stored row.
func (w *Writer) unsureStands(ctx context.Context, id talk.ID, at takeover.Post) error {
	at.Key = unsureKey(id)
	if err := w.Posts.PutPost(ctx, at); err != nil {
		return err
	}
	return w.closeUnsure(ctx, id)
}

// closeUnsure takes the button off the message that a text may not have been sent, if it is known by
// now what became of the text, or if the text repeats that one.
func (w *Writer) closeUnsure(ctx context.Context, id talk.ID) error {
	t, ok, err := w.Reader.Text(ctx, id)
	if err != nil || !ok {
		return err
	}
	var again takeover.OperatorID
	if t.Again != "" {
		again = t.By
		if t, ok, err = w.Reader.Text(ctx, t.Again); err != nil || !ok {
			return err
		}
	}
	post, stands, err := w.Posts.Post(ctx, unsureKey(t.ID))
	if err != nil || !stands || t.State == talk.Unsure && again == "" {
		return err
	}
	line, err := w.Reader.Line(ctx, t.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if err := w.replace(ctx, post.Channel, post.TS, render.Settled(line, t, again)); err != nil {
		return fmt.Errorf("change the message about a text: %w", err)
	}
	if again == "" && (t.State == talk.Sent || t.State == talk.Unconfirmed) {
		return nil // a report may still say more
	}
	return w.Posts.DropPost(ctx, post.Key)
}
