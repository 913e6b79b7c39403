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

// overload measures that memory stays bounded when far more comes in at once than the
// bot takes: so many clients with so much in their hands that all bodies together are
// four times what the bot holds. A client that gets a 503 tries again, as Slack does.
func overload(ctx context.Context, s *setup) []row {
	p := s.readyBot(ctx, s.sims, dbHeld)
	before := p.memory("VmRSS")
	got := s.stampede(ctx)
	most := p.memory("VmHWM")
	again := closedLoop(ctx, s.addr, 8, s.mint.batch(s.tooLate, got.busy+got.cut))
	s.sims.answers.reset()
	return []row{
		{name: fmt.Sprintf("%d clients with %d MB of bodies at once", overloadClients, overloadClients*overloadBody>>20),
			bot: fmt.Sprintf("%d × 200, %d × 503, %d cut off, %d others", got.ok, got.busy, got.cut, got.others)},
		{name: "… tried again after a 503", bot: fmt.Sprintf("%d of %d taken", len(again.latencies), got.busy+got.cut)},
		{name: "… most memory resident", bot: fmt.Sprintf("%s (%s before)", inMB(most), inMB(before))},
	}
}

// stampede sends half of every body, waits until all have, and sends the rest.
func (s *setup) stampede(ctx context.Context) *outcome {
	conns := dialAll(ctx, s.addr, overloadClients)
	defer closeAll(conns)
	request := s.heavy()
	got := &outcome{}
	var half, all sync.WaitGroup
	half.Add(len(conns))
	for _, c := range conns {
		all.Go(func() {
			_ = c.SetDeadline(time.Now().Add(patience))
			_, first := c.Write(request[:len(request)/2])
			half.Done()
			half.Wait()
			if first == nil {
				_, _ = c.Write(request[len(request)/2:]) // a refused client may be cut off here; the answer says so
			}
			status, err := c.status()
			got.add(status, err)
		})
	}
	all.Wait()
	return got
}

// heavy is a click with a long message around it. All clients send the same one: it is
// the same click, delivered again.
func (s *setup) heavy() []byte {
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
