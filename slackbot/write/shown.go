package write

import (
	"context"
	"slices"

	"takeoverbot/takeover"
)

// threadMessages is how many messages an opening shows, and a press of "20 earlier".
const threadMessages = 20

func markOf(m takeover.Message) takeover.Mark { return takeover.Mark{Key: m.Key, At: m.At.UTC()} }

// shownIn reads how far the card's thread shows a conversation. What is stored for an earlier
// card does not count: its thread went with it.
func (w *Writer) shownIn(ctx context.Context, line takeover.LineID, conv takeover.ConversationID, card takeover.Card) (takeover.Shown, error) {
	s, ok, err := w.Posts.Shown(ctx, line, conv)
	if err != nil || !ok || s.Card != card.TS {
		return takeover.Shown{Line: line, Conversation: conv, Card: card.TS}, err
	}
	return s, nil
}

// where is the index of the marked message, or -1.
func where(m takeover.Mark, messages []takeover.Message) int {
	return slices.IndexFunc(messages, func(o takeover.Message) bool { return o.Key == m.Key })
}

// after returns the messages after the mark. Where the provider does not know the marked
// message any more, these are the later ones; without a time, the newest.
func after(m takeover.Mark, messages []takeover.Message) []takeover.Message {
	i := where(m, messages)
	switch {
	case m.Key == "":
		return messages
	case i >= 0:
		return messages[i+1:]
	case m.At.IsZero():
		return messages[max(0, len(messages)-threadMessages):]
	}
	return slices.DeleteFunc(slices.Clone(messages), func(o takeover.Message) bool { return !o.At.After(m.At) })
}

// upTo returns the messages up to and with the mark, or those that are not later.
func upTo(m takeover.Mark, messages []takeover.Message) []takeover.Message {
	if i := where(m, messages); i >= 0 {
		return messages[:i+1]
	}
	return slices.DeleteFunc(slices.Clone(messages), func(o takeover.Message) bool { return o.At.After(m.At) })
}

// batch returns the messages that an earlier run began to post, as the provider has them now.
func batch(s takeover.Shown, messages []takeover.Message) []takeover.Message {
	messages = upTo(s.Until, messages)
	if i := where(s.First, messages); i >= 0 {
		return messages[i:]
	}
	return after(s.Last, messages)
}
