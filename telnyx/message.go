package telnyx

import (
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// Message is one message as the API gives it. Any field may be empty.
type Message struct {
	Role      apicall.LooseString `json:"role"`
	Text      apicall.LooseString `json:"text"`
	ToolCalls []ToolCall          `json:"tool_calls"`
	CreatedAt apicall.Timestamp   `json:"created_at"`
	SentAt    apicall.Timestamp   `json:"sent_at"` // when it went out or came in; by a clock that may not be that of CreatedAt
	Metadata  struct {
		Source  apicall.LooseString `json:"source"`
		Written apicall.LooseString `json:"takeover_text"`
	} `json:"metadata"`
}

// ToolCall is one call of a tool. Arguments hold JSON, or should.
type ToolCall struct {
	Function struct {
		Name      apicall.LooseString `json:"name"`
		Arguments apicall.LooseString `json:"arguments"`
	} `json:"function"`
}

// MessagePage is one page of messages in the server's order. A message that cannot be read is
// an empty one in its place, so that it is not missing unnoticed.
type MessagePage struct {
	Messages []Message `json:"data"`
	// Meta is what the server says about all messages; 0 where it said nothing.
	Meta struct {
		TotalPages   int `json:"total_pages"`
		TotalResults int `json:"total_results"`
		PageSize     int `json:"page_size"`
	} `json:"meta"`
}

// Entries in the metadata of the messages that this bot adds for an operator.
const (
	keySource   = "source"
	sourceHuman = "human"
	// keyWritten holds the key of words that the end user has read already.
	keyWritten = "takeover_text"
)

// domain translates to the bot's own words. key stays the same when the message is read again.
func (m Message) domain(key string) takeover.Message {
	d := takeover.Message{Key: key, Role: m.role(), RawRole: string(m.Role), Text: string(m.Text),
		ToolCalls: m.toolCalls(), At: takeover.ProviderTime(m.at()), SentAt: takeover.ProviderTime(m.SentAt.Time)}
	if d.Role == takeover.RoleOperator {
		d.Written = string(m.Metadata.Written)
	}
	return d
}

// at is the later of its times; zero without one. An answer that was made before a takeover and
// sent after it came after it.
func (m Message) at() time.Time {
	if m.SentAt.Time.After(m.CreatedAt.Time) {
		return m.SentAt.Time
	}
	return m.CreatedAt.Time
}

// role translates the role. A message of an end user or a tool stays theirs, whatever
// its metadata says.
func (m Message) role() takeover.Role {
	human := m.Metadata.Source == sourceHuman
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
	case m.Role == "system", m.Role == "developer": // two words for instructions to the AI
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
	return apicall.Identity(m.toolCalls(), string(m.Role), created, string(m.Text))
}

func (m Message) toolCalls() []takeover.ToolCall {
	var calls []takeover.ToolCall
	for _, t := range m.ToolCalls {
		calls = append(calls, takeover.ToolCall{Name: string(t.Function.Name), Arguments: string(t.Function.Arguments)})
	}
	return calls
}

// sameMessage reports whether two messages are the same one, read twice.
func sameMessage(a, b Message) bool { return a.identity() == b.identity() }

// decode reads a page.
func (p *MessagePage) decode(body []byte) error {
	err := apicall.Decode(body, p)
	if err == nil && p.Messages == nil {
		err = apicall.ErrNotJSON
	}
	return err
}
