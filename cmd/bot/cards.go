package main

import (
	"context"
	"time"
)

const (
	// cardsEvery is how often cards are compared with their lines.
	cardsEvery = 3 * time.Minute
	// cardsAtOnce bounds how many are drawn because of it: within Slack's limit they leave
	// room for those that people press.
	cardsAtOnce = 30
)

// keepCards has cards drawn again that show an older state than their line has, at the
// start and then every few minutes until ctx ends: no card stays wrong because a drawing
// was lost.
func (a *app) keepCards(ctx context.Context) {
	again := time.NewTicker(cardsEvery)
	defer again.Stop()
	for {
		switch n, err := a.store.RedrawStaleCards(ctx, cardsAtOnce); {
		case err != nil && ctx.Err() == nil:
			a.log.WarnContext(ctx, "cards not compared with their lines", "err", err)
		case n > 0:
			a.log.InfoContext(ctx, "cards were behind their lines", "cards", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}
