package write

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// TestTheWaitGrows: to a minute after failures of Slack, to five minutes where a person has to
// fix something, and from the start again after a success.
func TestTheWaitGrows(t *testing.T) {
	t.Parallel()
	w := &Writer{Deps: Deps{Log: slog.New(slog.DiscardHandler)}}
	after := func(err error) time.Duration {
		later, ok := errors.AsType[*takeover.LaterError](w.retryLater(t.Context(), "a", err))
		if !ok {
			t.Fatalf("%v uses an attempt up", err)
		}
		return later.After
	}
	down, out := &slackapi.Error{Code: "http_503", Class: slackapi.Retry}, &slackapi.Error{Code: "not_in_channel", Class: slackapi.Permanent}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if got := after(down); got != want*time.Second {
			t.Errorf("waits %s, want %ds", got, want)
		}
	}
	slacktest.Must(t, w.retryLater(t.Context(), "a", nil))
	if got := after(down); got != time.Second {
		t.Errorf("waits %s after a success", got)
	}
	for _, want := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		if got := after(out); got != want*time.Second {
			t.Errorf("waits %s, want %ds", got, want)
		}
	}
	for _, never := range []error{&slackapi.Error{Code: "invalid_blocks", Class: slackapi.Permanent}, slackapi.ErrNoText, slacktest.ErrKilled} {
		if err := w.retryLater(t.Context(), "b", never); !errors.Is(err, never) {
			t.Errorf("%v became %v: it would be tried for ever", never, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := w.retryLater(stopped, "c", down); !errors.Is(err, down) {
		t.Errorf("%v, want the end of the program", err)
	}
}
