package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

var quiet = slog.New(slog.DiscardHandler)

func click(key string) takeover.Command {
	return takeover.Command{Key: key, Verb: takeover.TakeOver, By: "U1", Origin: takeover.FromButton, At: start, Line: "ln_a"}
}

// inbox returns a running inbox that is closed with the test.
func (b *base) inbox() *Inbox {
	b.Helper()
	in := NewInbox(b.db, quiet)
	var running sync.WaitGroup
	running.Go(func() { in.Run(context.WithoutCancel(b.Context())) })
	b.Cleanup(func() {
		in.Close()
		running.Wait()
	})
	return in
}

// put stores commands that have to be stored.
func (b *base) put(in *Inbox, keys ...string) {
	b.Helper()
	for _, key := range keys {
		if err := in.Put(b.Context(), click(key)); err != nil {
			b.Fatal(err)
		}
	}
}

// stall keeps the inbox from committing until release is called.
func (b *base) stall() (release func()) {
	b.Helper()
	stalled, done, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- b.db.Tx(context.WithoutCancel(b.Context()), func(tx *db.Tx) error {
			defer close(stalled)
			if b.db.Kind == db.Postgres { // on SQLite being in a transaction is enough
				if _, err := tx.Exec(b.Context(), "LOCK TABLE inbox IN EXCLUSIVE MODE"); err != nil {
					return err
				}
			}
			stalled <- struct{}{}
			<-done
			return nil
		})
	}()
	<-stalled
	release = sync.OnceFunc(func() {
		close(done)
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(release)
	return release
}

// until waits for something that another goroutine brings about.
func (b *base) until(what string, ok func() bool) {
	b.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(15 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-timeout:
			b.Fatalf("never: %s", what)
		}
	}
}

func TestPutIsDurable(t *testing.T) {
	onBoth(t, func(b *base) {
		in := b.inbox()
		c := click("k1")
		c.Query, c.Note, c.Reply = takeover.Query{}, "plumber at four \x00 ü 🔧", takeover.Reply{URL: "https://example.test/x", Replace: true}
		if err := in.Put(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		seq := b.count("SELECT seq FROM inbox WHERE key = $1", "k1")
		got, err := b.Command(b.Context(), seq)
		if err != nil || !reflect.DeepEqual(got, c) {
			b.Errorf("stored %+v, %v\nwant   %+v", got, err, c)
		}
		if at := b.count("SELECT received_at FROM inbox"); at != start.UnixMilli() {
			b.Errorf("received at %d, want %d", at, start.UnixMilli())
		}
	})
}

// TestAcknowledgedIsOnDisk: a request that came alone and those that shared a commit are
// answered after a commit that waits for the disk.
func TestAcknowledgedIsOnDisk(t *testing.T) {
	b := newBase(t, databases.SQLite(t))
	b.exec("CREATE TABLE synced (key TEXT NOT NULL, mode INTEGER NOT NULL)")
	b.exec(`CREATE TRIGGER synced AFTER INSERT ON inbox BEGIN
		INSERT INTO synced (key, mode) SELECT NEW.key, synchronous FROM pragma_synchronous; END`)
	b.put(b.inbox(), "alone")
	_, answers, run := b.queued("k1", "k2", "k3")
	run()
	for range 3 {
		if err := <-answers; err != nil {
			b.Error(err)
		}
	}
	if n, full := b.count("SELECT count(*) FROM synced"), b.count("SELECT count(*) FROM synced WHERE mode = 2"); n != 4 || full != 4 {
		b.Errorf("%d stored, %d of them with full sync; want 4 and 4", n, full)
	}
}

func TestCommandNotFound(t *testing.T) {
	onBoth(t, func(b *base) {
		if _, err := b.Command(b.Context(), 42); !errors.Is(err, takeover.ErrNotFound) {
			b.Errorf("error %v, want ErrNotFound", err)
		}
	})
}

func TestPutTwice(t *testing.T) {
	onBoth(t, func(b *base) {
		in := b.inbox()
		b.put(in, "k1")
		again := click("k1")
		again.By = "U2"
		if err := in.Put(b.Context(), again); err != nil {
			b.Fatalf("a second delivery: %v", err)
		}
		if n := b.count("SELECT count(*) FROM inbox"); n != 1 {
			b.Errorf("%d rows, want 1", n)
		}
		if c, err := b.Command(b.Context(), b.count("SELECT seq FROM inbox")); err != nil || c.By != "U1" {
			b.Errorf("the second delivery replaced the first: by %s, %v", c.By, err)
		}
	})
}

// queued returns an inbox that is committing, so that commands of these keys wait. run
// has it work until it is closed, and waits for that.
func (b *base) queued(keys ...string) (in *Inbox, answers <-chan error, run func()) {
	b.Helper()
	in = NewInbox(b.db, quiet)
	in.committing.Lock()
	out := make(chan error, len(keys))
	for i, key := range keys {
		go func() { out <- in.Put(context.WithoutCancel(b.Context()), click(key)) }()
		b.until("it waits", func() bool { return len(in.queue) == i+1 })
	}
	return in, out, func() {
		in.Close()
		in.committing.Unlock()
		in.Run(b.Context())
	}
}

// commits counts the transactions that the database committed.
func (b *base) commits() int64 {
	b.Helper()
	if b.db.Kind == db.Postgres {
		return b.count("SELECT count(DISTINCT CAST(xmin AS TEXT)) FROM inbox")
	}
	wal, err := os.ReadFile(b.url + "-wal")
	if err != nil {
		b.Fatal(err)
	}
	// Each frame has a page behind a header; in the last one of a transaction the
	// header's second number, the size of the database, is not zero.
	// https://sqlite.org/fileformat2.html#the_write_ahead_log
	const fileHeader, frameHeader = 32, 24
	page, n := int(binary.BigEndian.Uint32(wal[8:])), int64(0)
	for at := fileHeader; at+frameHeader <= len(wal); at += frameHeader + page {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			n++
		}
	}
	return n
}

