package apicall

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"

	"takeoverbot/takeover"
)

// maxRefusal is how much of a refusal is read, in bytes; what is longer is a proxy's
// page and not worth understanding.
const maxRefusal = 64 << 10

// Causes that are the same for all providers.
var (
	ErrNotJSON = errors.New("the answer is not what the API promises")
	ErrOtherID = errors.New("the answer is about another conversation")
)

// Failure makes an error of a call that failed before or without an HTTP status.
func (c *Client) Failure(op string, kind takeover.ProviderErrorKind, cause error) *takeover.ProviderError {
	return &takeover.ProviderError{Provider: c.provider, Op: op, Kind: kind, Err: cause}
}

// unreadable makes an error of an answer with a good status and a bad body.
func (c *Client) unreadable(op string, status int, cause error) *takeover.ProviderError {
	e := c.Failure(op, takeover.Failing, cause)
	e.Status = status
	return e
}

// refusal reads a non-2xx answer. The status decides the kind; the body only explains.
func (c *Client) refusal(q Call, resp *http.Response) *takeover.ProviderError {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	if err != nil {
		body = nil // the status has arrived and is enough
	}
	said := decodeRefusal(body)
	e := c.Failure(q.Op, kindOf(resp.StatusCode, q), nil)
	e.Status, e.Code = resp.StatusCode, said.code
	e.RetryAfter = retryAfter(resp.StatusCode, resp.Header)
	e.Detail = c.scrub(said.detail)
	if q.Talks {
		e.Detail = c.scrub(said.title)
	}
	if len(said.fields) > 0 {
		e.Err = &FieldError{Fields: said.fields}
	}
	return e
}

// kindOf sorts a status by what a person can conclude from it.
func kindOf(status int, q Call) takeover.ProviderErrorKind {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return takeover.KeyRefused
	case status == http.StatusNotFound && q.One:
		return takeover.Gone
	case status == http.StatusRequestTimeout:
		return takeover.NoAnswer
	case status == http.StatusConflict && q.Key != "":
		// The first call with this key is still running; asking again settles it.
		return takeover.NoAnswer
	case status == http.StatusTooManyRequests:
		return takeover.Limited
	case status/100 == 4:
		return takeover.Refused
	}
	return takeover.Failing
}

// LostCall is the cause of a call without a whole answer. The transport's own error is
// not kept: its text has the address, and with it the number that was searched for.
type LostCall struct {
	What string
	Sent bool  // the request may have reached the provider
	Err  error // a context error or nil
}

// Error says what the network did.
func (e *LostCall) Error() string { return e.What }

// Unwrap lets errors.Is find the context's error.
func (e *LostCall) Unwrap() error { return e.Err }

// noAnswer makes an error of a call that got no whole answer.
func (c *Client) noAnswer(ctx context.Context, op string, status int, sent bool, cause error) *takeover.ProviderError {
	lost := &LostCall{What: transportWords(cause), Sent: sent}
	switch err := ctx.Err(); {
	case errors.Is(err, context.DeadlineExceeded):
		lost.What, lost.Err = "time-out", err
	case err != nil:
		lost.What, lost.Err = "cancelled", err
	}
	e := c.Failure(op, takeover.NoAnswer, lost)
	e.Status = status
	return e
}

// transportWords says in fixed words what the network did. Only types are looked at.
func transportWords(err error) string {
	var dns *net.DNSError
	var number syscall.Errno
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &dns):
		return "host name not found"
	case errors.As(err, &cert), errors.As(err, &unknown):
		return "certificate not accepted"
	case errors.As(err, &number):
		return number.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection lost"
	}
	return "connection failed"
}
