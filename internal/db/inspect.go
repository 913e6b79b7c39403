package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"modernc.org/sqlite"
)

// Status is what Open and Migrate would find and do.
type Status struct {
	// Missing says that the SQLite file does not exist yet; Open can create it.
	Missing bool
	// Behind is how many migrations Migrate would apply; 0 where the file is missing.
	Behind int
}

// Inspect returns what Open and Migrate would find, with the same errors. It creates and
// changes nothing. It returns ErrInUse for a SQLite file that a process has open.
func Inspect(ctx context.Context, rawURL string, files fs.FS) (Status, error) {
	if strings.HasPrefix(rawURL, "postgres://") || strings.HasPrefix(rawURL, "postgresql://") {
		return inspectPostgres(ctx, rawURL, files)
	}
	path, err := sqlitePath(rawURL)
	if err != nil {
		return Status{}, err
	}
	return inspectSQLite(ctx, path, files)
}

func inspectSQLite(ctx context.Context, path string, files fs.FS) (Status, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Status{Missing: true}, writableFolder(filepath.Dir(path))
	}
	switch {
	case err != nil:
		return Status{}, fmt.Errorf("open the database file: %w", err)
	case info.IsDir():
		return Status{}, errors.New("open the database file: it is a folder")
	}
	if err := fileInUse(path + ".lock"); err != nil {
		return Status{}, err
	}
	if err := errors.Join(writable(path, false), writableFolder(filepath.Dir(path))); err != nil {
		return Status{}, err
	}
	pool := openReadOnly(path)
	defer func() { _ = pool.Close() }()
	behind, err := behind(ctx, pool, goose.DialectSQLite3, riversqlite.New(pool), files)
	return Status{Behind: behind}, err
}

// openReadOnly opens a SQLite file and creates nothing beside it. It reads the log that a
// killed process has left, and creates none where there is none.
func openReadOnly(path string) *sql.DB {
	how := "immutable=1"
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		how = "mode=ro"
	}
	return sql.OpenDB(connector{dsn: "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + how + "&_pragma=busy_timeout(5000)", driver: &sqlite.Driver{}})
}

// writableFolder returns why a file could not be created in a folder. For a missing folder,
// which Open creates, it checks the nearest parent that exists.
func writableFolder(folder string) error {
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(folder) != folder {
		return writableFolder(filepath.Dir(folder))
	}
	switch {
	case err != nil:
		return fmt.Errorf("inspect the folder of the database: %w", err)
	case !info.IsDir():
		return errors.New("inspect the folder of the database: it is a file")
	}
	return writable(folder, true)
}

func inspectPostgres(ctx context.Context, rawURL string, files fs.FS) (Status, error) {
	d, err := openPostgres(ctx, rawURL)
	if err != nil {
		return Status{}, err
	}
	defer func() { _ = d.Close() }()
	pool := stdlib.OpenDBFromPool(d.pool)
	defer func() { _ = pool.Close() }()
	missing, err := behind(ctx, pool, goose.DialectPostgres, riverpgxv5.New(d.jobs), files)
	if err != nil || missing == 0 {
		return Status{Behind: missing}, err
	}
	var may bool
	if err := pool.QueryRowContext(ctx,
		"SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)").Scan(&may); err != nil {
		return Status{}, fmt.Errorf("ask for the right to create tables: %w", err)
	}
	if !may {
		return Status{}, fmt.Errorf("%d migrations are to be applied: %w", missing, errMayNotCreate)
	}
	return Status{Behind: missing}, nil
}

var errMayNotCreate = errors.New("the bot may not create tables in this database")

// behind counts the migrations that were not applied, ours and River's.
func behind[TTx any](ctx context.Context, pool *sql.DB, dialect goose.Dialect, driver riverdriver.Driver[TTx],
	files fs.FS,
) (int, error) {
	provider, err := newProvider(dialect, pool, files)
	if err != nil {
		return 0, fmt.Errorf("read the migrations: %w", err)
	}
	applied, err := applied(ctx, pool, dialect)
	if err != nil {
		return 0, fmt.Errorf("read which migrations were applied: %w", err)
	}
	missing := 0
	for _, source := range provider.ListSources() {
		if !applied[source.Version] {
			missing++
		}
	}
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return 0, err
	}
	existing, err := migrator.ExistingVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("read which migrations of the job tables were applied: %w", err)
	}
	return missing + max(0, len(migrator.AllVersions())-len(existing)), nil
}

// applied are the versions of our own migrations that goose has recorded. Goose itself would
// create its table when asked.
func applied(ctx context.Context, pool *sql.DB, dialect goose.Dialect) (map[int64]bool, error) {
	exists := "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'goose_db_version'"
	if dialect == goose.DialectPostgres {
		exists = "SELECT to_regclass('goose_db_version') IS NOT NULL"
	}
	var noted bool
	if err := pool.QueryRowContext(ctx, exists).Scan(&noted); err != nil || !noted {
		return nil, err
	}
	rows, err := pool.QueryContext(ctx, "SELECT version_id FROM goose_db_version WHERE is_applied")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	versions := map[int64]bool{}
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		versions[version] = true
	}
	return versions, rows.Err()
}
