package slacksim

import (
	"context"
	"fmt"
	"time"
)

// Call is one request the bot made: a Web API method, "response_url" or
// "upload". It holds no token and no text.
type Call struct {
	Time    time.Time `json:"time"` // on the simulator's clock
	Method  string    `json:"method"`
	Channel string    `json:"channel,omitempty"`
	TS      string    `json:"ts,omitempty"`
	Status  int       `json:"status"`          // HTTP status; 0 where the connection was dropped
	Error   string    `json:"error,omitempty"` // Slack's error, empty when ok
	// Details are Slack's response_metadata.messages, where it gave any.
	Details []string      `json:"details,omitempty"`
	Latency time.Duration `json:"latency_ns"` // nanoseconds, on the machine's clock
}

// keptDeliveries bounds the memory of long benchmarks.
const keptDeliveries = 1000

// Calls lists what the bot asked for, oldest first.
func (s *Sim) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// ForgetCalls empties the list of Calls.
func (s *Sim) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// Deliveries lists the last 1000 requests sent to the bot, retries included.
func (s *Sim) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Delivery(nil), s.deliveries...)
}

// Violations lists what the bot did that Slack would let pass, or answer with
// an error that people see, and that a good bot never does.
func (s *Sim) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.violations...)
}

// ForgetViolations empties the list, for tests that provoke some.
func (s *Sim) ForgetViolations() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = nil
}

func (s *Sim) violate(format string, args ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
	s.changed()
}

// Changes gives a channel that receives after any change of the workspace.
// Several changes may become one signal; none is lost. Call cancel when done.
func (s *Sim) Changes() (changes <-chan struct{}, cancel func()) { return s.watchers.Subscribe() }

// changed tells those who asked for Changes.
func (s *Sim) changed() { s.watchers.Tell() }

// WaitFor returns nil as soon as ok says so of a snapshot that shows
// everything (see Snapshot), and the reason of ctx otherwise.
func (s *Sim) WaitFor(ctx context.Context, ok func(*Snapshot) bool) error {
	changes, cancel := s.Changes()
	defer cancel()
	for {
		if ok(s.Snapshot("", nil)) {
			return nil
		}
		select {
		case <-changes:
		case <-ctx.Done():
			return fmt.Errorf("wait for the workspace to change: %w", ctx.Err())
		}
	}
}
