package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// overload measures that memory stays bounded when far more comes in at once than the
// bot takes: so many clients with so much in their hands that all bodies together are
// four times what the bot holds. Who gets a 503 tries again, as Slack does.
type overload struct{}

func (overload) name() string { return "overload" }

const (
	overloadClients = 1000
	// overloadBody is in bytes.
	overloadBody = 256 << 10
)

// outcome counts the answers.
type outcome struct {
	mu                    sync.Mutex
	ok, busy, cut, others int
}

func (overload) measure(ctx context.Context, s *stage) ([]row, error) {
	p, err := s.ready(ctx, s.world, dbHeld)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	before, err := p.memory("VmRSS")
	if err != nil {
		return nil, err
	}
	clients := s.scaled(overloadClients, overloadClients)
	got, err := s.stampede(ctx, clients)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, p.tail())
	}
	most, err := p.memory("VmHWM")
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, p.tail())
	}
	// Whoever was refused tries again, one after the other.
	again, err := closedLoop(ctx, s.addr, 8, s.mint.batch(s.tooLate, got.busy+got.cut))
	if err != nil {
		return nil, fmt.Errorf("try again: %w\n%s", err, p.tail())
	}
	s.world.answers.reset()
	return []row{
		{name: fmt.Sprintf("%d clients with %d MB of bodies at once", clients, clients*overloadBody>>20),
			bot: fmt.Sprintf("%d × 200, %d × 503, %d cut off, %d others", got.ok, got.busy, got.cut, got.others)},
		{name: "… tried again after a 503", bot: fmt.Sprintf("%d of %d taken", len(again.latencies), got.busy+got.cut)},
		{name: "… most memory resident", bot: fmt.Sprintf("%s (%s before)", inMB(most), inMB(before))},
	}, nil
}

// stampede sends half of every body, waits until all have, and sends the rest.
func (s *stage) stampede(ctx context.Context, clients int) (*outcome, error) {
	conns, err := dialAll(ctx, s.addr, clients)
	if err != nil {
		return nil, err
	}
	defer closeAll(conns)
	request := s.heavy()
	got := &outcome{}
	var half, all sync.WaitGroup
	half.Add(clients)
	for _, c := range conns {
		all.Go(func() {
			_ = c.SetDeadline(time.Now().Add(patience))
			_, first := c.Write(request[:len(request)/2])
			half.Done()
			half.Wait()
			if first == nil {
				_, _ = c.Write(request[len(request)/2:]) // whoever was refused may be cut off here; the answer says so
			}
			status, err := c.status()
			got.add(status, err)
		})
	}
	all.Wait()
	return got, ctx.Err()
}

// heavy is a click with a long message around it. All clients send the same one: it is
// the same click, delivered again.
func (s *stage) heavy() []byte {
	m := s.mint
	pad := "payload=%7B%22pad%22%3A%22" + strings.Repeat("x", overloadBody) + "%22%2C"
	body := bytes.Replace(m.body(s.tooLate), []byte("payload=%7B"), []byte(pad), 1)
	return m.wire(body, time.Now())
}

func (o *outcome) add(status int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil:
		o.cut++
	case status == http.StatusOK:
		o.ok++
	case status == http.StatusServiceUnavailable:
		o.busy++
	default:
		o.others++
	}
}
