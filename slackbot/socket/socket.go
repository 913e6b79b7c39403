package socket

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"takeoverbot/slackbot/listen"
	"takeoverbot/takeover"
)

// connections is how many a process has: Slack sends to any of them, so that the other one takes
// over when one breaks. Slack allows ten for all replicas together.
const connections = 2

// maxInFlight is how many envelopes are handled at the same time; further ones wait.
const maxInFlight = 128

// times are durations that tests shorten.
type times struct {
	open    time.Duration // bounds the opening of a connection, up to Slack's hello
	ping    time.Duration // between pings; a connection that is silent for two of them is replaced
	age     time.Duration // after which a connection is replaced, because a deaf one may still answer pings
	grace   time.Duration // for how long a connection is read whose successor is open
	settled time.Duration // a connection that held for so long is followed by the next at once
	least   time.Duration // between the first attempts that fail; doubles
	longest time.Duration // between attempts
}

var usual = times{open: 20 * time.Second, ping: 15 * time.Second, age: time.Hour, grace: 15 * time.Second,
	settled: 10 * time.Second, least: 500 * time.Millisecond, longest: 30 * time.Second}

// Slack is what the connections need of Slack's Web API.
type Slack interface {
	// OpenSocket returns the address of a new connection.
	OpenSocket(ctx context.Context) (address string, err error)
	// Respond posts an answer, as JSON, to an address that Slack gave.
	Respond(ctx context.Context, address string, body []byte) error
}

// Listener handles requests.
type Listener interface {
	// Dispatch handles a request up to its acknowledgement, in bounded time. When it returns
	// without an error, what the request asks for is stored. body is what HTTP brings.
	Dispatch(ctx context.Context, body []byte) (listen.Answer, error)
}

// Deps are what the connections work with.
type Deps struct {
	Slack    Slack
	Listener Listener
	// Changed is told how many connections are open, and what keeps further ones from being opened.
	Changed func(open int, trouble Trouble)
	// Handled is told of every envelope; kind is Slack's type, outcome is acknowledged, failed,
	// unreadable or lost (the acknowledgement was).
	Handled func(kind, outcome string)
	// Ended is told of every connection that ended: replaced, silent, broken, or a Trouble.
	Ended func(why string)
	Log   *slog.Logger
}

// Socket keeps connections to Slack open. Safe for use by several goroutines.
type Socket struct {
	Deps
	times  times
	dialer websocket.Dialer
	room   chan struct{} // has a value for each envelope that is being handled

	mu      sync.Mutex
	open    int
	trouble Trouble // of the newest attempt; None once Slack has said hello
}

// New returns a Socket without connections: Run opens them.
func New(d Deps) *Socket {
	return &Socket{Deps: d, times: usual, room: make(chan struct{}, maxInFlight), dialer: websocket.Dialer{Proxy: http.ProxyFromEnvironment}}
}

// Run keeps two connections open until ctx ends. When it returns, every envelope that had come was
// handled, and acknowledged if it was stored.
func (s *Socket) Run(ctx context.Context) {
	var keeping sync.WaitGroup
	for range connections {
		keeping.Go(func() { s.keep(ctx) })
	}
	keeping.Wait()
}

// Err says in words why no requests of Slack can come; nil while a connection is open.
func (s *Socket) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.open > 0:
		return nil
	case s.trouble != None:
		return errors.New(s.trouble.Words())
	}
	return errors.New("no Socket Mode connection to Slack is open at the moment")
}

// keep keeps one connection open. While Slack is about to close it, its successor is opened already.
func (s *Socket) keep(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	var last *connection // is still read until its successor is open
	failures := 0        // in a row
	for ctx.Err() == nil {
		began := time.Now()
		c, err := s.connect(ctx)
		if err == nil {
			s.opened()
			if last != nil {
				time.AfterFunc(s.times.grace, last.stop) // if Slack does not close it before
			}
			ended := make(chan error, 1)
			running.Go(func() { ended <- s.serve(ctx, c) })
			select {
			case <-c.leaving:
				last = c
				failures = 0
				continue
			case err = <-ended:
				last = nil
			}
			if time.Since(began) > s.times.settled {
				failures = 0
				continue
			}
		} else if ctx.Err() == nil {
			s.failed(ctx, err)
		}
		if last != nil && TroubleOf(err) == TooMany {
			last.stop() // to make room: the other connection is there meanwhile
		}
		failures++
		pause(ctx, s.wait(failures, err))
	}
}

// serve has a connection run to its end, and returns why it ended.
func (s *Socket) serve(ctx context.Context, c *connection) error {
	err := c.run(ctx)
	why := "replaced"
	closed, byReason := errors.AsType[*closedError](err)
	switch {
	case byReason:
		why = string(closed.trouble)
		s.failed(ctx, err)
	case errors.Is(err, errSilent):
		why = "silent"
	case err != nil:
		why = "broken"
	}
	if err != nil {
		s.Log.WarnContext(ctx, "a Socket Mode connection ended", "why", why, "err", err)
	}
	s.Ended(why)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.Changed(s.open, s.trouble)
	return err
}

// opened notes that Slack has said hello.
func (s *Socket) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open++
	s.trouble = None
	s.Changed(s.open, s.trouble)
}

// failed notes why there is a connection less than there should be. It is logged in words once,
// until it changes.
func (s *Socket) failed(ctx context.Context, err error) {
	trouble := TroubleOf(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if trouble != s.trouble {
		s.Log.ErrorContext(ctx, "a Socket Mode connection cannot be kept open", "why", string(trouble), "meaning", trouble.Words(), "err", err, "open", s.open)
	}
	s.trouble = trouble
	s.Changed(s.open, s.trouble)
}

// wait is how long to wait after so many attempts that failed in a row, err being the last failure.
func (s *Socket) wait(failures int, err error) time.Duration {
	wait := min(s.times.least<<min(failures-1, 10), s.times.longest)
	if later, ok := errors.AsType[*takeover.LaterError](err); ok {
		wait = max(wait, later.After)
	}
	return wait
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
