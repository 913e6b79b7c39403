package telnyx

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"takeoverbot/internal/bounded"
	"takeoverbot/takeover"
)

// kindOfError fails the test unless err is a provider error.
func kindOfError(t *testing.T, err error) *takeover.ProviderError {
	t.Helper()
	var e *takeover.ProviderError
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want *takeover.ProviderError", err, err)
	}
	return e
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"no key":             {BaseURL: "https://api.example"},
		"key with a newline": {Key: "KEY1\nX-Evil: 1"},
		"key with a space":   {Key: "KEY 1"},
		"relative base":      {Key: testKey, BaseURL: "api.telnyx.com/v2"},
		"other scheme":       {Key: testKey, BaseURL: "ftp://api.example"},
		"key in the base":    {Key: testKey, BaseURL: "https://user:KEYpasted@api.example"},
		"query in the base":  {Key: testKey, BaseURL: "https://api.example/?k=KEYpasted"},
	} {
		_, err := New(cfg)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "KEY") && strings.Contains(err.Error(), "pasted") {
			t.Errorf("%s: the error repeats the key: %v", name, err)
		}
	}
	if _, err := New(Config{Key: " " + testKey + "\n"}); err != nil {
		t.Errorf("a pasted key with spaces around it: %v", err)
	}
}

func TestKeyIsNotPrinted(t *testing.T) {
	t.Parallel()
	cfg := Config{Key: testKey, BaseURL: "https://api.example"}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{cfg, c, &cfg} {
			if s := fmt.Sprintf(verb, v); strings.Contains(s, testKey) {
				t.Errorf("%s of %T shows the key", verb, v)
			}
		}
	}
}

// Every operation: what goes over the wire.
func TestOperations(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, tc := range map[string]struct {
		do         func(c *Client) error
		call, body string
		key        string
	}{
		"get":    {func(c *Client) error { _, err := c.Get(ctx, convA); return err }, "GET /ai/conversations/" + convA + "?", "", ""},
		"delete": {func(c *Client) error { return c.Delete(ctx, convA) }, "DELETE /ai/conversations/" + convA + "?", "", ""},
		"create": {func(c *Client) error {
			_, err := c.Create(ctx, NewConversation{Name: "a <b>", Metadata: Metadata{"k": []byte(`[1]`)}}, "key-1")
			return err
		}, "POST /ai/conversations?", `{"name":"a <b>","metadata":{"k":[1]}}`, "key-1"},
		"create empty": {func(c *Client) error { _, err := c.Create(ctx, NewConversation{}, ""); return err },
			"POST /ai/conversations?", `{}`, ""},
		"update": {func(c *Client) error {
			_, err := c.Update(ctx, convA, Metadata{"b": []byte(`true`), "a": []byte(`"<&>"`)})
			return err
		},
			"PUT /ai/conversations/" + convA + "?", `{"metadata":{"a":"<&>","b":true}}`, ""},
		"messages": {func(c *Client) error { _, err := c.Messages(ctx, convA, 0, 500); return err },
			"GET /ai/conversations/" + convA + "/messages?page%5Bnumber%5D=1&page%5Bsize%5D=100", "", ""},
		"add message": {func(c *Client) error {
			return c.AddMessage(ctx, convA, NewMessage{Role: "assistant", Content: "hi", Name: "tech", SentAt: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)}, "a b")
		}, "POST /ai/conversations/" + convA + "/message?", `{"role":"assistant","content":"hi","name":"tech","sent_at":"2026-11-20T03:00:00Z"}`, safeKey("a b")},
		"insights": {func(c *Client) error { _, err := c.Insights(ctx, convA); return err },
			"GET /ai/conversations/" + convA + "/conversations-insights?", "", ""},
		"check": {func(c *Client) error { _, err := c.Check(ctx); return err }, "GET /ai/conversations?limit=1&order=last_message_at.desc", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.add(convA, smsMetadata("+13125550199"))
			if err := tc.do(f.client()); err != nil {
				t.Fatal(err)
			}
			if got := f.lastCall(); got != tc.call {
				t.Errorf("call %q, want %q", got, tc.call)
			}
			if got := f.lastBody(); got != tc.body {
				t.Errorf("body %s, want %s", got, tc.body)
			}
			if got := f.keys[0]; got != tc.key {
				t.Errorf("Idempotency-Key %q, want %q", got, tc.key)
			}
			if len(f.calls) != 1 {
				t.Errorf("%d calls, want 1", len(f.calls))
			}
		})
	}
}

