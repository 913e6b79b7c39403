package slackbot

import (
	"context"
	"encoding/json"
	"fmt"
)

// event answers the Events API. What does not concern a card's thread or somebody's Home
// is refused before anything is stored.
func (b *Bot) event(ctx context.Context, body []byte) (Answer, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	switch e.Type {
	case "url_verification":
		return Answer{ContentType: "text/plain; charset=utf-8", Body: []byte(e.Challenge), Kind: e.Type}, nil
	case "event_callback", "app_rate_limited":
		return Answer{Kind: e.Type}, nil
	default:
		return Answer{}, fmt.Errorf("%w: event of unknown type", ErrUnreadable)
	}
}
