package telnyx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
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
	SentAt    apicall.Timestamp // when it went out or came in; the better time for people
	Metadata  Metadata
}

// MessagePage is one page of messages in the server's order.
type MessagePage struct {
	Messages []Message
	// What the server says about the whole; 0 where it said nothing.
	TotalPages, TotalResults, PageNumber, PageSize int
}

// sourceHuman marks the messages that this bot adds for a person.
const sourceHuman = "human"

// at is the time to show and to sort by.
func (m Message) at() time.Time {
	if m.SentAt.Time.IsZero() {
		return m.CreatedAt.Time
	}
	return m.SentAt.Time
}

// role sorts the message. What an end user or a tool said stays theirs, whatever the
// metadata says.
func (m Message) role() takeover.Role {
	switch m.Role {
	case "user":
		return takeover.RoleEndUser
	case "tool":
		return takeover.RoleTool
	}
	human := m.Metadata.Text("source") == sourceHuman
	switch m.Role {
	case "assistant":
		if human {
			return takeover.RoleOperator
		}
		return takeover.RoleAssistant
	case "system", "developer":
		if human {
			return takeover.RoleNote // it answers nobody who waits
		}
	}
	if m.Role == "system" {
		return takeover.RoleSystem
	}
	return takeover.RoleOther
}

// identity is what the message is recognised by when it is read again: the API has no
// ids. When it was sent is no part of it, since that is filled in later.
func (m Message) identity() string {
	created := m.CreatedAt.Text
	if !m.CreatedAt.Time.IsZero() {
		created = m.CreatedAt.Time.Format(time.RFC3339Nano) // "Z" and "+00:00" are one
	}
	h := sha256.New()
	part := func(s string) { h.Write([]byte(strconv.Itoa(len(s)) + ":" + s)) }
	part(m.Role)
	part(created)
	part(m.Text)
	for _, t := range m.ToolCalls {
		part(t.Name)
		part(t.Arguments)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// decodeMessages reads a page. A message that cannot be read stays as an empty one: it
// keeps its place and is not silently missing.
func decodeMessages(body []byte) (MessagePage, error) {
	var wire struct {
		Data *[]wireMessage  `json:"data"`
		Meta json.RawMessage `json:"meta"`
	}
	if json.Unmarshal(body, &wire) != nil || wire.Data == nil {
		return MessagePage{}, apicall.ErrNotJSON
	}
	meta := apicall.Fields(wire.Meta)
	page := MessagePage{
		Messages:     make([]Message, 0, len(*wire.Data)),
		TotalPages:   count(meta["total_pages"]),
		TotalResults: count(meta["total_results"]),
		PageNumber:   count(meta["page_number"]),
		PageSize:     count(meta["page_size"]),
	}
	for _, w := range *wire.Data {
		page.Messages = append(page.Messages, Message(w))
	}
	return page, nil
}

// wireMessage decodes without ever failing on a field.
type wireMessage Message

// UnmarshalJSON accepts any JSON value.
func (w *wireMessage) UnmarshalJSON(raw []byte) error {
	var f struct {
		Role      json.RawMessage `json:"role"`
		Text      json.RawMessage `json:"text"`
		ToolCalls json.RawMessage `json:"tool_calls"`
		CreatedAt json.RawMessage `json:"created_at"`
		SentAt    json.RawMessage `json:"sent_at"`
		Metadata  json.RawMessage `json:"metadata"`
	}
	if json.Unmarshal(raw, &f) != nil {
		return nil // not an object: an empty message in its place
	}
	*w = wireMessage{
		Role:      apicall.LooseText(f.Role),
		Text:      apicall.LooseText(f.Text),
		ToolCalls: toolCallsOf(f.ToolCalls),
		CreatedAt: apicall.ParseTimestamp(f.CreatedAt),
		SentAt:    apicall.ParseTimestamp(f.SentAt),
		Metadata:  apicall.Fields(f.Metadata),
	}
	return nil
}

// toolCallsOf reads [{"function":{"name","arguments"}}]; arguments are a string that
// holds JSON, or should.
func toolCallsOf(raw json.RawMessage) []takeover.ToolCall {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '[' {
		return nil
	}
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

// count reads a whole number that makes sense as one; 0 for anything else.
func count(raw json.RawMessage) int {
	var n int
	if json.Unmarshal(raw, &n) != nil || n < 0 {
		return 0
	}
	return n
}
