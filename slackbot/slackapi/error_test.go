package slackapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

func TestErrorShapes(t *testing.T) {
	t.Parallel()
	refusal := func(code string) string { return fmt.Sprintf(`{"ok":false,"error":%q}`, code) }
	for _, tc := range []struct {
		name   string
		status int
		after  string
		body   string
		class  Class
		code   string
		again  time.Duration
	}{
		{"429 with a time", 429, "30", "", Limited, "", 30 * time.Second},
		{"429 without a time", 429, "", "", Limited, "", unsaidWait},
		{"429 with nonsense", 429, "soon", "", Limited, "", unsaidWait},
		{"429 with zero", 429, "0", "", Limited, "", unsaidWait},
		{"429 with a year", 429, "31536000", "", Limited, "", longestWait},
		{"200 ratelimited", 200, "", refusal("ratelimited"), Limited, "", unsaidWait},
		{"200 rate_limited", 200, "", refusal("rate_limited"), Limited, "", unsaidWait},
		{"too many messages", 200, "", refusal("message_limit_exceeded"), Limited, "", unsaidWait},
		{"503 page", 503, "", "<!DOCTYPE html><html>hush</html>", Retry, "http_503", 0},
		{"500", 500, "", "", Retry, "http_500", 0},
		{"408", 408, "", "", Retry, "http_408", 0},
		{"service_unavailable", 200, "", refusal("service_unavailable"), Retry, "service_unavailable", 0},
		{"request_timeout", 200, "", refusal("request_timeout"), Retry, "request_timeout", 0},
		{"internal_error", 200, "", refusal("internal_error"), Ambiguous, "internal_error", 0},
		{"fatal_error", 200, "", refusal("fatal_error"), Ambiguous, "fatal_error", 0},
		{"200 with a page", 200, "", "<html>hush</html>", Ambiguous, codeUnreadable, 0},
		{"200 cut short", 200, "", `{"ok":tr`, Ambiguous, codeUnreadable, 0},
		{"302", 302, "", "", Permanent, "http_302", 0},
		{"404", 404, "", "", Permanent, "http_404", 0},
		{"not_in_channel", 200, "", refusal("not_in_channel"), Permanent, "not_in_channel", 0},
		{"invalid_auth", 200, "", refusal("invalid_auth"), Permanent, "invalid_auth", 0},
		{"restricted_action_read_only_channel", 200, "", refusal("restricted_action_read_only_channel"), Permanent, "restricted_action_read_only_channel", 0},
		{"never heard of", 200, "", refusal("brand_new"), Permanent, "brand_new", 0},
		{"not a code at all", 200, "", refusal("hush, the text was <b>"), Permanent, codeOdd, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.after != "" {
					w.Header().Set("Retry-After", tc.after)
				}
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			_, err := c.post(t.Context(), Urgent, "k", Place{Channel: "C1"}, sentence("hush"))
			if tc.class == Limited {
				slacktest.WantLater(t, err, tc.again)
				return
			}
			if e := asAPIError(t, err); e.Class != tc.class || e.Code != tc.code || e.Method != methodPost {
				t.Errorf("got %v, want %s (%s)", e, tc.code, tc.class)
			}
		})
	}
}

func TestBrokenConnectionBeforeAndAfterTheRequest(t *testing.T) {
	t.Parallel()
	t.Run("refused", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		slacktest.Must(t, err)
		slacktest.Must(t, l.Close())
		c := New(Config{Token: slacktest.Token, APIURL: "http://" + l.Addr().String() + "/"})
		_, err = c.post(t.Context(), Urgent, "k", Place{Channel: "C1"}, sentence("hush"))
		if e := asAPIError(t, err); e.Class != Retry || e.Code != codeNotSent || !e.undone() {
			t.Errorf("got %v", e)
		}
	})
	t.Run("dropped", func(t *testing.T) {
		c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			slacktest.Must(t, err)
			slacktest.Must(t, conn.Close())
		})
		_, err := c.post(t.Context(), Urgent, "k", Place{Channel: "C1"}, sentence("hush"))
		if e := asAPIError(t, err); e.Class != Ambiguous || e.Code != codeNoAnswer || e.undone() {
			t.Errorf("got %v", e)
		}
	})
	t.Run("the caller went away", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := newFake(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then the server sees the client go
			cancel()
			<-r.Context().Done()
		})
		_, err := c.post(ctx, Urgent, "k", Place{Channel: "C1"}, sentence("hush"))
		if e := asAPIError(t, err); e.Class != Ambiguous || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", e)
		}
	})
}

func TestWorkersTellClassesApart(t *testing.T) {
	t.Parallel()
	for class, undone := range map[Class]bool{Permanent: true, Limited: true, Retry: false, Ambiguous: false} {
		if got := (&Error{Class: class, Code: "http_503"}).undone(); got != undone {
			t.Errorf("%s: undone %v", class, got)
		}
	}
	var later *takeover.LaterError
	if errors.As(error(&Error{Class: Retry}), &later) {
		t.Error("a failure is not a LaterError")
	}
}
