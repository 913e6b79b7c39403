package takeover_test

import (
	"cmp"
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
	mu       *sync.Mutex // guards compared and next: several lines are compared at the same time
	writes   *sync.Mutex
	lines    map[takeover.LineID]takeover.Line
	audit    []takeover.Entry
	jobs     []takeover.Job
	commands map[int64]takeover.Command
	now      func() time.Time
	leases   map[string]time.Time // when each ends
	cursors  map[string]takeover.ProviderTime
	texts    []takeover.LineText
	known    map[string]bool
	compared map[takeover.LineID]time.Time
	next     map[takeover.LineID]time.Time // when a line is compared next, where that is not as its CompareAt says
	// conflict makes the next transactions of Change fail as another writer would.
	conflict int
}

func newFakeStore(now func() time.Time) *fakeStore {
	return &fakeStore{mu: &sync.Mutex{}, writes: &sync.Mutex{}, lines: map[takeover.LineID]takeover.Line{}, commands: map[int64]takeover.Command{}, now: now, leases: map[string]time.Time{}, known: map[string]bool{}, cursors: map[string]takeover.ProviderTime{}, compared: map[takeover.LineID]time.Time{}, next: map[takeover.LineID]time.Time{}}
}

func (m *fakeStore) Line(_ context.Context, id takeover.LineID) (takeover.Line, error) {
	m.mu.Lock()
	l, ok := m.lines[id]
	m.mu.Unlock()
	if !ok {
		return l, takeover.ErrNotFound
	}
	return m.loaded(l), nil
}

// loaded is a line as it is loaded.
func (m *fakeStore) loaded(l takeover.Line) takeover.Line {
	l = clone(l)
	m.mu.Lock()
	defer m.mu.Unlock()
	l.ComparedAt = m.compared[l.ID]
	return l
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

func (m *fakeStore) Texts(context.Context, takeover.LineID) ([]takeover.LineText, error) {
	return m.texts, nil
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
		if at := l.Due(); !at.IsZero() && (!at.After(now) || !l.Attended() && at.After(now.Add(takeover.MaxWatchAhead))) { // as in the database
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
		if l.Provider == provider && l.EndUser.Key() == endUser.Key() && l.Agent.Key() == agent.Key() && l.Attended() {
			return clone(l), nil
		}
	}
	return takeover.Line{}, takeover.ErrNotFound
}

func (m *fakeStore) Cursor(_ context.Context, name string) (takeover.ProviderTime, error) {
	return m.cursors[name], nil
}

func (m *fakeStore) MoveCursor(_ context.Context, name string, from, to takeover.ProviderTime) (bool, error) {
	if !m.cursors[name].Equal(from) {
		return false, nil
	}
	m.cursors[name] = to
	return true, nil
}

// ToCompare returns the lines that are due, the longest overdue first.
func (m *fakeStore) ToCompare(_ context.Context, provider string, now time.Time, limit int) (due []takeover.Line, all int, err error) {
	at := map[takeover.LineID]time.Time{}
	for _, l := range m.lines {
		m.mu.Lock()
		next, said := m.next[l.ID]
		l.ComparedAt = m.compared[l.ID]
		m.mu.Unlock()
		if l.Provider != provider || l.CompareAt().IsZero() {
			continue
		}
		at[l.ID] = l.CompareAt()
		if said {
			at[l.ID] = next
		}
		if next := at[l.ID]; !next.After(now) || next.After(now.Add(2*takeover.CompareEvery)) { // as in the database
			due = append(due, l)
		}
	}
	slices.SortFunc(due, func(a, b takeover.Line) int {
		return cmp.Or(at[a.ID].Compare(at[b.ID]), strings.Compare(string(a.ID), string(b.ID)))
	})
	due = due[:min(len(due), limit)]
	for i, l := range due {
		due[i] = m.loaded(l)
	}
	return due, len(at), nil
}

func (m *fakeStore) Compared(_ context.Context, id takeover.LineID, at, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.compared[id] = at
	delete(m.next, id)
	return nil
}

func (m *fakeStore) CompareLater(_ context.Context, id takeover.LineID, next time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next[id] = next
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
	m.writes.Lock() // one writer at a time
	defer m.writes.Unlock()
	tx := &fakeTx{fakeStore: fakeStore{mu: m.mu, writes: m.writes, lines: maps.Clone(m.lines), audit: slices.Clone(m.audit), jobs: slices.Clone(m.jobs),
		known: m.known, cursors: m.cursors, compared: m.compared, next: m.next, leases: m.leases, now: m.now}}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines, m.audit, m.jobs = tx.lines, tx.audit, tx.jobs
	return nil
}

func (m *fakeStore) Lease(_ context.Context, key string, ttl time.Duration) (takeover.Lease, bool, error) {
	if m.leases[key].After(m.now()) {
		return takeover.Lease{}, false, nil
	}
	until := m.now().Add(ttl)
	m.leases[key] = until
	return takeover.Lease{Key: key, At: m.now(), Owner: until.Format(time.RFC3339Nano), Release: func() {
		if m.leases[key].Equal(until) {
			delete(m.leases, key)
		}
	}}, true, nil
}

func (t *fakeTx) Leased(_ context.Context, lease takeover.Lease) (bool, error) {
	until := t.leases[lease.Key]
	return until.Format(time.RFC3339Nano) == lease.Owner && t.now().Before(until), nil
}

// Knows and Learn keep nothing but what a test finds in known.
func (m *fakeStore) Knows(_ context.Context, line takeover.LineID, id takeover.ConversationID) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[string(line)+"/"+string(id)], nil
}

