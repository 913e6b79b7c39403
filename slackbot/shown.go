package slackbot

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"takeoverbot/takeover"
)

// shown is how far a card's thread shows a conversation. It is kept in the Extra of a
// post: keys and times, nothing that was said.
type shown struct {
	// Last is the newest message that the thread shows.
	Last mark `json:"last,omitzero"`
	// First and Until are the ends of what is being posted: whoever finds them posts
	// exactly that before anything else. Zero while nothing is.
	First mark `json:"first,omitzero"`
	Until mark `json:"until,omitzero"`
}

// mark names a message: by its key, and by its time where the provider knows the key no
// more.
type mark struct {
	Key string    `json:"key,omitempty"`
	At  time.Time `json:"at,omitzero"` // UTC
}

func markOf(m takeover.Message) mark { return mark{m.Key, m.At.UTC()} }

func shownKey(line takeover.LineID, conv takeover.ConversationID) string {
	return "shown/" + string(line) + "/" + string(conv)
}

// shownIn reads how far the card's thread shows a conversation. What the thread of
// another card showed went with that one.
func (b *Bot) shownIn(ctx context.Context, line takeover.LineID, conv takeover.ConversationID, card takeover.Post) (shown, error) {
	post, ok, err := b.deps.Posts.Post(ctx, shownKey(line, conv))
	if err != nil || !ok || post.TS != card.TS {
		return shown{}, err
	}
	var s shown
	if json.Unmarshal([]byte(post.Extra), &s) != nil {
		s = shown{Last: mark{Key: post.Extra}} // written before there was more than a key
	}
	return s, nil
}

func (b *Bot) putShown(ctx context.Context, line takeover.LineID, conv takeover.ConversationID, card takeover.Post, s shown) error {
	extra, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return b.deps.Posts.PutPost(ctx, takeover.Post{Key: shownKey(line, conv), Channel: card.Channel, TS: card.TS, Extra: string(extra)})
}

// where is the index of a message, or -1.
func (m mark) where(messages []takeover.Message) int {
	return slices.IndexFunc(messages, func(o takeover.Message) bool { return o.Key == m.Key })
}

// after returns the messages behind the mark. Where the provider does not know its message
// any more, they are those that are later; without a time, the newest.
func (m mark) after(messages []takeover.Message) []takeover.Message {
	i := m.where(messages)
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
func (m mark) upTo(messages []takeover.Message) []takeover.Message {
	if i := m.where(messages); i >= 0 {
		return messages[:i+1]
	}
	return slices.DeleteFunc(slices.Clone(messages), func(o takeover.Message) bool { return o.At.After(m.At) })
}

// batch returns what is being posted, from the messages that the provider knows now.
func (s shown) batch(messages []takeover.Message) []takeover.Message {
	messages = s.Until.upTo(messages)
	if i := s.First.where(messages); i >= 0 {
		return messages[i:]
	}
	return s.Last.after(messages)
}