func TestInsightsAreRead(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{}`)
	runs, err := f.client().Insights(t.Context(), convA)
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 2 || runs[0].Status != "completed" || len(runs[0].Results) != 2 ||
		runs[0].Results[0].Result != "calm" || runs[0].Results[1].Result != `{"a":1}` {
		t.Errorf("runs %+v", runs)
	}
}

// Mistake 36: an id is a path somebody else chose.
func TestIDsThatAreNoUUIDsReachNobody(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c, p, ctx := f.client(), f.provider(), t.Context()
	for _, id := range []string{"", "../balance", "a/b", "v3:a/b?c", "..", convA + "/messages", convA[:35] + "/",
		"3fa85f64-5717-4562-b3fc-2c963f66afa%", "３fa85f64-5717-4562-b3fc-2c963f66a"} {
		errs := map[string]error{"delete": c.Delete(ctx, id), "add": c.AddMessage(ctx, id, NewMessage{Role: "user"}, "")}
		_, errs["get"] = c.Get(ctx, id)
		_, errs["update"] = c.Update(ctx, id, nil)
		_, errs["messages"] = c.Messages(ctx, id, 1, 20)
		_, errs["insights"] = c.Insights(ctx, id)
		_, errs["silence"] = p.Silence(ctx, takeover.ConversationID(id), nil, keepNothing)
		_, errs["transcript"] = p.Transcript(ctx, takeover.ConversationID(id), 0)
		for op, err := range errs {
			if e := kindOfError(t, err); e.Kind != takeover.Refused {
				t.Errorf("%s of %q: kind %q", op, id, e.Kind)
			}
		}
	}
	if n := f.made(""); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

// A redirect would carry the key, or the write, somewhere else.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		return true
	}
	_, err := f.client(func(c *Config) { c.HTTP = &http.Client{} }).Get(t.Context(), convA)
	if e := kindOfError(t, err); e.Kind != takeover.Failing || e.Status != http.StatusTemporaryRedirect {
		t.Errorf("error %v", err)
	}
	if elsewhere.Load() != 0 {
		t.Error("the redirect was followed")
	}
}

// One call is one attempt, whatever happens to it.
func TestNoRetries(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 429, 500, 502, 503, 504} {
		f := newFake(t)
		f.add(convA, `{}`)
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { w.WriteHeader(status); return true }
		c := f.client()
		_, _ = c.Get(t.Context(), convA)
		_ = c.AddMessage(t.Context(), convA, NewMessage{Role: "user"}, "k")
		if n := f.made(""); n != 2 {
			t.Errorf("status %d: %d requests for 2 calls", status, n)
		}
	}
}

func TestDeadlineOfACall(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = func(_ http.ResponseWriter, r *http.Request, _ int) bool { <-r.Context().Done(); return true }
	_, err := f.client(withTimeout(20*time.Millisecond)).Get(t.Context(), convA)
	if e := kindOfError(t, err); e.Kind != takeover.NoAnswer || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = f.client().Get(ctx, convA)
	if e := kindOfError(t, err); e.Kind != takeover.NoAnswer || !errors.Is(err, context.Canceled) {
		t.Errorf("error of a cancelled call %v", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		chunk := strings.Repeat(" ", 1<<20)
		for range 9 {
			if _, err := w.Write([]byte(chunk)); err != nil {
				break
			}
		}
		return true
	}
	_, err := f.client().Get(t.Context(), convA)
	if e := kindOfError(t, err); e.Kind != takeover.Failing || !strings.Contains(err.Error(), "too large") {
		t.Errorf("error %v", err)
	}
}

// TestSmallAnswersTakeLittleMemory: a few kilobytes that are unpacked and decoded to millions of
// rows are refused before they are.
func TestSmallAnswersTakeLittleMemory(t *testing.T) {
	for _, row := range []string{"{},", "0,", `{"metadata":{}},`} {
		f := newFake(t)
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := io.WriteString(w, `{"data":[`+strings.Repeat(row, (8<<20-100)/len(row))+`{}]}`); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
			return true
		}
		c := f.client()
		for name, read := range map[string]func() error{
			"list":     func() error { _, err := c.List(t.Context(), ListOptions{}); return err },
			"messages": func() error { _, err := c.Messages(t.Context(), convA, 1, 100); return err },
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := read()
			runtime.ReadMemStats(&after)
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 10 {
				t.Errorf("%s of %q: %d kB on the wire took %d MB", name, row, packed.Len()>>10, took)
			}
			if e := kindOfError(t, err); e.Kind != takeover.Failing || !errors.Is(err, bounded.ErrTooLarge) {
				t.Errorf("%s of %q: %v", name, row, err)
			}
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   takeover.ProviderErrorKind
	}{
		"wrong key":      {401, `{"errors":[{"code":"10009"}]}`, takeover.KeyRefused},
		"wrong base URL": {404, `<html>nginx</html>`, takeover.Refused},
		"a login page":   {200, `<html>sign in</html>`, takeover.Failing},
		"other service":  {200, `{"ok":true}`, takeover.Failing},
	} {
		f := newFake(t)
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, tc.status, tc.body); return true }
		_, err := f.client().Check(t.Context())
		if e := kindOfError(t, err); e.Kind != tc.kind {
			t.Errorf("%s: kind %q, want %q", name, e.Kind, tc.kind)
		}
	}
}

func TestObserveIsToldOfEveryCall(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{}`)
	var seen []string
	c := f.client(func(c *Config) {
		c.Observe = func(op string, status int, d time.Duration) {
			seen = append(seen, fmt.Sprintf("%s %d %t", op, status, d > 0))
		}
	})
	_, _ = c.Get(t.Context(), convA)
	_, _ = c.Get(t.Context(), convB)
	_, _ = c.Get(t.Context(), "no uuid")
	if got := strings.Join(seen, "; "); got != "read conversation 200 true; read conversation 404 true" {
		t.Errorf("observed %q", got)
	}
}
