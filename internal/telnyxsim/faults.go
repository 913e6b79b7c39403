package telnyxsim

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Op names an operation of the API in faults and in recorded calls.
type Op string

// The operations. OpAll in a fault means each of them.
const (
	OpAll        Op = "all"
	OpList       Op = "list"
	OpCreate     Op = "create"
	OpGet        Op = "get"
	OpPut        Op = "put"
	OpDelete     Op = "delete"
	OpMessages   Op = "messages"
	OpMessage    Op = "message" // POST …/message
	OpInsights   Op = "insights"
	OpAssistants Op = "assistants"
	OpChat       Op = "chat"
	OpSend       Op = "send"    // POST /messages
	OpUnknown    Op = "unknown" // no such route
)

func ops() []Op {
	return []Op{OpAll, OpList, OpCreate, OpGet, OpPut, OpDelete, OpMessages, OpMessage, OpInsights, OpAssistants, OpChat, OpSend, OpUnknown}
}

// The values of the switches that have more than two. The zero value "" means the first of each group.
const (
	PutReplace = "replace" // PUT stores exactly the metadata that it is given
	PutMerge   = "merge"   // PUT adds to the stored metadata

	BoolAccept       = "accept"
	BoolReject       = "reject"        // a boolean that is new or changed is answered 422
	BoolStringify    = "stringify"     // a boolean that is new or changed is stored as "true" or "false"
	BoolStringifyAll = "stringify_all" // every boolean in the body is stored as text, foreign ones too

	NumbersExact = "exact"
	NumbersFloat = "float" // 3 becomes 3.0: another text, the same number
	NumbersLossy = "lossy" // through a 64-bit float: a 19-digit number comes back as another one

	OrderNewest = "newest" // messages: newest first
	OrderOldest = "oldest"
	// … newest first, but each two neighbours have changed places: the newest is the second
	OrderSwapped = "swapped"
	// … newest first page by page, but each page in an order that has nothing to do with time; it is the same every time
	OrderScrambled = "scrambled"

	TextAsStored = "stored"
	TextNull     = "null"  // the text of a message without text is null
	TextEmpty    = "empty" // … is ""
)

// Faults are the switches of the simulator. The zero value is a Telnyx on a good day that replaces on PUT, accepts
// booleans and shows the newest message first. It can be written as JSON, for a page that shows and flips it.
type Faults struct {
	Put     string `json:"put"`     // replace or merge
	Bool    string `json:"bool"`    // accept, reject, stringify or stringify_all
	Numbers string `json:"numbers"` // exact, float or lossy: what a PUT does to numbers
	Order   string `json:"order"`   // newest, oldest, swapped or scrambled: of messages
	Text    string `json:"text"`    // stored, null or empty

	PutKeepsNothing bool `json:"put_keeps_nothing"` // PUT answers 200 with what was sent and stores nothing
	PutDropsKeys    int  `json:"put_drops_keys"`    // PUT loses so many keys other than ai_disabled, first in order of name
	PutDropsOnce    bool `json:"put_drops_once"`    // … only the next time

	IgnoreFilters  bool `json:"ignore_filters"`   // the list returns strangers as well
	MaxRows        int  `json:"max_rows"`         // a list has at most so many rows, whatever limit it is asked for, and does not say so; 0 is 100
	DropSentAt     bool `json:"drop_sent_at"`     // messages have no sent_at at all
	HistoryLost    bool `json:"history_lost"`     // no messages are retained: the list of them is empty
	InsertInPaging int  `json:"insert_in_paging"` // so many times, the end user writes right after a page was read that is not the last

	// ClockAheadMS is how many milliseconds Telnyx's own clock is ahead of the one that SetNow and Advance turn, or behind
	// it where negative: every time that is stored from now on and the header Date follow it. FlagChange.At, Call.At and
	// what is counted here in milliseconds do not.
	ClockAheadMS int `json:"clock_ahead_ms"`

	// ConversationsLateMS and MessagesLateMS let reads see what begins and what is said from now on only so many
	// milliseconds later, by the clock that SetNow and Advance turn and with its true times: no list, GET or list of
	// messages has it before, and last_message_at is that of the newest message that can be seen. Writes find it.
	ConversationsLateMS int `json:"conversations_late_ms"`
	MessagesLateMS      int `json:"messages_late_ms"`

	// SentAtLateMS and SentAtShiftMS are about messages that go out or come in from now on: their sent_at is null until so
	// many milliseconds later, by the clock that SetNow and Advance turn, and then so many after their created_at (before
	// it where negative).
	SentAtLateMS  int `json:"sent_at_late_ms"`
	SentAtShiftMS int `json:"sent_at_shift_ms"`

	// LateReplyMS, in milliseconds, lets an answer that is being generated when the assistant is silenced out all the
	// same, so long after the silencing. 0 cancels it.
	LateReplyMS int `json:"late_reply_ms"`
	// LateReply keeps every answer that the assistant begins from now on in the air until ReleaseReplies lets it out,
	// silenced or not: the reply that was in flight when a person took over, at a moment that a test chooses.
	LateReply bool `json:"late_reply"`
	// LatencyMS is how long an operation takes before it is carried out, in milliseconds; that of "all" is added to each.
	LatencyMS map[Op]int `json:"latency_ms,omitempty"`
	// RatePerSecond is how many requests a second are answered before 429; 0 is no limit.
	RatePerSecond int `json:"rate_per_second"`

	// Finally is what becomes of a text that is accepted from now on: delivered, delivery_unconfirmed, delivery_failed,
	// sending_failed or expired. FinalCode is the code that comes with one that does not arrive, see Failure.Code.
	Finally   string `json:"finally"`
	FinalCode string `json:"final_code,omitempty"`
	// FinalMS is how many milliseconds after a text was sent its final status is known, in real time.
	FinalMS int `json:"final_ms"`
	// AppendTexts lets a text that was accepted appear in the conversation as the assistant's, as if Telnyx did that.
	AppendTexts bool `json:"append_texts"`
	// InboundLost keeps what an end user writes while the assistant is disabled out of the conversation: only a webhook
	// tells of it.
	InboundLost bool `json:"inbound_lost"`

	WebhooksOff     bool `json:"webhooks_off"`     // no webhook is sent, and none of them later
	WebhooksEarly   bool `json:"webhooks_early"`   // those of a text that is accepted are sent before its answer
	WebhooksSwapped bool `json:"webhooks_swapped"` // … message.finalized before message.sent
	WebhooksDoubled bool `json:"webhooks_doubled"` // each is sent twice, with the same id
	WebhooksLateMS  int  `json:"webhooks_late_ms"` // each is sent so many milliseconds later, in real time

	// Fail lists failures; the first that fits a request is used.
	Fail []Failure `json:"fail,omitempty"`
	// Misread lists reads that show something other than the truth; the first that fits a request is used.
	Misread []Misread `json:"misread,omitempty"`
}

