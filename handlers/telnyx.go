package handlers

import (
	"context"
	"errors"
	"net/http"

	"takeoverbot/telnyx"
)

// Telnyx is what the route of Telnyx's webhooks needs (telnyx.Receiver).
type Telnyx interface {
	Signer
	// Receive stores what a verified webhook tells; kind says what that is, for the log. Its error
	// is telnyx.ErrUnreadable, or says that it was not stored.
	Receive(ctx context.Context, body []byte) (kind string, err error)
}

// telnyx answers a webhook of Telnyx: with 200 only once what it tells is stored.
func (s *server) telnyx(w http.ResponseWriter, r *http.Request) {
	s.withBody(w, r, s.Telnyx, s.TelnyxVerified, func(ctx context.Context, body []byte) {
		kind, err := s.Telnyx.Receive(ctx, body)
		switch {
		case errors.Is(err, telnyx.ErrUnreadable):
			s.refuse(w, r, http.StatusBadRequest, "unreadable", err)
		case err != nil:
			s.refuse(w, r, http.StatusServiceUnavailable, "not stored", err)
		default:
			note(r, "kind", kind)
			s.answer(w, nil)
		}
	})
}
