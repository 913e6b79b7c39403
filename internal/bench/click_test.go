package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestMint: each request is a new click, signed as Slack signs, with an address of its
// own for the answer.
func TestMint(t *testing.T) {
	t.Parallel()
	m := &mint{secret: "shh", host: "127.0.0.1:1", sink: "http://127.0.0.1:2/answers"}
	old := url.Values{"payload": {`{"trigger_id":"17.1.trigger","response_url":"http://127.0.0.1:3/response/x"}`}}.Encode()
	from := template{body: []byte(old), unique: "17.1.trigger", answer: url.QueryEscape("http://127.0.0.1:3/response/x")}
	seen := map[string]bool{}
	for _, request := range m.batch(from, 3) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		verifier, err := slack.NewSecretsVerifier(r.Header, m.secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := verifier.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := verifier.Ensure(); err != nil {
			t.Errorf("not signed: %v", err)
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Fatal(err)
		}
		seen[form.Get("payload")] = true
	}
	for _, want := range []string{"1", "2", "3"} {
		if payload := `{"trigger_id":"bench` + want + `","response_url":"http://127.0.0.1:2/answers/` + want + `"}`; !seen[payload] {
			t.Errorf("no request with %s among %v", payload, seen)
		}
	}
}

// TestOpenLoopCountsWaiting has the server stand still for a while: those that were to
// leave meanwhile count their waiting, too.
func TestOpenLoopCountsWaiting(t *testing.T) {
	t.Parallel()
	const stall = 100 * time.Millisecond
	w := &simulators{}
	first := make(chan struct{}, 1)
	first <- struct{}{}
	gate := make(chan struct{})
	address := w.serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case <-first:
			time.AfterFunc(stall, func() { close(gate) })
		default:
		}
		<-gate
	}))
	defer func() { _ = w.servers[0].Close() }()
	m := &mint{secret: "shh", host: "h", sink: "s"}
	l := openLoop(t.Context(), address[len("http://"):], 200, m.batch(template{body: []byte("x"), unique: "?"}, 20))
	if got := l.latencies.median(); len(l.latencies) != 20 || got < stall/4 {
		t.Errorf("%d answers, median %s: the others waited for half of %s on average", len(l.latencies), got, stall)
	}
}
