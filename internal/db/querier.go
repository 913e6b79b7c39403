package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type sqliteConn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

type sqliteQuerier struct{ conn sqliteConn }

func (q sqliteQuerier) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := q.conn.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (q sqliteQuerier) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	rows, err := q.conn.QueryContext(ctx, query, args...) //nolint:rowserrcheck // handed to the caller
	if err != nil {
		return nil, err
	}
	return sqliteRows{rows}, nil
}

func (q sqliteQuerier) QueryRow(ctx context.Context, query string, args ...any) Row {
	return row{q.conn.QueryRowContext(ctx, query, args...)}
}

type sqliteRows struct{ *sql.Rows }

// Close drops the error: Err tells whatever matters to a reader.
func (r sqliteRows) Close() { _ = r.Rows.Close() }

type pgConn interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

type pgQuerier struct{ conn pgConn }

func (q pgQuerier) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := q.conn.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (q pgQuerier) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	return q.conn.Query(ctx, query, args...) //nolint:sqlclosecheck // handed to the caller
}

func (q pgQuerier) QueryRow(ctx context.Context, query string, args ...any) Row {
	return row{q.conn.QueryRow(ctx, query, args...)}
}

// row gives both drivers' "nothing found" one name.
type row struct{ Row }

func (r row) Scan(dest ...any) error {
	err := r.Row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, pgx.ErrNoRows) {
		return ErrNoRows
	}
	return err
}
