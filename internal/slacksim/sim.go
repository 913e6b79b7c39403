package slacksim

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/simserver"
)

// Options say which workspace the simulator is. The zero value of every field
// is a usable default.
type Options struct {
	// SigningSecret keys the signature of every request to the bot.
	SigningSecret string
	// BotToken is the only token the Web API accepts.
	BotToken string
	// AppToken is the only app-level token; empty: there is none.
	AppToken string
	// OtherAppToken is an app-level token of another app, OtherAppID: Slack opens that app's
	// connections with it, on which nothing of this workspace comes. Empty: there is none.
	OtherAppToken string
	// AppScopes are the scopes of AppToken; nil means connections:write.
	AppScopes []string
	// PingEvery is how often Slack pings each Socket Mode connection; 0 means 10 s.
	PingEvery time.Duration
	// BotURL is the base of the bot, without a trailing slash; see SetBotURL.
	BotURL string
	// CommonPath, if set, receives commands, interactions and events alike,
	// instead of /slack/commands, /slack/interactions and /slack/events.
	CommonPath string
	// Scopes of the bot token; nil means DefaultScopes.
	Scopes []string
	// Now is the clock of message ids, trigger ids, response URLs, rate limits
	// and signatures; nil means time.Now. SetNow and Advance turn the time of
	// message ids and events alone.
	Now func() time.Time
	// PostBurst is how many chat.postMessage calls a channel takes at once
	// before one a second holds; 0 means 1.
	PostBurst int
	// NoRateLimits switches all rate limits off.
	NoRateLimits bool
	// AllowNoText accepts blocks without a top-level text, as Slack does.
	AllowNoText bool
	// EchoBotMessages sends the bot its own posts, changes and deletions as
	// message events, as Slack does for apps that subscribe to the channel's
	// messages; in any order and in the background.
	EchoBotMessages bool
	// AckLimit is how long the bot has to answer; 0 means Slack's 3 s. It is
	// measured on the machine's clock, not on Now.
	AckLimit time.Duration
	// RetryDelays are the waits before each further delivery of an event that
	// was not acknowledged; nil means Slack's: at once, 1 min, 5 min.
	RetryDelays []time.Duration
	// Typing says how Slack rewrites what people type.
	Typing Typing
	// Log gets one debug line for each call and delivery; nil drops them. It
	// never gets a token or message text.
	Log *slog.Logger
}

// Sim is one simulated workspace with one installed bot. All methods may be
// called at the same time from several goroutines.
type Sim struct {
	opt  Options
	now  func() time.Time // of the workspace, see SetNow
	real func() time.Time // Options.Now
	log  *slog.Logger
	http *http.Client

	server   *simserver.Server // runs the deliveries that are retried, too
	clock    *simserver.Clock
	watchers simserver.Changes

	mu       sync.Mutex // guards all below
	app      *App       // nil: no manifest is known
	botURL   string
	baseURL  string
	typing   Typing
	lastTS   int64 // microseconds of the newest message id
	serial   int   // source of all other ids
	users    map[string]*User
	userIDs  []string // in the order in which they were added
	channels map[string]*Channel
	groups   map[string]*Group
	messages map[string][]*Message // by channel, oldest first
	privates []*Private
	picks    map[string]stateValues // by user and message: what was selected there
	stacks   map[string][]*View     // by user, the top is last
	homes    map[string]*View       // by user
	triggers map[string]*trigger
	hooks    map[string]*hook // response URLs, by path
	uploads  map[string]*upload
	fileIDs  []string // in the order they were completed
	buckets  map[string]*bucket
	faults   faults
	sockets  sockets

	calls      []Call
	violations []string
	deliveries []Delivery
}

// New makes a workspace with the people and channels of Seed. It opens no port
// and starts no goroutine; use Start, or Handler with your own server.
func New(opt Options) *Sim {
	s := &Sim{
		opt: opt.withDefaults(), server: simserver.New("Slack"),
		users: map[string]*User{}, channels: map[string]*Channel{}, groups: map[string]*Group{},
		messages: map[string][]*Message{}, picks: map[string]stateValues{},
		stacks: map[string][]*View{}, homes: map[string]*View{},
		triggers: map[string]*trigger{}, hooks: map[string]*hook{}, uploads: map[string]*upload{},
		buckets: map[string]*bucket{}, faults: newFaults(), sockets: sockets{tickets: map[string]ticket{}},
	}
	s.clock = simserver.NewClock(s.opt.Now)
	s.now, s.real, s.log = s.clock.Now, s.opt.Now, s.opt.Log
	s.botURL, s.typing = strings.TrimRight(opt.BotURL, "/"), opt.Typing
	s.http = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 30 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	s.seed()
	return s
}

func (o Options) withDefaults() Options {
	if o.Scopes == nil {
		o.Scopes = DefaultScopes()
	}
	if o.AppScopes == nil {
		o.AppScopes = []string{"connections:write"}
	}
	if o.PingEvery <= 0 {
		o.PingEvery = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PostBurst <= 0 {
		o.PostBurst = 1
	}
	if o.AckLimit <= 0 {
		o.AckLimit = 3 * time.Second
	}
	if o.RetryDelays == nil {
		o.RetryDelays = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Start listens on addr ("127.0.0.1:0" for a free port) and serves until ctx
// ends or Close is called. It returns the base URL without a trailing slash;
// the Web API is below it at /api/.
func (s *Sim) Start(ctx context.Context, addr string) (baseURL string, err error) {
	baseURL, err = s.server.Start(ctx, addr, s.Handler())
	if err != nil {
		return "", err
	}
	s.SetBaseURL(baseURL)
	return baseURL, nil
}

// Close drops all connections and waits until every goroutine the simulator
// started has ended. It may be called more than once.
func (s *Sim) Close() {
	_ = s.server.Close() // an error of closing the listener, which has no consequence
	s.http.CloseIdleConnections()
}

// Handler serves the Web API, response URLs and upload URLs. With your own
// server, tell the simulator its address with SetBaseURL.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveAPI)
	mux.HandleFunc("POST /response/{kind}/{team}/{serial}/{key}", s.serveResponseURL)
	mux.HandleFunc("GET /link/", s.serveLink)
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("GET /files/{id}", s.serveFile)
	return mux
}

// SetBotURL says where the bot listens now; a bot that was restarted may be
// somewhere else.
func (s *Sim) SetBotURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.botURL = strings.TrimRight(base, "/")
}

// SetBaseURL says under which address the Handler is reachable.
func (s *Sim) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.baseURL = strings.TrimRight(base, "/")
}

// SetTyping changes how Slack rewrites what people type from now on.
func (s *Sim) SetTyping(t Typing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typing = t
}

// SetScopes changes what the bot token is allowed to do, as a reinstall does.
func (s *Sim) SetScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Scopes = append([]string{}, scopes...)
}

// APIURL is the base of the Web API, with the trailing slash that clients need.
func (s *Sim) APIURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.baseURL + "/api/"
}

// DefaultScopes are the bot scopes that an app of this kind asks for.
func DefaultScopes() []string {
	return []string{"commands", "chat:write", "channels:read", "channels:history", "groups:read", "groups:history",
		"im:write", "im:history", "users:read", "usergroups:read", "reactions:write", "files:read", "files:write"}
}

// nextID makes an id of Slack's shape that was never given before.
func (s *Sim) nextID(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s0%08X", prefix, s.serial)
}
