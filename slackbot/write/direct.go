package write

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

const (
	// directLease outlives directTime, so that no older message is put over a newer one.
	directLease = 30 * time.Second
	// directTime bounds the posting or changing of one direct message, with the waiting for
	// its turn.
	directTime = 25 * time.Second
	// gatherTime is how long a message about several lines waits for the others.
	gatherTime = 2 * time.Second
)

// Direct sends one person a direct message. A later job with the same key changes that message
// in place, and an older one that comes late does nothing. If Slack does not deliver to the
// person, this is logged: the thread says the same.
func (w *Writer) Direct(ctx context.Context, job takeover.DirectJob) error {
	return w.retryLater(ctx, "direct/"+job.Key, w.leaseDirect(ctx, job))
}

func (w *Writer) leaseDirect(ctx context.Context, job takeover.DirectJob) error {
	if _, _, together := job.Entry.Together(); together {
		if wait := job.Entry.At.Add(gatherTime).Sub(w.Now()); wait > 0 && wait <= gatherTime {
			return takeover.Later(wait, "others may be told in the same message")
		}
	}
	key := "direct/" + job.Key
	lease, ok, err := w.Posts.Lease(ctx, key, directLease)
	if err != nil {
		return fmt.Errorf("lease a direct message: %w", err)
	}
	if !ok {
		return takeover.Later(slackapi.BusyWait, "another worker writes the direct message")
	}
	defer lease.Release()
	leased, cancel := context.WithTimeout(ctx, directTime)
	defer cancel()
	err = w.direct(leased, key, job)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil // the line was purged: there is nothing to tell
	}
	if refusedForGood(err) {
		w.Log.WarnContext(ctx, "direct message not delivered", "operator", job.To, "ref", job.Entry.Ref, "err", err)
		err = w.sayUndelivered(ctx, job)
	}
	if id, offer := strings.CutPrefix(job.Key, "handoff/"); offer && job.Entry.Event != takeover.EventOffered {
		// The buttons in the thread go even if the direct message fails.
		if closed := w.closeOffer(ctx, id, job.Entry); err == nil {
			err = closed
		}
	}
	return err
}

// sayUndelivered says in the thread that a person was not told: what else is said there, in the
// log and on the card counts on the direct message.
func (w *Writer) sayUndelivered(ctx context.Context, job takeover.DirectJob) error {
	_, err := w.sayInThread(ctx, job.Entry, "undelivered/"+job.Key+"/"+string(job.Entry.Event)+"/"+string(job.Entry.Line), false, func(l takeover.Line) slackapi.Message {
		return render.About(l, job.Entry.At, render.Undelivered(job))
	})
	if refusedForGood(err) {
		w.Log.WarnContext(ctx, "nor is it said in the thread", "operator", job.To, "ref", job.Entry.Ref, "err", err)
		return nil
	}
	return err
}

// direct posts or changes the message, under its lease, unless it is as new as the job.
func (w *Writer) direct(ctx context.Context, key string, job takeover.DirectJob) error {
	others, written, err := w.together(ctx, job)
	if err != nil {
		return err
	}
	known, err := w.knownDirect(ctx, key, job)
	if err != nil || known.TS != "" && !known.Written.Before(written) {
		return err
	}
	m, err := w.directMessage(ctx, job, others)
	if err != nil {
		return err
	}
	if known.TS != "" {
		err := w.changeDirect(ctx, known, m)
		if err == nil {
			known.Written = written
			return w.Posts.PutDirectMessage(ctx, known)
		}
		if !neverEdits(err) {
			return err
		}
		key += "/after/" + known.TS // the person is told all the same, in a message below
	}
	channel, err := w.directChannel(ctx, job.To)
	if err != nil {
		return err
	}
	post, err := w.Slack.PostOnce(ctx, slackapi.Urgent, key, slackapi.Place{Channel: channel}, m)
	if err != nil {
		return err
	}
	known.Channel, known.TS, known.Written = post.Channel, post.TS, written
	return w.Posts.PutDirectMessage(ctx, known)
}

func (w *Writer) changeDirect(ctx context.Context, known takeover.DirectMessage, m slackapi.Message) error {
	if err := w.Slack.AwaitUpdate(ctx, slackapi.Urgent); err != nil {
		return err
	}
	return w.Slack.Update(ctx, known.Channel, known.TS, m)
}

