package db

import (
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// RiverDriver returns River's driver for this database, typed by our Tx, so that one
// client type and one code path serve both databases. riverdriver is not a stable
// API: the versions are pinned together and the suite of package jobs runs on both.
func (d *DB) RiverDriver() riverdriver.Driver[*Tx] {
	if d.Kind == SQLite {
		return sqliteDriver{Driver: riversqlite.New(d.writer), db: d}
	}
	return pgDriver{Driver: riverdatabasesql.NewWithPgxListener(d.jobs, d.listen), db: d}
}

type pgDriver struct {
	*riverdatabasesql.Driver
	db *DB
}

func (d pgDriver) UnwrapExecutor(t *Tx) riverdriver.ExecutorTx { return d.Driver.UnwrapExecutor(t.tx) }

func (d pgDriver) UnwrapTx(e riverdriver.ExecutorTx) *Tx { return d.db.newTx(d.Driver.UnwrapTx(e)) }

// sqliteDriver is River's SQLite driver with notifications that stay in the process, and
// with writes that go through the write queue.
type sqliteDriver struct {
	*riversqlite.Driver
	db *DB
}

func (d sqliteDriver) GetExecutor() riverdriver.Executor {
	return poolExecutor{Executor: d.Driver.GetExecutor(), bus: d.db.bus, writes: d.db.writes}
}

func (d sqliteDriver) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	if without == levelWake {
		return d.Driver.GetListener(p)
	}
	return newBusListener(d.db.bus)
}

func (d sqliteDriver) UnwrapExecutor(t *Tx) riverdriver.ExecutorTx {
	return busTx{ExecutorTx: d.Driver.UnwrapExecutor(t.tx), bus: d.db.bus}
}

func (d sqliteDriver) UnwrapTx(e riverdriver.ExecutorTx) *Tx {
	if wrapped, ok := e.(busTx); ok {
		e = wrapped.ExecutorTx
	}
	return d.db.newTx(d.Driver.UnwrapTx(e))
}
