package telnyx

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of a webhook.
const (
	SignatureHeader = "Telnyx-Signature-Ed25519" // base64 of 64 bytes
	TimestampHeader = "Telnyx-Timestamp"         // Unix seconds as text
)

// signedWithin is how old a signed webhook may be, and how far ahead, in seconds.
const signedWithin = 300

// What Verify returns. All wrap ErrUnverified.
var (
	ErrUnverified = errors.New("not signed by Telnyx")
	// ErrNoKey: the bot has no public key to check with.
	ErrNoKey = fmt.Errorf("%w: no public key is set", ErrUnverified)
	// ErrNoSignature: a header is missing, or is not well-formed.
	ErrNoSignature = fmt.Errorf("%w: no signature", ErrUnverified)
	// ErrWrongSignature: another key was used, or the body was changed on its way.
	ErrWrongSignature = fmt.Errorf("%w: wrong signature", ErrUnverified)
	// ErrWrongTime: it was signed more than five minutes ago, or ahead, by this machine's clock.
	ErrWrongTime = fmt.Errorf("%w: signed at another time", ErrUnverified)
)

// Verifier checks that a webhook is Telnyx's. The zero value takes none.
type Verifier struct {
	keys []ed25519.PublicKey
	now  func() time.Time
}

// NewVerifier makes a Verifier of the account's public keys as the portal shows them: base64, and
// separated by commas while a key is being replaced. Telnyx signs by the real time, so that now
// must not be a clock that is turned. An error names no key.
func NewVerifier(keys string, now func() time.Time) (*Verifier, error) {
	v := &Verifier{now: now}
	for one := range strings.SplitSeq(keys, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(one)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("telnyx: public key %d is not the base64 of %d bytes", len(v.keys)+1, ed25519.PublicKeySize)
		}
		v.keys = append(v.keys, key)
	}
	return v, nil
}

// Verify checks that body, the raw bytes of the request, was signed within the last five minutes
// with one of the keys.
func (v *Verifier) Verify(header http.Header, body []byte) error {
	if len(v.keys) == 0 {
		return ErrNoKey
	}
	stamp := header.Get(TimestampHeader)
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return ErrNoSignature
	}
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(header.Get(SignatureHeader)))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return ErrNoSignature
	}
	if !v.signed(append([]byte(stamp+"|"), body...), signature) {
		return ErrWrongSignature
	}
	if now := v.now().Unix(); at < now-signedWithin || at > now+signedWithin {
		return ErrWrongTime
	}
	return nil
}

func (v *Verifier) signed(message, signature []byte) bool {
	for _, key := range v.keys {
		if ed25519.Verify(key, message, signature) {
			return true
		}
	}
	return false
}
