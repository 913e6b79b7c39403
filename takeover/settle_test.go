package takeover_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// newService is a service whose clock nothing waits on.
func newService(store takeover.Store, now func() time.Time, providers ...takeover.Provider) *takeover.Service {
	s, err := takeover.New(takeover.Deps{
		Store: store, Providers: providers, Desks: takeover.Desks{{Rules: rules()}}, Now: now, Log: slog.New(slog.DiscardHandler),
		Wait: func(context.Context, time.Duration) {}, NewID: func() takeover.LineID { return "ln_new" },
	})
	if err != nil {
		panic(err)
	}
	return s
}

// TestNewNamesWhatIsMissing: a service without a part does not begin.
func TestNewNamesWhatIsMissing(t *testing.T) {
	_, err := takeover.New(takeover.Deps{Store: newFakeStore(time.Now), Now: time.Now})
	for _, part := range []string{"Providers", "Desks", "Wait", "NewID", "Log"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not name %s", err, part)
		}
	}
	if err != nil && strings.Contains(err.Error(), "Store") {
		t.Errorf("%v names what is there", err)
	}
}

// fixture is a service on fakes with a clock that tests turn.
type fixture struct {
	*takeover.Service
	store *fakeStore
	ai    *fakeProvider
	clock time.Time
}

func newFixture(l takeover.Line) *fixture {
	h := &fixture{clock: noon}
	h.store = newFakeStore(h.now)
	h.ai = newFakeProvider(h.now)
	h.store.lines[l.ID] = l
	h.Service = newService(h.store, h.now, h.ai)
	return h
}

func (h *fixture) now() time.Time { return h.clock }

// follow works a job that reads a conversation.
func (h *fixture) follow(t testing.TB, j takeover.FollowJob) (takeover.Line, takeover.Transcript, error) {
	return h.Read(t.Context(), takeover.Reading{Line: j.Line, Conversation: j.Conversation, Messages: 20})
}

func (h *fixture) press(t testing.TB, c takeover.Command) {
	t.Helper()
	err := h.store.Change(t.Context(), func(ctx context.Context, tx takeover.Tx) error { return h.Apply(ctx, tx, 1, c) })
	if err != nil {
		t.Fatal(err)
	}
}

func failing(kind takeover.ProviderErrorKind, status int) *takeover.ProviderError {
	return &takeover.ProviderError{Provider: "Telnyx", Op: "write conversation", Kind: kind, Status: status}
}

// TestSettleKeepsTheEntriesBeforeItWrites: a process that dies after the write leaves a
// record of what the write may have lost; it is gone once all was read back.
func TestSettleKeepsTheEntriesBeforeItWrites(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	ctx, die := context.WithCancel(t.Context())
	h.ai.fail, h.ai.lands = []*takeover.ProviderError{failing(takeover.NoAnswer, 0)}, true
	die()
	if err := h.Settle(ctx, takeover.SettleJob{Line: "ln_1"}); err == nil {
		t.Fatal("a dying process has settled")
	}
	if kept := h.store.lines["ln_1"].Covered[0].Snapshot; string(kept["unit"]) != `"4B"` {
		t.Fatalf("kept %v", kept)
	}
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
	if string(h.ai.known["unit"]) != `"4B"` {
		t.Errorf("the next attempt knew %v", h.ai.known)
	}
	if l := h.store.lines["ln_1"]; l.State != takeover.StateHeld || l.Covered[0].Snapshot != nil {
		t.Errorf("line %s, kept %v", l.State, l.Covered[0].Snapshot)
	}
}

// TestSettleWritesNothingThatItCannotKeep: without the record there is no write.
func TestSettleWritesNothingThatItCannotKeep(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	h.store.conflict = 99
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); !errors.Is(err, takeover.ErrConflict) {
		t.Errorf("settled with %v", err)
	}
	if l := h.store.lines["ln_1"]; h.ai.flag["c1"] || l.State != takeover.StateTaking || l.Trouble != nil {
		t.Errorf("flag %v, line %s in trouble %v", h.ai.flag, l.State, l.Trouble)
	}
}

// contended is a store in which each change meets another one of its line first, and is made again.
type contended struct{ *fakeStore }

