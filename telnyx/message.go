package telnyx

import (
	"encoding/json"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// Message is one message as the API gives it. Any field may be empty.
type Message struct {
	Role      string
	Text      string
	ToolCalls []takeover.ToolCall
	CreatedAt apicall.Timestamp
	SentAt    apicall.Timestamp // when it went out or came in; the better time to show
	Metadata  Metadata
	// Key stays the same when the message is read again. NewestMessages sets it.
	Key string

	sortAt time.Time // see reader.history
}

// MessagePage is one page of messages in the server's order.
type MessagePage struct {
	Messages []Message
	// What the server says about all messages; 0 where it said nothing.
	TotalPages, TotalResults, PageSize int
}

// sourceHuman marks the messages that this bot adds for an operator.
const sourceHuman = "human"

// at is the time to show and to sort by; zero without one.
func (m Message) at() time.Time {
	if m.SentAt.Time.IsZero() {
		return m.CreatedAt.Time
	}
	return m.SentAt.Time
}

// role translates the role. A message of an end user or a tool stays theirs, whatever
// its metadata says.
func (m Message) role() takeover.Role {
	human := m.Metadata.Text("source") == sourceHuman
	switch {
	case m.Role == "user":
		return takeover.RoleEndUser
	case m.Role == "tool":
		return takeover.RoleTool
	case m.Role == "assistant" && human:
		return takeover.RoleOperator
	case m.Role == "assistant":
		return takeover.RoleAssistant
	case human && (m.Role == "system" || m.Role == "developer"):
		return takeover.RoleNote // only the AI reads it: no answer to the end user
	case m.Role == "system":
		return takeover.RoleSystem
	}
	return takeover.RoleOther
}

// identity is what the message is recognised by when it is read again: the API has no
// ids. It leaves out when the message was sent, since that is filled in later.
func (m Message) identity() string {
	created := m.CreatedAt.Text
	if !m.CreatedAt.Time.IsZero() {
		created = m.CreatedAt.Time.Format(time.RFC3339Nano) // "Z" and "+00:00" are the same
	}
	parts := []string{m.Role, created, m.Text}
	for _, t := range m.ToolCalls {
		parts = append(parts, t.Name, t.Arguments)
	}
	return apicall.Identity(parts...)
}

// sameMessage reports whether two messages are the same one, read twice.
func sameMessage(a, b Message) bool { return a.identity() == b.identity() }

// decodeMessages reads a page. A message that cannot be read stays, as an empty one in
// its place, so that it is not missing unnoticed.
func decodeMessages(body []byte) (MessagePage, error) {
	f := apicall.Fields(body)
	rows, err := rowsOf(f)
	if err != nil {
		return MessagePage{}, err
	}
	meta := apicall.Fields(f["meta"])
	page := MessagePage{
		Messages:     make([]Message, 0, len(rows)),
		TotalPages:   count(meta["total_pages"]),
		TotalResults: count(meta["total_results"]),
		PageSize:     count(meta["page_size"]),
	}
	for _, raw := range rows {
		m := apicall.Fields(raw)
		page.Messages = append(page.Messages, Message{
			Role:      apicall.LooseText(m["role"]),
			Text:      apicall.LooseText(m["text"]),
			ToolCalls: toolCallsOf(m["tool_calls"]),
			CreatedAt: apicall.ParseTimestamp(m["created_at"]),
			SentAt:    apicall.ParseTimestamp(m["sent_at"]),
			Metadata:  apicall.Fields(m["metadata"]),
		})
	}
	return page, nil
}

// toolCallsOf reads [{"function":{"name","arguments"}}]; arguments are a string that
// holds JSON, or should.
func toolCallsOf(raw json.RawMessage) []takeover.ToolCall {
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		return nil
	}
	var calls []takeover.ToolCall
	for _, entry := range entries {
		f := apicall.Fields(apicall.Fields(entry)["function"])
		calls = append(calls, takeover.ToolCall{
			Name:      apicall.LooseText(f["name"]),
			Arguments: apicall.LooseText(f["arguments"]),
		})
	}
	return calls
}

// count reads a whole number of at least 0; 0 for anything else.
func count(raw json.RawMessage) int {
	var n int
	if json.Unmarshal(raw, &n) != nil || n < 0 {
		return 0
	}
	return n
}
