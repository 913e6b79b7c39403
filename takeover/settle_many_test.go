package takeover_test

import (
	"context"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// picky is an assistant that does not know some conversations, and fails every so often.
type picky struct {
	*fakeProvider
	gone  map[takeover.ConversationID]bool
	log   []takeover.ConversationID
	every int
}

func (p *picky) refuse(id takeover.ConversationID) error {
	p.log = append(p.log, id)
	if p.gone[id] {
		return &takeover.ProviderError{Provider: "Telnyx", Op: "read conversation", Kind: takeover.Gone, Status: 404}
	}
	if p.every > 0 && len(p.log)%p.every == 0 {
		return &takeover.ProviderError{Provider: "Telnyx", Op: "read conversation", Kind: takeover.NoAnswer}
	}
	return nil
}

func (p *picky) Silence(ctx context.Context, id takeover.ConversationID, s takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	if err := p.refuse(id); err != nil {
		return takeover.Proof{}, err
	}
	return p.fakeProvider.Silence(ctx, id, s, keep)
}

func (p *picky) Release(ctx context.Context, id takeover.ConversationID, s takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	if err := p.refuse(id); err != nil {
		return takeover.Proof{}, err
	}
	return p.fakeProvider.Release(ctx, id, s, keep)
}

func (p *picky) Silenced(ctx context.Context, id takeover.ConversationID) (bool, error) {
	if p.gone[id] {
		return false, &takeover.ProviderError{Provider: "Telnyx", Op: "read conversation", Kind: takeover.Gone, Status: 404}
	}
	return p.fakeProvider.Silenced(ctx, id)
}

// TestADeletedConversationDoesNotKeepTheLine: an older one that the takeover had silenced.
func TestADeletedConversationDoesNotKeepTheLine(t *testing.T) {
	h := held(t)
	h.turn(time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.watch(t)
	p := &picky{fakeProvider: h.ai, gone: map[takeover.ConversationID]bool{"c1": true}}
	h.Providers = takeover.Providers{p}
	h.turn(time.Minute)
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	for range 100 {
		_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
		h.turn(time.Minute)
	}
	if l := h.line(); l.State != takeover.StateAI {
		t.Errorf("after 100 minutes: %s, %+v; c2 silent %t; %d writes to c2", l.State, l.Trouble, h.ai.flag["c2"], len(p.log))
	}
}

// TestAHandBackOfSeveralKeepsItsProgress, although every third call fails.
func TestAHandBackOfSeveralKeepsItsProgress(t *testing.T) {
	h := held(t)
	for _, id := range []takeover.ConversationID{"c2", "c3", "c4"} {
		h.turn(time.Minute)
		h.ai.writes(id, takeover.RoleEndUser, "new")
		h.watch(t)
	}
	p := &picky{fakeProvider: h.ai, every: 3}
	h.Providers = takeover.Providers{p}
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	for range 50 {
		_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
		h.turn(time.Minute)
	}
	if l := h.line(); l.State != takeover.StateAI {
		t.Errorf("after 50 attempts: %s; asked for %v", l.State, p.log[:9])
	}
}

// losing is an assistant that loses an entry, while something else happens.
type losing struct {
	*fakeProvider
	knew []takeover.Snapshot
	do   func()
}

func (p *losing) Silence(ctx context.Context, _ takeover.ConversationID, _ takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	if err := keep(ctx, takeover.Before{Snapshot: takeover.Snapshot{"ticket": []byte(`"4711"`)}}); err != nil {
		return takeover.Proof{}, err
	}
	p.do()
	return takeover.Proof{}, &takeover.ProviderError{Provider: "Telnyx", Op: "write conversation", Kind: takeover.LostEntries, Lost: []string{"ticket"},
		Snapshot: takeover.Snapshot{"ticket": []byte(`"4711"`)}, Proof: &takeover.Proof{Silent: true}}
}

func (p *losing) Release(ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	p.knew = append(p.knew, known)
	return p.fakeProvider.Release(ctx, id, known, keep)
}

// TestAChangeOfMindRemembersWhatWasLost: the attempt that lost it is of no interest any more.
func TestAChangeOfMindRemembersWhatWasLost(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	p := &losing{fakeProvider: h.ai, do: func() { h.press(t, h.wish(takeover.GiveBack, "UA", "back")) }}
	h.Providers = takeover.Providers{p}
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.settle(t)
	if len(p.knew) != 1 || len(p.knew[0]) == 0 {
		t.Errorf("the next attempt knows %v; audit %v", p.knew, h.events(0))
	}
}

// slow is an assistant in whose calls something happens.
type slow struct {
	*fakeProvider
	silence, release func()
}

func (p *slow) Silence(ctx context.Context, id takeover.ConversationID, s takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	if f := p.silence; f != nil {
		p.silence = nil
		f()
	}
	return p.fakeProvider.Silence(ctx, id, s, keep)
}

func (p *slow) Release(ctx context.Context, id takeover.ConversationID, s takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	if f := p.release; f != nil {
		p.release = nil
		f()
	}
	return p.fakeProvider.Release(ctx, id, s, keep)
}

// TestASettlerDoesNotOutliveItsLease: it has two attempts to make, one after the other.
func TestASettlerDoesNotOutliveItsLease(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	p := &slow{fakeProvider: h.ai}
	p.silence = func() { h.turn(22 * time.Second); h.press(t, h.wish(takeover.GiveBack, "UA", "back")) } // within its 25 s
	p.release = func() {
		h.turn(9 * time.Second) // its read takes 9 s: 31 s since the lease
		h.press(t, h.wish(takeover.TakeOver, "UB", "again"))
		if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil { // the job of that click
			t.Log("second settler:", err)
		}
	}
	h.Providers = takeover.Providers{p}
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	if l := h.line(); l.State == takeover.StateHeld && !h.ai.flag["c1"] {
		t.Errorf("'%s has it — AI is silent', and the flag is off (%v)", l.Takeover.Holder, err)
	}
}
