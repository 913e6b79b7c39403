package listen

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// event is the task of a request of the Events API. Events that do not concern a card's thread
// or a person's Home are acknowledged only, and so are events that do not decode: Slack would
// send them again and again.
func (ln *Listener) event(ctx context.Context, e event) (task, error) {
	switch e.Type {
	case "url_verification":
		return task{run: func(context.Context) (Answer, error) {
			return Answer{ContentType: "text/plain; charset=utf-8", Body: []byte(e.Challenge), Kind: e.Type}, nil
		}}, nil
	case "event_callback":
		in, ok := e.inner()
		switch {
		case ok && in.Type == "message":
			return ln.message(ctx, in)
		case ok && in.Type == "app_home_opened":
			return ln.homeOpened(in), nil
		case e.changed() != "":
			ln.People.Changed(e.changed())
		}
		return noTask(e.Type), nil
	case "app_rate_limited":
		return noTask(e.Type), nil
	default:
		return task{}, fmt.Errorf("%w: event of unknown type", ErrUnreadable)
	}
}

// message is the task of a message in a channel. Only messages that a person writes, edits or
// deletes in the thread of a card are looked at, also below a card in a former channel of the desk.
// The bot's own posts, which repeat what end users write, and those of other apps are not.
func (ln *Listener) message(ctx context.Context, in innerEvent) (task, error) {
	m, gone, revised := in.revised()
	if !revised {
		m = in
	}
	if !m.written() || ln.People.IsBot(m.User) {
		return noTask(in.Type), nil
	}
	id, ok, err := ln.Shown.CardAt(ctx, m.Channel, m.ThreadTS)
	if err != nil {
		return task{}, fmt.Errorf("find the card of a thread: %w", err)
	}
	if !ok {
		return noTask(in.Type), nil
	}
	line, err := ln.Lines.Line(ctx, id)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return noTask(in.Type), nil
	case err != nil:
		return task{}, fmt.Errorf("load the line: %w", err)
	}
	s := uttered{innerEvent: m, line: line, at: ln.Now().UTC()}
	if revised {
		s.revision = in.TS
		return ln.revise(s, gone), nil
	}
	text, addressed := ln.unaddressed(in.Text)
	name, rest, apart, isWord := threadWordIn(text)
	if !isWord && addressed { // "@bot take"
		name, rest, apart, isWord = threadWordIn("! " + text)
	}
	if isWord {
		s.rest = rest
		return ln.threadWord(name, apart, s), nil
	}
	return ln.talk(s), nil
}

// unaddressed is a text without a mention of the bot at its beginning. addressed says that there
// was one.
func (ln *Listener) unaddressed(text string) (rest string, addressed bool) {
	before, who, after := people.MentionIn(text)
	if who == "" || !ln.People.IsBot(string(who)) || strings.ContainsFunc(before, unicode.IsLetter) {
		return text, false
	}
	return strings.TrimLeft(after, ",: "), true
}