// knownDirect is the message of the job's key; its TS is empty if it is not known to stand.
// A process that died after it had posted may not have stored of which entry the message is.
func (w *Writer) knownDirect(ctx context.Context, key string, job takeover.DirectJob) (takeover.DirectMessage, error) {
	known, stands, err := w.Posts.DirectMessage(ctx, job.Key)
	if err != nil || stands {
		return known, err
	}
	post, _, err := w.Posts.Post(ctx, key)
	known.Channel, known.TS = post.Channel, post.TS
	return known, err
}

// directChannel is the channel of a person's direct messages with the bot, asked once.
func (w *Writer) directChannel(ctx context.Context, to takeover.OperatorID) (string, error) {
	key := "dm/" + string(to)
	known, _, err := w.Posts.Post(ctx, key)
	if err != nil || known.Channel != "" {
		return known.Channel, err
	}
	channel, err := w.Slack.OpenDirectMessage(ctx, string(to))
	if err != nil {
		return "", err
	}
	return channel, w.Posts.PutPost(ctx, takeover.Post{Key: key, Channel: channel})
}

// together are the other entries that the person is told of in the same message, and how new a
// message with all of them is. That is when the entry was written; where lines are told together,
// it is how many they are: a replica may store an entry later than another with a later time.
func (w *Writer) together(ctx context.Context, job takeover.DirectJob) (others []takeover.Entry, written time.Time, err error) {
	from, until, together := job.Entry.Together()
	if !together {
		return nil, job.Entry.At.Truncate(time.Microsecond), nil
	}
	others, err = w.Reader.Happened(ctx, job.Entry.Event, from, until)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look for what is told in the same message: %w", err)
	}
	others = slices.DeleteFunc(others, func(e takeover.Entry) bool { return e.Other != job.To || e.Key == job.Entry.Key })
	return others, from.Add(time.Duration(1+len(others)) * time.Microsecond), nil
}

// directMessage words what one person is told, with the lines as they are now.
func (w *Writer) directMessage(ctx context.Context, job takeover.DirectJob, others []takeover.Entry) (slackapi.Message, error) {
	d, err := w.directOf(ctx, job.To, job.Entry)
	if err != nil {
		return slackapi.Message{}, err
	}
	if job.Entry.Event == takeover.EventOffered {
		if d.Offers, err = w.offersTo(ctx, job.To); err != nil {
			return slackapi.Message{}, err
		}
	}
	if _, _, together := job.Entry.Together(); !together {
		return d.Message(), nil
	}
	all := []render.Direct{d}
	for _, e := range others {
		switch d, err := w.directOf(ctx, job.To, e); {
		case err == nil:
			all = append(all, d)
		case !errors.Is(err, takeover.ErrNotFound):
			return slackapi.Message{}, err
		}
	}
	return render.Together(all), nil
}

// directOf is what one person is told of an entry, with the line as it is now.
func (w *Writer) directOf(ctx context.Context, to takeover.OperatorID, e takeover.Entry) (render.Direct, error) {
	line, err := w.Reader.Line(ctx, e.Line)
	if err != nil {
		return render.Direct{}, fmt.Errorf("load the line: %w", err)
	}
	return render.Direct{Line: line, Entry: e, To: to, Card: w.cardAddress(ctx, line.ID)}, nil
}

// offersTo is how many lines are offered to an operator.
func (w *Writer) offersTo(ctx context.Context, who takeover.OperatorID) (n int, err error) {
	lines, err := w.Reader.Taken(ctx)
	if err != nil {
		return 0, fmt.Errorf("list what is offered: %w", err)
	}
	for _, l := range lines {
		if l.Taken() && l.Takeover.Handoff.To == who {
			n++
		}
	}
	return n, nil
}

// cardAddress is the address of the line's card; empty where none stands or the workspace
// is not known.
func (w *Writer) cardAddress(ctx context.Context, id takeover.LineID) string {
	card, stands, err := w.Posts.Card(ctx, id)
	if err != nil || !stands {
		return ""
	}
	return w.People.Link(ctx, card.Channel, card.TS)
}
