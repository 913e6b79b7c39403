package handlers

import (
	"context"
	"io"
	"net/http"
	"time"

	"takeoverbot/slackbot/listen"
)

// slack answers a request of Slack.
func (s *server) slack(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.bodyTime))
	if s.Slack.Signed(r.Header) != nil && certificateCheck(r) {
		note(r, "kind", "ssl_check")
		s.answer(w, nil)
		return
	}
	s.withBody(w, r, s.Slack, s.Verified, func(ctx context.Context, body []byte) {
		answer, err := s.Slack.Dispatch(ctx, body)
		if err != nil {
			s.refuse(w, r, listen.Status(err), "dispatch", err)
			return
		}
		note(r, "kind", answer.Kind)
		if answer.ContentType != "" {
			w.Header().Set("Content-Type", answer.ContentType)
		}
		s.answer(w, answer.Body)
	})
}

// maxCheck is the size of the largest body that may be a check of the certificate, in bytes.
const maxCheck = 256

// certificateCheck reports whether a request is Slack's check of the certificate, the only one that
// Slack does not sign. It reads no more than a few bytes.
func certificateCheck(r *http.Request) bool {
	if r.Header.Get("X-Slack-Signature") != "" || r.ContentLength <= 0 || r.ContentLength > maxCheck {
		return false
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	return err == nil && listen.CertificateCheck(body)
}