func (s contended) Change(ctx context.Context, fn func(context.Context, takeover.Tx) error) error {
	err := s.fakeStore.Change(ctx, func(ctx context.Context, tx takeover.Tx) error { return fn(ctx, overtaken{tx}) })
	if !errors.Is(err, takeover.ErrConflict) {
		return err // it saves no line
	}
	return s.fakeStore.Change(ctx, fn)
}

// overtaken is a transaction whose line was saved by another one.
type overtaken struct{ takeover.Tx }

func (overtaken) Save(context.Context, takeover.Line) (takeover.Line, error) {
	return takeover.Line{}, takeover.ErrConflict
}

// TestSettleMakesAChangeAgain: a change that met another change of the line starts again from the stored
// line, and the attempt ends as it does alone.
func TestSettleMakesAChangeAgain(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.Store = contended{h.store}
	for _, step := range []struct {
		verb takeover.Verb
		want takeover.State
	}{{takeover.TakeOver, takeover.StateHeld}, {takeover.GiveBack, takeover.StateAI}} {
		h.press(t, press(step.verb, "UA", string(step.verb), noon))
		if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
			t.Fatalf("%s: %v", step.verb, err)
		}
		if l := h.store.lines["ln_1"]; l.State != step.want || h.ai.flag["c1"] != (step.want == takeover.StateHeld) {
			t.Errorf("%s: line %s, flag %v", step.verb, l.State, h.ai.flag)
		}
	}
}

func TestSettleProvesSilenceAndHandsBack(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
	if l := h.store.lines["ln_1"]; l.State != takeover.StateHeld || !h.ai.flag["c1"] || l.Silence(h.clock).AsOf.IsZero() {
		t.Fatalf("line %s, flag %v", l.State, h.ai.flag)
	}
	back := press(takeover.GiveBack, "UA", "back", noon)
	back.Note = "  a plumber comes at four "
	h.press(t, back)
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
	l := h.store.lines["ln_1"]
	if l.State != takeover.StateAI || l.Takeover.Holder != "" || h.ai.flag["c1"] {
		t.Fatalf("line %s by %q, flag %v", l.State, l.Takeover.Holder, h.ai.flag)
	}
	if h.ai.notes["back"] != "a plumber comes at four" {
		t.Errorf("notes %v", h.ai.notes)
	}
	if l.HandBack.Note != "" {
		t.Error("the note is kept although the provider has it")
	}
}

func TestSettleFailuresAreShownAndTriedAgain(t *testing.T) {
	for _, failure := range []*takeover.ProviderError{
		failing(takeover.KeyRefused, 401), failing(takeover.Gone, 404), failing(takeover.Refused, 422), failing(takeover.Limited, 429),
		failing(takeover.Failing, 503), failing(takeover.NoAnswer, 0), failing(takeover.NotKept, 0), failing(takeover.LostEntries, 0),
	} {
		t.Run(string(failure.Kind), func(t *testing.T) {
			failure.RetryAfter = 7 * time.Second
			h := newFixture(line(takeover.StateAI, ""))
			h.press(t, press(takeover.TakeOver, "UA", "take", noon))
			h.ai.fail = []*takeover.ProviderError{failure}
			err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
			later, ok := errors.AsType[*takeover.LaterError](err)
			if !ok || later.After != 7*time.Second {
				t.Fatalf("%v, want to be run again in 7 s", err)
			}
			l := h.store.lines["ln_1"]
			if l.State != takeover.StateTaking || l.Trouble == nil || l.Trouble.Kind != failure.Kind {
				t.Fatalf("line %s, trouble %+v", l.State, l.Trouble)
			}
			h.clock = h.clock.Add(8 * time.Second)
			if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
				t.Fatal(err)
			}
			if l := h.store.lines["ln_1"]; l.State != takeover.StateHeld || l.Trouble != nil {
				t.Errorf("line %s, trouble %+v after it was mended", l.State, l.Trouble)
			}
		})
	}
}

