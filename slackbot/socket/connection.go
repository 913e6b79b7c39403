package socket

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxMessage is the size of the largest message that is read, in bytes: a modal may have 250 kB.
const maxMessage = 768 << 10

// writeTime bounds one write to a connection.
const writeTime = 5 * time.Second

// connection is one WebSocket. Its watchdog is a deadline: each message, ping and pong moves it,
// and the bot's own pings see to it that a living connection has something to say.
type connection struct {
	*Socket
	ws *websocket.Conn

	writing sync.Mutex // one message at a time

	deadline sync.Mutex // guards stopped, and the read deadline
	stopped  bool       // reading is to end

	leaving  chan struct{} // closed when a successor is to be opened
	leave    sync.Once
	handling sync.WaitGroup
}

// connect opens a connection. It returns once Slack has said hello.
func (s *Socket) connect(ctx context.Context) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, s.times.open)
	defer cancel()
	address, err := s.Slack.OpenSocket(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a Socket Mode connection: %w", err)
	}
	ws, resp, err := s.dialer.DialContext(ctx, address, nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		return nil, errors.New("open the Socket Mode connection: " + withoutAddress(err))
	}
	c := &connection{Socket: s, ws: ws, leaving: make(chan struct{})}
	ws.SetReadLimit(maxMessage)
	ws.SetPongHandler(func(string) error { c.alive(); return nil })
	answer := ws.PingHandler()
	ws.SetPingHandler(func(data string) error { c.alive(); return answer(data) })
	hung := context.AfterFunc(ctx, func() { _ = ws.Close() }) // while it says no hello
	hello, err := c.read()
	switch {
	case err != nil:
		err = fmt.Errorf("wait for Slack's hello: %w", err)
	case hello.Type != typeHello:
		err = cmp.Or(closedBy(hello.Reason), fmt.Errorf("wait for Slack's hello: %.40q came first", hello.Type))
	}
	if !hung() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	s.Log.InfoContext(ctx, "a Socket Mode connection is open", "of_the_app", hello.NumConnections)
	return c, nil
}

// withoutAddress is a dialer's error without the address, which holds a secret.
func withoutAddress(err error) string {
	if n, ok := errors.AsType[*net.OpError](err); ok {
		return n.Error() // host and port alone
	}
	if errors.Is(err, websocket.ErrBadHandshake) {
		return websocket.ErrBadHandshake.Error()
	}
	return fmt.Sprintf("%T", err)
}

// run handles what comes until the connection ends or stop is called, and returns why it ended;
// nil after stop. What had come by then has been handled and acknowledged when it returns. Handling
// does not end with ctx.
func (c *connection) run(ctx context.Context) error {
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(ctx, ended) })
	err := c.receive(context.WithoutCancel(ctx))
	close(ended)
	watching.Wait()
	c.handling.Wait()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTime))
	_ = c.ws.Close()
	return err
}

// watch pings, asks for a successor when the connection is old, and stops it when ctx ends.
func (c *connection) watch(ctx context.Context, ended <-chan struct{}) {
	ping, old := time.NewTicker(c.times.ping), time.NewTimer(c.times.age)
	defer ping.Stop()
	defer old.Stop()
	for {
		select {
		case <-ping.C:
			_ = c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)) // reading notices what is broken
		case <-old.C:
			c.wantSuccessor()
		case <-ctx.Done():
			c.stop()
			return
		case <-ended:
			return
		}
	}
}

// receive reads until the connection ends.
func (c *connection) receive(ctx context.Context) error {
	for {
		m, err := c.read()
		switch {
		case err != nil && c.isEnding():
			return nil
		case err != nil:
			return err
		case m.Type == typeDisconnect:
			if err := closedBy(m.Reason); err != nil {
				return err
			}
			c.wantSuccessor() // and go on reading: Slack closes the connection some seconds later
		case m.EnvelopeID != "":
			c.room <- struct{}{} // waits for at most as long as listen takes for a request
			c.handling.Go(func() {
				defer func() { <-c.room }()
				c.handle(ctx, m)
			})
		}
	}
}

// errSilent is returned for a connection on which nothing came for two pings.
var errSilent = errors.New("the connection is silent")

// read waits for a message. What is no JSON is passed over: it cannot be acknowledged.
func (c *connection) read() (message, error) {
	for {
		c.alive()
		_, raw, err := c.ws.ReadMessage()
		if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
			return message{}, errSilent
		}
		if err != nil {
			return message{}, fmt.Errorf("read from Slack: %w", err)
		}
		var m message
		if err := json.Unmarshal(raw, &m); err == nil {
			return m, nil
		}
		c.Log.Warn("Slack sent what is not JSON", "bytes", len(raw))
	}
}

// alive moves the deadline: something came.
func (c *connection) alive() {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	if !c.stopped {
		_ = c.ws.SetReadDeadline(time.Now().Add(2 * c.times.ping))
	}
}

// stop ends reading at once.
func (c *connection) stop() {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	c.stopped = true
	_ = c.ws.SetReadDeadline(time.Now())
}

// isEnding reports whether the connection was stopped, or Slack has said that it will close it.
func (c *connection) isEnding() bool {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	select {
	case <-c.leaving:
		return true
	default:
		return c.stopped
	}
}

func (c *connection) wantSuccessor() { c.leave.Do(func() { close(c.leaving) }) }

// handle has an envelope handled, and acknowledges it once what it asks for is stored. Without an
// acknowledgement Slack sends an event again, and tells a person that it did not work.
func (c *connection) handle(ctx context.Context, m message) {
	kind, outcome := m.Type, "acknowledged"
	defer func() { c.Handled(kind, outcome) }()
	body, err := m.body()
	if err != nil {
		kind, outcome = "other", "unreadable"
		c.Log.WarnContext(ctx, "an envelope was not acknowledged", "why", outcome, "err", err)
		return
	}
	began := time.Now()
	answer, err := c.Listener.Dispatch(ctx, body)
	if err != nil {
		outcome = "failed"
		c.Log.WarnContext(ctx, "an envelope was not acknowledged", "type", kind, "err", err)
		return
	}
	raw, err := m.ack(answer.Body)
	tooLarge := errors.Is(err, errAnswerTooLarge)
	if err == nil || tooLarge {
		err = c.write(raw)
	}
	if err != nil {
		outcome = "lost" // what is stored is stored: Slack may send it again
		c.Log.WarnContext(ctx, "the acknowledgement could not be sent", "type", kind, "kind", answer.Kind, "err", err)
		return
	}
	c.Log.InfoContext(ctx, "envelope", "type", kind, "kind", answer.Kind, "took", time.Since(began))
	if tooLarge {
		c.answerLater(ctx, m, answer.Body)
	}
}

// answerLater posts an answer that is too large for the acknowledgement.
func (c *connection) answerLater(ctx context.Context, m message, answer []byte) {
	if err := c.Slack.Respond(ctx, m.responseURL(), answer); err != nil {
		c.Log.ErrorContext(ctx, "an answer could not be given", "type", m.Type, "bytes", len(answer), "err", err)
	}
}

func (c *connection) write(raw []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeTime))
	return c.ws.WriteMessage(websocket.TextMessage, raw)
}
