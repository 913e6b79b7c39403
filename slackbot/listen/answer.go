package listen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// ackTime bounds everything before the acknowledgement: Slack gives up after three seconds,
// and its trigger for opening a modal expires then.
const ackTime = 2600 * time.Millisecond

// Answer is the body of the acknowledgement; empty for most requests.
type Answer struct {
	ContentType string
	Body        []byte
	// Kind is what the request was, for the log: the command word or action id.
	Kind string
}

// store stores a command; the empty answer acknowledges it. If it is not known for certain what its
// operator may do, the command waits until Slack has been asked (check.go). A sender that hangs up does not
// end the storing: Slack delivers the request again and finds the command stored.
func (ln *Listener) store(ctx context.Context, kind string, c takeover.Command) (Answer, error) {
	ctx, cancel := outlive(ctx)
	defer cancel()
	refusal, sure, _ := ln.judge(c)
	c.Refused, c.Unchecked = refusal, sure < people.Fresh
	c.Lead = ln.People.KnownRole(string(c.By)) >= people.Lead
	if err := ln.Inbox.Put(ctx, c); err != nil {
		return Answer{}, fmt.Errorf("store the command %q: %w", c.Verb, err)
	}
	if c.Unchecked {
		ln.checkSoon(ctx, c.By)
	}
	return Answer{Kind: kind}, nil
}

// outlive keeps the deadline of a request, but not that its sender hung up.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	until, ok := ctx.Deadline()
	if !ok {
		until = time.Now().Add(ackTime)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), until)
}

// private is an answer in the acknowledgement, which only the person who asked sees.
func private(kind string, m slackapi.Message) (Answer, error) {
	return jsonAnswer(kind, struct {
		ResponseType string        `json:"response_type"`
		Text         string        `json:"text"`
		Blocks       []slack.Block `json:"blocks,omitempty"`
		UnfurlLinks  bool          `json:"unfurl_links"`
		UnfurlMedia  bool          `json:"unfurl_media"`
	}{slack.ResponseTypeEphemeral, m.Text, m.Blocks, false, false})
}

func jsonAnswer(kind string, content any) (Answer, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return Answer{}, fmt.Errorf("encode the answer: %w", err)
	}
	return Answer{ContentType: "application/json; charset=utf-8", Body: body, Kind: kind}, nil
}

// Status is the HTTP status that tells Slack the result of a request.
func Status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrUnverified):
		return http.StatusUnauthorized
	case errors.Is(err, ErrUnreadable):
		return http.StatusBadRequest
	default:
		return http.StatusServiceUnavailable
	}
}

// ErrUnreadable is returned by Parse for a verified body that is not one of Slack's three
// kinds of requests.
var ErrUnreadable = errors.New("unreadable request")

func noteTooLong(n, most int) string {
	return fmt.Sprintf("That is %d characters; at most %d fit. Nothing was changed. Please shorten it.", n, most)
}

// badInput answers what a person typed wrong, privately and at once.
func (ln *Listener) badInput(kind string, err error) (Answer, error) {
	if ie, ok := errors.AsType[*typed.InputError](err); ok {
		return private(kind, mrkdwn.TextMessage(ie.Sentence))
	}
	return Answer{}, err
}
