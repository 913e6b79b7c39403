package telnyx

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// Mistake 40: keys, numbers and words in logs. Everything is done once well and once
// against each kind of failure, with the log at its most talkative.
func TestNothingPersonalIsLoggedOrPutInErrors(t *testing.T) {
	t.Parallel()
	const text = "the door code is 4711"
	number, agent := "+14155550137", "+13125550100"
	echo := `{"errors":[{"code":"14155550137","title":"T","detail":"` + number + ` ` + testKey + ` (415) 555-0137","source":{"pointer":"/` + number + `"}}],` +
		`"detail":"` + text + `"}`
	var logged sharedBuffer
	record := func(err error) {
		if err != nil {
			fmt.Fprintf(&logged, "%v\n", err)
			if e := kindOfError(t, err); e.Detail != "" {
				fmt.Fprintln(&logged, e.Detail, e.Send)
			}
		}
	}
	for _, fail := range []func(w http.ResponseWriter, r *http.Request) bool{
		func(http.ResponseWriter, *http.Request) bool { return false },
		func(w http.ResponseWriter, _ *http.Request) bool { reply(w, 422, echo); return true },
		func(w http.ResponseWriter, _ *http.Request) bool { reply(w, 500, "<html>"+echo); return true },
		func(w http.ResponseWriter, _ *http.Request) bool {
			reply(w, 200, `{"data":"`+number+text+`"}`)
			return true
		},
		func(w http.ResponseWriter, _ *http.Request) bool { dropConnection(w); return true },
		func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "/"+number+"/"+text, http.StatusFound)
			return true
		},
		func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true },
	} {
		f := newFake(t)
		f.add(convA, smsMetadata(number)).messages = []string{`{"role":"user","text":"` + text + `"}`}
		f.intercept = func(w http.ResponseWriter, r *http.Request, _ int) bool { return fail(w, r) }
		p := f.provider(withTimeout(250*time.Millisecond), func(c *Config) {
			c.Log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
			c.Observe = func(op string, status int, _ time.Duration) { fmt.Fprintln(&logged, op, status) }
		})
		ctx := t.Context()
		_, err := p.Find(ctx, takeover.Query{Field: takeover.FieldEndUser, Value: number, Limit: 5})
		record(err)
		_, err = p.Transcript(ctx, convA, 0)
		record(err)
		proof, err := p.Silence(ctx, convA, takeover.Snapshot{"secret": []byte(`"` + text + `"`)}, keepNothing)
		record(err)
		fmt.Fprintln(&logged, proof.Answer)
		record(p.Note(ctx, convA, number, text))
		record(p.Record(ctx, convA, number, text))
		_, err = p.Send(ctx, takeover.Texted{From: takeover.Target(agent), To: takeover.Target(number), Text: text})
		record(err)
		_, err = p.client.Create(ctx, NewConversation{Name: text, Metadata: Metadata{"n": []byte(`"` + number + `"`)}}, text)
		record(err)
		_, err = p.client.Check(ctx)
		record(err)
	}
	out := logged.String()
	for _, bad := range []string{testKey, number, number[1:], agent, "555-0137", "door", "4711"} {
		if strings.Contains(out, bad) {
			t.Errorf("%q was logged", bad)
		}
	}
	if !strings.Contains(out, `msg="provider call" provider=telnyx op="list conversations" status=200 ms=`) {
		t.Errorf("the log tells nothing:\n%s", out)
	}
}

// sharedBuffer is a buffer for calls that are made at the same time.
type sharedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *sharedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *sharedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
