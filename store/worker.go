package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

const (
	// inboxLock is the lock under which the workers of all replicas run one after another,
	// so that commands are applied in the order in which they were stored.
	inboxLock int64 = 0x696e_626f_78 // "inbox"
	// workBatch is how many commands share one commit at most.
	workBatch = 32
	// maxAttempts is how often a failing command is tried before it is put aside.
	maxAttempts = 20
)

// Apply applies one command within a transaction; talk.Service has one.
type Apply func(ctx context.Context, tx talk.Tx, seq int64, c takeover.Command) error

// WorkInbox applies stored commands in order until ctx ends. A command that fails is
// undone, logged and tried again later, up to maxAttempts times, and does not hold up the
// others.
func (s *Store) WorkInbox(ctx context.Context, b *Inbox, apply Apply) {
	poll := time.NewTicker(idlePoll)
	defer poll.Stop()
	for ctx.Err() == nil {
		more, err := s.workBatch(ctx, b, apply)
		if err != nil && ctx.Err() == nil {
			b.log.ErrorContext(ctx, "work the inbox", "err", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-b.stored:
		case <-poll.C:
		}
	}
}

type waiting struct {
	seq, attempts int64
	body          string
}

// workBatch applies waiting commands in one transaction; more says that others may wait. It
// ends early while senders wait for their commit: SQLite has one writer, and an
// acknowledgement must not wait for more than one command.
func (s *Store) workBatch(ctx context.Context, b *Inbox, apply Apply) (more bool, err error) {
	// Read first without a transaction: an idle worker must not write.
	found, err := row(ctx, s.q, "look into the inbox",
		"SELECT 1 FROM inbox WHERE worked_at = 0 AND awaits = '' AND next_at <= $1 LIMIT 1", []any{millis(s.now())}, new(int64))
	if err != nil || !found {
		return false, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		began := time.Now()
		err := tx.Serialize(ctx, inboxLock) // the database bounds the wait
		b.Locked(time.Since(began), err == nil)
		if err != nil {
			return err
		}
		rows, err := s.waiting(ctx, tx)
		if err != nil {
			return err
		}
		more = len(rows) == workBatch
		for i, row := range rows {
			if i > 0 && b.pending.Load() > 0 {
				more = true
				return nil
			}
			if err := s.workOne(ctx, tx, b, row, apply); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

func (s *Store) waiting(ctx context.Context, tx *db.Tx) ([]waiting, error) {
	return collect(ctx, tx.Querier, "read the inbox", func(row db.Row) (w waiting, err error) {
		err = row.Scan(&w.seq, &w.attempts, &w.body)
		return w, err
	}, "SELECT seq, attempts, body FROM inbox WHERE worked_at = 0 AND awaits = '' AND next_at <= $1 ORDER BY seq LIMIT $2",
		millis(s.now()), workBatch)
}

// workOne applies one command and marks it worked, in one transaction.
func (s *Store) workOne(ctx context.Context, tx *db.Tx, b *Inbox, w waiting, apply Apply) error {
	failure := s.applyOne(ctx, tx, w, apply)
	for try := 0; try < 3 && again(failure); try++ {
		failure = s.applyOne(ctx, tx, w, apply) // a job of another replica was faster
	}
	if failure == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	b.log.ErrorContext(ctx, "command failed", "command", w.seq, "attempt", w.attempts+1, "err", failure)
	return s.postpone(ctx, tx, w)
}

func (s *Store) applyOne(ctx context.Context, tx *db.Tx, w waiting, apply Apply) error {
	return tx.Nested(ctx, func() (err error) {
		defer func() {
			// A command that panics must not end the process, which would find it again at
			// its next start.
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		var c takeover.Command
		if err := json.Unmarshal([]byte(w.body), &c); err != nil {
			return fmt.Errorf("decode: %w", err)
		}
		err = s.within(ctx, tx, func(ctx context.Context, tx talk.Tx) error { return apply(ctx, tx, w.seq, c) })
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE inbox SET worked_at = $1 WHERE seq = $2", millis(s.now()), w.seq)
		return err
	})
}

// again says whether another writer was in the way, so that trying again helps.
func again(err error) bool { return errors.Is(err, takeover.ErrConflict) || db.IsDeadlock(err) }

func (s *Store) postpone(ctx context.Context, tx *db.Tx, w waiting) error {
	next := s.now().Add(min(time.Second<<min(w.attempts, 10), 5*time.Minute))
	if w.attempts+1 >= maxAttempts {
		next = s.now().Add(100 * 365 * 24 * time.Hour) // put aside for an operator
	}
	_, err := tx.Exec(ctx, "UPDATE inbox SET attempts = attempts + 1, next_at = $1 WHERE seq = $2", millis(next), w.seq)
	return err
}
