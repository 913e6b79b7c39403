package slacktest

import (
	"errors"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// Must fails the test if err is not nil.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// WantLater fails the test unless err is a *takeover.LaterError that asks to wait so long.
func WantLater(t *testing.T, err error, after time.Duration) {
	t.Helper()
	var later *takeover.LaterError
	if !errors.As(err, &later) {
		t.Errorf("got %v, want a LaterError", err)
		return
	}
	if later.After != after {
		t.Errorf("again in %s, want %s", later.After, after)
	}
}
