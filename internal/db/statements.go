package db

import (
	"context"
	"database/sql/driver"
	"errors"
)

// maxStatements bounds the statements kept per connection; the program has fewer texts
// than that, but for the inserts of many rows.
const maxStatements = 256

// sqliteDriverConn is what the SQLite driver's connection can do.
type sqliteDriverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// statements is a connection that keeps its prepared statements, because parsing one of
// River's costs more than running it. database/sql uses a connection from one goroutine
// at a time.
type statements struct {
	sqliteDriverConn
	kept map[string]statement // none of them is running
}

func newStatements(conn sqliteDriverConn) *statements {
	return &statements{sqliteDriverConn: conn, kept: map[string]statement{}}
}

// unstoppable is the context for the driver. The driver starts a goroutine for each
// statement whose context can end, and closes the connection of a statement that was
// stopped. Our statements take microseconds, or wait for a disk that cannot be stopped.
func unstoppable(ctx context.Context) context.Context {
	if without == levelStatements {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// statement is what the SQLite driver's statement can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// errStatement is returned if the driver's statements take no context, which those of the
// pinned driver do.
var errStatement = errors.New("the driver's statement takes no context")

// errConn is returned if the driver's connection lacks what sqliteDriverConn names.
var errConn = errors.New("the driver's connection is not like that of the pinned driver")

// take returns the statement of a text, which is the caller's until give.
func (c *statements) take(ctx context.Context, query string) (statement, error) {
	if s, ok := c.kept[query]; ok {
		delete(c.kept, query) // the same text may be asked for again while its rows are read
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := s.(statement)
	if !ok {
		return nil, errors.Join(errStatement, s.Close())
	}
	return able, nil
}

// give keeps a statement for the next use. One that failed is closed.
func (c *statements) give(query string, s statement, failed bool) {
	_, twice := c.kept[query]
	if failed || twice || len(c.kept) >= maxStatements || without == levelStatements {
		_ = s.Close() // its result was returned already
		return
	}
	c.kept[query] = s
}

// BeginTx begins a transaction.
func (c *statements) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.sqliteDriverConn.BeginTx(unstoppable(ctx), opts)
}

// ExecContext runs a statement that returns no rows.
func (c *statements) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = unstoppable(ctx)
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	c.give(query, s, err != nil)
	return result, err
}

// QueryContext runs a statement that returns rows; their Close gives it back.
func (c *statements) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = unstoppable(ctx)
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		c.give(query, s, true)
		return nil, err
	}
	return &statementRows{Rows: rows, give: func(failed bool) { c.give(query, s, failed) }}, nil
}

// Close closes the statements, then the connection.
func (c *statements) Close() error {
	for _, s := range c.kept {
		_ = s.Close() // the connection's own error says more
	}
	clear(c.kept)
	return c.sqliteDriverConn.Close()
}

// statementRows gives its statement back when it is closed, once.
type statementRows struct {
	driver.Rows
	give func(failed bool)
}

// Close ends the reading.
func (r *statementRows) Close() error {
	err := r.Rows.Close()
	if r.give != nil {
		r.give(err != nil)
		r.give = nil
	}
	return err
}
