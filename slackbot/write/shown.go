package write

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"takeoverbot/takeover"
)

// threadMessages is how many messages an opening shows, and a press of "20 earlier".
const threadMessages = 20

// digest names a message in what is stored.
func digest(m takeover.Message) string { return named(m.Key) }

// alias names a message by the provider's report of the same text, under which the thread may show
// it already; empty without a report.
func alias(m takeover.Message) string {
	if m.Reported == "" {
		return ""
	}
	return named(m.Reported)
}

func named(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// names are all names of the messages.
func names(messages []takeover.Message) (all []string) {
	for _, m := range messages {
		all = append(all, digest(m))
		if name := alias(m); name != "" && name != digest(m) {
			all = append(all, name)
		}
	}
	return all
}

func digests(messages []takeover.Message) []string {
	all := make([]string, len(messages))
	for i, m := range messages {
		all[i] = digest(m)
	}
	return all
}

// shownIn reads what the card's thread shows of a conversation. What is stored for an earlier
// card does not count: it is in another thread.
func (w *Writer) shownIn(ctx context.Context, line takeover.LineID, conv takeover.ConversationID, card takeover.Card) (takeover.Shown, error) {
	s, ok, err := w.Posts.Shown(ctx, line, conv)
	if err != nil || !ok || s.Card != card.TS {
		return takeover.Shown{Line: line, Conversation: conv, Card: card.TS}, err
	}
	return s, nil
}

// anyOf says whether any of the messages is named by one of the digests.
func anyOf(messages []takeover.Message, names []string) bool {
	in := set(names)
	return slices.ContainsFunc(messages, func(m takeover.Message) bool { return in[digest(m)] || in[alias(m)] })
}

// unshown returns the messages that the thread does not show under their own names. Those before
// the first one that it shows are earlier ones, unless it shows the whole conversation.
func unshown(s takeover.Shown, messages []takeover.Message) []takeover.Message {
	shown := set(s.Keys)
	var list []takeover.Message
	whole := s.Whole || !anyOf(messages, s.Keys)
	for _, m := range messages {
		whole = whole || shown[digest(m)] || shown[alias(m)]
		if whole && !shown[digest(m)] {
			list = append(list, m)
		}
	}
	return list
}

// late is how many of the messages stand before one that the thread shows already: the provider
// has made them visible late.
func late(s takeover.Shown, messages, transcript []takeover.Message) int {
	shown, asked := set(s.Keys), set(digests(messages))
	n, late := 0, 0
	for _, key := range digests(transcript) {
		if asked[key] {
			n++
		}
		if shown[key] {
			late = n
		}
	}
	return late
}

// pick returns the messages that are named, in that order, as far as the transcript has them.
func pick(names []string, transcript []takeover.Message) []takeover.Message {
	var list []takeover.Message
	picked := map[int]bool{}
	for _, name := range names {
		i := slices.IndexFunc(transcript, func(m takeover.Message) bool { return digest(m) == name || alias(m) == name })
		if i >= 0 && !picked[i] {
			list, picked[i] = append(list, transcript[i]), true
		}
	}
	return list
}

// posted is s once its batch was posted. A late message is put before the next one of the
// transcript, so that the oldest messages are the first to be forgotten.
func posted(s takeover.Shown, transcript []takeover.Message) takeover.Shown {
	order, keys := digests(transcript), slices.Clone(s.Keys)
	for _, name := range slices.Backward(s.Posting) {
		at := len(keys)
		if stands := slices.Index(order, name); stands >= 0 {
			next := slices.IndexFunc(order[stands:], func(o string) bool { return slices.Contains(keys, o) })
			if next >= 0 {
				at = slices.Index(keys, order[stands+next])
			}
		}
		keys = slices.Insert(keys, at, name)
	}
	if over := len(keys) - takeover.ShownMost; over > 0 {
		keys, s.Whole = keys[over:], false
	}
	s.Keys, s.Posting = keys, nil
	return s
}

func set(names []string) map[string]bool {
	in := make(map[string]bool, len(names))
	for _, name := range names {
		in[name] = true
	}
	return in
}
