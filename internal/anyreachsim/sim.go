package anyreachsim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/simserver"
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
	window simserver.RateWindow

	server *simserver.Server
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
	return &Sim{opts: o, server: simserver.New("Anyreach")}
}

// Start listens on addr (host:port; port 0 takes a free one) and returns the base URL.
// The server runs until Close or until ctx ends. Start may be called once.
func (s *Sim) Start(ctx context.Context, addr string) (baseURL string, err error) {
	return s.server.Start(ctx, addr, http.HandlerFunc(s.serve))
}

// Close stops the server, cuts hanging requests, and waits for all of it.
func (s *Sim) Close() error { return s.server.Close() }

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
		fresh.shownFrom = s.after(s.faults.ConversationsLate)
		s.convs = append(s.convs, &fresh)
	}
	slices.SortStableFunc(s.convs, func(a, b *Conversation) int {
		if n := b.CreatedAt.Compare(a.CreatedAt); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// Say adds a message of a role (user or assistant) to a conversation.
func (s *Sim) Say(id, role, text string) error {
	return s.update(id, func(c *Conversation) {
		s.add(c, role, text)
	})
}

// add appends what a role says now. mu is held.
func (s *Sim) add(c *Conversation, role, text string) {
	c.Items = append(c.Items, Item{Type: "message", Role: role, Content: text, At: s.now(), shownFrom: s.after(s.faults.ItemsLate)})
}

// after is the moment so long from now by Options.Now; 0 is the zero time, which is always past.
func (s *Sim) after(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return s.opts.Now().Add(d)
}

// now is Anyreach's own clock, see Faults.ClockAhead. mu is held.
func (s *Sim) now() time.Time { return s.opts.Now().Add(s.faults.ClockAhead) }

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
	c.UpdatedAt = s.now()
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
