package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// answerTime is how long Slack waits for an acknowledgement.
const answerTime = 3 * time.Second

// conn is one kept-open connection. Writing prepared bytes costs the generator far less
// than net/http's client would; both cores are needed by what is measured.
type conn struct {
	net.Conn
	in *bufio.Reader
}

func dial(ctx context.Context, addr string) *conn {
	return value(tryDial(ctx, addr))("connect to %s", addr)
}

func tryDial(ctx context.Context, addr string) (*conn, error) {
	c, err := (&net.Dialer{Timeout: answerTime}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &conn{c, bufio.NewReader(c)}, nil
}

// send writes one request.
func (c *conn) send(request []byte) error {
	if err := c.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	_, err := c.Write(request)
	return err
}

// status reads one answer.
func (c *conn) status() (int, error) {
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}

// acked sends one request and is nil only when it was answered with 200.
func (c *conn) acked(request []byte) error {
	if err := c.send(request); err != nil {
		return fmt.Errorf("send a request: %w", err)
	}
	return c.ok()
}

func (c *conn) ok() error {
	status, err := c.status()
	if err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("a request was answered with %d", status)
	}
	return nil
}

// load is what a run of requests came to.
type load struct {
	latencies sample
	took      time.Duration
	late      sample // open loop: how late the requests left
}

// perSecond is how many requests were answered in a second.
func (l load) perSecond() float64 { return ratio(float64(len(l.latencies)), l.took.Seconds()) }

// closedLoop has so many clients send the requests, each the next one as soon as its
// last was answered. Every answer has to be 200.
func closedLoop(ctx context.Context, addr string, clients int, requests [][]byte) load {
	conns := dialAll(ctx, addr, clients)
	defer closeAll(conns)
	times, errs := make([]sample, clients), make([]error, clients)
	var next atomic.Int64
	var wg sync.WaitGroup
	start := time.Now()
	for i, c := range conns {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(requests)) && ctx.Err() == nil; n = next.Add(1) - 1 {
				sent := time.Now()
				if errs[i] = c.acked(requests[n]); errs[i] != nil {
					return
				}
				times[i] = append(times[i], time.Since(sent))
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	must(errors.Join(append(errs, ctx.Err())...), "send %d requests from %d clients", len(requests), clients)
	return load{latencies: slices.Concat(times...), took: took}
}

// openLoop sends the requests at a steady pace whatever becomes of those before, and
// counts each one's time from the moment it was to leave: an answer that is late cannot
// hide those that would have had to wait behind it.
func openLoop(ctx context.Context, addr string, perSecond int, requests [][]byte) load {
	const lanes = 32 // more than are ever under way, or the answers take 160 ms
	conns := dialAll(ctx, addr, lanes)
	defer closeAll(conns)
	free := make(chan *lane, lanes)
	l := load{}
	var mu sync.Mutex
	var failed error
	var wg sync.WaitGroup
	for _, c := range conns {
		ln := &lane{conn: c, due: make(chan time.Time, 1)}
		free <- ln
		wg.Go(func() {
			for due := range ln.due {
				err := ln.ok()
				took := time.Since(due)
				mu.Lock()
				l.latencies, failed = append(l.latencies, took), errors.Join(failed, err)
				mu.Unlock()
				free <- ln
			}
		})
	}
	start := time.Now()
	late, err := pace(ctx, start, perSecond, requests, free)
	for range conns {
		close((<-free).due)
	}
	wg.Wait()
	must(errors.Join(failed, err), "send %d requests at a steady pace", len(requests))
	l.late, l.took = late, time.Since(start)
	return l
}

// lane is a connection with the moment at which its request was to leave.
type lane struct {
	*conn
	due chan time.Time
}

// pace sends each request at its moment, on a thread that does nothing else.
func pace(ctx context.Context, start time.Time, perSecond int, requests [][]byte, free chan *lane) (sample, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	late := make(sample, 0, len(requests))
	for i, request := range requests {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		sleepUntil(due)
		ln := <-free
		late = append(late, time.Since(due))
		if err := errors.Join(ctx.Err(), ln.send(request)); err != nil {
			free <- ln
			return late, fmt.Errorf("send a request: %w", err)
		}
		ln.due <- due
	}
	return late, nil
}

func dialAll(ctx context.Context, addr string, n int) []*conn {
	conns := make([]*conn, n)
	for i := range conns {
		conns[i] = dial(ctx, addr)
	}
	return conns
}

func closeAll(conns []*conn) {
	for _, c := range conns {
		_ = c.Close() // nothing is under way
	}
}
