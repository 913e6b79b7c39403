package bounded

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// get reads an answer through the transport, packed if the caller asks for it.
func get(t *testing.T, answer string, packed bool) (string, *http.Response, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "gzip" {
			t.Errorf("Accept-Encoding %q", got)
		}
		if !packed {
			_, _ = io.WriteString(w, answer)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(pack(t, answer))
	}))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: Transport{}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if _, again := resp.Body.Read(make([]byte, 1)); (again != io.EOF) != (err != nil) {
		t.Errorf("after its end it reads with %v", again)
	}
	return string(got), resp, err
}

func pack(t *testing.T, answer string) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, answer); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func list(n int, row string) string { return "[" + strings.Repeat(row+",", n-1) + row + "]" }

// noise is text that hardly packs: it repeats, but from further away than gzip looks.
func noise(n int) string {
	const far = 64 << 10
	var b strings.Builder
	x := uint32(1)
	for b.Len() < min(n, far) {
		x = x*1664525 + 1013904223
		b.WriteByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[x>>26])
	}
	return strings.Repeat(b.String(), n/b.Len()+1)[:n]
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		plain  bool // within the bounds as it is
		packed bool // within the bounds if it was packed
	}{
		"nothing":                {"", true, true},
		"an answer":              {`{"data":[{"id":"x","n":1}]}`, true, true},
		"a hundred long texts":   {list(100, `{"text":"`+noise(40_000)+`"}`), true, true},
		"twenty times one text":  {list(20, `{"text":"`+strings.Repeat("a", 40_000)+`"}`), true, true},
		"rows":                   {list(maxRows, "{}"), true, true},
		"too many rows":          {list(maxRows+1, "{}"), false, false},
		"too many numbers":       {list(maxRows+1, "0"), false, false},
		"too many entries":       {`{` + strings.Repeat(`"a":0,`, maxRows) + `"a":0}`, false, false},
		"too many in all":        {list(100, list(1_001, "{}")), false, false},
		"many in all":            {list(40, list(1_000, `{"a":1}`)), true, true},
		"not rows but text":      {`["` + strings.Repeat(`,[{\"`, maxValues) + `"]`, true, true},
		"too deep":               {strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), false, false},
		"deep":                   {strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1), true, true},
		"no JSON":                {strings.Repeat("]}", 100), true, true},
		"as large as it may be":  {noise(maxBytes), true, true},
		"too large":              {noise(maxBytes + 1), false, false},
		"grows too much":         {`"` + strings.Repeat("a", 2*freeBytes) + `"`, true, false},
		"grows, but stays small": {`"` + strings.Repeat("a", freeBytes-2) + `"`, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, packed := range []bool{false, true} {
				within := tc.plain
				if packed {
					within = tc.packed
				}
				got, resp, err := get(t, tc.answer, packed)
				if within && (err != nil || got != tc.answer) || !within && !errors.Is(err, ErrTooLarge) {
					t.Errorf("packed %t: %d bytes, %v; want within bounds: %t", packed, len(got), err, within)
				}
				if packed && (resp.Header.Get("Content-Encoding") != "" || resp.ContentLength != -1) {
					t.Errorf("an answer that was unpacked says %v, length %d", resp.Header, resp.ContentLength)
				}
			}
		})
	}
}

func TestBrokenGzip(t *testing.T) {
	t.Parallel()
	for _, raw := range [][]byte{[]byte("no gzip"), pack(t, noise(1000))[:200]} {
		b := &body{wire: wire{from: io.NopCloser(bytes.NewReader(raw))}}
		b.unpacked = &unpacking{from: &b.wire}
		if _, err := io.ReadAll(b); err == nil || errors.Is(err, ErrTooLarge) {
			t.Errorf("%.10q: %v", raw, err)
		}
	}
}

// FuzzCounter: what is JSON has as many values as are counted, give or take empty lists.
func FuzzCounter(f *testing.F) {
	for _, seed := range []string{`[]`, `{"a":[1,2,{"b":"\"],[{"}]}`, `"\\"`, `[[[]],{}]`, `x`, `]]]]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c counter
		within := c.count(raw)
		var v any
		if json.Unmarshal(raw, &v) != nil || !within {
			return
		}
		if values, counted := valuesIn(v), c.total+1; counted < values || c.depth != 0 || c.inString {
			t.Errorf("%s has %d values, %d are counted, depth %d", raw, values, counted, c.depth)
		}
	})
}

// valuesIn counts what a decoded value holds, itself included. Of keys that come twice one is left.
func valuesIn(v any) int {
	n := 1
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += valuesIn(e)
		}
	case map[string]any:
		for _, e := range v {
			n += valuesIn(e)
		}
	}
	return n
}
