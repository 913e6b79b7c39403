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

// Class says what a failed call means for its caller; metrics use it as a label.
type Class string

// The classes.
const (
	Permanent Class = "permanent" // refused, and would be refused again
	Retry     Class = "retry"     // not done as far as known; trying again may help
	Ambiguous Class = "ambiguous" // may have been done: find out before trying again
	Limited   Class = "limited"   // not done: too many calls. Callers get a *takeover.LaterError instead
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
	codeNoAnswer    = "no_answer"         // a broken connection, or a timeout, after the request was sent
	codeNotSent     = "not_sent"          // no connection
	codeUnsendable  = "unsendable"        // no request could be made of it: our mistake
	codeUnreadable  = "unreadable_answer" // 200, but no JSON of the known form
	codeOdd         = "odd_error_code"    // Slack's code is not in its usual form, so it is not repeated
)

// Error is a call that Slack refused or did not answer. Its text has no token, no
// address and nothing of a message.
type Error struct {
	Method string
	Code   string // Slack's error code, one of the codes above, or "http_503"
	// Channel is the channel of the call, for the person who can repair that; may be empty.
	Channel string
	Class   Class
	Needed  string   // with missing_scope: the scope to add
	Where   []string // with invalid blocks: JSON pointers to what is wrong

	retryAfter time.Duration // with Limited: how long Slack asked to wait
	err        error         // the cause
}

// Error says which call failed and how.
func (e *Error) Error() string {
	s := fmt.Sprintf("slack %s: %s (%s)", e.Method, e.Code, e.Class)
	if e.Needed != "" {
		s += ", needs the scope " + e.Needed
	}
	if len(e.Where) > 0 {
		s += ", at " + strings.Join(e.Where, " ")
	}
	return s
}

// Unwrap returns context.Canceled or context.DeadlineExceeded if that was the cause, else nil:
// other causes may quote an address.
func (e *Error) Unwrap() error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.err, end) {
			return end
		}
	}
	return nil
}

// undone reports that the call certainly changed nothing. A gateway's 5xx is worth
// another attempt, but does not prove that.
func (e *Error) undone() bool {
	return e.Class == Permanent || e.Class == Limited || e.Class == Retry && e.Code == codeNotSent
}

// classify makes an *Error of what slack-go returned for a call; sent reports whether
// the request had left. It is nil for nil.
func classify(method string, sent bool, err error) *Error {
	if err == nil {
		return nil
	}
	e := &Error{Method: method, err: err}
	refused, isRefused := errors.AsType[slack.SlackErrorResponse](err)
	status, isStatus := errors.AsType[slack.StatusCodeError](err)
	limited, isLimited := errors.AsType[*slack.RateLimitedError](err)
	_, isNumError := errors.AsType[*strconv.NumError](err)
	switch {
	case isRefused:
		e.refused(refused)
	case isStatus:
		e.answered(status.Code)
	case isLimited:
		e.limit(limited.RetryAfter)
	case isNumError: // 429 with a Retry-After that is not a number
		e.limit(0)
	default:
		e.unanswered(sent)
	}
	return e
}

func (e *Error) limit(d time.Duration) {
	e.Code, e.Class, e.retryAfter = codeRateLimited, Limited, min(d, longestWait)
	if d <= 0 {
		e.retryAfter = unsaidWait
	}
}

// answered classifies an answer whose status is not 200.
func (e *Error) answered(status int) {
	e.Code = fmt.Sprintf("http_%d", status)
	switch {
	case status == http.StatusTooManyRequests:
		e.limit(0)
	case status >= 500, status == http.StatusRequestTimeout:
		e.Class = Retry
	default:
		e.Class = Permanent
	}
}

// unanswered classifies an error of the network or of the decoder.
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

// refused classifies an answer with ok:false. An unknown code means that Slack did not do it.
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
		e.Class, e.retryAfter = Limited, unsaidWait
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