// TestPutsShareCommits: requests that arrive together share one commit.
func TestPutsShareCommits(t *testing.T) {
	onBoth(t, func(b *base) {
		b.put(b.inbox(), "before") // also the first write of all, which makes the log
		before := b.commits()
		keys := make([]string, maxBatch+64)
		for i := range keys {
			keys[i] = fmt.Sprint("k", i)
		}
		_, answers, run := b.queued(keys...)
		run()
		for range keys {
			if err := <-answers; err != nil {
				b.Error(err)
			}
		}
		if n := b.count("SELECT count(*) FROM inbox"); n != int64(1+len(keys)) {
			b.Errorf("%d rows, want %d", n, 1+len(keys))
		}
		if n := b.commits() - before; n != 2 {
			b.Errorf("%d commits, want 2: one of %d and one of 64", n, maxBatch)
		}
	})
}

// TestBadRowFailsAlone: what one request holds must not cost its neighbours theirs.
func TestBadRowFailsAlone(t *testing.T) {
	onBoth(t, func(b *base) {
		if b.db.Kind == db.Postgres {
			b.exec("ALTER TABLE inbox ADD CHECK (key <> 'bad')")
		} else {
			b.exec("CREATE TRIGGER bad BEFORE INSERT ON inbox WHEN NEW.key = 'bad' BEGIN SELECT RAISE(ABORT, 'bad'); END")
		}
		keys := []string{"k0", "k1", "bad", "k3", "k3", "k5"}
		_, answers, run := b.queued(keys...)
		run()
		failed := 0
		for range keys {
			if err := <-answers; err != nil {
				failed++
			}
		}
		if n := b.count("SELECT count(*) FROM inbox"); failed != 1 || n != 4 {
			b.Errorf("%d failed and %d rows are stored, want 1 and 4", failed, n)
		}
	})
}

func TestPutPastTheBound(t *testing.T) {
	onBoth(t, func(b *base) {
		in := NewInbox(b.db, quiet)
		in.committing.Lock() // everything waits
		ended, cancel := context.WithCancel(b.Context())
		cancel()
		for range maxWaiting {
			if err := in.Put(ended, click("k")); !errors.Is(err, context.Canceled) {
				b.Fatalf("error %v, want that nobody waited", err)
			}
		}
		if err := in.Put(b.Context(), click("k")); !errors.Is(err, takeover.ErrBusy) {
			b.Errorf("error %v, want ErrBusy", err)
		}
	})
}

// TestPutOfEndedContext: a sender that gives up is answered; its command may be stored.
func TestPutOfEndedContext(t *testing.T) {
	onBoth(t, func(b *base) {
		in := b.inbox()
		release := b.stall()
		ctx, cancel := context.WithTimeout(b.Context(), 20*time.Millisecond)
		defer cancel()
		if err := in.Put(ctx, click("k1")); !errors.Is(err, context.DeadlineExceeded) {
			b.Errorf("error %v, want the context's", err)
		}
		release()
		b.put(in, "k1", "k2") // its next delivery
		if n := b.count("SELECT count(*) FROM inbox"); n != 2 {
			b.Errorf("%d rows, want 2", n)
		}
	})
}

func TestCloseCommitsWhatWaits(t *testing.T) {
	onBoth(t, func(b *base) {
		in, answers, run := b.queued("a", "b", "c")
		in.Close()
		in.Close() // twice is fine
		if err := in.Put(b.Context(), click("late")); !errors.Is(err, takeover.ErrBusy) {
			b.Errorf("after Close: %v, want ErrBusy", err)
		}
		run()
		for range 3 {
			if err := <-answers; err != nil {
				b.Error(err)
			}
		}
		if n := b.count("SELECT count(*) FROM inbox"); n != 3 {
			b.Errorf("%d rows, want 3", n)
		}
	})
}

// TestHangingDatabase: the inbox answers, and can be closed, although the database
// does not.
func TestHangingDatabase(t *testing.T) {
	onBoth(t, func(b *base) {
		in, answers, run := b.queued("a", "b", "c")
		in.timeout = 50 * time.Millisecond
		release := b.stall()
		run()
		for range 3 {
			if err := <-answers; err == nil {
				b.Error("acknowledged without a row")
			}
		}
		release()
		if n := b.count("SELECT count(*) FROM inbox"); n != 0 {
			b.Errorf("%d rows of requests that were refused", n)
		}
	})
}

func TestWaiting(t *testing.T) {
	onBoth(t, func(b *base) {
		b.put(b.inbox(), strings.Fields("a b c")...)
		b.exec("UPDATE inbox SET worked_at = 1 WHERE key = 'a'")
		if n, err := b.Waiting(b.Context()); err != nil || n != 2 {
			b.Errorf("%d wait, %v; want 2", n, err)
		}
	})
}
