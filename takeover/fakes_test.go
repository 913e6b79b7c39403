package takeover_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"takeoverbot/takeover"
)

// fakeStore is a Store with real behaviour: a map and a version check. A transaction works
// on a copy that replaces the original when it succeeds.
type fakeStore struct {
	mu       *sync.Mutex // guards compared: several lines are compared at the same time
	lines    map[takeover.LineID]takeover.Line
	audit    []takeover.Entry
	jobs     []takeover.Job
	commands map[int64]takeover.Command
	now      func() time.Time
	leases   map[string]time.Time // when each ends
	cursors  map[string]time.Time
	compared map[takeover.LineID]time.Time
	// conflict makes the next transactions of Change fail as another writer would.
	conflict int
}

func newFakeStore(now func() time.Time) *fakeStore {
	return &fakeStore{mu: &sync.Mutex{}, lines: map[takeover.LineID]takeover.Line{}, commands: map[int64]takeover.Command{}, now: now, leases: map[string]time.Time{}, cursors: map[string]time.Time{}, compared: map[takeover.LineID]time.Time{}}
}

func (m *fakeStore) Line(_ context.Context, id takeover.LineID) (takeover.Line, error) {
	l, ok := m.lines[id]
	if !ok {
		return l, takeover.ErrNotFound
	}
	return clone(l), nil
}

// clone goes through JSON, as a database would.
func clone(l takeover.Line) takeover.Line {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	var c takeover.Line
	if err := json.Unmarshal(b, &c); err != nil {
		panic(err)
	}
	return c
}

func (m *fakeStore) LinesOf(context.Context, string, takeover.Target) ([]takeover.Line, error) {
	return slices.Collect(maps.Values(m.lines)), nil
}

