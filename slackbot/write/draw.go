package write

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

const (
	// drawLease is longer than drawTime, so that the lease is still held when the drawn version
	// is stored.
	drawLease = 15 * time.Second
	// drawTime bounds the reading and drawing of one state.
	drawTime = 12 * time.Second
	// drawAgain is how often a waiting worker looks whether another one has finished.
	drawAgain = 20 * time.Millisecond
	// proofTime is how long a takeover that is not proven yet is not drawn: most are proven by
	// then, and cost one update of the few that Slack allows. The operator sees something within
	// a second all the same.
	proofTime = 700 * time.Millisecond
	// proofLook is how often the line is looked at meanwhile.
	proofLook = 50 * time.Millisecond
)

// cardKey is the key under which the card of a line is posted.
func cardKey(id takeover.LineID) string { return "card/" + string(id) }

// Draw updates the line's card to the stored state. A job for a version that is already drawn
// does nothing, so that many changes at once cost few updates: the newest state wins.
func (w *Writer) Draw(ctx context.Context, job takeover.DrawJob) error {
	return w.retryLater(ctx, "draw/"+string(job.Line), w.drawCard(ctx, job))
}

func (w *Writer) drawCard(ctx context.Context, job takeover.DrawJob) error {
	w.homes.changed()
	card, begun, err := w.cardOf(ctx, job.Line)
	if err != nil || !begun || card.TS != "" && card.Drawn >= job.Version {
		return err // there is no card: opening the line draws it
	}
	line, err := w.awaitProof(ctx, job.Line)
	if err != nil {
		return err
	}
	first := urgency(line, card, w.Now())
	overtaken, err := w.drawOnce(ctx, job, first, false)
	for err == nil && overtaken {
		overtaken, err = w.drawOnce(ctx, job, first, true)
	}
	if err != nil {
		return err
	}
	return w.closeAlarms(ctx, job.Line)
}

// awaitProof returns the line, once a takeover that has just begun is proven or has failed, or
// after a short time.
func (w *Writer) awaitProof(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	ctx, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	for {
		line, err := w.Reader.Line(ctx, id)
		if err != nil {
			return line, fmt.Errorf("load the line: %w", err)
		}
		wait := proofTime - w.Now().Sub(line.Since)
		begun := line.State == takeover.StateTaking && line.Trouble == nil && !line.Joining()
		if !begun || wait <= 0 || wait > proofTime {
			return line, nil
		}
		select {
		case <-ctx.Done():
			return line, ctx.Err()
		case <-time.After(min(wait, proofLook)):
		}
	}
}

// urgency says which cards are drawn first where Slack's limit makes them wait: those of lines on
// which the AI may be answering although a person has them, then those that say silent of a line
// that nobody holds any more, then those that come to say silent, then the others.
func urgency(l takeover.Line, card takeover.Card, now time.Time) slackapi.Priority {
	switch urgent := l.Urgency(now); {
	case urgent == takeover.UrgentAlarm:
		return slackapi.Alarm
	case urgent == takeover.UrgentWrong, card.Silent && l.State != takeover.StateHeld:
		return slackapi.Wrong
	case urgent == takeover.UrgentSilence:
		return slackapi.Urgent
	default:
		return slackapi.Normal
	}
}

// drawOnce draws the newest state when Slack's limit allows an update, one worker at a time.
// Unless anyway, it does nothing where another worker has drawn the job's version meanwhile.
func (w *Writer) drawOnce(ctx context.Context, job takeover.DrawJob, first slackapi.Priority, anyway bool) (overtaken bool, err error) {
	// Waiting for Slack's limit may take long, so it comes before the lease, which must not
	// expire before the line is read and drawn.
	if err := w.Slack.AwaitUpdate(ctx, first); err != nil {
		return false, err
	}
	lease, leased, err := w.leaseCard(ctx, job, anyway)
	if err != nil || !leased {
		w.Slack.ForgoUpdate(ctx)
		return false, err
	}
	defer lease.Release()
	ctx, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	return w.redraw(ctx, job.Line, anyway)
}

// leaseCard waits for the lease of the line's card. Another worker's drawing takes as long as
// one call: waiting here shows the newest state at once, where a job that comes back would show
// it a second later. The card is not leased where it is gone, and, unless anyway, where another
// worker has drawn the job's version.
func (w *Writer) leaseCard(ctx context.Context, job takeover.DrawJob, anyway bool) (lease takeover.Lease, leased bool, err error) {
	patience, cancel := context.WithTimeout(ctx, drawLease)
	defer cancel()
	for {
		card, begun, err := w.cardOf(ctx, job.Line)
		if err != nil || !begun || card.TS != "" && card.Drawn >= job.Version && !anyway {
			return takeover.Lease{}, false, err
		}
		// A card that was begun and has no place yet is being posted now, in an older state:
		// a click that comes so early must be shown, too.
		if card.TS != "" {
			lease, leased, err := w.Posts.Lease(ctx, "draw/"+string(job.Line), drawLease)
			if err != nil {
				return takeover.Lease{}, false, fmt.Errorf("lease the card: %w", err)
			}
			if leased {
				return lease, true, nil
			}
		}
		select {
		case <-patience.Done():
			if card.TS == "" {
				return takeover.Lease{}, false, nil // the job that finds the card again draws it
			}
			return takeover.Lease{}, false, takeover.Later(time.Second, "another worker draws the card")
		case <-time.After(drawAgain):
		}
	}
}

