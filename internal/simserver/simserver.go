// Package simserver is what every simulated service needs besides the service itself: a
// server on loopback that ends with its context, a clock that tests turn, subscribers who
// are told of changes, and ways to break a request off. It knows no service and nothing of
// the product.
package simserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server runs a handler and the goroutines of a simulated service. New makes one.
type Server struct {
	name string
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu     sync.Mutex
	server *http.Server
}

// New returns a server that does not listen yet. name is the service's, for errors.
func New(name string) *Server {
	ctx, stop := context.WithCancel(context.Background())
	return &Server{name: name, ctx: ctx, stop: stop}
}

// Start listens on addr (host:port; port 0 takes a free one) and returns the URL, without
// a path. The server runs until Close or until ctx ends. Start may be called once.
func (s *Server) Start(ctx context.Context, addr string, handler http.Handler) (baseURL string, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("start simulated %s: %w", s.name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil || s.ctx.Err() != nil {
		return "", errors.Join(fmt.Errorf("start simulated %s: it was started already or is closed", s.name), l.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	s.server = server
	s.wg.Go(func() { _ = server.Serve(l) }) // always an error: the server was closed
	s.wg.Go(func() {
		select {
		case <-ctx.Done():
			_ = server.Close()
		case <-s.ctx.Done(): // Close does it
		}
	})
	return "http://" + l.Addr().String(), nil
}

// Close drops all connections, ends Context, and waits for the goroutines. It may be
// called more than once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.stop()
	server := s.server
	s.mu.Unlock()
	var err error
	if server != nil {
		err = server.Close()
	}
	s.wg.Wait()
	return err
}

// Context ends with Close.
func (s *Server) Context() context.Context { return s.ctx }

// Go runs f in a goroutine that Close waits for. After Close it does nothing.
func (s *Server) Go(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() == nil {
		s.wg.Go(f)
	}
}

// Pause waits for d. It reports false if ctx or the server ended before.
func (s *Server) Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return false
}

// Hang waits until the client of a request or the server goes away.
func (s *Server) Hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
}

// Drop closes the connection without an answer.
func Drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusBadGateway) // not a real connection, as in a test with a recorder
		return
	}
	_ = conn.Close()
}

// RateWindow counts the requests of one second. The zero value is ready; its user guards it.
type RateWindow struct {
	second time.Time
	used   int
}

// Take counts a request and reports whether it is one too many: more than limit in the
// second of now. Limit 0 is no limit.
func (w *RateWindow) Take(now time.Time, limit int) bool {
	if limit == 0 {
		return false
	}
	if now = now.Truncate(time.Second); !now.Equal(w.second) {
		*w = RateWindow{second: now}
	}
	w.used++
	return w.used > limit
}
