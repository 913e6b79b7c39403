package listen

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/slack-go/slack"
)

// Reasons for which a request counts as none of Slack's. ErrWrongSignature and ErrWrongTime wrap
// ErrUnverified.
var (
	// ErrUnverified is returned by Signed and Verify for a request that does not come from Slack.
	ErrUnverified = errors.New("not signed by Slack")
	// ErrWrongSignature is returned by Verify where a well-formed signature does not fit: another
	// secret was used, or the body was changed on its way.
	ErrWrongSignature = fmt.Errorf("%w: wrong signature", ErrUnverified)
	// ErrWrongTime is returned by Signed where the request was signed more than five minutes ago, or
	// ahead, by this machine's clock.
	ErrWrongTime = fmt.Errorf("%w: signed at another time", ErrUnverified)
)

// CertificateCheck reports whether a body is Slack's check of the certificate, exactly as Slack
// sends it: it carries no signature, and asks for nothing but an answer.
func CertificateCheck(body []byte) bool {
	form, err := url.ParseQuery(string(body))
	return err == nil && len(form) == 2 && len(form["ssl_check"]) == 1 && len(form["token"]) == 1 &&
		form.Get("ssl_check") == "1" && form.Get("token") != ""
}

// Signed checks what can be checked without the body: that the request has a well-formed
// signature and a time of the last five minutes. All requests of Slack have both.
func (ln *Listener) Signed(header http.Header) error {
	switch _, err := slack.NewSecretsVerifier(header, ln.SigningSecret); {
	case errors.Is(err, slack.ErrExpiredTimestamp):
		return ErrWrongTime
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	return nil
}

// Verify checks that body, the raw bytes of the request, was signed by Slack within
// the last five minutes by the system's clock. Deps.Now may be turned in tests and the
// demo; Slack signs by the real time. The cause is in the error, for the log, without a secret.
func (ln *Listener) Verify(header http.Header, body []byte) error {
	verifier, err := slack.NewSecretsVerifier(header, ln.SigningSecret)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	if _, err := verifier.Write(body); err != nil {
		return fmt.Errorf("%w: %w", ErrUnverified, err)
	}
	if err := verifier.Ensure(); err != nil {
		return ErrWrongSignature
	}
	return nil
}
