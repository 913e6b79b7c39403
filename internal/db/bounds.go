package db

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// How long PostgreSQL lets a connection of the bot hold something. A process that is suspended, or
// cut off, within a transaction has what it locked until the server ends the transaction.
const (
	// idleTime is how long a transaction may wait for its next statement.
	idleTime = 4 * time.Second
	// lockTime is how long a statement may wait for a lock.
	lockTime = 4 * time.Second
	// statementTime is how long a statement may take, with its waiting.
	statementTime = 6 * time.Second
)

const (
	// answerTime is how long the bot waits for the server's answer. It is longer than statementTime: a
	// server that can be reached answers by then.
	answerTime = 7 * time.Second
	// connectTime is how long the bot waits for a new connection.
	connectTime = 5 * time.Second
)

// bound has the server end what a connection of the bot takes too long for. It is a statement and no
// parameter of the connection: a pooler between refuses parameters that it does not know.
func bound(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf(
		"SET idle_in_transaction_session_timeout = %d; SET lock_timeout = %d; SET statement_timeout = %d",
		idleTime.Milliseconds(), lockTime.Milliseconds(), statementTime.Milliseconds()))
	return err
}

// connections are the connections of a process to a PostgreSQL server. When the server leaves one
// without an answer for too long, all that have brought nothing since are closed: a network that drops
// packets, or a server that has disappeared, closes none of them, and a query on one would wait forever.
type connections struct {
	dialer net.Dialer
	answer time.Duration // answerTime, but in tests

	mu   sync.Mutex
	open map[*connection]bool
}

func newConnections() *connections {
	return &connections{dialer: net.Dialer{Timeout: connectTime}, answer: answerTime, open: map[*connection]bool{}}
}

// dial is a pgconn.DialFunc.
func (a *connections) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := a.dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: conn, all: a, heard: time.Now()}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open[c] = true
	return c, nil
}

// unanswered closes every connection that has brought nothing since a time.
func (a *connections) unanswered(since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.open {
		if !c.heardSince(since) {
			_ = c.Conn.Close() // its reader and its writer get the error
		}
	}
}

func (a *connections) forget(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, c)
}

// connection closes itself when what is written to it is not answered.
type connection struct {
	net.Conn
	all *connections

	mu    sync.Mutex
	heard time.Time   // when something was last read
	asked *time.Timer // runs from a write to the next read
}

// Write begins the wait for an answer.
func (c *connection) Write(b []byte) (int, error) {
	c.mu.Lock()
	if c.asked == nil {
		at := time.Now()
		c.asked = time.AfterFunc(c.all.answer, func() { c.all.unanswered(at) })
	}
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// Read ends the wait for an answer.
func (c *connection) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.mu.Lock()
		c.heard = time.Now()
		c.quiet()
		c.mu.Unlock()
	}
	return n, err
}

// Close closes the connection.
func (c *connection) Close() error {
	c.mu.Lock()
	c.quiet()
	c.mu.Unlock()
	c.all.forget(c)
	return c.Conn.Close()
}

// quiet ends the wait for an answer. It is called with mu held.
func (c *connection) quiet() {
	if c.asked != nil {
		c.asked.Stop()
		c.asked = nil
	}
}

func (c *connection) heardSince(t time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard.After(t)
}
