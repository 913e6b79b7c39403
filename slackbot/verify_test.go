package slackbot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// A clock that was turned for people must neither let an old request in nor keep a new
// one out: Slack signs by the real time.
func TestVerifyKeepsToTheRealTime(t *testing.T) {
	const secret = "of-this-test"
	body := []byte("command=%2Ftakeover")
	turned := func() time.Time { return time.Now().Add(31 * time.Minute) }
	bot := New(Config{Token: "xoxb-1", SigningSecret: secret}, Deps{Now: turned})
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
	}
}
