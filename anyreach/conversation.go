package anyreach

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

var errNoID = errors.New("not the id of a conversation")

// Conversation is a conversation as the API gives it. Words of the server (status,
// channel, direction) are kept as they are, also those that are new.
type Conversation struct {
	ID                                   string
	Direction, Channel, Status           string
	UserID                               string // the end user
	AgentID, AgentVersionID, AgentNumber string
	WebWidgetID                          string
	Duration, Turns                      *int // seconds; turns of the end user
	CreatedAt, UpdatedAt                 apicall.Timestamp

	// Sensitive says that the answer had at least one of the columns that need
	// ScopeSensitive. Otherwise the fields below are empty.
	Sensitive bool
	AgentName string
	Metadata  map[string]json.RawMessage

	// State says whether the transcript could be read, and why not. Messages are in the server's
	// order, without instructions to the AI.
	State    takeover.TranscriptState
	Messages []takeover.Message
}

// sensitiveColumns need ScopeSensitive.
var sensitiveColumns = [...]string{
	"agent", "summary", "initial_context", "custom_metadata", "conversation", "recording_details"}

// conversationOf reads one conversation's fields. Only an unusable id is an error.
func conversationOf(f map[string]json.RawMessage) (Conversation, error) {
	text := func(name string) string { return apicall.LooseText(f[name]) }
	c := Conversation{
		ID:        text("id"),
		Direction: text("direction"), Channel: text("channel"), Status: text("status"), UserID: text("user_id"),
		AgentID: text("agent_id"), AgentVersionID: text("agent_version_id"), AgentNumber: text("agent_number"),
		WebWidgetID: text("web_widget_id"),
		Duration:    number(f["duration"]), Turns: number(f["user_turn_count"]),
		CreatedAt: apicall.ParseTimestamp(f["created_at"]), UpdatedAt: apicall.ParseTimestamp(f["updated_at"]),
		AgentName: apicall.Text(apicall.Fields(f["agent"])["name"]),
		Metadata:  apicall.Fields(f["custom_metadata"]),
	}
	if !isID(c.ID) {
		return Conversation{}, errNoID
	}
	for _, name := range sensitiveColumns {
		_, came := f[name]
		c.Sensitive = c.Sensitive || came
	}
	raw, came := f["conversation"]
	c.readTranscript(raw, came)
	return c, nil
}

// storable reports whether the conversation's line can be stored.
func (c Conversation) storable() bool {
	return apicall.Storable(c.UserID) && apicall.Storable(cmp.Or(c.AgentNumber, c.AgentID))
}

// number reads a whole number; nil for anything else.
func number(raw json.RawMessage) *int {
	var n *int
	if json.Unmarshal(raw, &n) != nil {
		return nil
	}
	return n
}

// maxID is how long an id may be, in bytes.
const maxID = 128

// isID reports whether s can be an id: ids are opaque, but they go into a path and into
// Slack's block ids.
func isID(s string) bool {
	return s != "" && len(s) <= maxID && s != "." && s != ".." && !strings.ContainsFunc(s, func(r rune) bool {
		return r == unicode.ReplacementChar || unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
}

// terminal are the statuses that never change again. An unknown status counts as open:
// a watch then ends after its usual time.
var terminal = [...]string{"completed", "failed", "cancelled", "transferred", "unanswered"}

// ended reports whether nothing will be added to the conversation any more.
func ended(status string) bool { return slices.Contains(terminal[:], status) }

// domain translates to the bot's own words.
func (c Conversation) domain() takeover.Conversation {
	d := takeover.Conversation{
		ID: takeover.ConversationID(c.ID), Channel: channelOf(c.Channel),
		EndUser:   takeover.Target(cmp.Or(numberOf(c.UserID), c.UserID)),
		Agent:     takeover.Target(cmp.Or(c.AgentNumber, c.AgentID)),
		AgentName: apicall.Shown(cmp.Or(c.AgentName, c.AgentID)), Status: apicall.Shown(c.Status), Ended: ended(c.Status),
		CreatedAt: takeover.ProviderTime(c.CreatedAt.Time), LastMessageAt: takeover.ProviderTime(c.UpdatedAt.Time),
		Name: apicall.EndUserName(c.Metadata, func(s string) bool { return s == c.UserID || numberOf(s) != "" }),
	}
	if d.LastMessageAt.IsZero() {
		d.LastMessageAt = d.CreatedAt
	}
	return d
}

// channelOf sorts Anyreach's channel names.
func channelOf(s string) takeover.Channel {
	switch s {
	case "telephone":
		return takeover.ChannelCall
	case "webrtc":
		return takeover.ChannelWeb
	case "text":
		return takeover.ChannelText
	case "email":
		return takeover.ChannelEmail
	}
	return takeover.ChannelOther
}
