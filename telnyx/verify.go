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

// Signed checks what can be checked without the body: that there is a key, a well-formed signature
// and a time of the last five minutes.
func (v *Verifier) Signed(header http.Header) error {
	_, at, err := v.signature(header)
	if err != nil {
		return err
	}
	return v.inTime(at)
}

// Verify checks that body, the raw bytes of the request, was signed within the last five minutes
// with one of the keys.
func (v *Verifier) Verify(header http.Header, body []byte) error {
	signature, at, err := v.signature(header)
	if err != nil {
		return err
	}
	if !v.signed(append([]byte(header.Get(TimestampHeader)+"|"), body...), signature) {
		return ErrWrongSignature
	}
	return v.inTime(at)
}

// signature reads the headers; at is in seconds since 1970.
func (v *Verifier) signature(header http.Header) (signature []byte, at int64, err error) {
	if len(v.keys) == 0 {
		return nil, 0, ErrNoKey
	}
	if at, err = strconv.ParseInt(header.Get(TimestampHeader), 10, 64); err != nil {
		return nil, 0, ErrNoSignature
	}
	signature, err = base64.StdEncoding.DecodeString(strings.TrimSpace(header.Get(SignatureHeader)))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return nil, 0, ErrNoSignature
	}
	return signature, at, nil
}

func (v *Verifier) inTime(at int64) error {
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
