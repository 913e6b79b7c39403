package telnyx

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

var errNotUUID = errors.New("not the id of a conversation")

// Conversation is a conversation as the API gives it.
type Conversation struct {
	ID            string
	Name          string
	CreatedAt     apicall.Timestamp
	LastMessageAt apicall.Timestamp
	// Metadata is nil when the answer had none; {} and null give an empty map.
	Metadata Metadata
}

// domain translates to the bot's own words.
func (c Conversation) domain() takeover.Conversation {
	return takeover.Conversation{
		ID:            takeover.ConversationID(c.ID),
		Name:          cmp.Or(c.endUserName(), c.Name),
		Channel:       channelOf(c.Metadata),
		EndUser:       takeover.Target(c.Metadata.Text(keyEndUser)),
		Agent:         takeover.Target(c.Metadata.Text(keyAgent)),
		CreatedAt:     c.CreatedAt.Time,
		LastMessageAt: c.LastMessageAt.Time,
		AIDisabled:    readFlag(c.Metadata[keyAIDisabled]),
	}
}

func (c Conversation) endUserName() string {
	return apicall.EndUserName(c.Metadata, func(s string) bool {
		return sameTarget(s, c.Metadata.Text(keyEndUser)) || sameTarget(s, c.Metadata.Text(keyAgent))
	})
}

// newestFirst sorts conversations by last message, then by creation, and translates them.
func newestFirst(rows []Conversation) []takeover.Conversation {
	slices.SortStableFunc(rows, func(a, b Conversation) int {
		return cmp.Or(
			b.LastMessageAt.Time.Compare(a.LastMessageAt.Time),
			b.CreatedAt.Time.Compare(a.CreatedAt.Time),
			strings.Compare(a.ID, b.ID))
	})
	var list []takeover.Conversation
	for _, row := range rows {
		list = append(list, row.domain())
	}
	return list
}

// decodeOne reads an answer with one conversation, wrapped in "data" (get, update) or
// not (create).
func decodeOne(body []byte) (Conversation, error) {
	f := apicall.Fields(body)
	if inner := apicall.Fields(f["data"]); inner != nil {
		f = inner
	}
	if f == nil {
		return Conversation{}, apicall.ErrNotJSON
	}
	return conversationOf(f)
}

// decodeList reads an answer with a list of conversations. A row that cannot be read, or
// has no usable id, is left out: one bad row must not hide the others. sent is how many
// rows the server sent, good or bad.
func decodeList(body []byte) (good []Conversation, sent int, err error) {
	rows, err := rowsOf(apicall.Fields(body))
	for _, raw := range rows {
		if c, err := conversationOf(apicall.Fields(raw)); err == nil {
			good = append(good, c)
		}
	}
	return good, len(rows), err
}

// conversationOf reads one conversation's fields. Only an unusable id and metadata that
// is no object are errors; names and times may be anything.
func conversationOf(f map[string]json.RawMessage) (Conversation, error) {
	c := Conversation{
		ID:            apicall.Text(f["id"]),
		Name:          apicall.Text(f["name"]),
		CreatedAt:     apicall.ParseTimestamp(f["created_at"]),
		LastMessageAt: apicall.ParseTimestamp(f["last_message_at"]),
	}
	if !isUUID(c.ID) {
		return Conversation{}, errNotUUID
	}
	raw, ok := f["metadata"]
	if !ok {
		return c, nil
	}
	if err := json.Unmarshal(raw, &c.Metadata); err != nil {
		return Conversation{}, fmt.Errorf("metadata: %w", apicall.ErrNotJSON)
	}
	if c.Metadata == nil { // null
		c.Metadata = Metadata{}
	}
	return c, nil
}