// The desk is told when its patience is over, however the attempts before fell: a person
// who pressed "try again" meanwhile must not make it wait longer.
func TestTheDeskIsToldInTime(t *testing.T) {
	for _, extra := range []int{0, 1, 5} {
		h := newFixture(line(takeover.StateAI, ""))
		h.press(t, press(takeover.TakeOver, "UA", "take", noon))
		for range 100 {
			h.ai.fail = append(h.ai.fail, failing(takeover.Refused, 422))
		}
		for range extra {
			_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1", Now: true})
		}
		for !h.deskTold() {
			later, ok := errors.AsType[*takeover.LaterError](h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}))
			if !ok {
				t.Fatal("the job does not come back")
			}
			h.clock = h.clock.Add(later.After)
		}
		told := h.store.audit[len(h.store.audit)-1]
		if told.Event != takeover.EventDeskWarned || told.At.Sub(noon) > takeover.DeskPatience+time.Second {
			t.Errorf("after %d presses: %s, %s after the click", extra, told.Event, told.At.Sub(noon))
		}
	}
}

func TestTryAgainDoesNotWaitButRespectsTheProvider(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	h.ai.fail = []*takeover.ProviderError{failing(takeover.Refused, 422)}
	_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err == nil {
		t.Fatal("an attempt before its time was made")
	}
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1", Now: true}); err != nil || h.store.lines["ln_1"].State != takeover.StateHeld {
		t.Fatalf("try again: %v, %s", err, h.store.lines["ln_1"].State)
	}
}

func TestAChangeOfMindDuringTheWriteWins(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	h.ai.during = func() {
		h.ai.during = nil
		h.press(t, press(takeover.GiveBack, "UA", "back", noon))
	}
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
	if l := h.store.lines["ln_1"]; l.State != takeover.StateAI || h.ai.flag["c1"] {
		t.Errorf("line %s, flag %v; want the AI answering", l.State, h.ai.flag["c1"])
	}
}

func TestARefusedNoteDoesNotKeepTheLine(t *testing.T) {
	h := newFixture(line(takeover.StateHeld, "UA"))
	back := press(takeover.GiveBack, "UA", "back", noon)
	back.Note = "agreed"
	h.press(t, back)
	refusal := failing(takeover.Refused, 422)
	refusal.Op = "note"
	h.ai.fail = []*takeover.ProviderError{refusal}
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
	if l := h.store.lines["ln_1"]; l.State != takeover.StateAI {
		t.Errorf("line %s, want ai", l.State)
	}
	said := false
	for _, j := range h.store.jobs {
		if say, ok := j.(takeover.SayJob); ok && say.Entry.Event == takeover.EventNoteRefused {
			said = true
		}
	}
	if !said {
		t.Error("nobody was told that the AI does not know the note")
	}
}

func TestOnlyOneSettlerWorksALine(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	var second error
	h.ai.during = func() { second = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}) }
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*takeover.LaterError](second); !ok || h.ai.calls != 1 {
		t.Errorf("the second settler: %v, %d calls of the provider", second, h.ai.calls)
	}
}