func (m *fakeStore) Taken(context.Context) ([]takeover.Line, error) {
	var taken []takeover.Line
	for _, l := range m.lines {
		if l.State != takeover.StateAI {
			taken = append(taken, clone(l))
		}
	}
	slices.SortFunc(taken, func(a, b takeover.Line) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return taken, nil
}

func (m *fakeStore) DueLines(_ context.Context, now time.Time, _ int) ([]takeover.LineID, error) {
	var due []takeover.LineID
	for _, l := range m.lines {
		if at := l.Due(); !at.IsZero() && !at.After(now) {
			due = append(due, l.ID)
		}
	}
	return due, nil
}

func (m *fakeStore) Attended(_ context.Context, provider string) (bool, error) {
	for _, l := range m.lines {
		if l.Provider == provider && l.Attended() {
			return true, nil
		}
	}
	return false, nil
}

func (m *fakeStore) AttendedOf(_ context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	for _, l := range m.lines {
		if l.Provider == provider && l.EndUser == endUser && l.Agent == agent && l.Attended() {
			return clone(l), nil
		}
	}
	return takeover.Line{}, takeover.ErrNotFound
}

func (m *fakeStore) Cursor(_ context.Context, name string) (time.Time, error) {
	return m.cursors[name], nil
}

func (m *fakeStore) MoveCursor(_ context.Context, name string, from, to time.Time) (bool, error) {
	if !m.cursors[name].Equal(from) {
		return false, nil
	}
	m.cursors[name] = to
	return true, nil
}

func (m *fakeStore) Uncompared(_ context.Context, before time.Time, limit int) ([]takeover.Line, error) {
	var held []takeover.Line
	for _, l := range m.lines {
		l.ComparedAt = m.compared[l.ID]
		if l.State == takeover.StateHeld && !l.SilentAsOf().After(before) && len(held) < limit {
			held = append(held, clone(l))
		}
	}
	return held, nil
}

func (m *fakeStore) Compared(_ context.Context, id takeover.LineID, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.compared[id] = at
	return nil
}

func (m *fakeStore) Command(_ context.Context, seq int64) (takeover.Command, error) {
	c, ok := m.commands[seq]
	if !ok {
		return c, takeover.ErrNotFound
	}
	return c, nil
}

func (m *fakeStore) Audit(context.Context, takeover.LineID, int) ([]takeover.Entry, error) {
	return m.audit, nil
}

func (m *fakeStore) Change(ctx context.Context, fn func(context.Context, takeover.Tx) error) error {
	if m.conflict > 0 {
		m.conflict--
		return takeover.ErrConflict
	}
	tx := &fakeTx{fakeStore: fakeStore{lines: maps.Clone(m.lines), audit: slices.Clone(m.audit), jobs: slices.Clone(m.jobs), cursors: m.cursors}}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	m.lines, m.audit, m.jobs = tx.lines, tx.audit, tx.jobs
	return nil
}

func (m *fakeStore) Lease(_ context.Context, key string, ttl time.Duration) (func(), bool, error) {
	if m.leases[key].After(m.now()) {
		return nil, false, nil
	}
	until := m.now().Add(ttl)
	m.leases[key] = until
	return func() {
		if m.leases[key].Equal(until) {
			delete(m.leases, key)
		}
	}, true, nil
}

func (m *fakeStore) Purge(context.Context, time.Time, time.Time) (int64, error) { return 0, nil }

type fakeTx struct{ fakeStore }

func (t *fakeTx) LineOf(_ context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	for _, l := range t.lines {
		if l.Provider == provider && l.EndUser == endUser && l.Agent == agent {
			return clone(l), nil
		}
	}
	return takeover.Line{}, takeover.ErrNotFound
}

func (t *fakeTx) Save(_ context.Context, l takeover.Line) (takeover.Line, error) {
	if t.lines[l.ID].Version != l.Version {
		return takeover.Line{}, takeover.ErrConflict
	}
	l.Version++
	t.lines[l.ID] = clone(l)
	return l, nil
}

func (t *fakeTx) Record(_ context.Context, e takeover.Entry) error {
	if !slices.ContainsFunc(t.audit, func(o takeover.Entry) bool { return o.Key == e.Key }) {
		t.audit = append(t.audit, e)
	}
	return nil
}

func (t *fakeTx) Enqueue(_ context.Context, jobs ...takeover.Job) error {
	t.jobs = append(t.jobs, jobs...)
	return nil
}

// assistant is a Provider with one flag per conversation and faults to order.
type fakeProvider struct {
	flag  map[takeover.ConversationID]bool
	notes map[string]string
	// fail is what the next calls answer; lands says whether a failing write took
	// effect all the same.
	fail  []*takeover.ProviderError
	lands bool
	// during runs in the middle of a call, after the write.
	during func()
	calls  int
	known  takeover.Snapshot // as the last call got it
	now    func() time.Time
	// convs is what is listed, newest first; spoken is what was said where.
	convs  []takeover.Conversation
	spoken map[takeover.ConversationID][]takeover.Message
	lists  int
	checks atomic.Int64
}

// Changes lists what was written since.
func (a *fakeProvider) Changes(_ context.Context, since time.Time) ([]takeover.Conversation, bool, error) {
	a.lists++
	var changed []takeover.Conversation
	for _, c := range a.convs {
		if !c.LastMessageAt.Before(since) {
			changed = append(changed, c)
		}
	}
	return changed, true, nil
}

// Silenced reads the flag.
func (a *fakeProvider) Silenced(_ context.Context, id takeover.ConversationID) (bool, error) {
	a.checks.Add(1)
	return a.flag[id], nil
}

// writes has somebody write into a conversation.
func (a *fakeProvider) writes(id takeover.ConversationID, role takeover.Role, text string) {
	a.spoken[id] = append(a.spoken[id], takeover.Message{Key: fmt.Sprint(id, len(a.spoken[id])), Role: role, Text: text, At: a.now()})
	c := takeover.Conversation{ID: id, EndUser: "+14155550137", Agent: "+13125550100", Channel: takeover.ChannelText, CreatedAt: a.now()}
	if i := slices.IndexFunc(a.convs, func(o takeover.Conversation) bool { return o.ID == id }); i >= 0 {
		c = a.convs[i]
		a.convs = slices.Delete(a.convs, i, i+1)
	}
	c.LastMessageAt = a.now()
	a.convs = append([]takeover.Conversation{c}, a.convs...)
}

func newFakeProvider(now func() time.Time) *fakeProvider {
	return &fakeProvider{flag: map[takeover.ConversationID]bool{}, notes: map[string]string{}, now: now, spoken: map[takeover.ConversationID][]takeover.Message{}}
}

func (a *fakeProvider) Name() string { return "Telnyx" }

func (a *fakeProvider) Find(context.Context, takeover.Query) (takeover.Found, error) {
	return takeover.Found{Conversations: slices.Clone(a.convs)}, nil
}

func (a *fakeProvider) Transcript(_ context.Context, id takeover.ConversationID, _ int) (takeover.Transcript, error) {
	return takeover.Transcript{Messages: slices.Clone(a.spoken[id]), Complete: true}, nil
}

func (a *fakeProvider) Can(takeover.Conversation) takeover.Capabilities {
	return takeover.Capabilities{takeover.CanSilence: {Level: takeover.LevelYes}, takeover.CanWatch: {Level: takeover.LevelYes}}
}

func (a *fakeProvider) Silence(ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	return a.change(ctx, id, known, keep, true)
}

func (a *fakeProvider) Release(ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	return a.change(ctx, id, known, keep, false)
}

func (a *fakeProvider) change(ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep, on bool) (takeover.Proof, error) {
	a.known = known
	if err := keep(ctx, takeover.Snapshot{"unit": json.RawMessage(`"4B"`)}); err != nil {
		return takeover.Proof{}, err
	}
	return a.set(id, on)
}

func (a *fakeProvider) set(id takeover.ConversationID, on bool) (takeover.Proof, error) {
	a.calls++
	was := a.flag[id]
	if len(a.fail) > 0 {
		failure := a.fail[0]
		a.fail = a.fail[1:]
		if failure != nil {
			if a.lands {
				a.flag[id] = on
			}
			return takeover.Proof{}, failure
		}
	}
	a.flag[id] = on
	if a.during != nil {
		a.during()
	}
	return takeover.Proof{Silent: on, WasSilent: was, CheckedAt: a.now(), Answer: "PUT 200, read back"}, nil
}

func (a *fakeProvider) Note(_ context.Context, _ takeover.ConversationID, key, text string) error {
	if len(a.fail) > 0 && a.fail[0] != nil && a.fail[0].Op == "note" {
		failure := a.fail[0]
		a.fail = a.fail[1:]
		return failure
	}
	a.notes[key] = text
	return nil
}
