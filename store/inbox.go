package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

const (
	// maxBatch is how many requests share one commit at most.
	maxBatch = 128
	// maxWaiting bounds the requests that wait for their commit; past it the sender
	// is told to try again.
	maxWaiting = 1024
	// commitTime is how long a commit may take; the senders have given up by then.
	commitTime = 5 * time.Second
)

// Inbox takes commands in. Who comes alone commits in its own goroutine, which is
// soonest; requests that arrive while another one commits wait for Run, and share one
// commit (and one fsync).
type Inbox struct {
	db     *db.DB
	log    *slog.Logger
	queue  chan *arrival
	stored chan struct{} // a hint that rows wait to be worked
	// patience bounds one commit. A database that hangs must not keep the inbox from
	// going on afterwards, nor from being closed.
	patience time.Duration

	// pending is how many senders wait for their commit: the worker, who needs the same
	// one writer, then ends its transaction early.
	pending atomic.Int64
	// committing is held by whoever commits, so that others gather meanwhile.
	committing sync.Mutex

	mu     sync.RWMutex // guards closed against sends on queue, and commits after Close
	closed bool
}

// arrival is a command on its way to the disk.
type arrival struct {
	key, body string
	at        int64 // milliseconds since 1970 UTC
	done      chan error
}

// NewInbox returns an inbox on a migrated database; it works while Run does.
func NewInbox(d *db.DB, log *slog.Logger) *Inbox {
	return &Inbox{db: d, log: log, queue: make(chan *arrival, maxWaiting), stored: make(chan struct{}, 1), patience: commitTime}
}

// Put returns once the command is on disk; a command whose key is there already is
// accepted and changes nothing. It is takeover.ErrBusy when too many wait. If ctx ends
// first, the command may be stored or not.
func (b *Inbox) Put(ctx context.Context, c takeover.Command) error {
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode the command: %w", err)
	}
	a := &arrival{key: c.Key, body: string(body), at: millis(c.At), done: make(chan error, 1)}
	if err := b.enter(ctx, a); err != nil {
		return err
	}
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for the commit: %w", ctx.Err())
	}
}

// enter commits an arrival that came alone, or has it wait for Run.
func (b *Inbox) enter(ctx context.Context, a *arrival) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return takeover.ErrBusy
	}
	if b.pending.Add(1) == 1 && b.committing.TryLock() {
		b.settle(ctx, []*arrival{a})
		return nil
	}
	select {
	case b.queue <- a:
		return nil
	default:
		b.pending.Add(-1)
		return takeover.ErrBusy
	}
}

// Close stops taking commands in; Run commits those that wait and returns.
func (b *Inbox) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		close(b.queue)
	}
}

// Run commits what Put hands in until Close.
func (b *Inbox) Run(ctx context.Context) {
	for first := range b.queue {
		b.committing.Lock()
		b.settle(ctx, b.gather(first))
	}
}

// settle commits a batch for which committing is held, gives that free, and has the
// worker look.
func (b *Inbox) settle(ctx context.Context, batch []*arrival) {
	defer b.Wake()
	defer b.committing.Unlock()
	b.take(ctx, batch)
}

// take commits a batch and answers who waits for it.
func (b *Inbox) take(ctx context.Context, batch []*arrival) {
	defer b.pending.Add(-int64(len(batch)))
	ctx, cancel := context.WithTimeout(ctx, b.patience)
	defer cancel()
	err := b.commit(ctx, batch)
	alone := err != nil && len(batch) > 1 && ctx.Err() == nil
	for _, a := range batch {
		if alone {
			// One bad row must not fail its neighbours.
			err = b.commit(ctx, []*arrival{a})
		}
		a.done <- err
	}
}

func (b *Inbox) gather(first *arrival) []*arrival {
	batch := []*arrival{first}
	for len(batch) < maxBatch {
		select {
		case a, open := <-b.queue:
			if !open {
				return batch
			}
			batch = append(batch, a)
		default:
			return batch
		}
	}
	return batch
}

func (b *Inbox) commit(ctx context.Context, batch []*arrival) error {
	var values strings.Builder
	args := make([]any, 0, 3*len(batch))
	for i, a := range batch {
		if i > 0 {
			values.WriteByte(',')
		}
		fmt.Fprintf(&values, "($%d,$%d,$%d)", 3*i+1, 3*i+2, 3*i+3)
		args = append(args, a.key, a.body, a.at)
	}
	_, err := b.db.ExecFirst(ctx, "INSERT INTO inbox (key, body, received_at) VALUES "+values.String()+" ON CONFLICT (key) DO NOTHING", args...)
	if err != nil {
		return fmt.Errorf("store the command: %w", err)
	}
	return nil
}

// Wake hints that commands wait to be worked.
func (b *Inbox) Wake() {
	select {
	case b.stored <- struct{}{}:
	default:
	}
}

// Command returns a stored command, or takeover.ErrNotFound once it was purged.
func (s *Store) Command(ctx context.Context, seq int64) (takeover.Command, error) {
	var body string
	err := s.db.Read().QueryRow(ctx, "SELECT body FROM inbox WHERE seq = $1", seq).Scan(&body)
	if errors.Is(err, db.ErrNoRows) {
		return takeover.Command{}, takeover.ErrNotFound
	}
	if err != nil {
		return takeover.Command{}, fmt.Errorf("read command %d: %w", seq, err)
	}
	var c takeover.Command
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return takeover.Command{}, fmt.Errorf("decode command %d: %w", seq, err)
	}
	return c, nil
}

// Waiting is how many commands are stored and not worked yet.
func (s *Store) Waiting(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.Read().QueryRow(ctx, "SELECT count(*) FROM inbox WHERE worked_at = 0").Scan(&n)
	return n, err
}

// idlePoll is how often the worker looks for commands that another replica stored and
// did not live to work.
const idlePoll = 2 * time.Second
