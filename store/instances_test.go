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

// patient is a rhythm for tests, which do not wait for it.
func patient() rhythm { return rhythm{every: 10 * time.Second, dead: time.Minute} }

// beatOf has a replica say that it lives, and look who died.
func (b *base) beatOf(s *Store, h *heirs) {
	b.Helper()
	if err := s.beat(b.Context(), quiet, h.inherit, patient()); err != nil {
		b.Fatal(err)
	}
}

func TestDeadReplicaIsBuried(t *testing.T) {
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
	b.beatOf(b.Store, h)
	if got := h.of(); len(got) != 0 {
		b.Fatalf("%q were buried alive", got)
	}
	b.exec("UPDATE instances SET until = until - 60001 WHERE id = '" + names[0] + "'")
	b.beatOf(b.Store, h)
	b.beatOf(b.Store, h)
	if got := h.of(); !slices.Equal(got, names[:1]) {
		b.Errorf("%q were buried, want %q, once", got, names[:1])
	}
	if n := b.count("SELECT count(*) FROM leases WHERE key = $1", "of "+names[0]); n != 0 {
		b.Error("the dead one's lease stays")
	}
	if n := b.count("SELECT count(*) FROM leases"); n != 2 {
		b.Errorf("%d leases, want those of the living", n)
	}
}

// TestBuriedAlive: a replica that was taken for dead goes on the list again.
func TestBuriedAlive(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h, other := &heirs{}, b.another("other")
	b.beatOf(b.Store, h)
	b.exec("UPDATE instances SET until = 0")
	b.beatOf(other, h)
	b.beatOf(b.Store, h)
	b.beatOf(other, h)
	if got := h.of(); !slices.Equal(got, []string{"test"}) {
		b.Errorf("%q were buried, want it once", got)
	}
	if n := b.count("SELECT count(*) FROM instances"); n != 2 {
		b.Errorf("%d on the list, want both", n)
	}
}

// TestBurialThatFails is tried again by the next beat: nobody's work is lost.
func TestBurialThatFails(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h := &heirs{fail: errors.New("oops")}
	b.beatOf(b.another("dead"), h)
	b.exec("UPDATE instances SET until = 0")
	if err := b.beat(b.Context(), quiet, h.inherit, patient()); !errors.Is(err, h.fail) {
		b.Fatalf("error %v, want the heir's", err)
	}
	h.fail = nil
	b.beatOf(b.Store, h)
	if n := b.count("SELECT count(*) FROM instances WHERE id = 'dead'"); n != 0 || len(h.of()) != 2 {
		b.Errorf("%d dead on the list after %d burials", n, len(h.of()))
	}
}

// TestBuriedOnce: of replicas that look at the same time, one inherits.
func TestBuriedOnce(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h := &heirs{}
	living := []*Store{b.Store, b.another("b"), b.another("c")}
	b.beatOf(b.another("dead"), h)
	b.exec("UPDATE instances SET until = 0")
	var beating sync.WaitGroup
	for _, s := range living {
		beating.Go(func() { b.beatOf(s, h) })
	}
	beating.Wait()
	if got := h.of(); !slices.Equal(got, []string{"dead"}) {
		b.Errorf("%q were buried, want the dead one once", got)
	}
}

// TestAttend runs the loop: it lists the process, and strikes it off at the end,
// with its leases.
func TestAttend(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	h := &heirs{}
	ctx, cancel := context.WithCancel(b.Context())
	var attending sync.WaitGroup
	attending.Go(func() { b.attend(ctx, quiet, h.inherit, patient()) })
	b.until("it is on the list", func() bool { return b.count("SELECT count(*) FROM instances") == 1 })
	b.lease(b.Store, true)
	cancel()
	attending.Wait()
	if n := b.count("SELECT count(*) FROM instances") + b.count("SELECT count(*) FROM leases"); n != 0 {
		b.Errorf("%d rows are left of it", n)
	}
	if got := h.of(); !slices.Equal(got, []string{"test"}) {
		b.Errorf("the jobs of %q were given away, want its own", got)
	}
}

// TestAttendAlone: where one process has the file there is nobody to tell.
func TestAttendAlone(t *testing.T) {
	b := newBase(t, databases.SQLite(t))
	b.Attend(b.Context(), quiet, (&heirs{}).inherit) // returns, though the context goes on
	if n := b.count("SELECT count(*) FROM instances"); n != 0 {
		b.Errorf("%d on the list", n)
	}
}

func TestSteadyIsSoonEnough(t *testing.T) {
	r := steady()
	if r.dead < 2*r.every || r.dead+r.every > 20*time.Second {
		t.Errorf("%+v: one late heartbeat must not be a death, and a death is to be noticed within 20 s", r)
	}
}
