package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// event answers the Events API. What does not concern a card's thread or somebody's Home
// is refused before anything is stored. An inner event that does not decode is taken and
// dropped: Slack would send it again and again.
func (ln *Listener) event(ctx context.Context, body []byte) (Answer, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	switch e.Type {
	case "url_verification":
		return Answer{ContentType: "text/plain; charset=utf-8", Body: []byte(e.Challenge), Kind: e.Type}, nil
	case "event_callback":
		return ln.heard(ctx, e)
	case "app_rate_limited":
		return Answer{Kind: e.Type}, nil
	default:
		return Answer{}, fmt.Errorf("%w: event of unknown type", ErrUnreadable)
	}
}

// heard works one inner event.
func (ln *Listener) heard(ctx context.Context, e event) (Answer, error) {
	in, ok := e.inner()
	if !ok {
		return Answer{Kind: e.Type}, nil
	}
	switch in.Type {
	case "message":
		return ln.message(ctx, in)
	case "app_home_opened":
		return ln.homeOpened(ctx, in)
	default:
		return Answer{Kind: e.Type}, nil
	}
}

// message works what was written in a channel. Only what a person writes in the thread of
// a card means anything, also of one in a former channel of the desk: the bot's own posts,
// which repeat what end users write, and those of other apps do not.
func (ln *Listener) message(ctx context.Context, in innerEvent) (Answer, error) {
	unrelated := Answer{Kind: in.Type}
	if !in.written() || ln.people.IsBot(in.User) {
		return unrelated, nil
	}
	id, ok, err := ln.deps.Shown.CardAt(ctx, in.Channel, in.ThreadTS)
	if err != nil {
		return Answer{}, fmt.Errorf("find the card of a thread: %w", err)
	}
	if !ok {
		return unrelated, nil
	}
	line, err := ln.deps.Lines.Line(ctx, id)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return unrelated, nil
	case err != nil:
		return Answer{}, fmt.Errorf("load the line: %w", err)
	}
	s := uttered{innerEvent: in, line: line, at: ln.deps.Now().UTC()}
	if name, rest, isWord := threadWordIn(in.Text); isWord {
		s.rest = rest
		return ln.threadWord(ctx, name, s)
	}
	return ln.talk(ctx, s)
}

// activeEvery is how often ordinary talk of the holder is counted as activity.
const activeEvery = time.Minute

// talk works what is no word: it stays in the thread. Of the holder's it is remembered
// that there was some, never what it was.
func (ln *Listener) talk(ctx context.Context, s uttered) (Answer, error) {
	l := s.line
	quiet := !l.Taken() || l.Takeover.Holder != takeover.OperatorID(s.User) || l.Takeover.Hold.For <= 0
	if quiet || l.Takeover.Hold.Step == takeover.HoldRuns && s.at.Add(l.Takeover.Hold.For).Sub(l.Takeover.Hold.Until) < activeEvery {
		return Answer{Kind: s.Type}, nil
	}
	if refusal := ln.people.May(ctx, s.User, s.team, people.Responder); refusal != "" {
		return Answer{Kind: s.Type}, nil // it was no request: there is nothing to answer
	}
	c := s.command(takeover.Active)
	c.Reply = takeover.Reply{}
	if err := ln.put(ctx, c); err != nil {
		return Answer{}, fmt.Errorf("store that the holder is active: %w", err)
	}
	return Answer{Kind: string(takeover.Active)}, nil
}
