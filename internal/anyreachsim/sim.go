package anyreachsim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The scopes that the simulator knows.
const (
	ScopeRead      = "conversations:read"
	ScopeSensitive = "conversations:read_sensitive"
	ScopeManage    = "conversations:manage"
)

// Options are the settings of a simulator. The zero value works.
type Options struct {
	// Key is the only accepted credential; "" accepts any that begins with ak_ or pat_.
	Key string
	// Org is the organization that a pat_ credential has to name; "" accepts any name.
	Org string
	// Scopes are what the credential may do; nil is read and read_sensitive.
	Scopes []string
	// Now is the clock of what is stored; nil is time.Now.
	Now func() time.Time
}

// Sim is a simulated Anyreach. Its methods may be called from several goroutines.
type Sim struct {
	opts Options

	mu     sync.Mutex // guards everything down to the next blank line
	convs  []*Conversation
	faults Faults
	calls  []Call
	window rateWindow
	closed bool

	server *http.Server
	done   chan struct{}
	wg     sync.WaitGroup
}

// Call is one request as it came in. It holds no credentials.
type Call struct {
	Op       Op
	ID       string // in the path, decoded
	RawQuery string // as it was on the wire
	Status   int    // 0 while it runs and where no answer was given
}

// New returns a simulator without conversations. Close it, even if it was never started.
func New(o Options) *Sim {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Scopes == nil {
		o.Scopes = []string{ScopeRead, ScopeSensitive}
	}
	return &Sim{opts: o, done: make(chan struct{})}
}

// Start listens on addr (host:port; port 0 takes a free one) and returns the base URL.
// The server runs until Close or until ctx ends. Start may be called once.
func (s *Sim) Start(ctx context.Context, addr string) (baseURL string, err error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listen for simulated Anyreach: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.server != nil {
		return "", errors.Join(errors.New("simulated Anyreach was started already or is closed"), ln.Close())
	}
	srv := &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: 10 * time.Second}
	s.server = srv
	s.wg.Go(func() { _ = srv.Serve(ln) }) // always an error; the only one here is that it was closed
	s.wg.Go(func() {
		select {
		case <-ctx.Done():
			_ = srv.Close()
		case <-s.done:
		}
	})
	return "http://" + ln.Addr().String(), nil
}

// Close stops the server, cuts hanging requests, and waits for all of it.
func (s *Sim) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.done)
	srv := s.server
	s.mu.Unlock()
	var err error
	if srv != nil {
		err = srv.Close()
	}
	s.wg.Wait()
	return err
}

// Load adds conversations, in place of those with the same id.
func (s *Sim) Load(convs []Conversation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range convs {
		fresh := c.clone()
		if fresh.UpdatedAt.IsZero() {
			fresh.UpdatedAt = fresh.CreatedAt
		}
		s.convs = slices.DeleteFunc(s.convs, func(old *Conversation) bool { return old.ID == fresh.ID })
		s.convs = append(s.convs, &fresh)
	}
	slices.SortStableFunc(s.convs, func(a, b *Conversation) int {
		if n := b.CreatedAt.Compare(a.CreatedAt); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// Say has somebody (user or assistant) say something in a conversation.
func (s *Sim) Say(id, role, text string) error {
	return s.update(id, func(c *Conversation) {
		c.Items = append(c.Items, Item{Type: "message", Role: role, Content: text, At: s.opts.Now()})
	})
}

// SetStatus moves a conversation on.
func (s *Sim) SetStatus(id, status string) error {
	return s.update(id, func(c *Conversation) { c.Status = status })
}

func (s *Sim) update(id string, change func(*Conversation)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.find(id)
	if c == nil {
		return fmt.Errorf("there is no conversation %s", id)
	}
	change(c)
	c.UpdatedAt = s.opts.Now()
	return nil
}

// find is called with mu held.
func (s *Sim) find(id string) *Conversation {
	for _, c := range s.convs {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Calls returns the requests in the order in which they came in.
func (s *Sim) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// SetScopes changes what the credential may do from now on.
func (s *Sim) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Scopes = scopes
}
