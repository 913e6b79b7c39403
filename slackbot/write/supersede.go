package write

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// neverEdits says whether Slack refused to edit a message in a way that a later attempt or a
// fixed setting would not change: it was deleted, its edit window has closed, or editing is
// forbidden.
func neverEdits(err error) bool {
	ae, isAPI := errors.AsType[*slackapi.Error](err)
	return isAPI && ae.Class == slackapi.Permanent &&
		!slackapi.IsCode(err, slices.Concat(placeCodes, tokenCodes, []string{"missing_scope"})...)
}

// supersede posts a new card for one that cannot be edited any more, and links the two: the old
// thread says that its card is out of date. If Slack takes no new card, the old thread says that
// alone. The old card stays the line's card until all that is posted, so that a run after a crash
// posts what is missing. The caller holds the lease of the line's card.
//
// The new card has Drawn 0 where an earlier run posted it: it may show an older state.
func (w *Writer) supersede(ctx context.Context, line takeover.Line, old takeover.Card) (takeover.Card, error) {
	card, err := w.postCard(ctx, line, cardKey(line.ID)+"/after/"+old.TS)
	if refusedForGood(err) {
		_, noted := w.note(ctx, "outdated alone/"+old.TS, old, render.OutOfDate(""))
		return old, errors.Join(err, noted)
	}
	if err != nil {
		return old, err
	}
	noted, err := w.note(ctx, "outdated/"+old.TS, old, render.OutOfDate(w.address(ctx, card)))
	if err == nil && noted {
		_, err = w.note(ctx, "supersedes/"+old.TS, card, render.Supersedes(w.address(ctx, old)))
	}
	if err != nil {
		return old, err
	}
	return card, w.Posts.PutCard(ctx, card)
}

// note writes into the thread of a card, once. ok is false where Slack refuses that for good.
func (w *Writer) note(ctx context.Context, key string, card takeover.Card, words string) (ok bool, err error) {
	at := slackapi.Place{Channel: card.Channel, Thread: card.TS}
	_, err = w.Slack.PostOnce(ctx, slackapi.Urgent, key, at, mrkdwn.TextMessage(words))
	if ae, refused := errors.AsType[*slackapi.Error](err); errors.Is(err, slackapi.ErrThreadGone) || refused && ae.Class == slackapi.Permanent {
		w.Log.WarnContext(ctx, "not written into the thread of a card", "line", card.Line, "err", err)
		return false, nil
	}
	return err == nil, err
}

// address is where a card is, as a sentence names it.
func (w *Writer) address(ctx context.Context, card takeover.Card) string {
	if link := w.People.Link(ctx, card.Channel, card.TS); link != "" {
		return fmt.Sprintf("<%s|here>", link)
	}
	return fmt.Sprintf("in <#%s>", card.Channel)
}
