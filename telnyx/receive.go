package telnyx

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takeoverbot/takeover"
)

// ErrUnreadable is returned by Receive for a body that is no webhook of Telnyx.
var ErrUnreadable = errors.New("not a webhook of Telnyx")

// Receiver takes Telnyx's webhooks. What they tell is stored as commands, and worked in their
// order.
type Receiver struct {
	*Verifier
	// Put stores a command; a command whose key is stored already changes nothing.
	Put func(ctx context.Context, c takeover.Command) error
	Now func() time.Time
}

// Receive stores what a webhook tells whose signature was checked, and returns once that is on
// disk. kind says what it tells, for the log. The error is ErrUnreadable, or Put's.
func (r *Receiver) Receive(ctx context.Context, body []byte) (kind string, err error) {
	w, err := DecodeWebhook(body)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	kind = "of no use"
	if w.Report != nil {
		kind = string(takeover.Reported)
		if err := r.put(ctx, takeover.Command{Key: "telnyx/" + w.ID, Verb: takeover.Reported, Report: w.Report}); err != nil {
			return kind, err
		}
	}
	for i, in := range w.Inbound {
		kind = string(takeover.Received)
		// By the text, not by the event: an event that is sent again may have another id.
		key := fmt.Sprintf("telnyx/received/%s/%d", in.ID, i)
		if err := r.put(ctx, takeover.Command{Key: key, Verb: takeover.Received, Inbound: &in}); err != nil {
			return kind, err
		}
	}
	return kind, nil
}

func (r *Receiver) put(ctx context.Context, c takeover.Command) error {
	c.Provider, c.Origin, c.At = providerName, takeover.Elsewhere, r.Now().UTC()
	return r.Put(ctx, c)
}
