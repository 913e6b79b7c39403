package slacksim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Why a delivery did not happen or was not answered; compare with errors.Is.
var (
	// ErrNotThere: what was to be clicked or filled in is not on the screen.
	ErrNotThere = errors.New("not there")
	// ErrInvalid: Slack itself refuses what was entered; nothing was sent.
	ErrInvalid = errors.New("not accepted by Slack")
	// ErrTimeout: the bot did not answer within the limit.
	ErrTimeout = errors.New("operation_timeout")
	// ErrUnreachable: no connection, or it broke before an answer.
	ErrUnreachable = errors.New("dispatch_failed")
)

// Delivery is one signed request to the bot and what came back.
type Delivery struct {
	Kind        string        `json:"kind"`             // "command", "event", or the payload's type
	Path        string        `json:"path"`             // empty over Socket Mode
	Sent        time.Time     `json:"sent"`             // on the simulator's clock
	Status      int           `json:"status,omitempty"` // HTTP status; 0 without an answer
	Ack         time.Duration `json:"ack_ns"`           // nanoseconds until the answer was read
	ContentType string        `json:"content_type,omitempty"`
	Body        string        `json:"body,omitempty"`
	// Private is the private answer that stood in the body of the ack.
	Private *Private `json:"private,omitempty"`
	// Problem says in words why Err is set.
	Problem string `json:"problem,omitempty"`
	Err     error  `json:"-"`

	TriggerID   string `json:"trigger_id,omitempty"`
	ResponseURL string `json:"response_url,omitempty"`
	EventID     string `json:"event_id,omitempty"`
	Retry       int    `json:"retry,omitempty"` // 0 for the first delivery

	request *request
}

// OK tells whether the bot took the delivery.
func (d Delivery) OK() bool { return d.Err == nil && d.Status >= 200 && d.Status < 300 }

// request is what is sent; it is signed anew each time.
type request struct {
	kind, path, contentType string
	body                    []byte
	triggerID, responseURL  string
	eventID                 string
	retry                   int
	retryReason             string
}

func failed(kind string, err error) Delivery {
	return Delivery{Kind: kind, Err: err, Problem: err.Error()}
}

// Sign is Slack's request signature, version 0: HMAC-SHA256 over
// "v0:<seconds>:<body>", in hex.
func Sign(secret string, at time.Time, body []byte) (signature, timestamp string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil)), timestamp
}

// send makes the request, measures and judges the ack, and keeps the record.
func (s *Sim) send(ctx context.Context, q *request) Delivery {
	s.mu.Lock()
	base := s.botURL
	s.mu.Unlock()
	d := Delivery{Kind: q.kind, Path: q.path, Sent: s.now(), TriggerID: q.triggerID, ResponseURL: q.responseURL,
		EventID: q.eventID, Retry: q.retry, request: q}
	began := time.Now()
	if s.socketMode() {
		d.Path = ""
		d.Status, d.ContentType, d.Body, d.Err = s.overSocket(ctx, q)
	} else {
		d.Status, d.ContentType, d.Body, d.Err = s.post(ctx, base, q)
	}
	d.Ack = time.Since(began)
	if d.Err != nil {
		d.Problem = d.Err.Error()
	}
	s.log.Debug("slack delivery", "kind", d.Kind, "status", d.Status, "retry", d.Retry)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.judge(d)
	if len(s.deliveries) >= 2*keptDeliveries {
		s.deliveries = append([]Delivery(nil), s.deliveries[keptDeliveries:]...)
	}
	s.deliveries = append(s.deliveries, d)
	s.changed()
	return d
}

func (s *Sim) judge(d Delivery) {
	switch {
	case errors.Is(d.Err, ErrTimeout):
		s.violate("ack: %s was not answered within %s", d.Kind, s.opt.AckLimit)
	case d.Err == nil && !d.OK():
		s.violate("ack: %s was answered with HTTP %d", d.Kind, d.Status)
	}
}

func (s *Sim) post(ctx context.Context, base string, q *request) (status int, contentType, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.opt.AckLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+q.path, bytes.NewReader(q.body))
	if err != nil {
		return 0, "", "", fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	signature, timestamp := Sign(s.opt.SigningSecret, s.real(), q.body)
	r.Header.Set("Content-Type", q.contentType)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Signature", signature)
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	if q.retry > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(q.retry))
		r.Header.Set("X-Slack-Retry-Reason", q.retryReason)
	}
	resp, err := s.http.Do(r)
	if err != nil {
		return 0, "", "", transportError(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return resp.StatusCode, "", "", transportError(err)
	}
	if resp.Header.Get("X-Slack-No-Retry") == "1" {
		q.retry = len(s.opt.RetryDelays)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(raw), nil
}

func transportError(err error) error {
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

func (s *Sim) path(own string) string {
	if s.opt.CommonPath != "" {
		return s.opt.CommonPath
	}
	return own
}

const formType = "application/x-www-form-urlencoded"

// interaction wraps a payload; who and what was clicked stand in it already.
func (s *Sim) interaction(payload map[string]any) *request {
	kind, _ := payload["type"].(string)
	trigger, _ := payload["trigger_id"].(string)
	hook, _ := payload["response_url"].(string)
	form := url.Values{"payload": {string(encode(payload))}}
	return &request{kind: kind, path: s.path("/slack/interactions"), contentType: formType,
		body: []byte(form.Encode()), triggerID: trigger, responseURL: hook}
}

// Redeliver sends a delivery once more, signed anew. With newEventID an event
// gets another event_id, which Slack was seen to do with one and the same
// message. Private answers in the ack are not applied again.
func (s *Sim) Redeliver(ctx context.Context, d Delivery, newEventID bool) Delivery {
	if d.request == nil {
		return failed(d.Kind, fmt.Errorf("%w: this delivery was never sent", ErrNotThere))
	}
	q := *d.request
	q.retry, q.retryReason = d.Retry, d.request.retryReason
	if newEventID && q.eventID != "" {
		s.mu.Lock()
		fresh := s.nextID("Ev")
		s.mu.Unlock()
		var envelope map[string]any
		if err := json.Unmarshal(q.body, &envelope); err != nil {
			return failed(d.Kind, fmt.Errorf("redeliver event: %w", err))
		}
		envelope["event_id"], q.eventID = fresh, fresh
		q.body = encode(envelope)
	}
	return s.send(ctx, &q)
}

// Send posts any body to the bot, signed with the given secret as if it were
// made age ago: for requests that the bot has to refuse. The HTTP status is
// returned and nothing is judged or recorded.
func (s *Sim) Send(ctx context.Context, path, contentType string, body []byte, secret string, age time.Duration) (int, error) {
	s.mu.Lock()
	base := s.botURL
	s.mu.Unlock()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("send to the bot: %w", err)
	}
	signature, timestamp := Sign(secret, s.real().Add(-age), body)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Signature", signature)
	r.Header.Set("X-Slack-Request-Timestamp", timestamp)
	resp, err := s.http.Do(r)
	if err != nil {
		return 0, fmt.Errorf("send to the bot: %w", err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
