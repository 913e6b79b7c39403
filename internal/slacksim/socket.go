package slacksim

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// maxSockets is how many Socket Mode connections an app may have.
	maxSockets = 10
	// maxSocketAck is from how many bytes on Slack drops an acknowledgement without a word.
	maxSocketAck = 20_000
	// ticketLife is for how long the address of a connection works.
	ticketLife = 30 * time.Second
	// connectionTime is what hello says about how long a connection lasts, in seconds.
	connectionTime = 18060
	// socketWrite bounds one write to a connection.
	socketWrite = 5 * time.Second
)

// sockets are the app's Socket Mode connections. Sim.mu guards it.
type sockets struct {
	on      bool // in the app's settings
	open    []*socket
	tickets map[string]ticket
	next    int // of open: Slack sends to any of them
}

// ticket admits one connection.
type ticket struct {
	ends time.Time
	app  string // whose connection it is
}

// socket is one connection.
type socket struct {
	ws      *websocket.Conn
	writing sync.Mutex
	gone    chan struct{} // closed when the connection has ended

	// Sim.mu guards these.
	waiting map[string]chan string // by envelope id: where the payload of its acknowledgement goes
	warned  bool                   // it will be closed: no more envelopes
	silent  bool                   // it says nothing any more and hears nothing
}

// openConnection is apps.connections.open.
func (s *Sim) openConnection(args) (reply, error) { return s.newTicket(AppID), nil }

// newTicket is the answer with an address that works once. The address does not tell the app's id:
// hello does.
func (s *Sim) newTicket(app string) reply {
	id := s.nextID("ticket")
	s.sockets.tickets[id] = ticket{s.real().Add(ticketLife), app}
	return reply{"url": fmt.Sprintf("ws%s/link/?ticket=%s&app_id=%x", strings.TrimPrefix(s.baseURL, "http"), id, sha256.Sum256([]byte(app)))}
}

// serveLink is the other end of a connection.
func (s *Sim) serveLink(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	id := r.URL.Query().Get("ticket")
	admits, known := s.sockets.tickets[id]
	delete(s.sockets.tickets, id) // it works once
	s.mu.Unlock()
	if !known || s.real().After(admits.ends) {
		http.Error(w, "no such ticket", http.StatusForbidden)
		return
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	defer func() { _ = ws.Close() }()
	c := &socket{ws: ws, gone: make(chan struct{}), waiting: map[string]chan string{}}
	defer close(c.gone)
	c.writing.Lock() // so that hello comes first
	n, refused := s.admit(c, admits.app)
	first := disconnect(refused)
	if refused == "" {
		defer s.dismiss(c)
		first = reply{"type": "hello", "num_connections": n, "connection_info": reply{"app_id": admits.app},
			"debug_info": reply{"host": "applink-1", "build_number": 1, "approximate_connection_time": connectionTime}}
	}
	err = c.writeNow(first)
	c.writing.Unlock()
	if err != nil || refused != "" {
		return
	}
	s.server.Go(func() { s.pingSocket(c) })
	s.readSocket(c)
}

func disconnect(reason string) reply {
	return reply{"type": "disconnect", "reason": reason, "debug_info": reply{"host": "applink-1"}}
}

// admit adds a connection of an app and returns how many there are, or Slack's reason against it.
func (s *Sim) admit(c *socket, app string) (n int, refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case app != AppID:
		return 1, "" // nothing of this app is sent there
	case !s.sockets.on:
		return 0, "link_disabled"
	case len(s.sockets.open) >= maxSockets:
		return 0, "too_many_websockets"
	}
	s.sockets.open = append(s.sockets.open, c)
	s.changed()
	return len(s.sockets.open), ""
}

func (s *Sim) dismiss(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sockets.open = slices.DeleteFunc(s.sockets.open, func(o *socket) bool { return o == c })
	s.changed()
}

// pingSocket pings until the connection ends.
func (s *Sim) pingSocket(c *socket) {
	tick := time.NewTicker(s.opt.PingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if !s.isSilent(c) {
				_ = c.ws.WriteControl(websocket.PingMessage, []byte("Ping from applink-1"), time.Now().Add(socketWrite))
			}
		case <-c.gone:
			return
		case <-s.server.Context().Done():
			_ = c.ws.Close()
			return
		}
	}
}

// readSocket takes acknowledgements until the connection ends.
func (s *Sim) readSocket(c *socket) {
	answer := c.ws.PingHandler()
	c.ws.SetPingHandler(func(data string) error {
		if s.isSilent(c) {
			return nil
		}
		return answer(data)
	})
	for {
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		s.takeAck(c, raw)
	}
}

func (s *Sim) takeAck(c *socket, raw []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.silent || len(raw) >= maxSocketAck {
		return
	}
	if json.Unmarshal(raw, &ack) != nil {
		s.violate("socket: an acknowledgement is no JSON")
		return
	}
	answer := c.waiting[ack.EnvelopeID]
	delete(c.waiting, ack.EnvelopeID)
	if answer == nil {
		s.violate("socket: %q was acknowledged twice, too late, or on another connection than its own", ack.EnvelopeID)
		return
	}
	answer <- string(ack.Payload)
}

