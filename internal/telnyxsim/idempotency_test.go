package telnyxsim

import (
	"context"
	"strings"
	"testing"
	"time"
)

const messagePath = convPath + "/message"

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	now := noonUTC
	r := newRig(t, Options{Now: func() time.Time { return now }}, conv(1, "+14155550101"))
	post := func(key, body string) answer { return r.do("POST", messagePath, body, "Idempotency-Key", key) }
	count := func() int { return len(r.Messages(SeedID(9001))) }
	const a, b = `{"role":"user","content":"a"}`, `{"role":"user","content":"b"}`

	for _, step := range []struct {
		name, key, body string
		status, count   int
		code            string
	}{
		{"first", "k1", a, 200, 1, ""},
		{"replayed", "k1", a, 200, 1, ""},
		{"another body", "k1", b, 422, 1, "10027"},
		{"another key", "k2", a, 200, 2, ""},
		{"malformed", "k 3", a, 400, 2, "10015"},
		{"too long", strings.Repeat("k", 256), a, 400, 2, "10015"},
		{"as long as may be", strings.Repeat("k", 255), a, 200, 3, ""},
		{"a refusal frees the key", "k4", `{}`, 422, 3, ""},
		{"freed", "k4", a, 200, 4, ""},
	} {
		got := post(step.key, step.body)
		if got.status != step.status || count() != step.count || !strings.Contains(got.body, step.code) {
			t.Errorf("%s: %d %s, %d messages", step.name, got.status, got.body, count())
		}
	}
	now = now.Add(24 * time.Hour)
	if post("k1", b); count() != 5 {
		t.Errorf("after a day the key is still held: %d messages", count())
	}
}

func TestIdempotencyKeyOnCreateReplaysTheSameID(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	one := r.do("POST", "/ai/conversations", `{}`, "Idempotency-Key", "k")
	two := r.do("POST", "/ai/conversations", `{}`, "Idempotency-Key", "k")
	if one.body != two.body || len(r.Conversations()) != 1 {
		t.Errorf("%s then %s", one.body, two.body)
	}
}

func TestIdempotencyKeyIsIgnoredOnPut(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	for _, body := range []string{`{"metadata":{"a":1}}`, `{"metadata":{"a":2}}`} {
		if a := r.do("PUT", convPath, body, "Idempotency-Key", "k"); a.status != 200 {
			t.Errorf("got %d %s", a.status, a.body)
		}
	}
	if got := r.stored(); got != `{"a":2}` {
		t.Errorf("stored %s", got)
	}
}

func TestIdempotentRetryAfterALostAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	if err := r.Inject(Failure{Op: OpMessage, How: FailDropAfter, Times: 1}); err != nil {
		t.Fatal(err)
	}
	const body = `{"role":"user","content":"a"}`
	// Go's own transport repeats a request with this header when the connection goes, so the retry may be its.
	r.send(context.Background(), "POST", messagePath, body, "Idempotency-Key", "k")
	if a := r.do("POST", messagePath, body, "Idempotency-Key", "k"); a.status != 200 {
		t.Errorf("retry: %d %s", a.status, a.body)
	}
	if n := len(r.Messages(SeedID(9001))); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

func TestIdempotencyKeyOfARunningRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	if err := r.Inject(Failure{Op: OpMessage, How: FailHang, Times: 1}); err != nil {
		t.Fatal(err)
	}
	const body = `{"role":"user","content":"a"}`
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan answer, 1)
	go func() { first <- r.send(ctx, "POST", messagePath, body, "Idempotency-Key", "k") }()
	awaitTaken(t, r)
	a := r.do("POST", messagePath, body, "Idempotency-Key", "k")
	cancel()
	<-first
	if a.status != 409 {
		t.Errorf("got %d %s, want 409", a.status, a.body)
	}
}

// awaitTaken waits until the only failure has been used, which is when the request is inside.
func awaitTaken(t *testing.T, r *rig) {
	t.Helper()
	changes, cancel := r.Changes()
	defer cancel()
	for len(r.Faults().Fail) > 0 {
		select {
		case <-changes:
		case <-time.After(5 * time.Second):
			t.Fatal("the request never came in")
		}
	}
}