// Ways in which a request can fail other than by a status.
const (
	FailHang       = "hang"        // before the write: nothing is stored, no answer ever comes
	FailHangAfter  = "hang_after"  // after the write: it is stored, no answer ever comes
	FailDrop       = "drop"        // before the write: nothing is stored, the connection is closed
	FailDropAfter  = "drop_after"  // after the write: it is stored, the connection is closed
	HintRetryAfter = "retry_after" // a failure carries the header Retry-After
	HintReset      = "reset"       // … the headers x-ratelimit-limit, -remaining and -reset
)

// Failure makes requests of one operation fail.
type Failure struct {
	Op Op `json:"op"` // "" is all
	// Times is how many requests fail; 0 is every one until the failure is taken away.
	Times int `json:"times"`
	// Status is answered (400 to 599). 502 is HTML, 422 has the format of the AI endpoints, the others that of the gateway.
	Status int `json:"status,omitempty"`
	// Code is answered to POST /messages in place of a status: an error code about texts, such as 40300.
	Code string `json:"code,omitempty"`
	// How is hang, hang_after, drop or drop_after; then Status is not used.
	How string `json:"how,omitempty"`
	// LandMS lets a PUT that fails without a write (by a status, hang or drop) take effect all the same, so many
	// milliseconds after it came in by the clock that SetNow and Advance turn: its caller gave up, and another write may
	// have come between. It is carried out on the metadata of that moment. 0 is never; it is for OpPut alone.
	LandMS int `json:"land_ms,omitempty"`
	// ForMS ends the failure so many milliseconds after it was switched on, by the same clock; 0 is never.
	ForMS int `json:"for_ms,omitempty"`
	// Hint says which headers tell when to try again: "", retry_after or reset. Seconds is the value.
	Hint    string `json:"hint,omitempty"`
	Seconds int    `json:"seconds,omitempty"`

	until time.Time // from ForMS; the zero time is for ever
}

// after reports whether the operation is carried out and only its answer is lost.
func (f Failure) after() bool { return f.How == FailDropAfter || f.How == FailHangAfter }

// Faults returns the switches as they stand, failures that were used up left out.
func (s *Sim) Faults() Faults {
	s.lock()
	defer s.mu.Unlock()
	return s.faults.clone()
}

// SetFaults replaces all switches. An unknown word in them is an error, and nothing changes.
func (s *Sim) SetFaults(f Faults) error {
	return s.UpdateFaults(func(old *Faults) { *old = f })
}

// UpdateFaults lets change alter the switches in one step. It must not call the simulator.
func (s *Sim) UpdateFaults(change func(*Faults)) error {
	s.lock()
	defer s.mu.Unlock()
	f := s.faults.clone()
	change(&f)
	if err := f.check(); err != nil {
		return err
	}
	s.faults = f.clone()
	s.faults.begin(s.clock.Now())
	s.changed()
	return nil
}

// Inject adds a failure behind those already there.
func (s *Sim) Inject(f Failure) error {
	return s.UpdateFaults(func(all *Faults) { all.Fail = append(all.Fail, f) })
}

