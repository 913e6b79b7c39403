package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// diary is an Apply that writes each command into the audit, within the transaction
// that marks it worked, and remembers every try.
type diary struct {
	mu    sync.Mutex
	tries []string
	// fail makes a command fail after it has written; by key.
	fail map[string]func() error
}

var errRefused = errors.New("refused")

func (d *diary) apply(ctx context.Context, tx talk.Tx, seq int64, c takeover.Command) error {
	// The key says how often it was applied: were it the command's, the audit itself
	// would hide a second time.
	key := fmt.Sprintf("%s/%d", c.Key, d.tried(c.Key))
	if err := tx.Record(ctx, takeover.Entry{Key: key, Line: "ln_a", At: c.At}); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, takeover.WorkJob{Command: seq, Verb: c.Verb}); err != nil {
		return err
	}
	d.mu.Lock()
	fail := d.fail[c.Key]
	d.mu.Unlock()
	if fail != nil {
		return fail()
	}
	return nil
}

func (d *diary) tried(key string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries = append(d.tries, key)
	return len(d.tries)
}

// of returns the keys of what was tried, in order.
func (d *diary) of() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.tries)
}

// work works what waits now, once, as WorkInbox does.
func (b *base) work(in *Inbox, apply Apply) {
	b.Helper()
	for more := true; more; {
		var err error
		if more, err = b.workBatch(b.Context(), in, apply); err != nil {
			b.Fatal(err)
		}
	}
}

// applied lists what was applied for good, in order.
func (b *base) applied() []string {
	b.Helper()
	entries, err := b.Audit(b.Context(), "ln_a", 1000)
	if err != nil {
		b.Fatal(err)
	}
	var keys []string
	for _, e := range entries {
		key, _, _ := strings.Cut(e.Key, "/")
		keys = append(keys, key)
	}
	return keys
}

func (b *base) wantApplied(want ...string) {
	b.Helper()
	if got := b.applied(); !slices.Equal(got, want) {
		b.Errorf("applied %q, want %q", got, want)
	}
	if n := b.count("SELECT count(*) FROM river_job"); n != int64(len(want)) {
		b.Errorf("%d jobs, want %d", n, len(want))
	}
}

func TestWorkInOrderAndOnce(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{}
		var keys []string
		for i := range 2*workBatch + 3 {
			keys = append(keys, fmt.Sprintf("k%02d", i))
		}
		b.put(in, keys...)
		b.work(in, d.apply)
		b.wantApplied(keys...)
		b.put(in, keys...) // delivered again
		b.work(in, d.apply)
		b.wantApplied(keys...)
		if n, err := b.Waiting(b.Context()); err != nil || n != 0 {
			b.Errorf("%d wait, %v", n, err)
		}
	})
}

// failures are the ways in which a command may fail.
func failures() map[string]func() error {
	return map[string]func() error{
		"error":    func() error { return errRefused },
		"conflict": func() error { return takeover.ErrConflict },
		"panic":    func() error { panic("out of range") },
	}
}

// TestFailingCommand is undone and waits, while the others go on.
func TestFailingCommand(t *testing.T) {
	for name, fail := range failures() {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(b *base) {
				in, d := b.inbox(), &diary{fail: map[string]func() error{"b": fail}}
				b.put(in, "a", "b", "c")
				b.work(in, d.apply)
				b.wantApplied("a", "c")
				b.work(in, d.apply)
				b.clock.advance(time.Second - time.Millisecond)
				tries := len(d.of())
				b.work(in, d.apply)
				if now := len(d.of()); now != tries {
					b.Errorf("tried again before its time: %q", d.of())
				}
				d.fail = nil
				b.clock.advance(time.Millisecond)
				b.work(in, d.apply)
				b.wantApplied("a", "c", "b")
			})
		})
	}
}

// TestBrokenStatement: on PostgreSQL a failed statement spoils the transaction; the
// other commands of the batch must not notice.
func TestBrokenStatement(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{}
		b.put(in, "a", "b", "c")
		b.work(in, func(ctx context.Context, tx talk.Tx, seq int64, c takeover.Command) error {
			if c.Key == "b" {
				return b.breaks(ctx, tx)
			}
			return d.apply(ctx, tx, seq, c)
		})
		b.wantApplied("a", "c")
	})
}

func (b *base) breaks(ctx context.Context, tx takeover.Tx) error {
	_, err := tx.(*storeTx).tx.Exec(ctx, "INSERT INTO lines (id) VALUES (NULL)")
	if err == nil {
		b.Error("the statement did not fail")
	}
	return err
}

