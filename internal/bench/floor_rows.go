package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
)

const (
	// rowSize is how much of a body a floor stores, in bytes: about a command of the bot.
	rowSize = 400
	// groupMax is how many requests share a commit at most.
	groupMax = 128
)

// rows is a floor's database: SQLite as the bot has it, with full sync and one writer.
type rows struct {
	db     *sql.DB
	serial atomic.Int64
	queue  chan waiting
	ended  chan struct{}
}

// waiting is a request on its way to the disk.
type waiting struct {
	body []byte
	done chan error
}

// connector opens SQLite without the global driver registry.
type connector struct{ dsn string }

// Connect opens one connection.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.dsn) }

// Driver is SQLite's.
func (c connector) Driver() driver.Driver { return &sqlite.Driver{} }

// openRows opens a new database and starts the one goroutine that groups.
func openRows(ctx context.Context, path string) (*rows, error) {
	q := url.Values{"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)", "foreign_keys(1)"}}
	r := &rows{db: sql.OpenDB(connector{"file:" + path + "?" + q.Encode()}), queue: make(chan waiting, 1024), ended: make(chan struct{})}
	r.db.SetMaxOpenConns(1)
	r.db.SetMaxIdleConns(1)
	_, err := r.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT,
		key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, received_at BIGINT NOT NULL)`)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the floor's database: %w", err), r.db.Close())
	}
	go r.group(context.WithoutCancel(ctx))
	return r, nil
}

// close ends the grouping, then the database.
func (r *rows) close() error {
	close(r.queue)
	<-r.ended
	return r.db.Close()
}

// one stores a body in its own commit.
func (r *rows) one(ctx context.Context, body []byte) error {
	return r.insert(context.WithoutCancel(ctx), [][]byte{body})
}

// shared stores a body in a commit with those that came meanwhile.
func (r *rows) shared(_ context.Context, body []byte) error {
	w := waiting{body, make(chan error, 1)}
	r.queue <- w
	return <-w.done
}

func (r *rows) group(ctx context.Context) {
	defer close(r.ended)
	for first := range r.queue {
		batch := []waiting{first}
		for len(batch) < groupMax && len(r.queue) > 0 {
			batch = append(batch, <-r.queue)
		}
		bodies := make([][]byte, len(batch))
		for i, w := range batch {
			bodies[i] = w.body
		}
		err := r.insert(ctx, bodies)
		for _, w := range batch {
			w.done <- err
		}
	}
}

// insert stores bodies in one transaction with one statement.
func (r *rows) insert(ctx context.Context, bodies [][]byte) error {
	var insert strings.Builder
	insert.WriteString("INSERT INTO inbox (key, body, received_at) VALUES ")
	args := make([]any, 0, 3*len(bodies))
	for i, body := range bodies {
		if i > 0 {
			insert.WriteByte(',')
		}
		fmt.Fprintf(&insert, "($%d,$%d,$%d)", 3*i+1, 3*i+2, 3*i+3)
		args = append(args, fmt.Sprintf("block_actions/U0OMAR/%d", r.serial.Add(1)), string(body[:min(len(body), rowSize)]), time.Now().UnixMilli())
	}
	insert.WriteString(" ON CONFLICT (key) DO NOTHING")
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if _, err := tx.ExecContext(ctx, insert.String(), args...); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
