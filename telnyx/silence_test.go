package telnyx

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// rich is metadata with everything that gets lost in careless hands.
const rich = `{"assistant_id":"assistant-1","telnyx_conversation_channel":"sms_chat","telnyx_agent_target":"+13125550100",` +
	`"telnyx_end_user_target":"+13125550199","telnyx_end_user_target_verified":true,"called_tools":["a","b"],"crm":1234567890123456789,` +
	`"nothing":null,"nested":{"z":[1.0,{"a":"<&>"}],"a":""},"unit":"4B"}`

func snapshot(t *testing.T, s string) takeover.Snapshot {
	t.Helper()
	var m takeover.Snapshot
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// checkRest fails unless everything but the flag is stored as it was.
func checkRest(t *testing.T, f *fake, id, was string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, want := range snapshot(t, was) {
		if got := f.convs[id].metadata[key]; key != keyAIDisabled && !equalJSON(want, got) {
			t.Errorf("%s was %s and is %s", key, want, got)
		}
	}
}

// Mistakes 4, 5, 6, 7: lost types, a partial write, a removed key, one form of the flag.
// keepNothing is for what does not look at it.
func keepNothing(context.Context, takeover.Before) error { return nil }

// TestWhatIsWrittenIsKeptFirst: the entries are handed over between the read and the
// write, and nothing is written if they cannot be kept.
func TestWhatIsWrittenIsKeptFirst(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{"unit":"4B"}`)
	full := errors.New("no room")
	proof, err := f.provider().Silence(t.Context(), convA, takeover.Snapshot{"gate": json.RawMessage(`7`)}, func(_ context.Context, b takeover.Before) error {
		if string(b.Snapshot["unit"]) != `"4B"` || string(b.Snapshot["gate"]) != "7" {
			t.Errorf("kept %v", b.Snapshot)
		}
		return full
	})
	if !errors.Is(err, full) || proof.Silent {
		t.Errorf("%+v, %v", proof, err)
	}
	if reads, writes := f.made("GET"), f.made("PUT"); reads != 1 || writes != 0 {
		t.Errorf("%d reads and %d writes, want the read alone", reads, writes)
	}
}

func TestSilenceAndRelease(t *testing.T) {
	t.Parallel()
	for _, put := range []string{"replace", "merge"} {
		for _, boolean := range []string{"accept", "reject", "stringify"} {
			t.Run(put+" "+boolean, func(t *testing.T) {
				f := newFake(t)
				f.put, f.boolean = put, boolean
				f.add(convA, rich)
				p := f.provider()
				proof, err := p.Silence(t.Context(), convA, nil, keepNothing)
				if err != nil {
					t.Fatal(err)
				}
				if !proof.Silent || proof.WasSilent || !readFlag(json.RawMessage(f.entry(convA, keyAIDisabled))) {
					t.Errorf("proof %+v, stored %s", proof, f.entry(convA, keyAIDisabled))
				}
				checkRest(t, f, convA, rich)
				proof, err = p.Release(t.Context(), convA, proof.Snapshot, keepNothing)
				if err != nil {
					t.Fatal(err)
				}
				if stored := f.entry(convA, keyAIDisabled); proof.Silent || !proof.WasSilent || readFlag(json.RawMessage(stored)) || stored == "" {
					t.Errorf("proof %+v, stored %q", proof, stored)
				}
				checkRest(t, f, convA, rich)
			})
		}
	}
}

// The good case costs three calls; a refused boolean costs one more, once.
func TestCallsOfSilence(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.boolean = "reject"
	f.add(convA, rich)
	f.add(convB, rich)
	p := f.provider()
	for i, want := range []int{4, 3, 3} {
		before := f.made("")
		id := takeover.ConversationID([]string{convA, convB, convA}[i])
		proof, err := p.Silence(t.Context(), id, nil, keepNothing)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.made("") - before; got != want {
			t.Errorf("takeover %d: %d calls, want %d", i, got, want)
		}
		if i == 0 && proof.Answer != "PUT 422, PUT 200 as text, read back true as text" {
			t.Errorf("answer %q", proof.Answer)
		}
	}
	f = newFake(t)
	f.add(convA, rich)
	proof, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
	if err != nil || proof.Answer != "PUT 200, read back true" {
		t.Errorf("answer %q, %v", proof.Answer, err)
	}
	want := []string{"GET", "PUT", "GET"}
	for i, call := range f.calls {
		if !strings.HasPrefix(call, want[i]+" /ai/conversations/"+convA+"?") {
			t.Errorf("call %d is %s", i, call)
		}
	}
}

// A refusal that names something else is not answered with another form of the flag.
func TestOtherRefusalsAreNotRetried(t *testing.T) {
	t.Parallel()
	for body, puts := range map[string]int{
		`{"detail":[{"loc":["body","metadata","called_tools"],"msg":"str type expected","type":"type_error.str"}]}`: 1,
		`{"detail":[{"loc":["path","conversation_id"],"msg":"x","type":"y"}]}`:                                      1,
		`{"detail":[{"loc":["body","metadata","ai_disabled","str"],"msg":"x","type":"string_type"}]}`:               2,
		`{"errors":[{"code":"10027","source":{"pointer":"/metadata/ai_disabled"}}]}`:                                2,
		`{"errors":[{"code":"10027"}]}`: 2,
		``:                              2,
	} {
		f := newFake(t)
		f.add(convA, rich)
		f.intercept = func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if r.Method == "PUT" {
				reply(w, 422, body)
			}
			return r.Method == "PUT"
		}
		_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
		e := kindOfError(t, err)
		if e.Kind != takeover.Refused || e.Status != 422 || e.FlagUnknown || e.Snapshot == nil {
			t.Errorf("%s: %+v", body, e)
		}
		if got := f.made("PUT"); got != puts {
			t.Errorf("%s: %d writes, want %d", body, got, puts)
		}
	}
}

// Mistake 9: taking a 200 for proof.
func TestFlagThatIsNotKept(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.put = "nothing"
	f.add(convA, rich)
	_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
	e := kindOfError(t, err)
	if e.Kind != takeover.NotKept || e.FlagUnknown || len(e.Snapshot) != 10 || e.Proof != nil {
		t.Errorf("error %+v", e)
	}
	if n := f.made("PUT"); n != 1 {
		t.Errorf("%d writes", n)
	}
}

func TestEveryRefusalHasItsKind(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]takeover.ProviderErrorKind{
		400: takeover.Refused, 401: takeover.KeyRefused, 402: takeover.Refused, 403: takeover.KeyRefused,
		404: takeover.Gone, 409: takeover.Refused, 429: takeover.Limited,
	} {
		for _, method := range []string{"GET", "PUT"} {
			f := newFake(t)
			f.add(convA, rich)
			f.intercept = func(w http.ResponseWriter, r *http.Request, _ int) bool {
				if r.Method == method {
					w.Header().Set("Retry-After", "3")
					w.WriteHeader(status)
				}
				return r.Method == method
			}
			_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
			e := kindOfError(t, err)
			if e.Kind != kind || e.Status != status || e.FlagUnknown || e.RetryAfter != 3*time.Second {
				t.Errorf("%s %d: %+v", method, status, e)
			}
			if want := map[string]int{"GET": 1, "PUT": 2}[method]; f.made("") != want {
				t.Errorf("%s %d: %d calls, want %d", method, status, f.made(""), want)
			}
			if (e.Snapshot != nil) != (method == "PUT") {
				t.Errorf("%s %d: snapshot %v", method, status, e.Snapshot)
			}
		}
	}
}

// A write whose answer was lost is settled by reading, in both directions.
func TestLostAnswersAreSettledByReading(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stored bool // the write took effect
		lose   func(f *fake, w http.ResponseWriter, r *http.Request)
		kind   takeover.ProviderErrorKind
		answer string
	}{
		"dropped after":   {true, func(_ *fake, w http.ResponseWriter, _ *http.Request) { dropConnection(w) }, "", "PUT without an answer, read back true"},
		"dropped before":  {false, func(_ *fake, w http.ResponseWriter, _ *http.Request) { dropConnection(w) }, takeover.NoAnswer, ""},
		"500 after":       {true, func(_ *fake, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "", "PUT 500, read back true"},
		"502 before":      {false, func(_ *fake, w http.ResponseWriter, _ *http.Request) { reply(w, 502, "<html>") }, takeover.Failing, ""},
		"time-out after":  {true, func(_ *fake, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "", "PUT without an answer, read back true"},
		"time-out before": {false, func(_ *fake, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, takeover.NoAnswer, ""},
		"unreadable":      {true, func(_ *fake, w http.ResponseWriter, _ *http.Request) { reply(w, 200, "<html>") }, "", "PUT 200, read back true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.add(convA, rich)
			f.intercept = func(w http.ResponseWriter, r *http.Request, _ int) bool {
				if r.Method != "PUT" {
					return false
				}
				if tc.stored {
					f.mu.Lock()
					f.convs[convA].metadata[keyAIDisabled] = json.RawMessage(`true`)
					f.mu.Unlock()
				}
				tc.lose(f, w, r)
				return true
			}
			timeout := 10 * time.Second
			if strings.HasPrefix(name, "time-out") {
				timeout = 500 * time.Millisecond
			}
			proof, err := f.provider(withTimeout(timeout)).Silence(t.Context(), convA, nil, keepNothing)
			if f.made("PUT") != 1 {
				t.Errorf("%d writes", f.made("PUT"))
			}
			if tc.kind == "" {
				if err != nil || !proof.Silent || proof.Answer != tc.answer {
					t.Errorf("proof %+v, %v", proof, err)
				}
				return
			}
			if e := kindOfError(t, err); e.Kind != tc.kind || e.FlagUnknown || e.Op != opWrite || e.Snapshot == nil {
				t.Errorf("error %+v", e)
			}
		})
	}
}

// Only where the write may have landed and nothing could be read back, the flag is unknown.
func TestFlagUnknown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		put, back int // statuses; 0: as usual
		unknown   bool
		kind      takeover.ProviderErrorKind
	}{
		"written, unread":       {0, 503, true, takeover.Failing},
		"written, gone":         {0, 404, true, takeover.Gone},
		"unanswered, unread":    {500, 429, true, takeover.Limited},
		"refused":               {401, 500, false, takeover.KeyRefused},
		"limited":               {429, 500, false, takeover.Limited},
		"unanswered, then read": {500, 0, false, takeover.Failing},
	} {
		f := newFake(t)
		f.add(convA, rich)
		f.intercept = func(w http.ResponseWriter, r *http.Request, n int) bool {
			status := tc.put
			if r.Method == "GET" {
				if status = tc.back; n == 1 {
					status = 0
				}
			}
			if status != 0 {
				w.WriteHeader(status)
			}
			return status != 0
		}
		_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
		if e := kindOfError(t, err); e.FlagUnknown != tc.unknown || e.Kind != tc.kind || e.Snapshot == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// Nobody there at all: nothing can have been written.
func TestUnsentWriteIsNotUnknown(t *testing.T) {
	t.Parallel()
	err := (&apicall.Client{}).Failure(opWrite, takeover.NoAnswer, &apicall.LostCall{What: "connection refused"})
	if mayHaveLanded(err) {
		t.Error("a write that was never sent may have landed")
	}
	f := newFake(t)
	f.add(convA, rich)
	p := f.provider()
	ctx, cancel := context.WithCancel(t.Context())
	f.intercept = func(_ http.ResponseWriter, _ *http.Request, _ int) bool { cancel(); return false }
	_, serr := p.Silence(ctx, convA, nil, keepNothing)
	if e := kindOfError(t, serr); e.FlagUnknown || !errors.Is(serr, context.Canceled) || f.made("PUT") != 0 {
		t.Errorf("cancelled before the write: %+v, %d writes", e, f.made("PUT"))
	}
}

// A caller that goes away during the write still gets the truth about it.
func TestReadBackOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, rich)
	ctx, cancel := context.WithCancel(t.Context())
	f.intercept = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method != "PUT" {
			return false
		}
		f.mu.Lock()
		f.convs[convA].metadata[keyAIDisabled] = json.RawMessage(`true`)
		f.mu.Unlock()
		cancel()
		<-r.Context().Done()
		return true
	}
	proof, err := f.provider().Silence(ctx, convA, nil, keepNothing)
	if err != nil || !proof.Silent {
		t.Errorf("proof %+v, %v", proof, err)
	}
}

// ... but not for ever.
func TestReadBackIsBoundedWhenItsCallerIsGone(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, rich)
	ctx, cancel := context.WithCancel(t.Context())
	f.intercept = func(_ http.ResponseWriter, r *http.Request, n int) bool {
		if r.Method == "GET" && n == 2 {
			cancel()
			<-r.Context().Done()
			return true
		}
		return false
	}
	p := f.provider(withTimeout(time.Hour)) // so that only the grace can end the read
	p.grace = 20 * time.Millisecond
	_, err := p.Silence(ctx, convA, nil, keepNothing)
	if e := kindOfError(t, err); !e.FlagUnknown || e.Kind != takeover.NoAnswer || e.Op != opReadBack {
		t.Errorf("error %+v", e)
	}
}

// Without entries in the first answer a write could wipe everything: no PUT of the flag alone.
func TestNoMetadataNoWrite(t *testing.T) {
	t.Parallel()
	for _, metadata := range []string{``, `,"metadata":null`, `,"metadata":{}`} {
		f := newFake(t)
		f.add(convA, rich)
		f.intercept = func(w http.ResponseWriter, r *http.Request, n int) bool {
			odd := r.Method == "GET" && n == 1
			if odd {
				reply(w, 200, `{"data":{"id":"`+convA+`","name":"x"`+metadata+`}}`)
			}
			return odd
		}
		p := f.provider()
		for _, set := range []func(context.Context, takeover.ConversationID, takeover.Snapshot, takeover.Keep) (takeover.Proof, error){p.Silence, p.Release} {
			f.counts = map[string]int{}
			_, err := set(t.Context(), convA, nil, keepNothing)
			if e := kindOfError(t, err); e.Kind != takeover.Failing || !errors.Is(err, errNoEntries) || f.made("PUT") != 0 {
				t.Errorf("%q: %+v, %d writes", metadata, e, f.made("PUT"))
			}
		}
		if proof, err := p.Silence(t.Context(), convA, nil, keepNothing); err != nil || !proof.Silent {
			t.Errorf("%q, the next time: %+v, %v", metadata, proof, err)
		}
		checkRest(t, f, convA, rich)
	}
}

// A read-back with null proves nothing, neither that the flag is set nor that entries are lost.
func TestNullReadBackProvesNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, rich)
	f.intercept = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if r.Method == "GET" && n == 2 {
			reply(w, 200, `{"data":{"id":"`+convA+`","metadata":null}}`)
			return true
		}
		return false
	}
	_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
	if e := kindOfError(t, err); !e.FlagUnknown || len(e.Lost) != 0 || f.made("PUT") != 1 {
		t.Errorf("%+v, %d writes", e, f.made("PUT"))
	}
	checkRest(t, f, convA, rich)
}

// Another conversation's metadata must never be written into this one.
func TestAnswerAboutAnotherConversation(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		reply(w, 200, `{"data":{"id":"`+convB+`","metadata":`+rich+`}}`)
		return true
	}
	_, err := f.provider().Silence(t.Context(), convA, nil, keepNothing)
	if e := kindOfError(t, err); e.Kind != takeover.Failing || !errors.Is(err, apicall.ErrOtherID) || f.made("PUT") != 0 {
		t.Errorf("%+v, %d writes", e, f.made("PUT"))
	}
}

// Mistake 10, as far as it is this package's: parallel takeovers lose no entries.
func TestParallelSilenceLosesNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.boolean = "reject"
	f.add(convA, rich)
	p := f.provider()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if proof, err := p.Silence(t.Context(), convA, nil, keepNothing); err != nil || !proof.Silent {
				t.Errorf("proof %+v, %v", proof, err)
			}
		})
	}
	wg.Wait()
	checkRest(t, f, convA, rich)
}

func TestProofHasItsTime(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{"ai_disabled":"True"}`)
	p := f.provider()
	at := time.Date(2026, 11, 20, 3, 14, 9, 0, time.FixedZone("", 3600))
	p.now = func() time.Time { return at }
	proof, err := p.Silence(t.Context(), convA, nil, keepNothing)
	if err != nil || !proof.CheckedAt.Equal(at) || proof.CheckedAt.Location() != time.UTC || !proof.WasSilent {
		t.Errorf("%+v, %v", proof, err)
	}
}
