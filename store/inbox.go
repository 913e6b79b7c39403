package store

import (
	"context"
	"encoding/json"
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
	// maxWaiting bounds the requests that wait for their commit; a sender beyond that is
	// told to try again.
	maxWaiting = 1024
	// commitTime is how long a commit may take; the senders have given up by then.
	commitTime = 5 * time.Second
)

// Inbox stores commands. A request that comes alone commits in its own goroutine, which is
// fastest; requests that arrive during a commit wait for Run and share the next commit
// (and its fsync).
type Inbox struct {
	db  *db.DB
	log *slog.Logger
	// Locked is told how long the worker waited for those of other replicas, and whether they let it
	// work. Set it before WorkInbox runs.
	Locked func(waited time.Duration, ok bool)
	queue  chan *arrival
	stored chan struct{} // holds one: commands wait to be applied
	// timeout bounds one commit, so that the inbox goes on, and can be closed, after the
	// database has hung.
	timeout time.Duration

	// pending is how many senders wait for their commit. The worker, which needs the same
	// connection, then ends its transaction early.
	pending atomic.Int64
	// committing is locked during a commit; requests that arrive meanwhile gather in queue.
	committing sync.Mutex

	mu     sync.RWMutex // guards closed, sends on queue, and commits after Close
	closed bool
}

// arrival is a command on its way to the disk.
type arrival struct {
	key, body string
	awaits    string // see the column; empty if the command may take effect
	at        int64  // milliseconds since 1970 UTC
	done      chan error
}

// NewInbox returns an inbox on a migrated database; it works while Run is running.
func NewInbox(d *db.DB, log *slog.Logger) *Inbox {
	return &Inbox{db: d, log: log, queue: make(chan *arrival, maxWaiting), stored: make(chan struct{}, 1),
		timeout: commitTime, Locked: func(time.Duration, bool) {}}
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
	if c.Unchecked {
		a.awaits = string(c.By)
	}
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

// enter commits an arrival that came alone, or queues it for Run.
func (b *Inbox) enter(ctx context.Context, a *arrival) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return takeover.ErrBusy
	}
	if b.pending.Add(1) == 1 && b.committing.TryLock() {
		b.commit(ctx, []*arrival{a})
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

// Close refuses further commands; Run commits those that wait and returns.
func (b *Inbox) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		close(b.queue)
	}
}

// Run commits what Put queues until Close.
func (b *Inbox) Run(ctx context.Context) {
	for first := range b.queue {
		b.committing.Lock()
		b.commit(ctx, b.gather(first))
	}
}

// commit commits a batch, tells its senders, unlocks committing, which the caller has
// locked, and wakes the worker.
func (b *Inbox) commit(ctx context.Context, batch []*arrival) {
	defer b.Wake()
	defer b.committing.Unlock()
	defer b.pending.Add(-int64(len(batch)))
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	err := b.insert(ctx, batch)
	alone := err != nil && len(batch) > 1 && ctx.Err() == nil
	for _, a := range batch {
		if alone {
			// One bad row must not fail its neighbours.
			err = b.insert(ctx, []*arrival{a})
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

// insert stores a batch with one durable commit.
func (b *Inbox) insert(ctx context.Context, batch []*arrival) error {
	var values strings.Builder
	args := make([]any, 0, 4*len(batch))
	for i, a := range batch {
		if i > 0 {
			values.WriteByte(',')
		}
		fmt.Fprintf(&values, "($%d,$%d,$%d,$%d)", 4*i+1, 4*i+2, 4*i+3, 4*i+4)
		args = append(args, a.key, a.body, a.at, a.awaits)
	}
	_, err := b.db.ExecUrgent(ctx,
		"INSERT INTO inbox (key, body, received_at, awaits) VALUES "+values.String()+" ON CONFLICT (key) DO NOTHING", args...)
	if err != nil {
		return fmt.Errorf("store the command: %w", err)
	}
	return nil
}

// Wake tells the worker that commands wait to be applied.
func (b *Inbox) Wake() {
	select {
	case b.stored <- struct{}{}:
	default:
	}
}

// Command returns a stored command, or takeover.ErrNotFound once it was purged.
func (r reader) Command(ctx context.Context, seq int64) (takeover.Command, error) {
	var body string
	ok, err := row(ctx, r.q, "read a command", "SELECT body FROM inbox WHERE seq = $1", []any{seq}, &body)
	if err != nil {
		return takeover.Command{}, err
	}
	if !ok {
		return takeover.Command{}, takeover.ErrNotFound
	}
	var c takeover.Command
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return takeover.Command{}, fmt.Errorf("decode command %d: %w", seq, err)
	}
	return c, nil
}

// Waiting is the number of commands that are stored and not applied yet, without those put aside and
// those about whose person Slack has to answer.
func (s *Store) Waiting(ctx context.Context) (int64, error) {
	var n int64
	err := s.q.QueryRow(ctx, "SELECT count(*) FROM inbox WHERE worked_at = 0 AND awaits = '' AND attempts < $1", maxAttempts).Scan(&n)
	return n, err
}

// Unchecked is the number of commands about whose person Slack has to answer first.
func (s *Store) Unchecked(ctx context.Context) (int64, error) {
	var n int64
	err := s.q.QueryRow(ctx, "SELECT count(*) FROM inbox WHERE worked_at = 0 AND awaits <> ''").Scan(&n)
	return n, err
}

// OldestWaiting is for how long the oldest command that could be applied has waited; 0 if none waits. A
// command that failed waits from its next attempt on, and one about whose person Slack has to answer does
// not count.
func (s *Store) OldestWaiting(ctx context.Context) (time.Duration, error) {
	now := millis(s.now())
	var since int64
	err := s.q.QueryRow(ctx, `SELECT coalesce(min(CASE WHEN next_at > received_at THEN next_at ELSE received_at END), $1)
		FROM inbox WHERE worked_at = 0 AND awaits = '' AND attempts < $2 AND next_at <= $1`, now, maxAttempts).Scan(&since)
	if err != nil {
		return 0, fmt.Errorf("look for the oldest command: %w", err)
	}
	return max(0, time.Duration(now-since)*time.Millisecond), nil
}

// PutAside is the number of commands that failed so often that they are tried no more.
func (s *Store) PutAside(ctx context.Context) (int64, error) {
	var n int64
	err := s.q.QueryRow(ctx, "SELECT count(*) FROM inbox WHERE worked_at = 0 AND attempts >= $1", maxAttempts).Scan(&n)
	return n, err
}

// idlePoll is how often the worker looks for commands of a replica that died before it
// applied them.
const idlePoll = 2 * time.Second
