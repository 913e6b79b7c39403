package providertest

import (
	"context"
	"errors"
	"testing"

	"takeoverbot/takeover"
)

// silencer is the provider of a fixture; nil if nothing stops its AI from outside.
func silencer(w Fixture) takeover.Silencer {
	s, _ := w.Provider.(takeover.Silencer)
	return s
}

// keptFirst tests that nothing is written before it was kept, that what cannot be kept is not
// written, and that a proof says what it is of.
func keptFirst(t *testing.T, start Start) {
	w := start(t, calm)
	s := silencer(w)
	if s == nil {
		return // nothing is ever written
	}
	w.Put(many(1)...)
	full := errors.New("no room")
	keeping := func(answer error) (keep takeover.Keep, kept *int) {
		kept = new(int)
		return func(ctx context.Context, b takeover.Before) error {
			*kept++
			if silent, err := s.Silenced(ctx, w.ID(1)); *kept == 1 && (silent || err != nil) {
				t.Errorf("written before it was kept, or %v", err)
			}
			if len(b.Snapshot) == 0 || !b.NewestAt.Equal(takeover.ProviderTime(many(1)[0].At)) {
				t.Errorf("to be kept: %+v", b)
			}
			return answer
		}, kept
	}
	keep, kept := keeping(full)
	if _, err := s.Silence(t.Context(), w.ID(1), nil, keep); err != full || *kept != 1 { //nolint:errorlint // as it is, says Silencer
		t.Errorf("kept %d times, %v", *kept, err)
	}
	if silent, err := s.Silenced(t.Context(), w.ID(1)); err != nil || silent {
		t.Errorf("silent %t, %v", silent, err)
	}
	keep, kept = keeping(nil)
	proof, err := s.Silence(t.Context(), w.ID(1), nil, keep)
	if err != nil || *kept == 0 {
		t.Errorf("kept %d times, %v", *kept, err)
	}
	proofTells(t, w, proof)
}

// proofTells tests a proof that the first conversation is silent, and that it is handed back.
func proofTells(t *testing.T, w Fixture, proof takeover.Proof) {
	s := silencer(w)
	if !proof.Silent || proof.WasSilent || proof.MayLand || proof.CheckedAt.IsZero() {
		t.Errorf("%+v", proof)
	}
	if silent, err := s.Silenced(t.Context(), w.ID(1)); err != nil || !silent {
		t.Errorf("silent %t, %v", silent, err)
	}
	nothing := func(context.Context, takeover.Before) error { return nil }
	if back, err := s.Release(t.Context(), w.ID(1), proof.Snapshot, nothing); err != nil || back.Silent || !back.WasSilent {
		t.Errorf("released: %+v, %v", back, err)
	}
}

// ofAPair tests lists of one end user's conversations with an agent: whole, newest first, with
// their flags, nobody else's, and in one call.
func ofAPair(t *testing.T, start Start) {
	w := start(t, calm)
	s := silencer(w)
	if s == nil {
		return
	}
	all := many(5)
	w.Put(append(all, Conversation{N: 6, EndUser: "+14155550143", At: begin()})...)
	agent := find(t, w, query(1)).Conversations[0].Agent
	nothing := func(context.Context, takeover.Before) error { return nil }
	if _, err := s.Silence(t.Context(), w.ID(2), nil, nothing); err != nil {
		t.Fatal(err)
	}
	before := w.Calls()
	list, err := s.Conversations(t.Context(), endUser, agent, 50)
	if err != nil || len(list.Conversations) != len(all) || list.More || list.AsOf.IsZero() || w.Calls()-before > 2 { // the second page shows that the first was not cut
		t.Fatalf("%d conversations, more %t, as of %s, in %d calls, %v", len(list.Conversations), list.More, list.AsOf, w.Calls()-before, err)
	}
	for i, c := range list.Conversations {
		if n := len(all) - i; c.ID != w.ID(n) || c.EndUser != endUser || c.Agent != agent || c.AIDisabled != (n == 2) {
			t.Errorf("number %d is %+v", i, c)
		}
	}
	fewOfAPair(t, w, agent)
}

// fewOfAPair tests lists that are shorter than what there is, and of an end user who has nothing.
func fewOfAPair(t *testing.T, w Fixture, agent takeover.Target) {
	s := silencer(w)
	list, err := s.Conversations(t.Context(), endUser, agent, 3)
	if err != nil || len(list.Conversations) != 3 || !list.More || list.Conversations[0].ID != w.ID(5) {
		t.Errorf("of three: %d, more %t, %v", len(list.Conversations), list.More, err)
	}
	if list, err = s.Conversations(t.Context(), "+14155550144", agent, 50); err != nil || len(list.Conversations) != 0 || list.More {
		t.Errorf("of nobody: %d, more %t, %v", len(list.Conversations), list.More, err)
	}
}

// neverAPart tests that a list that fails is no list.
func neverAPart(t *testing.T, start Start) {
	w := start(t, calm)
	s := silencer(w)
	if s == nil {
		return
	}
	w.Put(many(5)...)
	agent := find(t, w, query(1)).Conversations[0].Agent
	w.Fail(Failure{Status: 503, RetryAfter: 2})
	pair, pairErr := s.Conversations(t.Context(), endUser, agent, 50)
	changes, changesErr := s.Changes(t.Context(), takeover.ProviderTime(begin()))
	_, flagErr := s.Silenced(t.Context(), w.ID(1))
	for what, err := range map[string]error{"of a pair": pairErr, "changes": changesErr, "flag": flagErr} {
		if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Kind != takeover.Failing {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(pair.Conversations)+len(changes.Conversations) > 0 || !changes.AsOf.IsZero() || !pair.AsOf.IsZero() {
		t.Errorf("%+v, %+v", pair, changes)
	}
}
