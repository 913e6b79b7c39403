package write

import (
	"context"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// These are for the tests of package write_test, which work with a whole desk.

const (
	ThreadMessages = threadMessages
	DrawLease      = drawLease
	HomePace       = homePace
	HomeFor        = homeFor
)

// IsPlaceCode says whether Slack's code means that the bot cannot write to a channel.
func IsPlaceCode(code string) bool {
	return slackapi.IsCode(&slackapi.Error{Code: code}, placeCodes...)
}

func CardKey(id takeover.LineID) string { return cardKey(id) }

func (w *Writer) PutUpCard(ctx context.Context, line takeover.Line) (takeover.Card, error) {
	return w.putUpCard(ctx, line)
}

func (w *Writer) Open(ctx context.Context, c takeover.Command) error { return w.open(ctx, c, "") }

func (w *Writer) Refusal(ctx context.Context, c takeover.Command, r takeover.Refusal) (slackapi.Message, error) {
	return w.refusal(ctx, 1, c, r)
}

func (w *Writer) PublishHomes(ctx context.Context) error { return w.publishHomes(ctx) }

func (w *Writer) LineChanged() { w.homes.changed() }
