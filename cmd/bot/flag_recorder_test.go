package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// flagRecorder passes requests to the simulated Telnyx and records when each
// conversation's flag was which, so that what a card claims can be checked afterwards.
type flagRecorder struct {
	sim *telnyxsim.Sim
	api http.Handler
	now func() (earliest, latest time.Time) // that a bot may take it for

	mu    sync.Mutex
	spans map[string][]flagSpan // by conversation, oldest first
	looks []time.Time           // of the watch, by the bots' clock
}

// flagSpan begins when a flag may have become on or off: before the write began.
type flagSpan struct {
	from time.Time
	on   bool
}

func newFlagRecorder(sim *telnyxsim.Sim, now func() (earliest, latest time.Time)) *flagRecorder {
	f := &flagRecorder{sim: sim, api: sim.Handler(), now: now, spans: map[string][]flagSpan{}}
	f.record(time.Time{}, time.Time{})
	return f
}

// ServeHTTP is Telnyx.
func (f *flagRecorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from, to := f.now()
	answer := &cutWriter{ResponseWriter: w}
	f.api.ServeHTTP(answer, r)
	// Where the simulated Telnyx cuts a connection that was used before, the HTTP client
	// repeats the request: that is no poll of the watch.
	if !answer.cut && strings.HasPrefix(r.URL.Query().Get("last_message_at"), "gte.") {
		f.mu.Lock()
		f.looks = append(f.looks, to)
		f.mu.Unlock()
	}
	f.record(from, to) // after a read too: it may show a write that landed late
}

// cutWriter notices that a connection is taken over, to be cut.
type cutWriter struct {
	http.ResponseWriter
	cut bool
}

// Hijack hands the connection out.
func (c *cutWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c.cut = true
	return http.NewResponseController(c.ResponseWriter).Hijack()
}

// Unwrap gives http.ResponseController the writer beneath.
func (c *cutWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// flip changes the flag as another program would.
func (f *flagRecorder) flip(id string, on bool) error {
	from, to := f.now()
	defer f.record(from, to)
	return f.sim.FlipAI(id, on)
}

// record notes what changed since a moment that a bot may take for any time between the
// two: a flag is on from the first, and off from the second. A change from before that
// moment, such as a write that landed late, has the time that Telnyx has for it.
func (f *flagRecorder) record(earliest, latest time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.sim.Conversations() {
		changes := f.sim.FlagHistory(c.ID)
		for _, change := range changes[min(len(f.spans[c.ID]), len(changes)):] {
			from := latest
			if change.Silenced {
				from = earliest
			}
			if !change.At.IsZero() && change.At.Before(earliest) {
				from = change.At
			}
			f.spans[c.ID] = append(f.spans[c.ID], flagSpan{from, change.Silenced})
		}
	}
}

// wasOn says whether the flag was on at some moment of the second that begins at t:
// cards show whole seconds.
func (f *flagRecorder) wasOn(id string, t time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	spans := f.spans[id]
	for i, s := range spans {
		endsBefore := i+1 < len(spans) && spans[i+1].from.Before(t)
		if s.on && s.from.Before(t.Add(time.Second)) && !endsBefore {
			return true
		}
	}
	return false
}

// tooSoon is how soon after another look the watch took the next one, where that was less
// than a tick; zero if it never did.
func (f *flagRecorder) tooSoon() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := 1; i < len(f.looks); i++ {
		if gap := f.looks[i].Sub(f.looks[i-1]); gap < takeover.SyncTick*8/10 {
			return gap
		}
	}
	return 0
}

// story tells when the flag became on and off.
func (f *flagRecorder) history(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var told []string
	for _, s := range f.spans[id] {
		told = append(told, fmt.Sprintf("%s %t", s.from.UTC().Format(time.TimeOnly), s.on))
	}
	return strings.Join(told, ", ")
}
