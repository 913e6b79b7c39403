package listen

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/slack-go/slack"
)

// ErrUnverified is returned by Verify for a request that does not come from Slack.
var ErrUnverified = errors.New("not signed by Slack")

// Signed checks what can be checked without the body: that the request has a well-formed
// signature and a time of the last five minutes. All requests of Slack have both.
func (ln *Listener) Signed(header http.Header) error {
	if _, err := slack.NewSecretsVerifier(header, ln.SigningSecret); err != nil {
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
		return fmt.Errorf("%w: wrong signature", ErrUnverified)
	}
	return nil
}
