package db

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// Kind says which database is behind a DB.
type Kind string

// The two databases.
const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// ErrInUse is returned by Open when another process has the SQLite file.
var ErrInUse = errors.New("the database file is in use by another process")

// readers is how many connections may read a SQLite file beside the one that writes.
const readers = 4

// DB is an open database. Safe for use by several goroutines.
type DB struct {
	Kind Kind
	// Session is the application_name of this process's connections on PostgreSQL; empty on SQLite.
	Session string

	unbounded *pgx.ConnConfig // PostgreSQL: for migrations, which may take long
	writer    *sql.DB         // SQLite: one connection, so that writers wait instead of failing
	reader    *sql.DB         // SQLite: read-only connections; PostgreSQL: the writer
	jobs      *sql.DB         // PostgreSQL: for River alone: if ours is full, its leader election must go on
	listen    *pgxpool.Pool   // PostgreSQL: the connection on which River is notified
	bus       *bus            // SQLite: wakes River within the process
	writes    *writeQueue     // SQLite: which writer is next
	lock      *fileLock       // SQLite: keeps other processes out
}

// Open opens the database that rawURL names: "postgres://…", "sqlite:///path/file.db"
// or a bare path. It creates a missing SQLite file, but no tables: see Migrate.
// A SQLite file that another process has open is ErrInUse.
func Open(ctx context.Context, rawURL string) (*DB, error) {
	kind, path, err := parseURL(rawURL)
	switch {
	case err != nil:
		return nil, err
	case kind == Postgres:
		return openPostgres(ctx, rawURL)
	default:
		return openSQLite(ctx, path)
	}
}

// CheckURL says whether an address names a database at all, without opening it. Its error
// holds nothing of the address.
func CheckURL(rawURL string) error {
	kind, _, err := parseURL(rawURL)
	if kind == Postgres {
		_, err = readPGURL(rawURL)
	}
	return err
}

// parseURL says which database an address names, and where SQLite's file is.
func parseURL(rawURL string) (kind Kind, path string, err error) {
	scheme, rest, isURL := strings.Cut(rawURL, "://")
	switch {
	case rawURL == "":
		return "", "", errors.New("no database named")
	case !isURL:
		return SQLite, rawURL, nil
	case scheme == "sqlite":
		return SQLite, rest, nil
	case scheme == "postgres" || scheme == "postgresql":
		return Postgres, "", nil
	default:
		return "", "", errors.New("the database must be postgres://…, sqlite:///path or a file path")
	}
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create the folder of the database: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	if err := createPrivate(path); err != nil {
		return nil, errors.Join(err, lock.release())
	}
	d := &DB{Kind: SQLite, bus: newBus(), writes: newWriteQueue(), lock: lock}
	// synchronous(FULL): what was acknowledged survives a power cut, not only a crash.
	d.writer = openPool(path, 1, "journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)", "foreign_keys(1)")
	d.reader = openPool(path, readers, "busy_timeout(5000)", "query_only(1)")
	if err := d.writer.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database file: %w", err), d.Close())
	}
	return d, nil
}

// createPrivate creates a missing file for its owner only: it will hold numbers and
// messages, and what SQLite keeps beside it takes over its mode.
func createPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database file: %w", err)
	}
	return file.Close()
}

func openPool(path string, conns int, pragmas ...string) *sql.DB {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	pool := sql.OpenDB(connector{dsn: fileURL(path) + "?" + q.Encode()})
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool
}

// fileURL names a SQLite file, whatever is in its path.
func fileURL(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

func openPostgres(ctx context.Context, rawURL string) (*DB, error) {
	cfg, err := readPGURL(rawURL)
	if err != nil {
		return nil, err
	}
	d := &DB{Kind: Postgres, Session: "takeoverbot/" + rand.Text()[:12]}
	cfg.ConnConfig.RuntimeParams["application_name"] = d.Session
	d.unbounded = cfg.ConnConfig.Copy()
	cfg.ConnConfig.DialFunc = newConnections().dial
	cfg.ConnConfig.ConnectTimeout = cmp.Or(cfg.ConnConfig.ConnectTimeout, connectTime)
	cfg.AfterConnect = bound
	d.writer, d.jobs = openPGPool(cfg.ConnConfig, 10, bound), openPGPool(cfg.ConnConfig, 6, bound)
	d.reader = d.writer
	cfg.MaxConns = 1
	if d.listen, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, errors.Join(hideURL("open PostgreSQL", err), d.Close())
	}
	if err := d.writer.PingContext(ctx); err != nil {
		return nil, errors.Join(hideURL("reach PostgreSQL", err), d.Close())
	}
	return d, nil
}

func readPGURL(rawURL string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(rawURL)
	if err != nil {
		// The parser's error may quote the password.
		return nil, errors.New("it is not a valid postgres:// address")
	}
	return cfg, nil
}

func openPGPool(cfg *pgx.ConnConfig, conns int, begin func(context.Context, *pgx.Conn) error) *sql.DB {
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		exactNumbers(conn)
		return begin(ctx, conn)
	}))
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool
}

// exactNumbers makes a connection keep the numbers in arrays of JSON, such as River's jobs
// come in. pgx reads and writes these anew, and would round numbers above 2^53.
func exactNumbers(conn *pgx.Conn) {
	codec := &pgtype.JSONBCodec{Marshal: json.Marshal, Unmarshal: func(text []byte, v any) error {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		return d.Decode(v)
	}}
	one := &pgtype.Type{Name: "jsonb", OID: pgtype.JSONBOID, Codec: codec}
	conn.TypeMap().RegisterType(one)
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "_jsonb", OID: pgtype.JSONBArrayOID,
		Codec: &pgtype.ArrayCodec{ElementType: one}})
}

// hideURL keeps the cause's type out of the text: pgx names user and host in it.
func hideURL(doing string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w", doing, errUnreachable)
}

var errUnreachable = errors.New("the server does not accept the connection (address, password or database name)")

// Close closes the database; what is committed stays.
func (d *DB) Close() error {
	var errs []error
	for _, pool := range []*sql.DB{d.reader, d.writer, d.jobs} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if d.listen != nil {
		d.listen.Close()
	}
	if d.lock != nil {
		errs = append(errs, d.lock.release())
	}
	return errors.Join(errs...)
}