func TestStoppingIsNotTheProvidersFailure(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.ai.fail = []*takeover.ProviderError{failing(takeover.NoAnswer, 0)}
	if err := h.Settle(ctx, takeover.SettleJob{Line: "ln_1"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the cancellation", err)
	}
	if l := h.store.lines["ln_1"]; l.Trouble != nil {
		t.Errorf("trouble %+v", l.Trouble)
	}
}

func TestEntriesThatStayLostDoNotKeepTheLineForEver(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.press(t, press(takeover.TakeOver, "UA", "take", noon))
	for range 10 {
		lost := failing(takeover.LostEntries, 0)
		lost.Lost, lost.Proof = []string{"lease"}, &takeover.Proof{Silent: true, CheckedAt: h.clock}
		lost.Snapshot = takeover.Snapshot{"lease": []byte("1")}
		h.ai.fail, h.ai.lands = []*takeover.ProviderError{lost}, true
		if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err == nil {
			break
		}
		if got := h.store.lines["ln_1"].Covered[0].Snapshot["lease"]; string(got) != "1" {
			t.Fatalf("the record of what is lost is gone: %q", got)
		}
		h.clock = h.clock.Add(time.Minute)
	}
	l := h.store.lines["ln_1"]
	if l.State != takeover.StateHeld || len(l.Unrepaired) != 1 {
		t.Fatalf("line %s, unrepaired %v", l.State, l.Unrepaired)
	}
	for _, j := range h.store.jobs {
		if say, ok := j.(takeover.SayJob); ok && say.Entry.Event == takeover.EventEntriesLost {
			return
		}
	}
	t.Error("nobody was told of the loss")
}

// TestATakeoverMayShowItsCard: one command asks for both, whether or not somebody else was
// faster.
func TestATakeoverMayShowItsCard(t *testing.T) {
	for name, state := range map[string]takeover.State{"taken": takeover.StateAI, "refused": takeover.StateHeld} {
		for _, show := range []bool{true, false} {
			h := newFixture(line(state, "UB"))
			c := press(takeover.TakeOver, "UA", "typed", noon)
			c.Show = show
			h.press(t, c)
			shown, told, settled := false, false, false
			for _, j := range h.store.jobs {
				switch j := j.(type) {
				case takeover.WorkJob:
					shown = shown || j.Verb == takeover.Open && j.Command > 0
					told = told || j.Verb == takeover.TakeOver && j.Command > 0 && j.Line == c.Line
				case takeover.SettleJob:
					settled = true
				}
			}
			if shown != show || settled != (name == "taken") || told != (show && settled) {
				t.Errorf("%s: shown %t, want %t; settled %t, told what became of it %t", name, shown, show, settled, told)
			}
		}
	}
}

// TestWhatWasFoundIsTakenOver: a search may end in a takeover, which is decided once however often
// its job runs.
func TestWhatWasFoundIsTakenOver(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	c := takeover.Command{Key: "typed", Verb: takeover.Search, By: "UA", Origin: takeover.FromWord, At: noon, Take: true}
	for range 2 {
		if err := h.TakeFound(t.Context(), 7, c, "ln_1"); err != nil {
			t.Fatal(err)
		}
	}
	l, err := h.store.Line(t.Context(), "ln_1")
	if err != nil || l.State != takeover.StateTaking || l.Takeover.Holder != "UA" || l.Takeover.Claim != c.Key {
		t.Errorf("%s of %s, %v", l.State, l.Takeover.Holder, err)
	}
	claimed := 0
	for _, j := range h.store.jobs {
		if j, ok := j.(takeover.SettleJob); ok && j.Line == l.ID {
			claimed++
		}
	}
	if claimed != 1 {
		t.Errorf("settled %d times", claimed)
	}
}

// deskTold reports whether the desk was told of the line's trouble.
func (h *fixture) deskTold() bool {
	t := h.store.lines["ln_1"].Trouble
	return t != nil && t.DeskTold
}

// TestGivingUpEndsTheAttempts where the provider refused all writes: no AI was switched off, and
// a reading that shows it needs no write that would be refused too.
func TestGivingUpEndsTheAttempts(t *testing.T) {
	for name, tt := range map[string]struct {
		fail []*takeover.ProviderError // of the takeover's attempt
		off  bool                      // the switch, before the hand-back is settled
		want takeover.State
	}{
		"every write was refused":               {[]*takeover.ProviderError{failing(takeover.Refused, 422)}, false, takeover.StateAI},
		"refused, and switched off elsewhere":   {[]*takeover.ProviderError{failing(takeover.Refused, 422)}, true, takeover.StateReturning},
		"accepted and not kept":                 {[]*takeover.ProviderError{failing(takeover.NotKept, 0)}, false, takeover.StateReturning},
		"the answer was lost":                   {[]*takeover.ProviderError{{Provider: "Telnyx", Op: "write", Kind: takeover.NoAnswer, MayLand: true}}, false, takeover.StateReturning},
		"accepted and proven, then handed back": {nil, true, takeover.StateReturning},
	} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(line(takeover.StateAI, ""))
			h.press(t, press(takeover.TakeOver, "UA", "take", noon))
			h.ai.fail = tt.fail
			_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
			h.turn(time.Second)
			h.press(t, press(takeover.GiveBack, "UA", "back", h.clock))
			h.ai.flag["c1"] = tt.off
			h.ai.fail = []*takeover.ProviderError{failing(takeover.Refused, 422)}
			_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
			if l := h.store.lines["ln_1"]; l.State != tt.want {
				t.Errorf("line %s, want %s; trouble %+v", l.State, tt.want, l.Trouble)
			}
		})
	}
}