func TestBackOff(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{fail: map[string]func() error{"a": failures()["error"]}}
		b.put(in, "a")
		want := time.Second
		for attempt := 1; attempt < maxAttempts; attempt++ {
			b.work(in, d.apply)
			if n := len(d.of()); n != attempt {
				b.Fatalf("%d tries, want %d", n, attempt)
			}
			if next := b.count("SELECT next_at FROM inbox") - b.clock.Now().UnixMilli(); next != want.Milliseconds() {
				b.Fatalf("after %d attempts it waits %d ms, want %d", attempt, next, want.Milliseconds())
			}
			b.clock.advance(want)
			want = min(2*want, 5*time.Minute)
		}
		b.work(in, d.apply)
		b.clock.advance(365 * 24 * time.Hour)
		b.work(in, d.apply)
		if n := len(d.of()); n != maxAttempts {
			b.Errorf("%d tries, want it put aside after %d", n, maxAttempts)
		}
		if n, err := b.PutAside(b.Context()); err != nil || n != 1 {
			b.Errorf("%d are put aside, %v; want that it is kept for the operator", n, err)
		}
		if n, err := b.Waiting(b.Context()); err != nil || n != 0 {
			b.Errorf("%d wait, %v", n, err)
		}
		if err := b.Ready(b.Context()); err != nil {
			b.Errorf("a command that is put aside is not waited for: %v", err)
		}
	})
}

// TestSuspendedWorker: a replica that stops inside its inbox transaction has the inbox no longer than
// the server lets it. Another one works the commands.
func TestSuspendedWorker(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	other := b.another("other")
	in, d := b.inbox(), &diary{}
	gaveUp := 0
	in.Locked = func(_ time.Duration, ok bool) {
		if !ok {
			gaveUp++
		}
	}
	b.put(in, "a")
	begun, woken := make(chan struct{}), make(chan struct{})
	var suspended sync.WaitGroup
	suspended.Go(func() {
		_, err := other.workBatch(b.Context(), in, func(context.Context, talk.Tx, int64, takeover.Command) error {
			close(begun)
			<-woken
			return nil
		})
		if err == nil {
			b.Error("the suspended replica worked the command too")
		}
	})
	<-begun
	start := time.Now()
	b.until("the other one has worked", func() bool {
		_, _ = b.workBatch(b.Context(), in, d.apply)
		return len(b.applied()) == 1
	})
	if took := time.Since(start); took > 15*time.Second {
		b.Errorf("after %s", took)
	}
	b.Logf("%d times the wait for the lock ended", gaveUp)
	close(woken)
	suspended.Wait()
	b.wantApplied("a")
}

func TestUnreadableCommand(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{}
		b.exec("INSERT INTO inbox (key, body, received_at) VALUES ('bad', '{', 0)")
		b.put(in, "good")
		b.work(in, d.apply)
		b.wantApplied("good")
	})
}

// TestConflictIsTriedAtOnce: another writer was faster; looking again helps.
func TestConflictIsTriedAtOnce(t *testing.T) {
	onBoth(t, func(b *base) {
		left := 2
		in, d := b.inbox(), &diary{}
		d.fail = map[string]func() error{"a": func() error {
			if left--; left >= 0 {
				return fmt.Errorf("save: %w", takeover.ErrConflict)
			}
			return nil
		}}
		b.put(in, "a", "b")
		b.work(in, d.apply)
		b.wantApplied("a", "b")
	})
}

// TestCrashInBetween: what was applied but not committed was not worked.
func TestCrashInBetween(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{}
		b.put(in, "a", "b", "c")
		ctx, cancel := context.WithCancel(b.Context())
		d.fail = map[string]func() error{"b": func() error { cancel(); return nil }}
		if _, err := b.workBatch(ctx, in, d.apply); err == nil {
			b.Error("no error")
		}
		b.wantApplied()
		d.fail = nil
		b.work(in, d.apply)
		b.wantApplied("a", "b", "c")
	})
}

// TestWorkInbox runs the loop itself: it is woken, works, and ends with its context.
func TestWorkInbox(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{}
		ctx, cancel := context.WithCancel(b.Context())
		var working sync.WaitGroup
		working.Go(func() { b.WorkInbox(ctx, in, d.apply) })
		b.put(in, "a")
		b.until("a is worked", func() bool { return len(b.applied()) == 1 })
		b.put(in, "b", "c")
		b.until("all is worked", func() bool { return len(b.applied()) == 3 })
		cancel()
		working.Wait()
		b.wantApplied("a", "b", "c")
	})
}

// TestTwoWorkers: two replicas put and work at the same time. Nothing is applied twice,
// and the commands of one sender keep their order, as each is sent after the one before
// was acknowledged.
func TestTwoWorkers(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	d := &diary{}
	ctx, cancel := context.WithCancel(b.Context())
	var working, sending sync.WaitGroup
	const senders, each = 4, 25
	for i, s := range []*Store{b.Store, b.another("other")} {
		in := (&base{Store: s, T: t}).inbox()
		working.Go(func() { s.WorkInbox(ctx, in, d.apply) })
		for sender := range senders / 2 {
			sending.Go(func() {
				for n := range each {
					if err := in.Put(ctx, click(fmt.Sprintf("%d%d-%02d", i, sender, n))); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	sending.Wait()
	b.until("all is worked", func() bool { return len(b.applied()) == senders*each })
	cancel()
	working.Wait()
	bySender := map[string][]string{}
	for _, key := range b.applied() {
		sender, _, _ := strings.Cut(key, "-")
		bySender[sender] = append(bySender[sender], key)
	}
	for sender, keys := range bySender {
		if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != each {
			t.Errorf("sender %s: %q", sender, keys)
		}
	}
	if len(bySender) != senders {
		t.Errorf("%d senders, want %d", len(bySender), senders)
	}
}
