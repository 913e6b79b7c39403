package db

import (
	"context"
	"sync"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// poolExecutor is River's executor outside a transaction of ours, on SQLite. River's
// frequent writes go through the write queue, behind acknowledgements; its rare ones only
// wait for the connection.
type poolExecutor struct {
	riverdriver.Executor
	bus    *bus
	writes *writeQueue
}

// inTurn does one write of River in a turn of the write queue.
func inTurn[P, T any](
	ctx context.Context, e poolExecutor, do func(context.Context, P) (T, error), params P,
) (result T, err error) {
	done, err := e.writes.acquire(ctx)
	if err != nil {
		return result, err
	}
	defer done()
	return do(ctx, params)
}

// JobGetAvailable marks jobs as being worked.
func (e poolExecutor) JobGetAvailable(
	ctx context.Context, p *riverdriver.JobGetAvailableParams,
) (*riverdriver.JobGetAvailableResult, error) {
	return inTurn(ctx, e, e.Executor.JobGetAvailable, p)
}

// JobSetStateIfRunningMany notes how jobs ended.
func (e poolExecutor) JobSetStateIfRunningMany(
	ctx context.Context, p *riverdriver.JobSetStateIfRunningManyParams,
) ([]*rivertype.JobRow, error) {
	return inTurn(ctx, e, e.Executor.JobSetStateIfRunningMany, p)
}

// Begin begins a transaction of River, which keeps its turn until it ends.
func (e poolExecutor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	done, err := e.writes.acquire(ctx)
	if err != nil {
		return nil, err
	}
	tx, err := e.Executor.Begin(ctx)
	if err != nil {
		done()
		return nil, err
	}
	return &ownTx{ExecutorTx: tx, bus: e.bus, done: sync.OnceFunc(done)}, nil
}

// NotifyMany publishes at once.
func (e poolExecutor) NotifyMany(ctx context.Context, p *riverdriver.NotifyManyParams) error {
	return notify(ctx, e.Executor, p, e.bus.publish)
}

// ownTx is a transaction that River began: its notifications are published when River
// commits.
type ownTx struct {
	riverdriver.ExecutorTx
	bus     *bus
	pending []*riverdriver.NotifyManyParams
	done    func() // ends the turn; may be called more than once
}

// NotifyMany publishes with the commit.
func (t *ownTx) NotifyMany(ctx context.Context, p *riverdriver.NotifyManyParams) error {
	return notify(ctx, t.ExecutorTx, p, func(p *riverdriver.NotifyManyParams) { t.pending = append(t.pending, p) })
}

// Commit ends the transaction and its turn, and publishes.
func (t *ownTx) Commit(ctx context.Context) error {
	defer t.done()
	if err := t.ExecutorTx.Commit(ctx); err != nil {
		return err
	}
	for _, p := range t.pending {
		t.bus.publish(p)
	}
	return nil
}

// Rollback ends the transaction and its turn.
func (t *ownTx) Rollback(ctx context.Context) error {
	defer t.done()
	return t.ExecutorTx.Rollback(ctx)
}
