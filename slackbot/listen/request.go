package listen

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"takeoverbot/slackbot/people"
)

// Request is one request of Slack, apart from its transport. One field is set; without any it
// is Slack's check of the certificate, which is only acknowledged.
type Request struct {
	slash       *slashCommand
	interaction *interaction
	event       *event
}

// Parse reads a verified body of any kind: a slash command, an interaction or an event.
// The error wraps ErrUnreadable.
func Parse(body []byte) (Request, error) {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		var e event
		if err := json.Unmarshal(trimmed, &e); err != nil {
			return Request{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		return Request{event: &e}, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return Request{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	switch {
	case form.Has("payload"):
		in, err := parseInteraction(form.Get("payload"))
		if err != nil {
			return Request{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		return Request{interaction: &in}, nil
	case form.Get("ssl_check") == "1":
		return Request{}, nil
	case form.Get("command") != "" && form.Get("user_id") != "":
		c := parseSlash(form)
		c.digest = digest(body)
		return Request{slash: &c}, nil
	default:
		return Request{}, ErrUnreadable
	}
}

// Handle handles a request up to its acknowledgement. When it returns without an error, the
// command of the request is stored. An error other than ErrUnreadable means that it is not
// stored, and that Slack (or the person) has to try again.
//
// A person's role is compared with what a request needs here, and for a command that was stored
// before the role was known, in check.go.
func (ln *Listener) Handle(ctx context.Context, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	t, err := ln.taskOf(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	if t.needs > people.Stranger {
		if refusal := ln.refusal(ctx, t); refusal != "" {
			ln.Log.WarnContext(ctx, "refused", "operator", t.user, "why", refusal)
			return t.refuse(ctx, refusal)
		}
	}
	return t.run(ctx)
}

// refusal says why a person may not have what a task is for; empty if it may be run.
func (ln *Listener) refusal(ctx context.Context, t task) string {
	if !t.stores {
		return ln.People.May(ctx, t.user, t.team, t.needs)
	}
	refusal, sure := ln.People.Judge(t.user, t.team, t.needs)
	if sure < people.Fresh {
		return "" // what it stores waits for Slack
	}
	return refusal
}

// Dispatch parses and handles a verified body, as HTTP brings it. The errors are those of
// Parse and of Handle.
func (ln *Listener) Dispatch(ctx context.Context, body []byte) (Answer, error) {
	r, err := Parse(body)
	if err != nil {
		return Answer{}, err
	}
	return ln.Handle(ctx, r)
}

// taskOf returns what a request asks for.
func (ln *Listener) taskOf(ctx context.Context, r Request) (task, error) {
	switch {
	case r.slash != nil:
		return ln.slash(*r.slash), nil
	case r.interaction != nil:
		return ln.interaction(*r.interaction)
	case r.event != nil:
		return ln.event(ctx, *r.event)
	default:
		return noTask("ssl_check"), nil
	}
}
