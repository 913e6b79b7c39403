package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivermigrate"
)

// migrationLock is the PostgreSQL advisory lock under which replicas migrate one by
// one; two at once would fail.
const migrationLock int64 = 0x7461_6b65_6f76_6572 // "takeover"

// Migrate brings the tables up to date: ours from files, then River's. The files are
// named *.sql, begin with their number and hold plain SQL, in which "{{serial}}" stands
// for an ascending 64-bit primary key. Replicas may call it at the same time. It returns
// how many migrations were applied.
func (d *DB) Migrate(ctx context.Context, files fs.FS) (applied int, err error) {
	if d.Kind == Postgres {
		// Changing large tables may take longer than anything else may.
		patient := openPGPool(d.unbounded, 4, func(context.Context, *pgx.Conn) error { return nil })
		defer func() { _ = patient.Close() }()
		d = &DB{Kind: Postgres, writer: patient, reader: patient, jobs: patient, listen: d.listen}
	}
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
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for another replica's migration: %w", err), conn.Close())
	}
	return func() {
		// Where this fails, the connection has ended, and the lock with it.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
		_ = conn.Close()
	}, nil
}

func (d *DB) migrateOurs(ctx context.Context, files fs.FS) (int, error) {
	names, err := d.notApplied(ctx, files)
	if err != nil {
		return 0, err
	}
	serial := "INTEGER PRIMARY KEY AUTOINCREMENT"
	if d.Kind == Postgres {
		serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
	}
	for i, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return i, fmt.Errorf("read a migration: %w", err)
		}
		err = d.Tx(ctx, func(tx *Tx) error {
			if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)"); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, strings.ReplaceAll(string(text), "{{serial}}", serial)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "INSERT INTO migrations (name) VALUES ($1)", name)
			return err
		})
		if err != nil {
			return i, fmt.Errorf("apply %s: %w", name, err)
		}
	}
	return len(names), nil
}

// notApplied are the names of the files that Migrate would apply, in order.
func (d *DB) notApplied(ctx context.Context, files fs.FS) ([]string, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	exists := "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'migrations'"
	if d.Kind == Postgres {
		exists = "SELECT to_regclass('migrations') IS NOT NULL"
	}
	var begun bool
	if err := d.Read().QueryRow(ctx, exists).Scan(&begun); err != nil {
		return nil, fmt.Errorf("look for the table of migrations: %w", err)
	}
	if !begun {
		return names, nil
	}
	var left []string
	for _, name := range names {
		var n int
		if err := d.Read().QueryRow(ctx, "SELECT count(*) FROM migrations WHERE name = $1", name).Scan(&n); err != nil {
			return nil, fmt.Errorf("read which migrations were applied: %w", err)
		}
		if n == 0 {
			left = append(left, name)
		}
	}
	return left, nil
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