// begin notes when what has just been switched on for a while has to end.
func (f *Faults) begin(now time.Time) {
	for i := range f.Fail {
		if fail := &f.Fail[i]; fail.ForMS > 0 && fail.until.IsZero() {
			fail.until = now.Add(ms(fail.ForMS))
		}
	}
	for i := range f.Misread {
		m := &f.Misread[i]
		if !m.since.IsZero() {
			continue // it was on already
		}
		if m.since = now; m.ForMS > 0 {
			m.until = now.Add(ms(m.ForMS))
		}
	}
}

// expire takes away what was switched on for a while that has passed.
func (f *Faults) expire(now time.Time) {
	f.Fail = slices.DeleteFunc(f.Fail, func(fail Failure) bool { return over(fail.until, now) })
	f.Misread = slices.DeleteFunc(f.Misread, func(m Misread) bool { return over(m.until, now) })
}

// over reports whether a moment has come; the zero time never does.
func over(until, now time.Time) bool { return !until.IsZero() && !now.Before(until) }

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func (f Faults) clone() Faults {
	f.LatencyMS = maps.Clone(f.LatencyMS)
	f.Fail = slices.Clone(f.Fail)
	f.Misread = slices.Clone(f.Misread)
	return f
}

func (f Faults) check() error {
	for _, sw := range []struct {
		name, value string
		allowed     []string
	}{
		{"put", f.Put, []string{PutReplace, PutMerge}},
		{"bool", f.Bool, []string{BoolAccept, BoolReject, BoolStringify, BoolStringifyAll}},
		{"numbers", f.Numbers, []string{NumbersExact, NumbersFloat, NumbersLossy}},
		{"order", f.Order, []string{OrderNewest, OrderOldest, OrderSwapped, OrderScrambled}},
		{"text", f.Text, []string{TextAsStored, TextNull, TextEmpty}},
		{"finally", f.Finally, []string{StatusDelivered, StatusUnconfirmed, StatusFailed, StatusSendingFailed, StatusExpired}},
	} {
		if sw.value != "" && !slices.Contains(sw.allowed, sw.value) {
			return fmt.Errorf("fault %s: %q is none of %q", sw.name, sw.value, sw.allowed)
		}
	}
	if min(f.SentAtLateMS, f.ConversationsLateMS, f.MessagesLateMS, f.MaxRows, f.PutDropsKeys, f.InsertInPaging, f.LateReplyMS, f.RatePerSecond, f.FinalMS, f.WebhooksLateMS) < 0 {
		return fmt.Errorf("faults: a number is negative")
	}
	if f.MaxRows > maxRows {
		return fmt.Errorf("fault max_rows: %d is more than %d", f.MaxRows, maxRows)
	}
	if _, known := textCodes[f.FinalCode]; f.FinalCode != "" && !known {
		return fmt.Errorf("fault final_code: unknown code %q", f.FinalCode)
	}
	for op, n := range f.LatencyMS {
		if !slices.Contains(ops(), op) || n < 0 {
			return fmt.Errorf("fault latency_ms: %q with %d ms", op, n)
		}
	}
	for i, fail := range f.Fail {
		if err := fail.check(); err != nil {
			return fmt.Errorf("fault fail[%d]: %w", i, err)
		}
	}
	for i, m := range f.Misread {
		if err := m.check(); err != nil {
			return fmt.Errorf("fault misread[%d]: %w", i, err)
		}
	}
	return nil
}

func (f Failure) check() error {
	switch {
	case f.Code != "":
		return f.checkCode()
	case f.Op != "" && !slices.Contains(ops(), f.Op):
		return fmt.Errorf("unknown operation %q", f.Op)
	case min(f.Times, f.Seconds, f.LandMS, f.ForMS) < 0:
		return fmt.Errorf("a number is negative")
	case !slices.Contains([]string{"", FailHang, FailHangAfter, FailDrop, FailDropAfter}, f.How):
		return fmt.Errorf("unknown way to fail %q", f.How)
	case f.How == "" && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("status %d is no failure", f.Status)
	case f.LandMS > 0 && (f.Op != OpPut || f.after()):
		return fmt.Errorf("only a put that is not carried out at once can land later")
	case !slices.Contains([]string{"", HintRetryAfter, HintReset}, f.Hint):
		return fmt.Errorf("unknown hint %q", f.Hint)
	}
	return nil
}

// checkCode checks a failure with a code.
func (f Failure) checkCode() error {
	_, known := textCodes[f.Code]
	if !known || f.Op != OpSend || f.How != "" || f.Status != 0 || f.Times < 0 {
		return fmt.Errorf("code %q is not known, or is not of a send alone", f.Code)
	}
	return nil
}

// latency returns how long op takes. s.mu must not be held.
func (s *Sim) latency(op Op) time.Duration {
	s.lock()
	defer s.mu.Unlock()
	return ms(s.faults.LatencyMS[OpAll] + s.faults.LatencyMS[op])
}

// takeFailure returns the first failure that fits op and counts it as used.
func (s *Sim) takeFailure(op Op) (Failure, bool) {
	s.lock()
	defer s.mu.Unlock()
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
		s.changed()
		return f, true
	}
	return Failure{}, false
}
