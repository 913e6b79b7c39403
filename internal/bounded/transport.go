package bounded

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// ErrTooLarge is the error of reading an answer beyond its bounds.
var ErrTooLarge = errors.New("the answer is too large")

const (
	// maxBytes is the largest answer that is read, in bytes, unpacked. A hundred messages of
	// 40,000 characters are about half of it.
	maxBytes = 8 << 20
	// maxRatio is how much larger than on the wire an answer may become, beyond the first
	// freeBytes. JSON of people's messages becomes 5 to 30 times as large.
	maxRatio  = 100
	freeBytes = 1 << 20
	// maxRows is how many values a list or an object may hold, and maxValues an answer as a
	// whole: each may take some kilobytes of memory, whatever it takes on the wire.
	maxRows   = 10_000
	maxValues = 100_000
	// maxDepth is how deep lists and objects may stand in each other.
	maxDepth = 100
)

// Transport bounds the answers that another transport gets. It asks for gzip by itself and
// unpacks it. Reading a body beyond its bounds fails with ErrTooLarge, and with it what
// decodes it.
type Transport struct {
	Next http.RoundTripper // nil: http.DefaultTransport
}

// RoundTrip makes one call.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Accept-Encoding") == "" {
		req = req.Clone(req.Context())
		req.Header.Set("Accept-Encoding", "gzip")
	}
	next := t.Next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	b := &body{wire: wire{from: resp.Body}}
	b.unpacked = &b.wire
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		b.unpacked = &unpacking{from: &b.wire}
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength, resp.Uncompressed = -1, true
	}
	resp.Body = b
	return resp, nil
}

// wire is a body as it arrives, and counts its bytes.
type wire struct {
	from io.ReadCloser
	n    int64
}

// Read reads what arrives.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	w.n += int64(n)
	return n, err
}

// unpacking is gzip that is unpacked. Nothing is read before the first Read.
type unpacking struct {
	from io.Reader
	gzip *gzip.Reader
}

// Read reads unpacked bytes.
func (u *unpacking) Read(p []byte) (n int, err error) {
	if u.gzip == nil {
		if u.gzip, err = gzip.NewReader(u.from); err != nil {
			return 0, err
		}
	}
	return u.gzip.Read(p)
}

// body is the body of an answer within its bounds.
type body struct {
	wire     wire
	unpacked io.Reader
	n        int64 // bytes, unpacked
	counter  counter
	err      error // why it is not read any further
}

// Read reads on, and fails for good where a bound is passed.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.unpacked.Read(p)
	b.n += int64(n)
	if b.n > maxBytes || b.n > freeBytes && b.n > maxRatio*b.wire.n || !b.counter.count(p[:n]) {
		n, err = 0, ErrTooLarge
	}
	b.err = err
	return n, err
}

// Close closes the body as it arrives.
func (b *body) Close() error { return b.wire.from.Close() }