func (t *fakeTx) Learn(_ context.Context, line takeover.LineID, id takeover.ConversationID) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known[string(line)+"/"+string(id)] = true
	return nil
}

func (m *fakeStore) Purge(context.Context, takeover.Retention) (int64, error) {
	return 0, nil
}

type fakeTx struct{ fakeStore }

func (t *fakeTx) CompareAll(_ context.Context, provider string, now time.Time) error {
	for _, l := range t.lines {
		if l.Provider == provider {
			t.next[l.ID] = now
		}
	}
	return nil
}

func (t *fakeTx) LineOf(_ context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	for _, l := range t.lines {
		if l.Provider == provider && l.EndUser.Key() == endUser.Key() && l.Agent.Key() == agent.Key() {
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
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.next, l.ID)
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
	bots   func() time.Time // the clock by which a proof is dated; now's where it is nil
	// convs is what is listed, newest first; spoken is what was said where.
	convs  []takeover.Conversation
	spoken map[takeover.ConversationID][]takeover.Message
	cut    bool // of what was said, there is more before
	lists  int
	checks atomic.Int64
	pairs  atomic.Int64 // lists of one line's conversations
	mu     sync.Mutex   // an attempt lists while it writes
}

// Changes lists what was written since.
func (a *fakeProvider) Changes(_ context.Context, since takeover.ProviderTime) (takeover.Listing, error) {
	a.lists++
	var changed []takeover.Conversation
	for _, c := range a.convs {
		if !c.LastMessageAt.Before(since) {
			changed = append(changed, c)
		}
	}
	return takeover.Listing{Conversations: changed, AsOf: takeover.ProviderTime(a.now())}, nil
}

// Conversations lists those of a pair.
func (a *fakeProvider) Conversations(_ context.Context, endUser, agent takeover.Target, _ int) (takeover.Listing, error) {
	a.pairs.Add(1)
	a.mu.Lock()
	defer a.mu.Unlock()
	var convs []takeover.Conversation
	for _, c := range a.convs {
		if c.EndUser == endUser && c.Agent == agent {
			c.AIDisabled = a.flag[c.ID]
			convs = append(convs, c)
		}
	}
	return takeover.Listing{Conversations: convs, AsOf: takeover.ProviderTime(a.now())}, nil
}

// Silenced reads the flag.
func (a *fakeProvider) Silenced(_ context.Context, id takeover.ConversationID) (bool, error) {
	a.checks.Add(1)
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flag[id], nil
}

// writes has somebody write into a conversation.
func (a *fakeProvider) writes(id takeover.ConversationID, role takeover.Role, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spoken[id] = append(a.spoken[id], takeover.Message{Key: fmt.Sprint(id, len(a.spoken[id])), Role: role, Text: text, At: takeover.ProviderTime(a.now())})
	c := takeover.Conversation{ID: id, EndUser: "+14155550137", Agent: "+13125550100", Channel: takeover.ChannelText, CreatedAt: takeover.ProviderTime(a.now())}
	if i := slices.IndexFunc(a.convs, func(o takeover.Conversation) bool { return o.ID == id }); i >= 0 {
		c = a.convs[i]
		a.convs = slices.Delete(a.convs, i, i+1)
	}
	c.LastMessageAt = takeover.ProviderTime(a.now())
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
	return takeover.Transcript{Messages: slices.Clone(a.spoken[id]), Complete: !a.cut}, nil
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
	if err := keep(ctx, takeover.Before{Snapshot: takeover.Snapshot{"unit": json.RawMessage(`"4B"`)}, NewestAt: a.newest(id)}); err != nil {
		return takeover.Proof{}, err
	}
	return a.set(id, on)
}

// newest is the time of the newest message of a conversation.
func (a *fakeProvider) newest(id takeover.ConversationID) takeover.ProviderTime {
	a.mu.Lock()
	defer a.mu.Unlock()
	if said := a.spoken[id]; len(said) > 0 {
		return said[len(said)-1].At
	}
	return takeover.ProviderTime(noon)
}

func (a *fakeProvider) set(id takeover.ConversationID, on bool) (takeover.Proof, error) {
	was, failure := a.written(id, on)
	if failure != nil {
		return takeover.Proof{}, failure
	}
	if a.during != nil {
		a.during()
	}
	at := a.now()
	if a.bots != nil {
		at = a.bots()
	}
	return takeover.Proof{Silent: on, WasSilent: was, CheckedAt: at, Answer: "PUT 200, read back"}, nil
}

func (a *fakeProvider) written(id takeover.ConversationID, on bool) (was bool, failure error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	was = a.flag[id]
	if len(a.fail) > 0 {
		ordered := a.fail[0]
		a.fail = a.fail[1:]
		if ordered != nil {
			if a.lands {
				a.flag[id] = on
			}
			return was, ordered
		}
	}
	a.flag[id] = on
	return was, nil
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
