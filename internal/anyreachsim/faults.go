package anyreachsim

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Op names an operation of the API.
type Op string

// The operations. OpAll in a failure means each of them.
const (
	OpAll      Op = "all"
	OpList     Op = "list"
	OpGet      Op = "get"
	OpScopes   Op = "scopes"
	OpMessage  Op = "message"
	OpEnd      Op = "end"
	OpListener Op = "listener"
	OpUnknown  Op = "unknown"
)

// Shape is how a transcript is stored: its inside is not documented.
type Shape string

// The shapes. The zero value is an object with items.
const (
	ShapeItems   Shape = ""
	ShapeList    Shape = "list"    // a bare list, content as objects
	ShapeTurns   Shape = "turns"   // other names for everything
	ShapeNested  Shape = "nested"  // one object further in, items with ids
	ShapeText    Shape = "text"    // JSON within a string
	ShapeUnknown Shape = "unknown" // nothing that a client could know
)

// Ways in which a request can fail other than by a status.
const (
	FailHang = "hang" // no answer ever comes
	FailDrop = "drop" // the connection is closed
)

// Faults are the switches. The zero value is a good day with an exclusive cursor.
type Faults struct {
	CursorInclusive bool // the boundary row comes again
	IgnoreCursor    bool // every page is the first one
	IgnoreFilters   bool // the list returns strangers as well
	NullSensitive   bool // withheld columns come as null instead of being left out
	Shape           Shape
	// Refuse names parameters that are answered 422; RefuseVaguely does not say which.
	Refuse        []string
	RefuseVaguely bool
	// VanishAfterPage is removed once a page was read.
	VanishAfterPage string
	// ErrorText writes errors as {"error": text} in place of {"detail": …}.
	ErrorText bool
	// ScopesWrapped wraps the list of scopes in an object; ScopesRefused answers 403.
	ScopesWrapped, ScopesRefused bool
	// MaxRows is the most rows of a page, whatever limit is asked for; 0 is no such maximum.
	MaxRows int
	// ClockAhead is how far Anyreach's own clock is ahead of Options.Now, or behind it
	// where negative: all times stored from now on and the header Date follow it.
	ClockAhead time.Duration
	// ConversationsLate and ItemsLate let reads see conversations loaded, and items said,
	// from now on only so much later by Options.Now, with their true times.
	ConversationsLate, ItemsLate time.Duration
	RatePerSecond                int // requests a second before 429; 0 is no limit
	Latency                      time.Duration
	Fail                         []Failure
}

// Failure makes requests of one operation fail.
type Failure struct {
	Op         Op     // "" is all
	Times      int    // how many requests fail; 0 is every one
	Status     int    // 502 is HTML, 422 has a list as detail
	How        string // hang or drop, in place of a status
	RetryAfter int    // seconds; 0 sends no such header
}

// SetFaults replaces all switches.
func (s *Sim) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Fail = slices.Clone(f.Fail)
	s.faults = f
}

// takeFailure returns the first failure that fits and counts it as used. mu is held.
func (s *Sim) takeFailure(op Op) (Failure, bool) {
	for i, f := range s.faults.Fail {
		if f.Op != "" && f.Op != OpAll && f.Op != op {
			continue
		}
		switch f.Times {
		case 0: // stays
		case 1:
			s.faults.Fail = slices.Delete(s.faults.Fail, i, i+1)
		default:
			s.faults.Fail[i].Times--
		}
		return f, true
	}
	return Failure{}, false
}

// response is what a failure answers.
func (f Failure) response() response {
	var a response
	switch f.Status {
	case http.StatusBadGateway:
		a = response{status: f.Status, contentType: "text/html", body: []byte("<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n")}
	case http.StatusUnprocessableEntity:
		a = invalid("value could not be accepted", "value_error", "body")
	default:
		a = failed(f.Status, "This failure was asked for.")
	}
	if f.RetryAfter > 0 {
		a.header = http.Header{"Retry-After": {strconv.Itoa(f.RetryAfter)}}
	}
	return a
}
