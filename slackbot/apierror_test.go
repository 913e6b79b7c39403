package slackbot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

func fakeResponse(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func TestErrorShapes(t *testing.T) {
	refusal := func(code string) string { return fmt.Sprintf(`{"ok":false,"error":%q}`, code) }
	for _, tc := range []struct {
		name   string
		status int
		after  string
		body   string
		class  errorClass
		code   string
		again  time.Duration
	}{
		{"429 with a time", 429, "30", "", limited, "", 30 * time.Second},
		{"429 without a time", 429, "", "", limited, "", unsaidWait},
		{"429 with nonsense", 429, "soon", "", limited, "", unsaidWait},
		{"429 with zero", 429, "0", "", limited, "", unsaidWait},
		{"429 with a year", 429, "31536000", "", limited, "", longestWait},
		{"200 ratelimited", 200, "", refusal("ratelimited"), limited, "", unsaidWait},
		{"200 rate_limited", 200, "", refusal("rate_limited"), limited, "", unsaidWait},
		{"too many messages", 200, "", refusal("message_limit_exceeded"), limited, "", unsaidWait},
		{"503 page", 503, "", "<!DOCTYPE html><html>hush</html>", retry, "http_503", 0},
		{"500", 500, "", "", retry, "http_500", 0},
		{"408", 408, "", "", retry, "http_408", 0},
		{"service_unavailable", 200, "", refusal("service_unavailable"), retry, "service_unavailable", 0},
		{"request_timeout", 200, "", refusal("request_timeout"), retry, "request_timeout", 0},
		{"internal_error", 200, "", refusal("internal_error"), ambiguous, "internal_error", 0},
		{"fatal_error", 200, "", refusal("fatal_error"), ambiguous, "fatal_error", 0},
		{"200 with a page", 200, "", "<html>hush</html>", ambiguous, codeUnreadable, 0},
		{"200 cut short", 200, "", `{"ok":tr`, ambiguous, codeUnreadable, 0},
		{"302", 302, "", "", permanent, "http_302", 0},
		{"404", 404, "", "", permanent, "http_404", 0},
		{"not_in_channel", 200, "", refusal("not_in_channel"), permanent, "not_in_channel", 0},
		{"invalid_auth", 200, "", refusal("invalid_auth"), permanent, "invalid_auth", 0},
		{"restricted_action_read_only_channel", 200, "", refusal("restricted_action_read_only_channel"), permanent, "restricted_action_read_only_channel", 0},
		{"never heard of", 200, "", refusal("brand_new"), permanent, "brand_new", 0},
		{"not a code at all", 200, "", refusal("hush, the text was <b>"), permanent, codeOdd, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.after != "" {
					w.Header().Set("Retry-After", tc.after)
				}
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			_, err := c.post(t.Context(), urgent, "k", place{Channel: "C1"}, said("hush"))
			if tc.class == limited {
				wantLater(t, err, tc.again)
				return
			}
			if e := asAPIError(t, err); e.Class != tc.class || e.Code != tc.code || e.Method != methodPost {
				t.Errorf("got %v, want %s (%s)", e, tc.code, tc.class)
			}
		})
	}
}

func TestBrokenConnectionBeforeAndAfterTheRequest(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		must(t, l.Close())
		c := newClient(clientConfig{Token: testToken, APIURL: "http://" + l.Addr().String() + "/"})
		_, err = c.post(t.Context(), urgent, "k", place{Channel: "C1"}, said("hush"))
		if e := asAPIError(t, err); e.Class != retry || e.Code != codeNotSent || !e.undone() {
			t.Errorf("got %v", e)
		}
	})
	t.Run("dropped", func(t *testing.T) {
		c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			must(t, err)
			must(t, conn.Close())
		})
		_, err := c.post(t.Context(), urgent, "k", place{Channel: "C1"}, said("hush"))
		if e := asAPIError(t, err); e.Class != ambiguous || e.Code != codeNoAnswer || e.undone() {
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
		_, err := c.post(ctx, urgent, "k", place{Channel: "C1"}, said("hush"))
		if e := asAPIError(t, err); e.Class != ambiguous || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", e)
		}
	})
}

func TestWorkersTellClassesApart(t *testing.T) {
	for class, undone := range map[errorClass]bool{permanent: true, limited: true, retry: false, ambiguous: false} {
		if got := (&apiError{Class: class, Code: "http_503"}).undone(); got != undone {
			t.Errorf("%s: undone %v", class, got)
		}
	}
	var later *takeover.LaterError
	if errors.As(error(&apiError{Class: retry}), &later) {
		t.Error("a failure is not a LaterError")
	}
}
