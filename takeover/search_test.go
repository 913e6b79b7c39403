package takeover_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/takeover"
)

// reader is a Provider that can only be read: no Silencer, no Noter.
type reader struct {
	name       string
	found      takeover.Found
	err        error
	slow       time.Duration
	transcript takeover.Transcript
	can        takeover.Capabilities
}

func (r *reader) Name() string { return r.name }

func (r *reader) Find(ctx context.Context, _ takeover.Query) (takeover.Found, error) {
	select {
	case <-time.After(r.slow):
		return r.found, r.err
	case <-ctx.Done():
		return takeover.Found{}, ctx.Err()
	}
}

func (r *reader) Transcript(context.Context, takeover.ConversationID, int) (takeover.Transcript, error) {
	return r.transcript, r.err
}

func (r *reader) Can(c takeover.Conversation) takeover.Capabilities {
	if c.Ended {
		return takeover.Capabilities{takeover.CanRead: r.can[takeover.CanRead]}
	}
	return r.can
}

func hits(ids ...string) takeover.Found {
	var f takeover.Found
	for _, id := range ids {
		at := noon.Add(time.Duration(id[len(id)-1]-'0') * time.Minute)
		f.Conversations = append(f.Conversations, takeover.Conversation{ID: takeover.ConversationID(id), CreatedAt: takeover.ProviderTime(at)})
	}
	return f
}

func down(name string) *takeover.ProviderError {
	return &takeover.ProviderError{Provider: name, Op: "list", Kind: takeover.NoAnswer}
}

func TestFindMergesNewestFirst(t *testing.T) {
	older := hits("a5", "a3")
	older.More = true
	s := newService(newFakeStore(time.Now), time.Now, &reader{name: "A", found: older}, &reader{name: "B", found: hits("b9", "b4")})
	found, err := s.Find(t.Context(), takeover.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range found.Conversations {
		got = append(got, c.Provider+":"+string(c.ID))
	}
	if want := []string{"B:b9", "A:a5", "B:b4", "A:a3"}; !slices.Equal(got, want) || !found.More || found.Unanswered != nil {
		t.Errorf("%q, more %t, unanswered %v", got, found.More, found.Unanswered)
	}
}

// TestStrangersWithoutANumber: a placeholder is no address. Each conversation is a line, in
// whatever case the word is written.
func TestStrangersWithoutANumber(t *testing.T) {
	found := hits("c5", "c4", "c3", "c2")
	for i, user := range []takeover.Target{"anonymous", "ANONYMOUS", "+14155550137", ""} {
		found.Conversations[i].EndUser, found.Conversations[i].Agent = user, "+13125550100"
	}
	store := newFakeStore(time.Now)
	s := newService(store, time.Now, &reader{name: "A", found: found})
	n := 0
	s.NewID = func() takeover.LineID { n++; return takeover.LineID(fmt.Sprint("ln_", n)) }
	q := takeover.Query{Field: takeover.FieldAnonymous, Value: "anonymous"}
	got, err := s.Find(t.Context(), q)
	if err != nil || len(got.Conversations) != 3 {
		t.Fatalf("%d conversations, %v", len(got.Conversations), err)
	}
	lines, err := s.Remember(t.Context(), q, got.Conversations, func(c takeover.Conversation) takeover.Conversation { return c })
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		if c := got.Conversations[i]; !l.EndUser.Anonymous() || l.Newest.ID != c.ID || slices.ContainsFunc(lines[:i], func(o takeover.Line) bool { return o.ID == l.ID }) {
			t.Errorf("%s: line %s of %q, newest %s", c.ID, l.ID, l.EndUser, l.Newest.ID)
		}
	}
}

// TestOneStrangerIsNotAnother: what strangers write neither joins a held line of another one nor
// is read there, also where the line was stored before its end user counted as a placeholder.
func TestOneStrangerIsNotAnother(t *testing.T) {
	for _, user := range []takeover.Target{"conversation:c1", "Anonymous"} {
		l := line(takeover.StateAI, "")
		l.EndUser = user
		h := newFixture(l)
		h.ai.writes("c1", takeover.RoleEndUser, "water is coming through the ceiling")
		h.ai.convs[0].EndUser = "Anonymous"
		h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
		h.settle(t)
		h.turn(10 * time.Second)
		h.ai.writes("c2", takeover.RoleEndUser, "my door code is 4711")
		h.ai.convs[0].EndUser = "Anonymous"
		h.watch(t)
		h.turn(time.Minute)
		h.watch(t)
		if l := h.line(); l.State != takeover.StateHeld || l.Covers("c2") || len(l.Covered) != 1 || h.ai.flag["c2"] {
			t.Errorf("%q: %s, covers %v, flags %v", string(user), l.State, l.Covered, h.ai.flag)
		}
	}
}

// TestAnotherSpellingJoins: a conversation of the same SIP address, written otherwise, is silenced.
func TestAnotherSpellingJoins(t *testing.T) {
	l := line(takeover.StateAI, "")
	l.EndUser = "sip:lobby@harbor.example"
	h := newFixture(l)
	h.ai.writes("c1", takeover.RoleEndUser, "water is coming through the ceiling")
	h.ai.convs[0].EndUser = l.EndUser
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.settle(t)
	h.turn(time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "it drips in the hallway")
	h.ai.convs[0].EndUser = "Lobby <lobby@Harbor.Example;lr>"
	h.watch(t)
	if l := h.line(); !l.Covers("c2") || !h.ai.flag["c2"] {
		t.Errorf("covers %v, flags %v", l.Covered, h.ai.flag)
	}
}

