package takeover_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
)

const (
	// reflected is how long after a change at the provider the word "silent" may still rest on
	// a reading of before: a proof lives for a minute, by a clock that may jump by as much.
	reflected = 150 * time.Second
	pairUser  = takeover.Target("+14155550137")
	pairAgent = takeover.Target("+13125550100")
)

// talk is a conversation at the provider.
type talk struct {
	conv    takeover.Conversation
	visible time.Time // when lists begin to show it
	flag    bool      // as the assistant obeys it
	changed time.Time // when flag last changed
	stale   bool      // as reads show it until staleTo
	staleTo time.Time
}

// landing is a write that takes effect later.
type landing struct {
	at   time.Time
	id   takeover.ConversationID
	flag bool
}

// farEnd is a provider with everything that goes wrong with writes, reads, lists and clocks. It
// goes by the time of the world; what it tells is dated by its clock.
type farEnd struct {
	mu       sync.Mutex
	now      func() time.Time // of the world
	offset   time.Duration    // of its clock
	talks    []*talk
	landings []landing
	// down has calls fail; cutLists has lists fail; cutChanges has lists of changes be cut.
	down, cutLists, cutChanges bool
	// late is how long after its answer was lost the next write takes effect; 0: at once, with
	// an answer.
	late time.Duration
	// stale is how long reads show what was there before the next write.
	stale time.Duration
	// refuses has the next write be refused.
	refuses bool
	// meanwhile runs once, within a write.
	meanwhile func()
}

func (f *farEnd) clock() time.Time { return f.now().Add(f.offset) }

// land has the writes take effect whose time has come.
func (f *farEnd) land() {
	for len(f.landings) > 0 {
		l := f.landings[0]
		if l.at.After(f.now()) {
			return
		}
		f.landings = f.landings[1:]
		f.set(l.id, l.flag, l.at)
	}
}

func (f *farEnd) set(id takeover.ConversationID, flag bool, at time.Time) {
	if t := f.talk(id); t != nil && t.flag != flag {
		t.flag, t.changed = flag, at
	}
}

func (f *farEnd) talk(id takeover.ConversationID) *talk {
	for _, t := range f.talks {
		if t.conv.ID == id {
			return t
		}
	}
	return nil
}

// begins opens a conversation that lists show a little later.
func (f *farEnd) begins(channel takeover.Channel, late time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := takeover.ConversationID(fmt.Sprint("c", len(f.talks)+1))
	f.talks = append(f.talks, &talk{visible: f.now().Add(late), changed: f.now(), conv: takeover.Conversation{
		ID: id, EndUser: pairUser, Agent: pairAgent, Channel: channel, CreatedAt: takeover.ProviderTime(f.clock()), LastMessageAt: takeover.ProviderTime(f.clock())}})
}

// reads is how a read shows a conversation.
func (f *farEnd) reads(t *talk) bool {
	if f.now().Before(t.staleTo) {
		return t.stale
	}
	return t.flag
}

func (f *farEnd) list(keep func(*talk) bool) (takeover.Listing, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.land()
	if f.down || f.cutLists {
		return takeover.Listing{}, failing(takeover.NoAnswer, 0)
	}
	list := takeover.Listing{AsOf: takeover.ProviderTime(f.clock())}
	for _, t := range f.talks {
		if !t.visible.After(f.now()) && keep(t) {
			c := t.conv
			c.AIDisabled = f.reads(t)
			list.Conversations = append(list.Conversations, c)
		}
	}
	slices.SortStableFunc(list.Conversations, func(a, b takeover.Conversation) int { return b.LastMessageAt.Compare(a.LastMessageAt) })
	return list, nil
}

func (f *farEnd) Name() string { return "Telnyx" }

func (f *farEnd) Find(context.Context, takeover.Query) (takeover.Found, error) {
	list, err := f.list(func(*talk) bool { return true })
	return takeover.Found{Conversations: list.Conversations}, err
}

func (f *farEnd) Conversations(_ context.Context, _, _ takeover.Target, _ int) (takeover.Listing, error) {
	return f.list(func(*talk) bool { return true })
}

func (f *farEnd) Changes(_ context.Context, since takeover.ProviderTime) (takeover.Listing, error) {
	list, err := f.list(func(t *talk) bool { return !t.conv.LastMessageAt.Before(since) })
	if f.cutChanges && len(list.Conversations) > 0 {
		list.Conversations, list.More = list.Conversations[:len(list.Conversations)-1], true
	}
	return list, err
}

