package write

import (
	"context"
	"time"
)

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
