package telnyxsim

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/simserver"
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
	// WebhookURL is where webhooks about texts are sent; "" is nowhere. See SetWebhookURL.
	WebhookURL string
	// Assistants are the assistants that can be listed, besides those that conversations name; nil is DefaultAssistants.
	Assistants []Assistant
	// Log gets one line a request at debug level, without queries, bodies and keys; nil is silence.
	Log *slog.Logger
}

// Sim is a simulated Telnyx. Its methods may be called from several goroutines.
type Sim struct {
	opts   Options
	routes []route
	clock  *simserver.Clock

	mu       sync.Mutex // guards everything down to the next blank line
	convs    map[string]*Conversation
	landings []landing        // the next one first
	past     map[string]*past // of conversations that were begun or changed here
	faults   Faults
	pending  map[string]*pendingReply
	held     map[string]bool // answers that wait for ReleaseReplies, by conversation
	replays  map[string]*replay
	window   simserver.RateWindow
	texts    []*SentText
	stopped  map[pair]bool // end users who wrote STOP, by the number that they wrote it to
	media    [][]byte      // files of texts, see AddMedia

	hooks *hooks

	callsMu sync.Mutex
	calls   []*Call

	subs   simserver.Changes
	server *simserver.Server
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
		opts: o, routes: routes(), clock: simserver.NewClock(o.Now), server: simserver.New("Telnyx"),
		convs: map[string]*Conversation{}, past: map[string]*past{}, pending: map[string]*pendingReply{}, held: map[string]bool{},
		replays: map[string]*replay{}, stopped: map[pair]bool{}, hooks: newHooks(o.WebhookURL),
	}
}

// Start listens on addr (host:port; port 0 takes a free one) and returns the base URL, such as
// http://127.0.0.1:41234/v2. The server runs until Close or until ctx ends. Start may be called once.
func (s *Sim) Start(ctx context.Context, addr string) (baseURL string, err error) {
	baseURL, err = s.server.Start(ctx, addr, s.Handler())
	if err != nil {
		return "", err
	}
	return baseURL + basePath, nil
}

// Close stops the server and the answers that the assistant is generating, cuts hanging requests, and waits for all of it.
func (s *Sim) Close() error { return s.server.Close() }

// Handler returns the API as a handler, for your own server.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+mediaPath+"{number}", s.serveMedia)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, mediaPath) {
			mux.ServeHTTP(w, r)
			return
		}
		s.serve(w, r) // which does not clean the path
	})
}

// Load adds conversations, in place of those with the same id. Messages have to be oldest first.
func (s *Sim) Load(convs []Conversation) {
	s.lock()
	defer s.mu.Unlock()
	for _, c := range convs {
		c := c.clone()
		c.ID = strings.ToLower(c.ID)
		s.convs[c.ID] = &c
		delete(s.past, c.ID)
	}
	s.changed()
}

// Conversations returns copies of all conversations with their messages, in order of creation.
func (s *Sim) Conversations() []Conversation {
	s.lock()
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
	s.lock()
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
func (s *Sim) Changes() (changes <-chan struct{}, cancel func()) { return s.subs.Subscribe() }

// changed tells those who asked for Changes.
func (s *Sim) changed() { s.subs.Tell() }