func (f *farEnd) Transcript(context.Context, takeover.ConversationID, int) (takeover.Transcript, error) {
	return takeover.Transcript{Complete: true}, nil
}

func (f *farEnd) Can(takeover.Conversation) takeover.Capabilities {
	return takeover.Capabilities{takeover.CanSilence: {Level: takeover.LevelYes}}
}

func (f *farEnd) Silenced(_ context.Context, id takeover.ConversationID) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.land()
	if f.down {
		return false, failing(takeover.NoAnswer, 0)
	}
	return f.reads(f.talk(id)), nil
}

func (f *farEnd) Silence(ctx context.Context, id takeover.ConversationID, _ takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	return f.write(ctx, id, keep, true)
}

func (f *farEnd) Release(ctx context.Context, id takeover.ConversationID, _ takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	return f.write(ctx, id, keep, false)
}

// write is what package telnyx does: it writes, and reads back.
func (f *farEnd) write(ctx context.Context, id takeover.ConversationID, keep takeover.Keep, flag bool) (takeover.Proof, error) {
	if f.down {
		return takeover.Proof{}, failing(takeover.NoAnswer, 0)
	}
	if err := keep(ctx, takeover.Before{Snapshot: takeover.Snapshot{"unit": json.RawMessage(`"4B"`)}}); err != nil {
		return takeover.Proof{}, err
	}
	if f.refuses {
		f.refuses = false
		return takeover.Proof{}, failing(takeover.Refused, 422)
	}
	lost := f.put(id, flag)
	if f.meanwhile != nil {
		do := f.meanwhile
		f.meanwhile = nil
		do()
	}
	read, err := f.Silenced(ctx, id)
	if err != nil || read != flag {
		failure := failing(takeover.NotKept, 0)
		failure.FlagUnknown, failure.MayLand = err != nil, lost
		return takeover.Proof{}, failure
	}
	return takeover.Proof{Silent: flag, CheckedAt: f.proofClock(), MayLand: lost}, nil
}

func (f *farEnd) put(id takeover.ConversationID, flag bool) (lost bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.land()
	t := f.talk(id)
	if f.stale > 0 {
		t.stale, t.staleTo = t.flag, f.now().Add(f.stale)
		f.stale = 0
	}
	if f.late > 0 {
		f.landings = append(f.landings, landing{f.now().Add(f.late), id, flag})
		slices.SortStableFunc(f.landings, func(a, b landing) int { return a.at.Compare(b.at) })
		f.late = 0
		return true
	}
	f.set(id, flag, f.now())
	return false
}

// proofClock is the clock of the replica that is at work.
func (f *farEnd) proofClock() time.Time { return replicaClock() }

// replicaClock is set by the world: one replica works at a time.
var replicaClock func() time.Time

// silenceWorld is two replicas, one store, one provider, and the time that none of them knows.
type silenceWorld struct {
	rt    *rapid.T
	t     *testing.T
	truth time.Time
	ahead []time.Duration // of each replica's clock
	at    int             // the replica that is at work
	far   *farEnd
	store *fakeStore
	bots  []*takeover.Service
	keys  int
	same  bool // no clock ever differs from another
}

func newSilenceWorld(t *testing.T, rt *rapid.T) *silenceWorld {
	w := &silenceWorld{rt: rt, t: t, truth: noon, ahead: make([]time.Duration, 2), same: rapid.Bool().Draw(rt, "same clocks")}
	replicaClock = func() time.Time { return w.clock(w.at) }
	w.far = &farEnd{now: func() time.Time { return w.truth }}
	if !w.same {
		w.far.offset = time.Duration(rapid.IntRange(-3600, 3600).Draw(rt, "provider ahead, s")) * time.Second
	}
	w.store = newFakeStore(func() time.Time { return w.truth }) // the database's clock
	l := line(takeover.StateAI, "")
	w.far.begins(takeover.ChannelText, 0)
	w.store.lines[l.ID] = l
	for i := range w.ahead {
		w.bots = append(w.bots, newService(w.store, func() time.Time { return w.clock(i) }, w.far))
	}
	return w
}

func (w *silenceWorld) clock(replica int) time.Time { return w.truth.Add(w.ahead[replica]) }

func (w *silenceWorld) bot() *takeover.Service { return w.bots[w.at] }

func (w *silenceWorld) line() takeover.Line {
	l, err := w.store.Line(w.t.Context(), "ln_1")
	if err != nil {
		w.rt.Fatal(err)
	}
	return l
}

