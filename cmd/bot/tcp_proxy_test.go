package main

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// tcpProxy stands between a bot and its database. Its connections can be made to carry nothing
// any more, as a network does that drops every packet, and new ones to lead elsewhere.
type tcpProxy struct {
	listener net.Listener
	carrying sync.WaitGroup

	mu      sync.Mutex
	target  string
	dropped chan struct{} // closed when the present connections carry nothing any more
	cut     bool          // new connections carry nothing either
	conns   []net.Conn
}

func newTCPProxy(t testing.TB, target string) *tcpProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tcpProxy{listener: listener, target: target, dropped: make(chan struct{})}
	p.carrying.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.carrying.Wait()
	})
	return p
}

func (p *tcpProxy) addr() string { return p.listener.Addr().String() }

// drop has all present connections carry nothing from now on, without an end of theirs that
// either side would see. New ones carry nothing until heal.
func (p *tcpProxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.dropped)
	p.dropped, p.cut = make(chan struct{}), true
}

// heal has new connections lead to a target.
func (p *tcpProxy) heal(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target, p.cut = target, false
}

func (p *tcpProxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return // the test has ended
		}
		p.mu.Lock()
		p.conns = append(p.conns, near)
		target, dropped, cut := p.target, p.dropped, p.cut
		p.mu.Unlock()
		if cut {
			continue
		}
		far, err := net.Dial("tcp", target)
		if err != nil {
			_ = near.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, far)
		p.mu.Unlock()
		p.carrying.Go(func() { carry(near, far, dropped) })
		p.carrying.Go(func() { carry(far, near, dropped) })
	}
}

// carry copies until one side ends, which ends the other, or until dropped is closed.
func carry(from, to net.Conn, dropped <-chan struct{}) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-dropped:
			return
		default:
		}
		if n > 0 {
			_, _ = to.Write(buffer[:n]) // where it fails, the other copy sees the end
		}
		if err != nil {
			if tcp, ok := to.(*net.TCPConn); ok && errors.Is(err, io.EOF) {
				_ = tcp.CloseWrite()
				return
			}
			_ = to.Close()
			return
		}
	}
}
