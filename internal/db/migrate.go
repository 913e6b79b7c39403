package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/rivermigrate"
)

// migrationLock is the PostgreSQL advisory lock under which replicas migrate one by
// one; neither goose nor River survives two at once.
const migrationLock int64 = 0x7461_6b65_6f76_6572 // "takeover"

// Migrate brings the tables up to date: ours from files, then River's. The files are
// named *.sql, begin with their number and hold plain SQL, in which "{{serial}}" stands
// for an ascending 64-bit primary key. Replicas may call it at the same time. It returns
// how many migrations were applied.
func (d *DB) Migrate(ctx context.Context, files fs.FS) (applied int, err error) {
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return 0, err
	}
	defer unlock()
	ours, err := d.migrateOurs(ctx, files)
	if err != nil {
		return ours, fmt.Errorf("migrate the bot's tables: %w", err)
	}
	rivers, err := d.migrateRiver(ctx)
	if err != nil {
		return ours + rivers, fmt.Errorf("migrate the job tables: %w", err)
	}
	return ours + rivers, nil
}

// lockMigrations does nothing on SQLite, where Open keeps other processes out.
func (d *DB) lockMigrations(ctx context.Context) (func(), error) {
	if d.Kind == SQLite {
		return func() {}, nil
	}
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		conn.Release()
		return nil, fmt.Errorf("wait for another replica's migration: %w", err)
	}
	return func() {
		_, err := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
		if err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the lock dies with the connection
		}
		conn.Release()
	}, nil
}

func (d *DB) migrateOurs(ctx context.Context, files fs.FS) (int, error) {
	dialect, pool := goose.DialectSQLite3, d.writer
	if d.Kind == Postgres {
		dialect, pool = goose.DialectPostgres, stdlib.OpenDBFromPool(d.pool)
		defer func() { _ = pool.Close() }()
	}
	provider, err := newProvider(dialect, pool, files)
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	return len(results), err
}

// newProvider returns goose's runner of the migrations in files.
func newProvider(dialect goose.Dialect, pool *sql.DB, files fs.FS) (*goose.Provider, error) {
	serial := "INTEGER PRIMARY KEY AUTOINCREMENT"
	if dialect == goose.DialectPostgres {
		serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	migrations := make([]*goose.Migration, len(names))
	for i, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("number the migration %s: %w", name, err)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read a migration: %w", err)
		}
		statements := strings.ReplaceAll(string(text), "{{serial}}", serial)
		migrations[i] = goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, statements)
			return err
		}}, nil)
	}
	return goose.NewProvider(dialect, pool, nil, goose.WithGoMigrations(migrations...),
		goose.WithDisableGlobalRegistry(true))
}

func (d *DB) migrateRiver(ctx context.Context) (int, error) {
	migrator, err := rivermigrate.New(d.RiverDriver(), nil)
	if err != nil {
		return 0, err
	}
	res, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return 0, err
	}
	return len(res.Versions), nil
}