func TestFindNamesWhoDidNotAnswer(t *testing.T) {
	s := newService(newFakeStore(time.Now), time.Now, &reader{name: "A", err: down("A")}, &reader{name: "B", found: hits("b1")})
	found, err := s.Find(t.Context(), takeover.Query{})
	if err != nil || len(found.Conversations) != 1 || len(found.Unanswered) != 1 || found.Unanswered[0].Provider != "A" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestFindFailsWhereNobodyAnswers(t *testing.T) {
	s := newService(newFakeStore(time.Now), time.Now, &reader{name: "A", err: down("A")}, &reader{name: "B", err: down("B")})
	_, err := s.Find(t.Context(), takeover.Query{})
	if pe, ok := errors.AsType[*takeover.ProviderError](err); !ok || pe.Provider != "A" {
		t.Errorf("%v", err)
	}
}

func TestFindAsksAtTheSameTimeAndGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(newFakeStore(time.Now), time.Now,
			&reader{name: "A", slow: time.Hour}, &reader{name: "B", slow: 9 * time.Second, found: hits("b1")}, &reader{name: "C", slow: 9 * time.Second, found: hits("c1")})
		start := time.Now()
		found, err := s.Find(t.Context(), takeover.Query{})
		if err != nil || len(found.Conversations) != 2 || len(found.Unanswered) != 1 || found.Unanswered[0].Kind != takeover.NoAnswer {
			t.Errorf("%+v, %v", found, err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// readOnly is a fixture with a line whose provider cannot be silenced.
func readOnly(t *testing.T) (*fixture, *reader) {
	t.Helper()
	l := line(takeover.StateAI, "")
	l.Provider = "Reader"
	h := newFixture(l)
	r := &reader{name: "Reader", can: takeover.Capabilities{
		takeover.CanSilence: {Level: takeover.LevelNo, Reason: "It has no switch."}, takeover.CanWatch: {Level: takeover.LevelYes}, takeover.CanRead: {Level: takeover.LevelYes},
	}}
	h.Providers = append(h.Providers, r)
	return h, r
}

func TestWhatCannotBeSilencedIsNeverTaken(t *testing.T) {
	for name, level := range map[string]takeover.Level{"says no": takeover.LevelNo, "lies": takeover.LevelYes, "does not know": takeover.LevelUnknown} {
		t.Run(name, func(t *testing.T) {
			h, r := readOnly(t)
			r.can[takeover.CanSilence] = takeover.Ability{Level: level, Reason: "It has no switch."}
			h.press(t, press(takeover.TakeOver, "UA", "forged", noon))
			l := h.store.lines["ln_1"]
			if l.State != takeover.StateAI || l.Takeover.Holder != "" || l.Trouble != nil {
				t.Fatalf("line %s by %q, trouble %+v", l.State, l.Takeover.Holder, l.Trouble)
			}
			var told takeover.Refusal
			for _, j := range h.store.jobs {
				switch j := j.(type) {
				case takeover.SettleJob:
					t.Error("a settling was ordered")
				case takeover.TellJob:
					told = j.Refusal
				}
			}
			if told.Kind != takeover.RefusedUnsupported || told.Why == "" || told.Provider != "Reader" {
				t.Errorf("told %+v", told)
			}
			if e := h.store.audit; len(e) != 1 || e[0].Event != takeover.EventTakeRefused {
				t.Errorf("audit %+v", e)
			}
		})
	}
}

func TestAProviderThatWasSwitchedOff(t *testing.T) {
	h := newFixture(line(takeover.StateHeld, "UA"))
	h.Providers = nil
	h.press(t, press(takeover.GiveBack, "UA", "back", noon))
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err == nil {
		t.Fatal("settled without a provider")
	}
	if l := h.store.lines["ln_1"]; l.Trouble == nil || l.Trouble.Kind != takeover.NotSetUp {
		t.Errorf("trouble %+v", l.Trouble)
	}
	if _, _, err := h.Read(t.Context(), takeover.Reading{Line: "ln_1", Messages: 1}); err == nil {
		t.Error("read without a provider")
	}
}

// TestAForeignConversationIsNotRead: an id comes from a button. One that no search found for the
// line is neither read nor covered by the next takeover.
func TestAForeignConversationIsNotRead(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "mine")
	h.ai.spoken["stranger"] = []takeover.Message{{Key: "k", Role: takeover.RoleEndUser, Text: "my card number is …"}}
	open := takeover.Reading{Line: "ln_1", Conversation: "stranger", Messages: 20, Opened: true}
	if _, said, err := h.Read(t.Context(), open); !errors.Is(err, takeover.ErrForeign) || len(said.Messages) > 0 {
		t.Errorf("%v; read %+v", err, said.Messages)
	}
	if l := h.line(); l.Covers("stranger") {
		t.Errorf("the next takeover would silence it: %v", l.Covered)
	}
	older := takeover.Conversation{ID: "older", Provider: "Telnyx", EndUser: h.line().EndUser, Agent: h.line().Agent, Channel: takeover.ChannelText}
	newest := h.ai.convs[0]
	newest.Provider = "Telnyx"
	_, err := h.Remember(t.Context(), takeover.Query{Field: takeover.FieldEndUser}, []takeover.Conversation{older},
		func(takeover.Conversation) takeover.Conversation { return newest })
	if err != nil {
		t.Fatal(err)
	}
	h.ai.spoken["older"] = []takeover.Message{{Key: "k", Role: takeover.RoleEndUser, Text: "from last week"}}
	open.Conversation = "older"
	if _, said, err := h.Read(t.Context(), open); err != nil || len(said.Messages) != 1 {
		t.Errorf("one that a search found for the line: %v; read %+v", err, said.Messages)
	}
}
