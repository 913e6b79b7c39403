package slackbot

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

// errorClass says what a failed call means for whoever made it.
type errorClass string

// The classes.
const (
	permanent errorClass = "permanent" // refused, and would be again
	retry     errorClass = "retry"     // not done as far as known; trying again may help
	ambiguous errorClass = "ambiguous" // may have been done: look before doing it again
	limited   errorClass = "limited"   // not done: too many calls
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

// apiError is a call that Slack refused or did not answer. Its text has no token, no
// address and nothing of a message.
type apiError struct {
	Method string
	Code   string // Slack's error code, or one of the above, or "http_503"
	// Channel is where it was to happen, for those who can mend that; may be empty.
	Channel string
	Class   errorClass
	// RetryAfter is what Slack asked for; only with limited.
	RetryAfter time.Duration
	Status     int      // HTTP status where it was not 200; else 0
	Needed     string   // with missing_scope: the scope to add
	Where      []string // with invalid blocks: JSON pointers to what is wrong
	err        error    // cause; only for errors.Is
}

// Error says which call failed and how.
func (e *apiError) Error() string {
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
func (e *apiError) Unwrap() error {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(e.err, end) {
			return end
		}
	}
	return nil
}

// undone says that the call certainly changed nothing. A gateway's 5xx is worth
// another try, but does not prove that.
func (e *apiError) undone() bool {
	return e.Class == permanent || e.Class == limited || e.Class == retry && e.Code == codeNotSent
}

// classify makes an *apiError of what slack-go returned for a call; sent says whether
// the request had left. It is nil for nil.
func classify(method string, sent bool, err error) *apiError {
	if err == nil {
		return nil
	}
	e := &apiError{Method: method, err: err}
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

func (e *apiError) limit(d time.Duration) {
	e.Code, e.Class, e.Status = codeRateLimited, limited, http.StatusTooManyRequests
	if e.RetryAfter = min(d, longestWait); d <= 0 {
		e.RetryAfter = unsaidWait
	}
}

// answered sorts an answer that is no 200.
func (e *apiError) answered(status int) {
	e.Code, e.Status = fmt.Sprintf("http_%d", status), status
	switch {
	case status == http.StatusTooManyRequests:
		e.limit(0)
	case status >= 500, status == http.StatusRequestTimeout:
		e.Class = retry
	default:
		e.Class = permanent
	}
}

// unanswered sorts what the network or the decoder says.
func (e *apiError) unanswered(sent bool) {
	_, network := errors.AsType[*url.Error](e.err)
	network = network || e.Unwrap() != nil
	switch {
	case !sent && !network:
		e.Code, e.Class = codeUnsendable, permanent
	case !sent:
		e.Code, e.Class = codeNotSent, retry
	case network:
		e.Code, e.Class = codeNoAnswer, ambiguous
	default:
		e.Code, e.Class = codeUnreadable, ambiguous
	}
}

var (
	usualCode   = regexp.MustCompile(`^[A-Za-z0-9_.:,-]{1,100}$`)
	jsonPointer = regexp.MustCompile(`\[json-pointer:([/A-Za-z0-9_-]{1,200})\]`)
)

// refused sorts ok:false. Codes that are not known mean that Slack did not do it.
func (e *apiError) refused(r slack.SlackErrorResponse) {
	e.Code, e.Class = r.Err, permanent
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
		e.Class, e.RetryAfter = limited, unsaidWait
	case "service_unavailable", "request_timeout", "team_added_to_org":
		e.Class = retry
	case "internal_error", "fatal_error":
		e.Class = ambiguous // Slack documents that it may have been done in part
	}
}

// in adds to a failure in which channel it was.
func in(channel string, err error) error {
	if e, ok := errors.AsType[*apiError](err); ok {
		e.Channel = channel
	}
	return err
}

// isCode tells whether err is a refusal with one of these codes.
func isCode(err error, codes ...string) bool {
	e, ok := errors.AsType[*apiError](err)
	return ok && slices.Contains(codes, e.Code)
}
