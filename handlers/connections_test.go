package handlers

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// opened is a connection of a test.
type opened struct {
	net.Conn
	address string
	closed  bool
}

// RemoteAddr is the address of the sender.
func (o *opened) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(o.address), Port: 4000}
}

// Close is seen by the test.
func (o *opened) Close() error {
	o.closed = true
	return nil
}

// TestConnectionsAreBounded: of too many connections the one is closed that did nothing for the longest time,
// of the address that has too many or else of all.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	c := NewConnections(slog.New(slog.DiscardHandler))
	c.most, c.each = 5, 3
	all := map[string]*opened{}
	open := func(name, address string) {
		all[name] = &opened{address: address}
		c.State(all[name], http.StateNew)
	}
	closed := func(want ...string) {
		t.Helper()
		var got []string
		for name, conn := range all {
			if conn.closed {
				got = append(got, name)
				c.State(conn, http.StateClosed) // as the server says of it
				delete(all, name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("closed %q, want %q", got, want)
		}
	}
	open("slack", "54.1.1.1")
	open("a1", "10.0.0.1")
	open("a2", "10.0.0.1")
	open("a3", "10.0.0.1")
	closed()
	c.State(all["a1"], http.StateActive)
	open("a4", "10.0.0.1")
	closed("a2")
	open("b", "2001:db8::1")
	closed()
	c.State(all["slack"], http.StateIdle)
	open("c", "2001:db8:1::1")
	closed("a3")
	c.State(all["a1"], http.StateClosed)
	delete(all, "a1")
	open("d", "10.0.0.1")
	closed()
	open("same network as b", "2001:db8::2")
	closed("a4")
}

// TestOneAddressTakesNotAllConnections, on a real server: a request is answered while another address opens
// more connections than it may.
func TestOneAddressTakesNotAllConnections(t *testing.T) {
	c := NewConnections(slog.New(slog.DiscardHandler))
	c.each = 10
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.Config.ConnState = c.State
	server.Start()
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{DialContext: from("127.0.0.2")}}
	t.Cleanup(client.CloseIdleConnections)
	ends := make(chan error, 30)
	for range cap(ends) {
		conn, err := from("127.0.0.1")(t.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		go func() {
			_, err := conn.Read(make([]byte, 1))
			ends <- err
		}()
	}
	for n := range cap(ends) - c.each {
		select {
		case <-ends:
		case <-time.After(10 * time.Second):
			t.Fatalf("%d connections were closed, want %d", n, cap(ends)-c.each)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
}

// from dials from one address of the loopback network.
func from(address string) func(ctx context.Context, network, to string) (net.Conn, error) {
	return (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}).DialContext
}

// TestTally: one line at once, and then one a minute with the rest.
func TestTally(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		tell := &tally{line: func(attrs ...any) { slog.New(slog.NewTextHandler(&log, nil)).Warn("stalled", attrs...) }}
		wrote := func(want ...string) {
			t.Helper()
			synctest.Wait()
			tell.mu.Lock() // the next line comes from a timer, which knows nothing of this goroutine
			lines := strings.FieldsFunc(log.String(), func(r rune) bool { return r == '\n' })
			log.Reset()
			tell.mu.Unlock()
			if len(lines) != len(want) {
				t.Fatalf("%d lines, want %d: %q", len(lines), len(want), lines)
			}
			for i, line := range lines {
				if !strings.Contains(line, "level=WARN msg=stalled "+want[i]) {
					t.Errorf("%q, want %q", line, want[i])
				}
			}
		}
		tell.add("n", 0)
		wrote("count=1 n=0")
		for n := range 1000 {
			tell.add("n", n)
		}
		wrote()
		time.Sleep(tallyEvery)
		wrote("count=1000 n=999")
		time.Sleep(tallyEvery)
		wrote()
		tell.add("n", 1)
		wrote("count=1 n=1")
		time.Sleep(tallyEvery)
	})
}

// TestStrangersDoNotFloodTheLog: however many bodies do not come, the log has one line.
func TestStrangersDoNotFloodTheLog(t *testing.T) {
	s := newSurface(t)
	onlySigned(s)
	s.server.bodyTime = shortTime
	const strangers = 40
	for range strangers {
		_, _ = io.WriteString(s.promise(maxBody, signed), strings.Repeat("x", 1000))
	}
	s.allAnswered(strangers)
	lines := s.lines()
	if len(lines) != 1 || lines[0]["level"] != "WARN" || lines[0]["msg"] != "requests were not read" || lines[0]["count"] != 1.0 {
		t.Errorf("the log has %v", lines)
	}
}
