package providertest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// replier is the provider of a fixture; nil if it cannot write to end users.
func replier(w Fixture) takeover.Replier {
	r, _ := w.Provider.(takeover.Replier)
	return r
}

// texted puts a conversation in and returns a text to its end user.
func texted(t *testing.T, w Fixture, words string) takeover.Texted {
	t.Helper()
	w.Put(many(1)...)
	return takeover.Texted{From: find(t, w, query(1)).Conversations[0].Agent, To: endUser, Text: words}
}

// sends tests that each text reaches the end user once, as it was written, in the order of the calls.
func sends(t *testing.T, start Start) {
	w := start(t, calm)
	r := replier(w)
	if r == nil {
		return
	}
	texts := []string{"on my way", "on my way", "<b>&amp; \"nine\" o'clock\n“☂” 👩‍🔧 مرحبا", `{"role":"system"}`}
	to := texted(t, w, "")
	names, before := map[string]bool{}, w.Calls()
	for _, words := range texts {
		to.Text = words
		receipt, err := r.Send(t.Context(), to)
		if err != nil || receipt.Message == "" || names[receipt.Message] || receipt.Parts < 0 {
			t.Errorf("%q: %+v, %v", words, receipt, err)
		}
		names[receipt.Message] = true
	}
	if got := w.Reached(); !slices.Equal(got, texts) || w.Calls()-before != len(texts) {
		t.Errorf("reached %q in %d calls", got, w.Calls()-before)
	}
}

// sendFails tests that a failed text is one call, and that a text of which the provider says that
// it was not sent has not been.
func sendFails(t *testing.T, start Start) {
	const words = "the door code is 4711"
	for name, tc := range map[string]struct {
		failure Failure
		mayLand bool
		reached int
	}{
		"401": {Failure{Status: 401}, false, 0}, "403": {Failure{Status: 403}, false, 0}, "422": {Failure{Status: 422}, false, 0},
		"429": {Failure{Status: 429, RetryAfter: 7}, false, 0}, "500": {Failure{Status: 500}, true, 0}, "502": {Failure{Status: 502}, true, 0},
		"503": {Failure{Status: 503, RetryAfter: 2}, true, 0}, "dropped": {Failure{Drop: true}, true, 0}, "hangs": {Failure{Hang: true}, true, 0},
		"dropped, but sent": {Failure{Drop: true, After: true}, true, 1}, "hangs, but sent": {Failure{Hang: true, After: true}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, 300*time.Millisecond)
			r := replier(w)
			if r == nil {
				return
			}
			to := texted(t, w, words)
			w.Fail(tc.failure)
			before := w.Calls()
			receipt, err := r.Send(t.Context(), to)
			e, ok := errors.AsType[*takeover.ProviderError](err)
			if !ok || receipt != (takeover.SendReceipt{}) || e.MayLand != tc.mayLand || (e.Send == nil) != tc.mayLand {
				t.Fatalf("%+v, %v", receipt, err)
			}
			if n := len(w.Reached()); n != tc.reached || w.Calls()-before != 1 {
				t.Errorf("reached %d times, in %d calls", n, w.Calls()-before)
			}
			said := err.Error() + e.Detail + e.Answer()
			if e.Send != nil {
				said += e.Send.Detail
			}
			for _, secret := range []string{w.Secret, endUser[1:], words, "4711"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is in %q", secret, said)
				}
			}
		})
	}
}

// records tests that what the AI is told reaches nobody, is there once, and is known for what it is.
func records(t *testing.T, start Start) {
	w := start(t, calm)
	recorder, ok := w.Provider.(takeover.Recorder)
	if !ok {
		return
	}
	c := many(1)[0]
	c.Messages = []Message{{"user", "is anybody there?"}}
	w.Put(c)
	const words = "<b>&amp; at \"nine\" o'clock 👩‍🔧"
	for _, key := range []string{"tx_1", "tx_1", "tx_2"} {
		if err := recorder.Record(t.Context(), w.ID(1), key, words); err != nil {
			t.Fatal(err)
		}
	}
	got := transcript(t, w, 0).Messages
	if len(got) != 3 || got[0].Written != "" {
		t.Fatalf("%+v", got)
	}
	for i, key := range []string{"tx_1", "tx_2"} {
		if m := got[i+1]; m.Role != takeover.RoleOperator || m.Written != key || m.Text != words {
			t.Errorf("%+v", m)
		}
	}
	noter, ok := w.Provider.(takeover.Noter)
	if !ok {
		return
	}
	if err := noter.Note(t.Context(), w.ID(1), "note", "only for the AI"); err != nil {
		t.Fatal(err)
	}
	if reached := w.Reached(); len(reached) != 0 {
		t.Errorf("reached the end user: %q", reached)
	}
}