// redraw updates the card in place, under the lease of its line and within Slack's limit.
// overtaken says that another process drew a newer state meanwhile, because this one was
// halted until its lease had expired: the card may show the older state.
func (w *Writer) redraw(ctx context.Context, id takeover.LineID, anyway bool) (overtaken bool, err error) {
	stands, _, err := w.cardOf(ctx, id)
	if err != nil || stands.TS == "" {
		return false, err
	}
	line, err := w.Reader.Line(ctx, id) // the newest state, not that of the job
	if err != nil {
		return false, fmt.Errorf("load the line: %w", err)
	}
	if stands.Drawn >= line.Version && !anyway {
		w.Slack.ForgoUpdate(ctx)
		return false, nil
	}
	now := w.Now()
	silent := line.Silenced(now)
	if silent && !stands.Silent { // a crash after the call must not hide what the card says
		stands.Silent = true
		if err := w.Posts.PutCard(ctx, stands); err != nil {
			return false, err
		}
	}
	err = w.Slack.Update(ctx, stands.Channel, stands.TS, render.Card(line, now))
	if w.lost(stands, err) || neverEdits(err) {
		w.Log.WarnContext(ctx, "Slack does not edit the card any more, a new one takes its place", "line", id, "err", err)
		other, err := w.supersede(ctx, line, stands)
		return err == nil && other.Drawn == 0, err
	}
	if err != nil {
		return false, fmt.Errorf("draw the card: %w", err)
	}
	newest, _, err := w.cardOf(ctx, id)
	if err != nil || newest.TS != stands.TS {
		return false, err // another card was posted meanwhile
	}
	stands.Drawn, stands.Silent = line.Version, silent
	return newest.Drawn > line.Version, w.Posts.PutCard(ctx, stands)
}

// cardOf returns where the card of a line is. begun says that it is posted or being posted;
// card.TS is empty until its place is known.
func (w *Writer) cardOf(ctx context.Context, id takeover.LineID) (card takeover.Card, begun bool, err error) {
	card, stands, err := w.Posts.Card(ctx, id)
	if err != nil || stands {
		return card, stands, err
	}
	post, begun, err := w.Posts.Post(ctx, cardKey(id))
	return takeover.Card{Line: id, Channel: post.Channel, TS: post.TS, Silent: true}, begun, err
}

// putUpCard posts the line's card, once, and returns its place. A card that a process posted
// before it died is found again in Slack; it may show an older state, so it does not count as
// drawn.
func (w *Writer) putUpCard(ctx context.Context, line takeover.Line) (takeover.Card, error) {
	stands, ok, err := w.Posts.Card(ctx, line.ID)
	if err != nil || ok {
		return stands, err
	}
	if stands, err = w.postCard(ctx, line, cardKey(line.ID)); err != nil {
		return stands, err
	}
	return stands, w.Posts.PutCard(ctx, stands)
}

// postCard posts a card of the line, once for its key. The place of a card whose posting was
// begun earlier counts as not drawn: that card may show an older state.
func (w *Writer) postCard(ctx context.Context, line takeover.Line, key string) (takeover.Card, error) {
	_, begun, err := w.Posts.Post(ctx, key)
	if err != nil {
		return takeover.Card{Line: line.ID}, err
	}
	at := slackapi.Place{Channel: w.Desks.Of(line).Channel}
	now := w.Now()
	post, err := w.Slack.PostOnce(ctx, slackapi.Urgent, key, at, render.Card(line, now))
	if err != nil {
		return takeover.Card{Line: line.ID}, fmt.Errorf("put up the card: %w", err)
	}
	card := takeover.Card{Line: line.ID, Channel: post.Channel, TS: post.TS, Silent: true}
	if !begun {
		card.Drawn, card.Silent = line.Version, line.Silenced(now)
	}
	return card, nil
}

// lost says whether err means that a card's thread cannot be written to any more: the card was
// deleted, or is in a former channel of the desk that is archived or without the bot.
func (w *Writer) lost(card takeover.Card, err error) bool {
	return errors.Is(err, slackapi.ErrThreadGone) || !w.Desks.Have(card.Channel) && slackapi.IsCode(err, placeCodes...)
}

// raiseCard posts a new card in the desk's channel for one that is lost, once, under the lease
// of the line's card, and returns the place of the new one.
func (w *Writer) raiseCard(ctx context.Context, line takeover.Line, gone takeover.Card) (takeover.Card, error) {
	lease, leased, err := w.Posts.Lease(ctx, "draw/"+string(line.ID), drawLease)
	if err != nil {
		return gone, fmt.Errorf("lease the card: %w", err)
	}
	if !leased {
		return gone, takeover.Later(slackapi.BusyWait, "another worker draws the card")
	}
	defer lease.Release()
	now, begun, err := w.cardOf(ctx, line.ID)
	if err != nil || begun && now.TS != gone.TS {
		return now, err
	}
	return w.supersede(ctx, line, gone)
}

const (
	// staleEvery is how often cards are compared with their lines.
	staleEvery = 3 * time.Minute
	// staleAtOnce bounds the drawings of one round, so that Slack's limit leaves room for the
	// cards on which people click.
	staleAtOnce = 30
)

// KeepCards redraws cards that show an older version than their line has, at the start and
// then every three minutes until ctx ends: no card stays wrong because a drawing was lost.
func (w *Writer) KeepCards(ctx context.Context) {
	again := time.NewTicker(staleEvery)
	defer again.Stop()
	for {
		switch n, err := w.Posts.RedrawStaleCards(ctx, w.Now(), staleAtOnce); {
		case err != nil && ctx.Err() == nil:
			w.Log.WarnContext(ctx, "cards not compared with their lines", "err", err)
		case n > 0:
			w.Log.InfoContext(ctx, "cards showed older versions than their lines have", "cards", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}
