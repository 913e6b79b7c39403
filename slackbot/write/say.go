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

// Say writes one line of the audit into the line's thread, once.
func (w *Writer) Say(ctx context.Context, job takeover.SayJob) error {
	return w.retryLater(ctx, "say/"+job.Entry.Key, w.say(ctx, job))
}

func (w *Writer) say(ctx context.Context, job takeover.SayJob) error {
	e, alarm := job.Entry, render.IsAlarm(job.Entry.Event)
	about, _, err := w.Reader.Text(ctx, talk.ID(e.Text)) // there is none where that is empty
	if err != nil {
		return fmt.Errorf("load a text: %w", err)
	}
	post, err := w.sayInThread(ctx, e, "say/"+e.Key, alarm, func(l takeover.Line) slackapi.Message {
		return render.ThreadMessage(l, e, about.Told(), w.Desks.Of(l))
	})
	switch {
	case err != nil || post.TS == "":
		return err
	case e.Event == takeover.EventOffered:
		return w.offerStands(ctx, e, post)
	case e.Event == takeover.EventTextUnsure:
		return w.unsureStands(ctx, about.ID, post)
	case alarm:
		return w.alarmStands(ctx, e, post)
	}
	return nil
}

// sayInThread posts a message about an entry below the card of its line, once. The post is
// empty where the line has no card and needs none: the audit has the entry.
func (w *Writer) sayInThread(ctx context.Context, e takeover.Entry, key string, broadcast bool,
	message func(takeover.Line) slackapi.Message) (takeover.Post, error) {
	line, card, ok, err := w.threadOf(ctx, e.Line)
	if err != nil || !ok {
		return takeover.Post{}, err
	}
	at := slackapi.Place{Channel: card.Channel, Thread: card.TS, Broadcast: broadcast}
	post, err := w.Slack.PostOnce(ctx, slackapi.Urgent, key, at, message(line))
	switch {
	case errors.Is(err, slackapi.ErrThreadGone):
		return takeover.Post{}, w.sayAgain(ctx, card, line)
	case w.lost(card, err):
		return takeover.Post{}, w.showAgain(ctx, line, card)
	}
	return post, err
}

// threadOf returns a line and its card, for a message in its thread. A message about a taken
// line may come before its card, which is posted then; ok is false for a line that has no card
// and needs none.
func (w *Writer) threadOf(ctx context.Context, id takeover.LineID) (line takeover.Line, card takeover.Card, ok bool, err error) {
	card, begun, err := w.cardOf(ctx, id)
	if err != nil {
		return line, card, false, err
	}
	line, err = w.Reader.Line(ctx, id)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return line, card, false, nil
	case err != nil:
		return line, card, false, fmt.Errorf("load the line: %w", err)
	}
	if card.TS != "" || !begun && line.State == takeover.StateAI {
		return line, card, begun, nil
	}
	if _, err = w.putUpCard(ctx, line); err != nil {
		return line, card, false, err
	}
	card, err = w.drawnCard(ctx, line) // a card that was found again may show an older state
	return line, card, err == nil, err
}

// sayAgain decides about a message whose card was deleted with its thread. If a drawing posts
// a new card, or has done so, the message belongs below that one. Otherwise only the audit has
// it.
func (w *Writer) sayAgain(ctx context.Context, gone takeover.Card, line takeover.Line) error {
	now, begun, err := w.cardOf(ctx, line.ID)
	if err != nil {
		return err
	}
	if !begun || now.TS != gone.TS || now.Drawn < line.Version {
		return takeover.Later(time.Second, "a new card is being posted")
	}
	w.Log.WarnContext(ctx, "not said: the card was deleted", "line", line.ID, "ref", line.Ref)
	return nil
}

// Draft puts a draft that corrects the AI into the line's thread, once. It is for copying:
// nothing is sent.
func (w *Writer) Draft(ctx context.Context, job takeover.DraftJob) error {
	return w.retryLater(ctx, "draft/"+job.Entry.Key, w.draft(ctx, job))
}

func (w *Writer) draft(ctx context.Context, job takeover.DraftJob) error {
	message := func(l takeover.Line) slackapi.Message { return render.Draft(l, job) }
	_, err := w.sayInThread(ctx, job.Entry, "draft/"+job.Entry.Key, false, message)
	return err
}