func (w *silenceWorld) click(verb takeover.Verb) {
	w.keys++
	c := press(verb, rapid.SampledFrom([]takeover.OperatorID{"UA", "UB"}).Draw(w.rt, "by"), fmt.Sprint("k", w.keys), w.clock(w.at))
	err := w.store.Change(w.t.Context(), func(ctx context.Context, tx takeover.Tx) error { return w.bot().Apply(ctx, tx, 1, c) })
	if err != nil {
		w.rt.Fatal(err)
	}
}

// settle works the settle jobs once, as the queue would.
func (w *silenceWorld) settle() {
	_ = w.bot().Settle(w.t.Context(), takeover.SettleJob{Line: "ln_1", Now: rapid.Bool().Draw(w.rt, "now")})
}

// tick is what the loops of a replica do, and what the queue works after that.
func (w *silenceWorld) tick() {
	_ = w.bot().SyncOnce(w.t.Context())
	_ = w.bot().CompareOnce(w.t.Context())
	w.settle()
}

// search has an operator search for the end user.
func (w *silenceWorld) search() {
	q := takeover.Query{Field: takeover.FieldEndUser, Value: string(pairUser)}
	found, err := w.bot().Find(w.t.Context(), q)
	if err != nil || len(found.Conversations) == 0 {
		return
	}
	newest := func(takeover.Conversation) takeover.Conversation { return found.Conversations[0] }
	if _, err := w.bot().Remember(w.t.Context(), q, found.Conversations[:1], newest); err != nil {
		w.rt.Fatal(err)
	}
}

func (w *silenceWorld) step() {
	w.truth = w.truth.Add(time.Duration(rapid.IntRange(1, 8000).Draw(w.rt, "ms")) * time.Millisecond)
	w.at = rapid.IntRange(0, len(w.bots)-1).Draw(w.rt, "replica")
	f := w.far
	switch rapid.IntRange(0, 17).Draw(w.rt, "step") {
	case 0, 1:
		w.click(rapid.SampledFrom([]takeover.Verb{takeover.TakeOver, takeover.TakeOver, takeover.TakeOver, takeover.GiveBack, takeover.TryAgain}).Draw(w.rt, "verb"))
		w.settle()
	case 2:
		f.late = time.Duration(rapid.IntRange(1, 110).Draw(w.rt, "late, s")) * time.Second
	case 3:
		f.stale = time.Duration(rapid.IntRange(1, 20).Draw(w.rt, "stale, s")) * time.Second
	case 4:
		channel := rapid.SampledFrom([]takeover.Channel{takeover.ChannelText, takeover.ChannelText, takeover.ChannelCall}).Draw(w.rt, "channel")
		f.begins(channel, time.Duration(rapid.IntRange(0, 40).Draw(w.rt, "visible after, s"))*time.Second)
	case 5:
		f.down, f.cutLists, f.cutChanges = rapid.Bool().Draw(w.rt, "down"), rapid.Bool().Draw(w.rt, "no lists"), rapid.Bool().Draw(w.rt, "cut")
	case 6:
		f.down, f.cutLists, f.cutChanges = false, false, false
	case 7:
		if !w.same {
			w.ahead[w.at] = time.Duration(rapid.IntRange(-60, 60).Draw(w.rt, "ahead, s")) * time.Second
		}
	case 8: // the AI is switched on elsewhere
		f.mu.Lock()
		f.set(rapid.SampledFrom(f.talks).Draw(w.rt, "outside").conv.ID, false, w.truth)
		f.mu.Unlock()
	case 9: // a click or a sleep in the middle of a write, and what the other replica does meanwhile
		f.meanwhile = func() {
			w.truth = w.truth.Add(time.Duration(rapid.IntRange(0, 40).Draw(w.rt, "sleeps, s")) * time.Second)
			if rapid.Bool().Draw(w.rt, "clicks") {
				w.click(rapid.SampledFrom([]takeover.Verb{takeover.TakeOver, takeover.GiveBack}).Draw(w.rt, "verb"))
			}
			if rapid.Bool().Draw(w.rt, "the other works") {
				w.at = 1 - w.at
				w.tick()
				w.at = 1 - w.at
			}
		}
	case 16:
		f.refuses = true
	case 17:
		w.search()
	case 11: // a clock is far ahead for one tick
		if !w.same {
			was := w.ahead[w.at]
			w.ahead[w.at] = time.Hour
			w.tick()
			w.ahead[w.at] = was
		}
	case 10: // long nothing: both processes are down
		w.truth = w.truth.Add(time.Duration(rapid.IntRange(1, 30).Draw(w.rt, "minutes")) * time.Minute)
	default:
		w.tick()
	}
}

