package telnyxsim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are the settings of a simulator. The zero value works.
type Options struct {
	// APIKey is the only accepted bearer key; "" accepts any that is not empty.
	APIKey string
	// Now is the clock of everything that is stored; nil is time.Now. Delays run in real time whatever it says.
	// See SetNow and Advance.
	Now func() time.Time
	// ReplyDelay is how long the assistant takes to answer a text; 0 answers before Text returns.
	ReplyDelay time.Duration
	// Inactivity is the silence after which a text opens a new conversation, as conversation_inactivity_minutes does at
	// Telnyx; 0 is never.
	Inactivity time.Duration
	// Assistants are the assistants that can be listed, besides those that conversations name; nil is DefaultAssistants.
	Assistants []Assistant
	// Log gets one line a request at debug level, without queries, bodies and keys; nil is silence.
	Log *slog.Logger
}

// Sim is a simulated Telnyx. Its methods may be called from several goroutines.
type Sim struct {
	opts   Options
	routes []route
	clock  timepiece

	mu      sync.Mutex // guards everything down to the next blank line
	convs   map[string]*Conversation
	faults  Faults
	pending map[string]*pendingReply
	held    map[string]bool // answers that wait for ReleaseReplies, by conversation
	replays map[string]*replay
	window  rateWindow
	subs    map[chan struct{}]struct{}
	closed  bool

	callsMu sync.Mutex
	calls   []*Call

	server *http.Server
	done   chan struct{} // closed by Close
	wg     sync.WaitGroup
}

// New returns a simulator without conversations. Close it, even if it was never started.
func New(o Options) *Sim {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Assistants == nil {
		o.Assistants = DefaultAssistants()
	}
	return &Sim{
		opts: o, routes: routes(), clock: timepiece{base: o.Now}, done: make(chan struct{}),
		convs: map[string]*Conversation{}, pending: map[string]*pendingReply{}, held: map[string]bool{},
		replays: map[string]*replay{}, subs: map[chan struct{}]struct{}{},
	}
}

// Start listens on addr (host:port; port 0 takes a free one) and returns the base URL, such as
// http://127.0.0.1:41234/v2. The server runs until Close or until ctx ends. Start may be called once.
func (s *Sim) Start(ctx context.Context, addr string) (baseURL string, err error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listen for simulated Telnyx: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.server != nil {
		ln.Close()
		return "", errors.New("simulated Telnyx was started already or is closed")
	}
	srv := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second}
	s.server = srv
	s.wg.Go(func() { _ = srv.Serve(ln) }) // always an error; the only one here is that Close was called
	s.wg.Go(func() {
		select {
		case <-ctx.Done():
			srv.Close()
		case <-s.done:
		}
	})
	return "http://" + ln.Addr().String() + basePath, nil
}

// Close stops the server and what the assistant has in mind, cuts hanging requests, and waits for all of it.
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

// Handler returns the API as a handler, for a server of one's own.
func (s *Sim) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Load adds conversations, in place of those with the same id. Messages have to be oldest first.
func (s *Sim) Load(convs []Conversation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range convs {
		c := c.clone()
		c.ID = strings.ToLower(c.ID)
		s.convs[c.ID] = &c
	}
	s.changed()
}

// Conversations returns copies of all conversations with their messages, in order of creation.
func (s *Sim) Conversations() []Conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Conversation, 0, len(s.convs))
	for _, c := range s.convs {
		out = append(out, c.clone())
	}
	slices.SortFunc(out, func(a, b Conversation) int {
		if n := a.CreatedAt.Compare(b.CreatedAt); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// Conversation returns a copy of one conversation with its messages.
func (s *Sim) Conversation(id string) (Conversation, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.convs[strings.ToLower(id)]
	if !ok {
		return Conversation{}, false
	}
	return c.clone(), true
}

// Messages returns a copy of a conversation's messages, oldest first; none if there is no such conversation.
func (s *Sim) Messages(id string) []Message {
	c, _ := s.Conversation(id)
	return c.Messages
}

// Changes returns a channel that gets a value after any change of conversations or switches; several changes may be one
// value. cancel ends it; the channel is not closed.
func (s *Sim) Changes() (changes <-chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs[ch] = struct{}{}
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subs, ch)
	}
}

// changed tells those who asked for Changes. s.mu must be held.
func (s *Sim) changed() {
	for ch := range s.subs {
		select {
		case ch <- struct{}{}:
		default: // one value is waiting already and will do for this change too
		}
	}
}
