package telnyx

import (
	"cmp"
	"encoding/json"
	"fmt"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

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
		Assistant:     c.Metadata.Text(keyAssistant),
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
// has no usable id, is left out: one bad row must not hide the others at night. rows is
// how many the server sent, good or bad.
func decodeList(body []byte) (good []Conversation, rows int, err error) {
	var wire struct {
		Data *[]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &wire) != nil || wire.Data == nil {
		return nil, 0, apicall.ErrNotJSON
	}
	good = make([]Conversation, 0, len(*wire.Data))
	for _, raw := range *wire.Data {
		if c, err := conversationOf(apicall.Fields(raw)); err == nil {
			good = append(good, c)
		}
	}
	return good, len(*wire.Data), nil
}

// conversationOf reads one conversation's fields. Only an unusable id and metadata that
// is no object are errors; names and times are tolerated in any state.
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

// isUUID says whether s has the form of a conversation id: it goes into a path.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}
