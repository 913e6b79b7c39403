package telnyxsim

import (
	"encoding/json"
	"time"
)

// Roles of messages that the simulator writes or accepts.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
	RoleSystem    = "system"
	RoleTool      = "tool"
	RoleDeveloper = "developer"
)

// Message is one message of a conversation. Messages have no id, here as at Telnyx.
type Message struct {
	Role string
	// Text is what was said; the text of a pure tool call is empty.
	Text string
	// NullText makes the API show null instead of "" where Text is empty.
	NullText  bool
	ToolCalls []ToolCall
	CreatedAt time.Time
	// SentAt is when the message really went out or came in; the zero time is sent as null.
	SentAt   time.Time
	Metadata Metadata
	// Inserted marks a message that came in by POST …/message: it is in the history, but no phone ever showed it.
	Inserted bool

	media     []Media   // what the end user sent with it
	byAPI     bool      // the phone shows it because of POST /messages
	shownFrom time.Time // when reads begin to see it, by the clock that SetNow and Advance turn
	sentFrom  time.Time // … its SentAt
	delivered bool      // Conversation.add sets SentAt to the creation time
}

// ToolCall is one call of a tool in the shape the API shows.
type ToolCall struct {
	ID       string       `json:"id"`
	Type     string       `json:"type"` // "function"
	Function ToolFunction `json:"function"`
}

// ToolFunction names the tool. Arguments is text that should hold JSON and sometimes does not.
type ToolFunction struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// wireMessage is what the API sends. A tool's message has no sent_at and no tool_calls, hence the raw values.
type wireMessage struct {
	Role      string          `json:"role"`
	Text      *string         `json:"text"`
	ToolCalls json.RawMessage `json:"tool_calls,omitempty"`
	CreatedAt *time.Time      `json:"created_at"`
	SentAt    json.RawMessage `json:"sent_at,omitempty"`
	Metadata  Metadata        `json:"metadata,omitempty"`
}

// MarshalJSON writes the message as the API shows it.
func (m Message) MarshalJSON() ([]byte, error) {
	w := wireMessage{Role: m.Role, CreatedAt: nullable(m.CreatedAt), Metadata: m.Metadata}
	if m.Text != "" || !m.NullText {
		w.Text = &m.Text
	}
	if m.Role != RoleTool {
		calls, err := marshal(m.ToolCalls)
		if err != nil {
			return nil, err
		}
		sent, err := marshal(nullable(m.SentAt))
		if err != nil {
			return nil, err
		}
		w.ToolCalls, w.SentAt = calls, sent
	}
	return marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes; absent and null fields are the zero value.
func (m *Message) UnmarshalJSON(data []byte) error {
	var in struct {
		Role      string     `json:"role"`
		Text      *string    `json:"text"`
		ToolCalls []ToolCall `json:"tool_calls"`
		CreatedAt time.Time  `json:"created_at"`
		SentAt    *time.Time `json:"sent_at"`
		Metadata  Metadata   `json:"metadata"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*m = Message{Role: in.Role, NullText: in.Text == nil, ToolCalls: in.ToolCalls, CreatedAt: in.CreatedAt, Metadata: in.Metadata}
	if in.Text != nil {
		m.Text = *in.Text
	}
	if in.SentAt != nil {
		m.SentAt = *in.SentAt
	}
	return nil
}
