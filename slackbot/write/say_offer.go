package write

import (
	"context"
	"errors"
	"fmt"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// offerKey is the key of the message with an offer's buttons, closedOfferKey the key of the
// same message without them.
func offerKey(id string) string       { return "offer/" + id }
func closedOfferKey(id string) string { return "offer closed/" + id }

// offerStands stores where the thread shows an offer with its buttons, so that they go when it
// is answered. An offer that has just been answered is closed at once: either this sees the
// answer, or the job of the answer sees the stored row.
func (w *Writer) offerStands(ctx context.Context, offer takeover.Entry, at takeover.Post) error {
	err := w.Posts.PutPost(ctx, takeover.Post{Key: offerKey(ids.OfferOf(offer)), Channel: at.Channel, TS: at.TS})
	if err != nil {
		return err
	}
	line, err := w.Reader.Line(ctx, offer.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if line.Takeover.Handoff.Ref == offer.Ref {
		return nil
	}
	return w.closeOffer(ctx, ids.OfferOf(offer), offer)
}

// closeOffer takes the buttons of an offer out of the thread, once. e is what ended it, or the offer
// itself where that is not known.
func (w *Writer) closeOffer(ctx context.Context, id string, e takeover.Entry) error {
	post, stands, err := w.Posts.Post(ctx, offerKey(id))
	if err != nil || !stands {
		return err
	}
	if _, closed, err := w.Posts.Post(ctx, closedOfferKey(id)); err != nil || closed {
		return err
	}
	line, err := w.Reader.Line(ctx, e.Line)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		e.Note = "" // the line was purged: its numbers, which the note may have, are not known any more
	case err != nil:
		return fmt.Errorf("load the line: %w", err)
	}
	if err := w.replace(ctx, post.Channel, post.TS, render.ClosedOffer(line, e)); err != nil {
		return fmt.Errorf("close an offer in the thread: %w", err)
	}
	post.Key = closedOfferKey(id)
	return w.Posts.PutPost(ctx, post)
}
