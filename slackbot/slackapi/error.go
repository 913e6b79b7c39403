package slackapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// Class says what a failed call means for its caller.
type Class string

// The classes.
const (
	Permanent Class = "permanent" // refused, and would be refused again
	Retry     Class = "retry"     // not done as far as known; trying again may help
	Ambiguous Class = "ambiguous" // may have been done: look before trying again
	Limited   Class = "limited"   // not done: too many calls
)

const (
	// unsaidWait is how long a limited method rests when Slack does not say.
	unsaidWait = 5 * time.Second
	// longestWait bounds a Retry-After that makes no sense.
	longestWait = time.Hour
)

// Codes of failures that have none of Slack's. They are in its form.
const (
	codeRateLimited = "ratelimited"
	codeNoAnswer    = "no_answer"         // the connection broke, or time was over, after the request was sent
	codeNotSent     = "not_sent"          // no connection
	codeUnsendable  = "unsendable"        // it could not be put into a request: our mistake
	codeUnreadable  = "unreadable_answer" // 200, but no JSON of the known form
	codeOdd         = "odd_error_code"    // Slack's code is not in its usual form and not repeated
)

// Error is a call that Slack refused or did not answer. Its text has no token, no
// address and nothing of a message.
type Error struct {
	Method string
	Code   string // Slack's error code, one of the codes above, or "http_503"
	// Channel is the channel of the call, for the operator who can mend that; may be empty.
	Channel string
	Class   Class
	// RetryAfter is how long Slack asked to wait; only with Limited.
	RetryAfter time.Duration
	Status     int      // HTTP status where it was not 200; else 0
	Needed     string   // with missing_scope: the scope to add
	Where      []string // with invalid blocks: JSON pointers to what is wrong
	err        error    // cause; only for errors.Is
}

// Error says which call failed and how.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "slack %s: %s (%s)", e.Method, e.Code, e.Class)
	if e.Needed != "" {
		fmt.Fprintf(&b, ", needs the scope %s", e.Needed)
	}
	if len(e.Where) > 0 {
		fmt.Fprintf(&b, ", at %s", strings.Join(e.Where, " "))
	}
	return b.String()
}

// Unwrap returns the end of the context, if that was the cause.
func (e *Error) Unwrap() error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.err, end) {
			return end
		}
	}
	return nil
}

// undone reports that the call certainly changed nothing. A gateway's 5xx is worth
// another try, but does not prove that.
func (e *Error) undone() bool {
	return e.Class == Permanent || e.Class == Limited || e.Class == Retry && e.Code == codeNotSent
}

// classify makes an *Error of what slack-go returned for a call; sent says whether
// the request had left. It is nil for nil.
func classify(method string, sent bool, err error) *Error {
	if err == nil {
		return nil
	}
	e := &Error{Method: method, err: err}
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		e.refused(refused)
		return e
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		e.answered(status.Code)
		return e
	}
	if slow, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		e.limit(slow.RetryAfter)
		return e
	}
	if _, ok := errors.AsType[*strconv.NumError](err); ok {
		e.limit(0) // 429 with a Retry-After that is no number
		return e
	}
	e.unanswered(sent)
	return e
}

func (e *Error) limit(d time.Duration) {
	e.Code, e.Class, e.Status = codeRateLimited, Limited, http.StatusTooManyRequests
	if e.RetryAfter = min(d, longestWait); d <= 0 {
		e.RetryAfter = unsaidWait
	}
}

// answered sorts an answer that is no 200.
func (e *Error) answered(status int) {
	e.Code, e.Status = fmt.Sprintf("http_%d", status), status
	switch {
	case status == http.StatusTooManyRequests:
		e.limit(0)
	case status >= 500, status == http.StatusRequestTimeout:
		e.Class = Retry
	default:
		e.Class = Permanent
	}
}

// unanswered sorts what the network or the decoder says.
func (e *Error) unanswered(sent bool) {
	_, network := errors.AsType[*url.Error](e.err)
	network = network || e.Unwrap() != nil
	switch {
	case !sent && !network:
		e.Code, e.Class = codeUnsendable, Permanent
	case !sent:
		e.Code, e.Class = codeNotSent, Retry
	case network:
		e.Code, e.Class = codeNoAnswer, Ambiguous
	default:
		e.Code, e.Class = codeUnreadable, Ambiguous
	}
}

var (
	usualCode   = regexp.MustCompile(`^[A-Za-z0-9_.:,-]{1,100}$`)
	jsonPointer = regexp.MustCompile(`\[json-pointer:([/A-Za-z0-9_-]{1,200})\]`)
)

// refused sorts ok:false. Codes that are not known mean that Slack did not do it.
func (e *Error) refused(r slack.SlackErrorResponse) {
	e.Code, e.Class = r.Err, Permanent
	if !usualCode.MatchString(r.Err) {
		e.Code = codeOdd
	}
	if usualCode.MatchString(r.Needed) {
		e.Needed = r.Needed
	}
	for _, m := range r.ResponseMetadata.Messages {
		for _, found := range jsonPointer.FindAllStringSubmatch(m, 3) {
			e.Where = append(e.Where, found[1])
		}
	}
	switch r.Err {
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		e.Class, e.RetryAfter = Limited, unsaidWait
	case "service_unavailable", "request_timeout", "team_added_to_org":
		e.Class = Retry
	case "internal_error", "fatal_error":
		e.Class = Ambiguous // Slack documents that it may have been done in part
	}
}

// withChannel adds the channel to a failed call.
func withChannel(channel string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Channel = channel
	}
	return err
}

// IsCode reports whether err is an *Error with one of these codes.
func IsCode(err error, codes ...string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && slices.Contains(codes, e.Code)
}
