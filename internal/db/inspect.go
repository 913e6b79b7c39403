package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/riverqueue/river/rivermigrate"
	"golang.org/x/sys/unix"
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
	kind, path, err := parseURL(rawURL)
	switch {
	case err != nil:
		return Status{}, err
	case kind == Postgres:
		return inspectPostgres(ctx, rawURL, files)
	default:
		return inspectSQLite(ctx, path, files)
	}
}

func inspectSQLite(ctx context.Context, path string, files fs.FS) (Status, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return Status{Missing: true}, writableFolder(filepath.Dir(path))
	}
	if err != nil {
		return Status{}, fmt.Errorf("open the database file: %w", err)
	}
	_ = file.Close() // nothing was written
	if _, err := os.Stat(path + ".lock"); err == nil {
		lock, err := lockFile(path + ".lock")
		if err != nil {
			return Status{}, err
		}
		defer func() { _ = lock.release() }()
	}
	if err := writableFolder(filepath.Dir(path)); err != nil {
		return Status{}, err
	}
	pool := openReadOnly(path)
	defer func() { _ = pool.Close() }()
	n, err := (&DB{Kind: SQLite, writer: pool, reader: pool}).behind(ctx, files)
	return Status{Behind: n}, err
}

// OpenReader opens a database for reading alone, also a SQLite file that a process has open. It creates
// nothing.
func OpenReader(ctx context.Context, rawURL string) (*DB, error) {
	kind, path, err := parseURL(rawURL)
	switch {
	case err != nil:
		return nil, err
	case kind == Postgres:
		return openPostgres(ctx, rawURL)
	}
	pool := openReadOnly(path)
	return &DB{Kind: SQLite, writer: pool, reader: pool}, nil
}

// openReadOnly opens a SQLite file and creates nothing beside it. It reads the log that a
// killed process has left, and creates none where there is none.
func openReadOnly(path string) *sql.DB {
	how := "immutable=1"
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		how = "mode=ro"
	}
	return sql.OpenDB(connector{dsn: fileURL(path) + "?" + how + "&_pragma=busy_timeout(5000)"})
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
	if err := unix.Access(folder, unix.W_OK|unix.X_OK); err != nil {
		return fmt.Errorf("create a file: %w", &os.PathError{Op: "access", Path: folder, Err: err})
	}
	return nil
}

func inspectPostgres(ctx context.Context, rawURL string, files fs.FS) (Status, error) {
	d, err := openPostgres(ctx, rawURL)
	if err != nil {
		return Status{}, err
	}
	defer func() { _ = d.Close() }()
	n, err := d.behind(ctx, files)
	if err != nil || n == 0 {
		return Status{}, err
	}
	var may bool
	if err := d.Read().QueryRow(ctx,
		"SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)").Scan(&may); err != nil {
		return Status{}, fmt.Errorf("ask for the right to create tables: %w", err)
	}
	if !may {
		return Status{}, fmt.Errorf("%d migrations are to be applied: %w", n, errMayNotCreate)
	}
	return Status{Behind: n}, nil
}

var errMayNotCreate = errors.New("the bot may not create tables in this database")

// behind counts the migrations that were not applied, ours and River's.
func (d *DB) behind(ctx context.Context, files fs.FS) (int, error) {
	ours, err := d.notApplied(ctx, files)
	if err != nil {
		return 0, err
	}
	migrator, err := rivermigrate.New(d.RiverDriver(), nil)
	if err != nil {
		return 0, err
	}
	applied, err := migrator.ExistingVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("read which migrations of the job tables were applied: %w", err)
	}
	return len(ours) + max(0, len(migrator.AllVersions())-len(applied)), nil
}
