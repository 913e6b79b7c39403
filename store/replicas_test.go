package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/db"
)

// heirs remembers whose jobs were given away.
type heirs struct {
	mu   sync.Mutex
	dead []string
	fail error
}

func (h *heirs) inherit(_ context.Context, _ *db.Tx, process string) (int64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dead = append(h.dead, process)
	return 1, h.fail
}

func (h *heirs) of() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.dead)
}

// testPace is for tests, which do not wait for it.
func testPace() pace { return pace{every: 10 * time.Second, dead: time.Minute} }

// beatOf is one heartbeat of a replica.
func (b *base) beatOf(s *Store, h *heirs) {
	b.Helper()
	if err := s.beat(b.Context(), quiet, h.inherit, testPace()); err != nil {
		b.Fatal(err)
	}
}

// die has a replica not have reported for too long.
func (b *base) die(process string) {
	b.Helper()
	b.exec("UPDATE replicas SET until = 0 WHERE id = '" + process + "'")
}

// known has replicas report, that are known for so long that they take over from others.
func (b *base) known(h *heirs, all ...*Store) {
	b.Helper()
	for _, s := range all {
		b.beatOf(s, h)
		s.heirFrom = time.Time{}
	}
}

func TestDeadReplicaIsReaped(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	names := []string{"host_1/7/abc", "host_1/7/abcdef", "hostX1/7/abc"}
	h := &heirs{}
	for _, name := range names {
		s := b.another(name)
		if _, ok, err := s.Lease(b.Context(), "of "+name, time.Hour); err != nil || !ok {
			b.Fatal(ok, err)
		}
		b.beatOf(s, h)
	}
	b.known(h, b.Store)
	b.beatOf(b.Store, h)
	if got := h.of(); len(got) != 0 {
		b.Fatalf("%q were reaped alive", got)
	}
	b.exec("UPDATE replicas SET until = until - 60001 WHERE id = '" + names[0] + "'")
	b.beatOf(b.Store, h)
	b.beatOf(b.Store, h)
	if got := h.of(); !slices.Equal(got, names[:1]) {
		b.Errorf("%q were reaped, want %q, once", got, names[:1])
	}
	if n := b.count("SELECT count(*) FROM leases WHERE key = $1", "of "+names[0]); n != 0 {
		b.Error("the dead one's lease stays")
	}
	if n := b.count("SELECT count(*) FROM leases"); n != 2 {
		b.Errorf("%d leases, want those of the living", n)
	}
}

// TestReapedAlive: a replica that only looked dead is on the list again after its next
// heartbeat.
func TestReapedAlive(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h, other := &heirs{}, b.another("other")
	b.known(h, b.Store, other)
	b.die("test")
	b.beatOf(other, h)
	_ = b.beat(b.Context(), quiet, h.inherit, testPace()) // its connections were ended
	b.beatOf(b.Store, h)
	b.beatOf(other, h)
	if got := h.of(); !slices.Equal(got, []string{"test"}) {
		b.Errorf("%q were reaped, want it once", got)
	}
	if n := b.count("SELECT count(*) FROM replicas"); n != 2 {
		b.Errorf("%d on the list, want both", n)
	}
}

// TestDatabaseWasAway: after an outage of the database nobody is dead, as none could report.
func TestDatabaseWasAway(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h, other := &heirs{}, b.another("other")
	b.known(h, b.Store, other)
	b.exec("UPDATE replicas SET until = 0")
	b.beatOf(b.Store, h)
	b.beatOf(other, h)
	b.beatOf(b.Store, h)
	if got := h.of(); len(got) != 0 {
		b.Errorf("%q were reaped alive", got)
	}
}

// TestConnectionsOfTheDead: what a suspended replica has locked becomes free, and the connections of
// the living stay.
func TestConnectionsOfTheDead(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h, dead, living := &heirs{}, b.another("dead"), b.another("living")
	b.beatOf(dead, h)
	b.known(h, b.Store, living)
	ended := map[*Store]error{}
	var within sync.WaitGroup
	locked, over := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	for key, s := range []*Store{dead, living} {
		within.Go(func() {
			err := s.db.Tx(b.Context(), func(tx *db.Tx) error {
				err := tx.Serialize(b.Context(), int64(key))
				locked <- struct{}{}
				<-over // as if it were suspended
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			ended[s] = err
		})
		<-locked
	}
	b.die("dead")
	b.beatOf(b.Store, h)
	err := b.db.Tx(b.Context(), func(tx *db.Tx) error { return tx.Serialize(b.Context(), 0) })
	if err != nil {
		b.Errorf("its lock: %v", err)
	}
	close(over)
	within.Wait()
	if ended[dead] == nil || ended[living] != nil {
		b.Errorf("the dead one's transaction ended with %v, the living one's with %v", ended[dead], ended[living])
	}
}

// TestReapingThatFails is tried again at the next heartbeat: no work is lost.
func TestReapingThatFails(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h := &heirs{fail: errors.New("oops")}
	b.beatOf(b.another("dead"), h)
	b.known(h, b.Store)
	b.die("dead")
	if err := b.beat(b.Context(), quiet, h.inherit, testPace()); !errors.Is(err, h.fail) {
		b.Fatalf("error %v, want the heir's", err)
	}
	h.fail = nil
	b.beatOf(b.Store, h)
	if n := b.count("SELECT count(*) FROM replicas WHERE id = 'dead'"); n != 0 || len(h.of()) != 2 {
		b.Errorf("%d dead on the list after %d attempts", n, len(h.of()))
	}
}

// TestReapedOnce: of replicas that find a dead one at the same time, one inherits.
func TestReapedOnce(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h := &heirs{}
	living := []*Store{b.Store, b.another("b"), b.another("c")}
	b.beatOf(b.another("dead"), h)
	b.known(h, living...)
	b.die("dead")
	var beating sync.WaitGroup
	for _, s := range living {
		beating.Go(func() { b.beatOf(s, h) })
	}
	beating.Wait()
	if got := h.of(); !slices.Equal(got, []string{"dead"}) {
		b.Errorf("%q were reaped, want the dead one once", got)
	}
}

// TestHeartbeat runs the loop: it lists the process, and removes it at the end, with its
// leases.
func TestHeartbeat(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h := &heirs{}
	ctx, cancel := context.WithCancel(b.Context())
	var beating sync.WaitGroup
	beating.Go(func() { b.heartbeat(ctx, quiet, h.inherit, testPace()) })
	b.until("it is on the list", func() bool { return b.count("SELECT count(*) FROM replicas") == 1 })
	b.lease(b.Store, true)
	cancel()
	beating.Wait()
	if n := b.count("SELECT count(*) FROM replicas") + b.count("SELECT count(*) FROM leases"); n != 0 {
		b.Errorf("%d rows are left of it", n)
	}
	if got := h.of(); !slices.Equal(got, []string{"test"}) {
		b.Errorf("the jobs of %q were given away, want its own", got)
	}
}

// TestNoHeartbeatOnSQLite: there are no replicas.
func TestNoHeartbeatOnSQLite(t *testing.T) {
	b := newBase(t, databases.SQLite(t))
	b.Heartbeat(b.Context(), quiet, (&heirs{}).inherit) // returns, though the context goes on
	if n := b.count("SELECT count(*) FROM replicas"); n != 0 {
		b.Errorf("%d on the list", n)
	}
}

func TestDefaultPace(t *testing.T) {
	p := defaultPace()
	if p.dead < 2*p.every || p.dead+p.every > 20*time.Second {
		t.Errorf("%+v: one late heartbeat must not count as death, and a death must be found within 20 s", p)
	}
}
