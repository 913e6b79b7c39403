package takeover_test

import (
	"testing"

	"takeoverbot/takeover"
)

func TestOptOutOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]takeover.OptOut{
		"STOP": takeover.OptedOut, " stop\n": takeover.OptedOut, "Stop  all": takeover.OptedOut, "quit": takeover.OptedOut,
		"start": takeover.OptedIn, "UNSTOP ": takeover.OptedIn,
		"": takeover.OptUnchanged, "please stop the leak": takeover.OptUnchanged, "STOP.": takeover.OptUnchanged, "stopp": takeover.OptUnchanged,
	} {
		if got := takeover.OptOutOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
