package telnyxsim

import "time"

// maxCalls bounds the record of calls; the older half goes when it is full.
const maxCalls = 50_000

// Call is one request as it came in and what became of it. It holds no credentials and no body.
type Call struct {
	Op     Op     `json:"op"`
	Method string `json:"method"`
	// Path is the template of the route, such as /v2/ai/conversations/{id}, or "" where there is none.
	Path string `json:"path"`
	// ID is the id in the path, decoded, or "".
	ID string `json:"id,omitempty"`
	// RawQuery is the query as it was on the wire, undecoded.
	RawQuery string `json:"raw_query,omitempty"`
	// Status is 0 while the request runs and where no answer was given.
	Status int `json:"status"`
	// At is when the request came in; Took is how long it was in here.
	At   time.Time     `json:"at"`
	Took time.Duration `json:"took"`
	// BodySize is the size of the request's body in bytes.
	BodySize int `json:"body_size"`
	// IdempotencyKey is the header of that name. The API key is never kept.
	IdempotencyKey string `json:"idempotency_key,omitempty"`
}

// Calls returns the recorded requests in the order in which they came in, those that still run included.
func (s *Sim) Calls() []Call {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	out := make([]Call, len(s.calls))
	for i, c := range s.calls {
		out[i] = *c
	}
	return out
}

// ResetCalls forgets the recorded requests.
func (s *Sim) ResetCalls() {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	s.calls = nil
}

// record notes a request that came in; settle completes the record.
func (s *Sim) record(c Call) *Call {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	if len(s.calls) >= maxCalls {
		s.calls = append([]*Call(nil), s.calls[maxCalls/2:]...)
	}
	s.calls = append(s.calls, &c)
	return &c
}

func (s *Sim) settle(c *Call, a response, bodySize int, took time.Duration) {
	s.callsMu.Lock()
	defer s.callsMu.Unlock()
	if a.cut == cutNone {
		c.Status = a.status
	}
	c.BodySize, c.Took = bodySize, took
}
