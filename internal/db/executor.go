package db

import (
	"context"

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

// Begin begins a transaction of River.
func (e poolExecutor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := e.Executor.Begin(ctx)
	return busTx{ExecutorTx: tx, bus: e.bus}, err
}

// NotifyMany publishes.
func (e poolExecutor) NotifyMany(ctx context.Context, p *riverdriver.NotifyManyParams) error {
	return e.bus.notify(ctx, e.Executor, p)
}

// busTx is a transaction in which River works: one of its own, or one of ours into which it
// inserts. It publishes at once. The worker that is woken waits for the one connection that
// writes, which the transaction has until it ends.
type busTx struct {
	riverdriver.ExecutorTx
	bus *bus
}

// NotifyMany publishes.
func (t busTx) NotifyMany(ctx context.Context, p *riverdriver.NotifyManyParams) error {
	return t.bus.notify(ctx, t.ExecutorTx, p)
}
