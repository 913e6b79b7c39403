package listen

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A clock that was turned for people must neither let an old request in nor keep a new
// one out: Slack signs by the real time.
func TestVerifyKeepsToTheRealTime(t *testing.T) {
	t.Parallel()
	const secret = "of-this-test"
	body := []byte("command=%2Ftakeover")
	turned := func() time.Time { return time.Now().Add(31 * time.Minute) }
	bot := &Listener{Deps: Deps{SigningSecret: secret, Now: turned}}
	for age, want := range map[time.Duration]error{0: nil, -31 * time.Minute: ErrUnverified, 31 * time.Minute: ErrUnverified} {
		at := strconv.FormatInt(time.Now().Add(-age).Unix(), 10)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("v0:" + at + ":" + string(body)))
		header := http.Header{}
		header.Set("X-Slack-Request-Timestamp", at)
		header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
		if err := bot.Verify(header, body); !errors.Is(err, want) {
			t.Errorf("signed %s ago: %v, want %v", age, err, want)
		}
		if err := bot.Signed(header); !errors.Is(err, want) {
			t.Errorf("headers of %s ago: %v, want %v", age, err, want)
		}
	}
}

// TestSignedNeedsNoBody: a request without a well-formed signature and time is refused before
// the body is read; that a signature is wrong is only known after that.
func TestSignedNeedsNoBody(t *testing.T) {
	t.Parallel()
	bot := &Listener{Deps: Deps{SigningSecret: "of-this-test"}}
	now, sig := strconv.FormatInt(time.Now().Unix(), 10), "v0="+strings.Repeat("0a", sha256.Size)
	for name, tt := range map[string]struct {
		at, sig string
		want    error
	}{
		"well-formed":         {now, sig, nil},
		"no time":             {"", sig, ErrUnverified},
		"a time that is none": {"now", sig, ErrUnverified},
		"no signature":        {now, "", ErrUnverified},
		"another version":     {now, "v1=" + sig[3:], ErrUnverified},
		"not hex":             {now, "v0=zz" + sig[5:], ErrUnverified},
		"too short":           {now, sig[:65], ErrUnverified},
		"too long":            {now, sig + "0a", ErrUnverified},
	} {
		header := http.Header{}
		header.Set("X-Slack-Request-Timestamp", tt.at)
		header.Set("X-Slack-Signature", tt.sig)
		if err := bot.Signed(header); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
