package telnyxsim

import (
	"slices"
	"strings"
	"time"
)

// Conversation is one conversation with its messages inside, the shape that LoadJSONL reads.
type Conversation struct {
	ID   string `json:"id"` // a uuid in lower case
	Name string `json:"name"`
	// CreatedAt is when the conversation began.
	CreatedAt time.Time `json:"created_at"`
	// LastMessageAt is the time of the newest message; the zero time is sent as null.
	LastMessageAt time.Time `json:"last_message_at"`
	Metadata      Metadata  `json:"metadata"`
	Messages      []Message `json:"messages"` // oldest first, whatever order the API is told to show

	shownFrom time.Time // when reads begin to see it, by the clock that SetNow and Advance turn
	null      bool      // a read shows null in the place of the metadata
}

// clone returns a copy whose metadata and messages can be changed without changing c.
func (c *Conversation) clone() Conversation {
	out := *c
	out.Metadata = c.Metadata.Clone()
	out.Messages = slices.Clone(c.Messages)
	return out
}

// AIDisabled reports whether the assistant has to stay silent in this conversation.
func (c *Conversation) AIDisabled() bool { return c.Metadata.AIDisabled() }

// Channel returns the conversation's channel, such as sms_chat or phone_call, or "" where it has none.
func (c *Conversation) Channel() string { return c.text(KeyChannel) }

// EndUser returns the end user's number, SIP address or other id.
func (c *Conversation) EndUser() string { return c.text(KeyEndUserTarget) }

// Agent returns our own number or other id in the conversation.
func (c *Conversation) Agent() string { return c.text(KeyAgentTarget) }

func (c *Conversation) text(key string) string {
	s, _ := c.Metadata.Text(key)
	return s
}

// spoken reports whether this conversation was held by voice. A text message never continues it.
func (c *Conversation) spoken() bool {
	ch := c.Channel()
	return ch == "voice" || strings.HasSuffix(ch, "_call")
}

// add appends m with a creation time that is later than every earlier one, as a database clock would give it.
func (c *Conversation) add(m Message, now time.Time) {
	m.CreatedAt = now.UTC().Truncate(time.Microsecond)
	if n := len(c.Messages); n > 0 {
		if last := c.Messages[n-1].CreatedAt; !m.CreatedAt.After(last) {
			m.CreatedAt = last.Add(time.Microsecond)
		}
	}
	if m.delivered {
		m.SentAt = m.CreatedAt
	}
	c.Messages = append(c.Messages, m)
	c.LastMessageAt = m.CreatedAt
}

// wire is the conversation as the API shows it: without messages, and with null where a time is missing.
func (c *Conversation) wire() wireConversation {
	meta := c.Metadata
	if meta == nil && !c.null {
		meta = Metadata{}
	}
	return wireConversation{c.ID, c.Name, nullable(c.CreatedAt), nullable(c.LastMessageAt), meta}
}

type wireConversation struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	CreatedAt     *time.Time `json:"created_at"`
	LastMessageAt *time.Time `json:"last_message_at"`
	Metadata      Metadata   `json:"metadata"`
}

func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