func (s *Sim) isSilent(c *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.silent
}

func (c *socket) write(message any) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.writeNow(message)
}

// writeNow is called with writing held.
func (c *socket) writeNow(message any) error {
	_ = c.ws.SetWriteDeadline(time.Now().Add(socketWrite))
	return c.ws.WriteMessage(websocket.TextMessage, encode(message))
}

// overSocket sends a request to any connection. Where that breaks before the acknowledgement, the
// request goes to another one. The answers are those of post.
func (s *Sim) overSocket(ctx context.Context, q *request) (status int, contentType, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.AckLimit)
	defer cancel()
	for {
		id, c, answer := s.pickSocket()
		if c == nil {
			return 0, "", "", fmt.Errorf("%w: no Socket Mode connection is open", ErrUnreachable)
		}
		if !s.isSilent(c) {
			_ = c.write(socketEnvelope(id, q)) // what could not be written is not acknowledged
		}
		select {
		case body := <-answer:
			if body == "" {
				return http.StatusOK, "", "", nil
			}
			if !q.takesAnswer() {
				s.mu.Lock()
				s.violate("socket: the acknowledgement of %s has a payload, which Slack does not accept there", q.kind)
				s.mu.Unlock()
			}
			return http.StatusOK, "application/json", body, nil
		case <-c.gone:
		case <-ctx.Done():
			s.mu.Lock()
			delete(c.waiting, id)
			s.mu.Unlock()
			return 0, "", "", fmt.Errorf("%w: %w", ErrTimeout, ctx.Err())
		}
	}
}

// pickSocket returns the connection whose turn it is, with the id of a new envelope and where its
// acknowledgement will come.
func (s *Sim) pickSocket() (id string, c *socket, answer chan string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.sockets.open {
		s.sockets.next++
		c = s.sockets.open[s.sockets.next%len(s.sockets.open)]
		if !c.warned {
			break
		}
	}
	if c == nil {
		return "", nil, nil
	}
	id, answer = s.nextID("envelope"), make(chan string, 1)
	c.waiting[id] = answer
	return id, c, answer
}

// takesAnswer says whether the acknowledgement may have a payload.
func (q *request) takesAnswer() bool { return q.kind == "command" || q.kind == "view_submission" }

// socketEnvelope is what travels instead of an HTTP request.
func socketEnvelope(id string, q *request) reply {
	e := reply{"envelope_id": id, "accepts_response_payload": q.takesAnswer()}
	form, _ := url.ParseQuery(string(q.body)) // events are no form
	switch q.kind {
	case "event":
		e["type"], e["payload"] = "events_api", json.RawMessage(q.body)
		e["retry_attempt"], e["retry_reason"] = q.retry, q.retryReason
	case "command":
		fields := reply{}
		for name := range form {
			fields[name] = form.Get(name)
		}
		e["type"], e["payload"] = "slash_commands", fields
	default:
		e["type"], e["payload"] = "interactive", json.RawMessage(form.Get("payload"))
	}
	return e
}

// Sockets is how many Socket Mode connections are open.
func (s *Sim) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets.open)
}

// CutSockets breaks all connections without a word.
func (s *Sim) CutSockets() {
	for _, c := range s.openSockets() {
		_ = c.ws.UnderlyingConn().Close()
	}
}

// SilenceSockets has n of the open connections say and hear nothing any more, and stay open.
func (s *Sim) SilenceSockets(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.sockets.open[:min(n, len(s.sockets.open))] {
		c.silent = true
	}
}

// RefreshSockets replaces all connections as Slack does every few hours: it warns, sends nothing
// more to them while there are others, and closes them after the grace (Slack's is 10 seconds).
func (s *Sim) RefreshSockets(grace time.Duration) {
	s.mu.Lock()
	former := slices.Clone(s.sockets.open)
	for _, c := range former {
		c.warned = true
	}
	s.mu.Unlock()
	for _, c := range former {
		_ = c.write(disconnect("warning"))
	}
	s.server.Go(func() {
		if !s.server.Pause(s.server.Context(), grace) {
			return
		}
		for _, c := range former {
			_ = c.write(disconnect("refresh_requested"))
			_ = c.ws.Close()
		}
	})
}

// SetSocketMode switches Socket Mode on or off in the app's settings. Off ends all connections.
func (s *Sim) SetSocketMode(on bool) {
	s.mu.Lock()
	s.sockets.on = on
	s.mu.Unlock()
	if on {
		return
	}
	for _, c := range s.openSockets() {
		_ = c.write(disconnect("link_disabled"))
		_ = c.ws.Close()
	}
}

func (s *Sim) openSockets() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sockets.open)
}

// socketMode says whether requests go over Socket Mode, and over nothing else.
func (s *Sim) socketMode() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sockets.on
}
