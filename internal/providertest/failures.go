package providertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// readings are what can fail.
func readings(ctx context.Context, w Fixture) map[string]error {
	_, found := w.Provider.Find(ctx, query(10))
	_, read := w.Provider.Transcript(ctx, w.ID(1), 20)
	return map[string]error{"find": found, "transcript": read}
}

func failures(t *testing.T, start Start) {
	for name, tc := range map[string]struct {
		failure Failure
		kind    takeover.ProviderErrorKind
		wait    time.Duration
	}{
		"401":                {Failure{Status: 401}, takeover.KeyRefused, 0},
		"403":                {Failure{Status: 403}, takeover.KeyRefused, 0},
		"409":                {Failure{Status: 409}, takeover.Refused, 0},
		"422, list of parts": {Failure{Status: 422}, takeover.Refused, 0},
		"429":                {Failure{Status: 429, RetryAfter: 7}, takeover.Limited, 7 * time.Second},
		"500":                {Failure{Status: 500}, takeover.Failing, 0},
		"502, HTML":          {Failure{Status: 502}, takeover.Failing, 0},
		"503":                {Failure{Status: 503, RetryAfter: 2}, takeover.Failing, 2 * time.Second},
		"dropped":            {Failure{Drop: true}, takeover.NoAnswer, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, calm)
			w.Put(many(1)...)
			w.Fail(tc.failure)
			for what, err := range readings(t.Context(), w) {
				pe, ok := errors.AsType[*takeover.ProviderError](err)
				if !ok || pe.Kind != tc.kind || pe.Provider != w.Provider.Name() {
					t.Errorf("%s: %v, want %s", what, err, tc.kind)
					continue
				}
				if pe.RetryAfter > tc.wait || pe.RetryAfter < tc.wait-time.Second {
					t.Errorf("%s: again after %s, want %s", what, pe.RetryAfter, tc.wait)
				}
			}
		})
	}
}

func timeOut(t *testing.T, start Start) {
	w := start(t, 200*time.Millisecond)
	w.Put(many(1)...)
	w.Fail(Failure{Hang: true})
	began := time.Now()
	for what, err := range readings(t.Context(), w) {
		pe, ok := errors.AsType[*takeover.ProviderError](err)
		if !ok || pe.Kind != takeover.NoAnswer || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func stopping(t *testing.T, start Start) {
	w := start(t, calm)
	w.Fail(Failure{Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	for what, err := range readings(ctx, w) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func noSecret(t *testing.T, start Start) {
	for _, f := range []Failure{{Status: 401}, {Status: 404}, {Status: 422}, {Status: 429}, {Status: 502}, {Drop: true}, {Hang: true}} {
		w := start(t, 200*time.Millisecond)
		w.Fail(f)
		for what, err := range readings(t.Context(), w) {
			pe, ok := errors.AsType[*takeover.ProviderError](err)
			if !ok {
				t.Errorf("%s: %v", what, err)
				continue
			}
			for _, secret := range []string{w.Secret, endUser, endUser[1:], endUser[5:], "127.0.0.1"} {
				if strings.Contains(err.Error()+pe.Detail+pe.Answer(), secret) {
					t.Errorf("%s: %q is in %q %q", what, secret, err, pe.Detail)
				}
			}
		}
	}
}

func notThere(t *testing.T, start Start) {
	w := start(t, calm)
	_, err := w.Provider.Transcript(t.Context(), w.ID(99), 20)
	if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Kind != takeover.Gone {
		t.Errorf("%v", err)
	}
	for _, id := range []takeover.ConversationID{"", ".", "..", "../../admin", "a/b", "a?b", "\x00"} {
		if _, err := w.Provider.Transcript(t.Context(), id, 20); err == nil {
			t.Errorf("%q was read", id)
		}
	}
}
