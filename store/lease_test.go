package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// lease takes a lease that has to be had, or not, as free says.
func (b *base) lease(s *Store, free bool) takeover.Lease {
	b.Helper()
	lease, ok, err := s.Lease(b.Context(), "settle/ln_a", time.Minute)
	if err != nil || ok != free {
		b.Errorf("leased %t, %v; want %t", ok, err, free)
	}
	return lease
}

// leasePasses has all leases be older: PostgreSQL's clock is not ours to turn.
func (b *base) leasePasses(d time.Duration) {
	if b.db.Kind == "postgres" {
		b.exec(fmt.Sprintf("UPDATE leases SET taken = taken - (%[1]d), until = until - (%[1]d)", d.Milliseconds()))
		return
	}
	b.clock.advance(d)
}

// serverTime is the time by PostgreSQL's clock.
func (b *base) serverTime() (at time.Time) {
	b.Helper()
	if err := b.q.QueryRow(b.Context(), "SELECT clock_timestamp()").Scan(&at); err != nil {
		b.Fatal(err)
	}
	return at
}

func TestLeaseIsExclusive(t *testing.T) {
	onBoth(t, func(b *base) {
		lease := b.lease(b.Store, true)
		b.lease(b.Store, false)
		if _, ok, err := b.Lease(b.Context(), "settle/ln_b", time.Minute); err != nil || !ok {
			b.Errorf("another key: %t, %v", ok, err)
		}
		lease.Release()
		b.lease(b.Store, true)
		b.leasePasses(time.Minute - time.Second)
		b.lease(b.Store, false)
		b.leasePasses(time.Second)
		b.lease(b.Store, true)
	})
}

// TestALeaseThatEndedIsNotLeased: its owner sees that before it writes.
func TestALeaseThatEndedIsNotLeased(t *testing.T) {
	onBoth(t, func(b *base) {
		first := b.lease(b.Store, true)
		leased := func(l takeover.Lease, want bool) {
			b.Helper()
			b.change(func(ctx context.Context, tx takeover.Tx) error {
				held, err := tx.Leased(ctx, l)
				if held != want {
					b.Errorf("leased %t, want %t", held, want)
				}
				return err
			})
		}
		leased(first, true)
		b.leasePasses(time.Minute)
		leased(first, false)
		second := b.lease(b.Store, true)
		leased(first, false)
		leased(second, true)
	})
}

// TestALeaseLastsNoLongerThanItsLength, whichever way the clock was turned; nor does a
// provider's turn, which outlasts its process.
func TestALeaseLastsNoLongerThanItsLength(t *testing.T) {
	onBoth(t, func(b *base) {
		for _, key := range []string{"settle/ln_a", takeover.TurnPrefix + "changes/Telnyx"} {
			for _, turned := range []string{"", "back by an hour"} { // it was taken while the clock was an hour ahead
				if turned != "" {
					b.leasePasses(-time.Hour)
				}
				if _, ok, err := b.Lease(b.Context(), key, time.Minute); err != nil || !ok {
					b.Errorf("%s, clock turned %q: leased %t, %v", key, turned, ok, err)
				}
			}
		}
	})
}

// TestAReplicaWhoseClockIsAhead does not take a lease that lives, and gets none that lives
// longer: on PostgreSQL the server's clock counts alone. One process has an SQLite file.
func TestAReplicaWhoseClockIsAhead(t *testing.T) {
	onBoth(t, func(b *base) {
		if b.db.Kind != "postgres" {
			return
		}
		for name, off := range map[string]time.Duration{"ahead": 31 * time.Second, "behind": -31 * time.Second, "an hour ahead": time.Hour} {
			other := New(b.db, nil, func() time.Time { return b.clock.Now().Add(off) }, name)
			for _, key := range []string{"settle/" + name, takeover.TurnPrefix + name} {
				for first, second := range map[*Store]*Store{b.Store: other, other: b.Store} {
					lease, ok, err := first.Lease(b.Context(), key, 30*time.Second)
					if err != nil || !ok {
						b.Fatalf("%s: leased %t, %v", key, ok, err)
					}
					if at := b.serverTime(); lease.At.Sub(at).Abs() > 5*time.Second {
						b.Errorf("%s: given at %s, at %s by the server's clock", key, lease.At, at)
					}
					if _, ok, err := second.Lease(b.Context(), key, 30*time.Second); err != nil || ok {
						b.Errorf("%s, the clocks differ by %s: a lease that lives was taken: %t, %v", key, off, ok, err)
					}
					lease.Release()
				}
			}
		}
	})
}

// TestLateRelease: a lease that ended and was taken anew is not given back by its
// first owner, even where the clock gave both the same time.
func TestLateRelease(t *testing.T) {
	onBoth(t, func(b *base) {
		late, ok, err := b.Lease(b.Context(), "settle/ln_a", 0) // over at once
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		b.lease(b.Store, true)
		late.Release()
		b.lease(b.Store, false)
	})
}

func TestReleaseOutlivesItsContext(t *testing.T) {
	onBoth(t, func(b *base) {
		ctx, cancel := context.WithCancel(b.Context())
		lease, ok, err := b.Lease(ctx, "settle/ln_a", time.Minute)
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		cancel()
		lease.Release()
		b.lease(b.Store, true)
		if _, _, err := b.Lease(ctx, "settle/ln_b", time.Minute); err == nil {
			b.Error("leased although nobody asks any more")
		}
	})
}

// TestLeaseAtOnce: one of many gets it, in two processes on PostgreSQL.
func TestLeaseAtOnce(t *testing.T) {
	onBoth(t, func(b *base) {
		stores := []*Store{b.Store, b.Store}
		if b.db.Kind == "postgres" {
			stores[1] = b.another("other")
		}
		got := make(chan bool)
		for i := range 8 {
			go func() {
				_, ok, err := stores[i%2].Lease(b.Context(), "settle/ln_a", time.Minute)
				if err != nil {
					b.Error(err)
				}
				got <- ok
			}()
		}
		n := 0
		for range 8 {
			if <-got {
				n++
			}
		}
		if n != 1 {
			b.Errorf("%d have the lease, want 1", n)
		}
	})
}

// TestATurnOutlastsItsOwner: a provider is asked once a tick, also by the process that
// comes after one that stopped; its other leases end with it.
func TestATurnOutlastsItsOwner(t *testing.T) {
	onBoth(t, func(b *base) {
		turn, work := takeover.TurnPrefix+"Telnyx", "settle/ln_a"
		for _, key := range []string{turn, work} {
			if _, ok, err := b.Lease(b.Context(), key, time.Hour); err != nil || !ok {
				b.Fatal(key, ok, err)
			}
		}
		if err := b.resign(b.Context(), (&heirs{}).inherit, testPace()); err != nil {
			b.Fatal(err)
		}
		next := New(b.db, nil, b.clock.Now, "next")
		for key, free := range map[string]bool{turn: false, work: true} {
			if _, ok, err := next.Lease(b.Context(), key, time.Hour); err != nil || ok != free {
				b.Errorf("the next process leases %s: %t, %v; want %t", key, ok, err, free)
			}
		}
	})
}
