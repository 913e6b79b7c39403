package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"takeoverbot/slackbot/listen"
	"takeoverbot/talk"
)

// Slack is what the routes need of package listen.
type Slack interface {
	Signer
	// Dispatch handles a verified request up to its acknowledgement.
	Dispatch(ctx context.Context, body []byte) (listen.Answer, error)
}

// Deps are what the routes work with.
type Deps struct {
	// Slack handles what Slack sends over HTTP. It may be nil: then there are no routes for it.
	Slack Slack
	// Telnyx takes its webhooks; nil where Telnyx is not set up.
	Telnyx Telnyx
	// Pictures has what providers fetch; nil where the bot has no public address.
	Pictures Pictures
	// Ready says whether the bot can work: the store is reachable and migrated.
	Ready func(ctx context.Context) error
	// Connected says in words why no requests of Slack can come over Socket Mode, or nil. It may be
	// nil: then they come over HTTP.
	Connected func() error
	// Metrics serves the Prometheus exposition.
	Metrics http.Handler
	// Verified is told of each request whether Slack signed it: nil, or the error of Signed or
	// Verify. TelnyxVerified is the same for Telnyx's webhooks. Both may be nil.
	Verified, TelnyxVerified func(err error)
	// Observe is called after every request; route is the template, never the path.
	Observe func(route string, status int, took time.Duration)
	Log     *slog.Logger
}

// New returns the HTTP surface, all of it on one address.
func New(d Deps) http.Handler { return newServer(d).handler() }

// NewApart returns the HTTP surface on two addresses: what Slack and Telnyx call, and what only
// the machines of the operator are to reach.
func NewApart(d Deps) (outside, checks http.Handler) {
	s := newServer(d)
	return s.only(s.outsideRoutes), s.only(s.checkRoutes)
}

type server struct {
	Deps
	small    *room         // for the first bytes of each body
	large    *room         // for the rest of those that are larger
	bodyTime time.Duration // the constant bodyTime, but in tests
	unread   *tally        // of requests that were not read to their end
}

func newServer(d Deps) *server {
	if d.Verified == nil {
		d.Verified = func(error) {}
	}
	if d.TelnyxVerified == nil {
		d.TelnyxVerified = func(error) {}
	}
	return &server{Deps: d, small: newRoom(smallRoom, smallRoom/2), large: newRoom(largeRoom, largeRoom/2), bodyTime: bodyTime,
		unread: &tally{line: func(attrs ...any) { d.Log.Warn("requests were not read", attrs...) }}}
}

func (s *server) handler() http.Handler { return s.only(s.outsideRoutes, s.checkRoutes) }

// only serves these routes and no other.
func (s *server) only(routes ...func(*mux.Router)) http.Handler {
	r := mux.NewRouter().SkipClean(true)
	for _, add := range routes {
		add(r)
	}
	// Outside the router: mux runs no middleware for 404 and 405.
	return s.logged(r)
}

func (s *server) outsideRoutes(r *mux.Router) {
	if s.Slack != nil {
		// Each of Slack's routes takes all three kinds: one request URL can serve all.
		for _, path := range []string{"/slack/commands", "/slack/interactions", "/slack/events"} {
			r.HandleFunc(path, s.slack).Methods(http.MethodPost)
		}
	}
	if s.Telnyx != nil {
		r.HandleFunc("/telnyx/webhooks", s.telnyx).Methods(http.MethodPost)
	}
	if s.Pictures != nil {
		r.HandleFunc(talk.MediaPath+"{token}", s.picture).Methods(http.MethodGet, http.MethodHead)
	}
}

func (s *server) checkRoutes(r *mux.Router) {
	r.HandleFunc("/healthz", s.healthz).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/readyz", s.readyz).Methods(http.MethodGet, http.MethodHead)
	r.Handle("/metrics", s.Metrics).Methods(http.MethodGet)
}
