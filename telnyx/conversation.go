package telnyx

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

var errNotUUID = errors.New("not the id of a conversation")

// Conversation is a conversation as the API gives it.
type Conversation struct {
	ID            string            `json:"id"`
	Name          string            `json:"name"`
	CreatedAt     apicall.Timestamp `json:"created_at"`
	LastMessageAt apicall.Timestamp `json:"last_message_at"`
	// Metadata is nil when the answer had none, or null; {} gives an empty map.
	Metadata Metadata `json:"metadata"`
}

// domain translates to the bot's own words.
func (c Conversation) domain() takeover.Conversation {
	return takeover.Conversation{
		ID:            takeover.ConversationID(c.ID),
		Name:          cmp.Or(c.endUserName(), apicall.Shown(c.Name)),
		Channel:       channelOf(c.Metadata),
		EndUser:       takeover.Target(c.Metadata.Text(keyEndUser)),
		Agent:         takeover.Target(c.Metadata.Text(keyAgent)),
		CreatedAt:     takeover.ProviderTime(c.CreatedAt.Time),
		LastMessageAt: takeover.ProviderTime(c.LastMessageAt.Time),
		AIDisabled:    readFlag(c.Metadata[keyAIDisabled]),
	}
}

func (c Conversation) endUserName() string {
	return apicall.EndUserName(c.Metadata, func(s string) bool {
		return sameTarget(s, c.Metadata.Text(keyEndUser)) || sameTarget(s, c.Metadata.Text(keyAgent))
	})
}

// named reports whether a conversation has a name with this part: its name, one of the end user's,
// or the name by which a sender writes in place of a number ("HARBOR").
func (c Conversation) named(part string) bool {
	sender := c.Metadata.Text(keyEndUser)
	if _, _, isSIP := takeover.Target(sender).SIP(); isSIP || takeover.Target(sender).Number() != "" {
		sender = ""
	}
	return apicall.Contains(c.Name, part) || apicall.HasName(c.Metadata, part) || apicall.Contains(sender, part)
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

// decodeOne reads one conversation, wrapped in "data" (get, update) or not (create, a row of a
// list). Only an unusable id and metadata that is no object are errors; names and times may be
// anything.
func decodeOne(body []byte) (Conversation, error) {
	var answer struct {
		Conversation
		Data *Conversation `json:"data"`
	}
	if err := apicall.Decode(body, &answer); err != nil {
		return Conversation{}, err
	}
	c := answer.Conversation
	if answer.Data != nil {
		c = *answer.Data
	}
	if !isUUID(c.ID) {
		return Conversation{}, errNotUUID
	}
	return c, nil
}

// storable reports whether the conversation's line can be stored.
func (c Conversation) storable() bool {
	return apicall.Storable(c.Metadata.Text(keyEndUser)) && apicall.Storable(c.Metadata.Text(keyAgent))
}

// readableRows reads the rows of a list. A row that cannot be read or stored, or has no usable id, is
// left out: one bad row must not hide the others.
func readableRows(rows []json.RawMessage) []Conversation {
	var readable []Conversation
	for _, raw := range rows {
		if c, err := decodeOne(raw); err == nil && c.storable() {
			readable = append(readable, c)
		}
	}
	return readable
}
