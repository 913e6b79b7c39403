package db

import (
	"context"
	"io"
	"net"
	"testing"
	"time"
)

// silent accepts connections, and answers only what begins with "a".
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				asked := make([]byte, 1)
				for {
					if _, err := io.ReadFull(conn, asked); err != nil {
						return
					}
					if asked[0] == 'a' {
						_, _ = conn.Write(asked)
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// TestUnansweredConnectionsEnd: a write that is not answered ends its connection, and those that have
// been as silent; one that brings something stays.
func TestUnansweredConnectionsEnd(t *testing.T) {
	addr, all := silent(t), newConnections()
	all.answer = time.Second
	dial := func() net.Conn {
		conn, err := all.dial(context.Background(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	talk := func(conn net.Conn, text string) (err error) {
		if _, err = conn.Write([]byte(text)); err == nil {
			_, err = conn.Read(make([]byte, 1))
		}
		return err
	}
	hung, idle, alive := dial(), dial(), dial()
	if err := talk(idle, "a"); err != nil {
		t.Fatal(err)
	}
	began, ended := time.Now(), make(chan error, 1)
	go func() { ended <- talk(hung, "b") }()
	for len(ended) == 0 {
		if err := talk(alive, "a"); err != nil {
			t.Fatalf("the connection that the server answers: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := <-ended; err == nil || time.Since(began) < all.answer {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	if err := talk(idle, "a"); err == nil {
		t.Error("a connection that was idle meanwhile stays open")
	}
	if err := talk(alive, "a"); err != nil {
		t.Errorf("the connection that the server answers: %v", err)
	}
}