// check asks the provider whether the AI would answer a text now, wherever a card drawn now, by
// either replica, says that it is silent.
func (w *silenceWorld) check() {
	w.far.mu.Lock()
	w.far.land()
	w.far.mu.Unlock()
	l := w.line()
	for i := range w.bots {
		s := l.Silence(w.clock(i))
		if s.Level != takeover.SilenceProven || s.Texts == 0 {
			continue
		}
		if l.State != takeover.StateHeld || l.Takeover.Holder == "" {
			w.rt.Fatalf("silent in state %s of %q", l.State, l.Takeover.Holder)
		}
		beyond := s.Beyond
		for _, t := range w.far.talks {
			old := w.truth.Sub(t.visible) > reflected && w.truth.Sub(t.changed) > reflected && w.truth.Sub(t.staleTo) > reflected
			if t.conv.Channel != takeover.ChannelCall && old && !t.flag {
				if !l.Covers(t.conv.ID) && beyond > 0 {
					beyond-- // the card says that so many older ones are not covered
					continue
				}
				w.rt.Fatalf("replica %d says silent as of %s (now %s), but the AI answers in %s: visible since %s, unchanged since %s\n%+v",
					i, s.AsOf.Format(time.TimeOnly), w.clock(i).Format(time.TimeOnly), t.conv.ID, t.visible.Format(time.TimeOnly), t.changed.Format(time.TimeOnly), l.Covered)
			}
			if w.same && (l.Covers(t.conv.ID) || s.Beyond == 0) {
				w.trueAsOf(t, s)
			}
		}
	}
}

// trueAsOf checks, where all clocks agree, the claim itself: what lists showed at AsOf was silent
// then, but for reads that were stale, and for writes of which the card says that they may
// still arrive.
func (w *silenceWorld) trueAsOf(t *talk, s takeover.Silence) {
	switch {
	case t.conv.Channel == takeover.ChannelCall, t.visible.After(s.AsOf), !s.AsOf.After(t.staleTo):
	case !t.flag && !t.changed.After(s.AsOf):
		w.rt.Fatalf("silent as of %s, but %s has been on since %s", s.AsOf.Format(time.TimeOnly), t.conv.ID, t.changed.Format(time.TimeOnly))
	}
}

// TestSilentIsTrue drives two replicas with random histories of clicks, of writes that land at
// any later time, stale reads, lists that fail or are cut, conversations that join or become
// visible late, phone calls, other writers, clocks that differ and jump, and downtime.
func TestSilentIsTrue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newSilenceWorld(t, rt)
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			w.step()
			w.check()
		}
		w.end()
	})
}

// end has the provider work and the clocks go right for ten minutes: what was wanted is so, and
// nothing that the bot has silenced stays silent without anybody who attends it.
func (w *silenceWorld) end() {
	f := w.far
	f.down, f.cutLists, f.cutChanges, f.late, f.stale, f.refuses, f.meanwhile = false, false, false, 0, 0, false, nil
	for i := range w.ahead {
		w.ahead[i] = 0
	}
	for range 150 {
		w.truth = w.truth.Add(5 * time.Second)
		w.at = 1 - w.at
		w.tick()
		w.check()
	}
	l := w.line()
	if l.State != takeover.StateHeld && l.State != takeover.StateAI {
		w.rt.Fatalf("after twelve quiet minutes: %s, %+v", l.State, l.Trouble)
	}
	for _, t := range f.talks {
		if t.conv.Channel == takeover.ChannelCall || !l.Covers(t.conv.ID) && l.Takeover.Beyond > 0 {
			continue
		}
		left := slices.ContainsFunc(l.Covered, func(c takeover.Covered) bool { return c.ID == t.conv.ID && !c.LeftAt.IsZero() })
		if want := l.State == takeover.StateHeld && !left; t.flag != want {
			w.rt.Fatalf("after twelve quiet minutes: %s, and the flag of %s is %t\n%+v", l.State, t.conv.ID, t.flag, l.Covered)
		}
	}
	if l.State == takeover.StateAI && !l.OffAt.IsZero() {
		w.rt.Fatalf("after twelve quiet minutes: the AI is on, and the card says that it is off since %s\n%+v", l.OffAt, l.Covered)
	}
	if s := l.Silence(w.truth); l.State == takeover.StateHeld && len(s.Left) == 0 && s.Level != takeover.SilenceProven {
		w.rt.Fatalf("after twelve quiet minutes: %s, but %s as of %s", l.State, s.Level, s.AsOf)
	}
}
