package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// call is one request of the bot to a simulator. Its times are taken around the
// simulator, so that To minus From is the outside's time and not the bot's.
type call struct {
	Name   string // as the tap's name function has it
	Path   string
	Body   []byte
	From   time.Time
	To     time.Time
	Status int
}

// tap stands before a simulator and writes down what the bot asks of it.
type tap struct {
	next http.Handler
	name func(*http.Request) string

	mu      sync.Mutex
	calls   []call
	changed chan struct{} // closed and replaced with every call
}

func newTap(next http.Handler, name func(*http.Request) string) *tap {
	return &tap{next: next, name: name, changed: make(chan struct{})}
}

// ServeHTTP passes the request on and writes it down once it is answered.
func (t *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := call{Name: t.name(r), Path: r.URL.Path, Body: body, From: from}
	sw := &statusWriter{ResponseWriter: w}
	t.next.ServeHTTP(sw, r)
	c.To, c.Status = time.Now(), sw.status
	t.add(c)
}

func (t *tap) add(c call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
	close(t.changed)
	t.changed = make(chan struct{})
}

// reset forgets the calls so far.
func (t *tap) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = nil
}

// all returns the calls so far, in the order in which they were answered.
func (t *tap) all() []call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]call(nil), t.calls...)
}

// await waits for the first call that enough says yes to, given all calls before it and
// itself.
func (t *tap) await(ctx context.Context, enough func([]call) bool) ([]call, error) {
	for {
		t.mu.Lock()
		calls, changed := t.calls, t.changed
		t.mu.Unlock()
		if enough(calls) {
			return calls, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return calls, ctx.Err()
		}
	}
}

// quiet waits until no call was answered for d, at most until ctx ends.
func (t *tap) quiet(ctx context.Context, d time.Duration) {
	for {
		t.mu.Lock()
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-time.After(d):
			return
		case <-ctx.Done():
			return
		}
	}
}

// count says how often a name was called.
func count(calls []call, name string) int {
	n := 0
	for _, c := range calls {
		if c.Name == name {
			n++
		}
	}
	return n
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader sends the status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write sends the body, with 200 if no status was sent.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer beneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
