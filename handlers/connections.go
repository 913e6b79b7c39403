package handlers

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
)

// Bounds of the connections that are open at the same time, so that strangers who open many and send
// nothing take neither all memory nor all file descriptors.
const (
	maxConnections = 2048
	// maxOfAddress is how many of them one address has. A proxy, whose address all requests have, needs few.
	maxOfAddress = maxConnections / 2
)

// Connections bounds the open connections of a server that has State as its ConnState. Where there are too
// many, the connection is closed that has done nothing for the longest time: of the address that has too many,
// else of all. Safe for use by several goroutines.
type Connections struct {
	most, each int
	closed     *tally

	mu   sync.Mutex
	open []connection // by when they last did something, the oldest first
}

type connection struct {
	net.Conn
	from netip.Prefix
}

// NewConnections returns a Connections with no connection.
func NewConnections(log *slog.Logger) *Connections {
	return &Connections{most: maxConnections, each: maxOfAddress, closed: &tally{line: func(attrs ...any) {
		log.Warn("connections were closed to make room", attrs...)
	}}}
}

// State is told of each change of a connection, as http.Server's ConnState.
func (c *Connections) State(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = slices.DeleteFunc(c.open, func(other connection) bool { return other.Conn == conn })
	if state == http.StateClosed || state == http.StateHijacked {
		return
	}
	from := addressOf(conn.RemoteAddr().String())
	c.open = append(c.open, connection{conn, from})
	switch {
	case state != http.StateNew:
	case c.countOf(from) > c.each:
		c.drop(slices.IndexFunc(c.open, func(other connection) bool { return other.from == from }))
	case len(c.open) > c.most:
		c.drop(0)
	}
}

// countOf is how many connections an address has. mu is held.
func (c *Connections) countOf(from netip.Prefix) (n int) {
	for _, other := range c.open {
		if other.from == from {
			n++
		}
	}
	return n
}

// drop closes a connection. mu is held.
func (c *Connections) drop(i int) {
	_ = c.open[i].Close() // its server notices that
	c.open = slices.Delete(c.open, i, i+1)
	c.closed.add()
}
