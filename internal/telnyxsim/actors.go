package telnyxsim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// textChannel is the channel of the conversations that a text opens.
const textChannel = "sms_chat"

// Text is the end user writing a text message to agent from the phone. It goes to the newest conversation of the two
// that is not a call, or opens a new one: if there is none, or after Options.Inactivity, and then without the flag that
// silences the assistant. Unless it is silenced, the assistant answers after Options.ReplyDelay.
// It returns the conversation's id, or "" if ctx had ended.
func (s *Sim) Text(ctx context.Context, endUser, agent, text string) (conversationID string) {
	return s.TextWith(ctx, endUser, agent, text)
}

// TextWith is Text with pictures or other files. A STOP blocks all texts to the end user, the assistant's answers
// included, until a START.
func (s *Sim) TextWith(ctx context.Context, endUser, agent, text string, media ...Media) (conversationID string) {
	if ctx.Err() != nil {
		return ""
	}
	s.lock()
	defer s.mu.Unlock()
	c := s.lineConversation(endUser, agent)
	if !s.faults.InboundLost || !c.AIDisabled() {
		s.add(c, Message{Role: RoleUser, Text: text, media: media, delivered: true})
	}
	s.received(endUser, agent, text, media) //nolint:contextcheck // a webhook may come after the text
	if s.answers(c) {
		s.think(c)
	}
	s.changed()
	return c.ID
}

// WouldAnswer reports whether the assistant would answer a text that endUser wrote to agent at this moment, and in which
// conversation: "" is one that the text would open. It decides as Text does, by what is true and not by what reads are
// told, and changes nothing. An answer that is being generated already does not count.
func (s *Sim) WouldAnswer(endUser, agent string) (answers bool, conversationID string) {
	s.lock()
	defer s.mu.Unlock()
	c := s.writable(endUser, agent)
	if c == nil {
		return s.answers(s.fresh(endUser, agent, textChannel)), ""
	}
	return s.answers(c), c.ID
}

// answers reports whether the assistant answers a text in c. s.mu must be held.
func (s *Sim) answers(c *Conversation) bool {
	return !c.AIDisabled() && !s.stopped[pair{c.EndUser(), c.Agent()}]
}

// lineConversation returns the conversation that a text between the two belongs to, opening one if need be.
// s.mu must be held.
func (s *Sim) lineConversation(endUser, agent string) *Conversation {
	if c := s.writable(endUser, agent); c != nil {
		return c
	}
	return s.open(endUser, agent, textChannel)
}

// writable returns the conversation that a text between the two belongs to, or nil if it opens one. s.mu must be held.
func (s *Sim) writable(endUser, agent string) *Conversation {
	all := s.line(endUser, agent)
	if len(all) == 0 {
		return nil
	}
	last := all[len(all)-1]
	quiet := s.now().Sub(last.LastMessageAt)
	if last.spoken() || s.opts.Inactivity != 0 && quiet >= s.opts.Inactivity {
		return nil
	}
	return last
}

// open begins a conversation of the two. s.mu must be held.
func (s *Sim) open(endUser, agent, channel string) *Conversation {
	c := s.fresh(endUser, agent, channel)
	s.insert(c)
	return c
}

// fresh is a conversation of the two as it begins, with the assistant they had before. s.mu must be held.
func (s *Sim) fresh(endUser, agent, channel string) *Conversation {
	now, meta := s.now(), Metadata{}
	if len(s.opts.Assistants) > 0 {
		meta.set(KeyAssistantID, s.opts.Assistants[0].ID)
	}
	if all := s.line(endUser, agent); len(all) > 0 {
		if raw, ok := all[len(all)-1].Metadata[KeyAssistantID]; ok {
			meta[KeyAssistantID] = raw
		}
	}
	meta.set(KeyChannel, channel)
	meta.set(KeyAgentTarget, agent)
	meta.set(KeyEndUserTarget, endUser)
	return &Conversation{ID: newUUID(), CreatedAt: now, LastMessageAt: now, Metadata: meta}
}

// line returns the conversations of the two, calls before all others and each kind by the time of its newest message,
// so that the last one is the one to write in. s.mu must be held.
func (s *Sim) line(endUser, agent string) []*Conversation {
	var out []*Conversation
	for _, c := range s.convs {
		if c.EndUser() == endUser && c.Agent() == agent {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *Conversation) int {
		if a.spoken() != b.spoken() {
			if a.spoken() {
				return -1
			}
			return 1
		}
		if n := a.LastMessageAt.Compare(b.LastMessageAt); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// Bubble is one text on the end user's phone.
type Bubble struct {
	ConversationID string    `json:"conversation_id"`
	Channel        string    `json:"channel"` // of the conversation; in a phone_call it was spoken, not written
	Role           string    `json:"role"`    // RoleUser: the end user's own; RoleAssistant: from the other side
	Text           string    `json:"text"`
	At             time.Time `json:"at"`
	Media          []Media   `json:"media,omitempty"`
	// Status is where a text stands that came by POST /messages; "" for any other.
	Status string `json:"status,omitempty"`
}

// Phone returns what the end user's phone shows of the talk with agent, over all their conversations, oldest first:
// the texts of both sides, those of POST /messages included. What came in by POST …/message is not among them, since Telnyx sends nothing for it.
func (s *Sim) Phone(endUser, agent string) []Bubble {
	s.lock()
	defer s.mu.Unlock()
	out := []Bubble{}
	for _, c := range s.line(endUser, agent) {
		for _, m := range c.Messages {
			if m.Inserted || m.byAPI || m.Text == "" && len(m.media) == 0 || m.Role != RoleUser && m.Role != RoleAssistant {
				continue
			}
			out = append(out, Bubble{ConversationID: c.ID, Channel: c.Channel(), Role: m.Role, Text: m.Text, At: m.CreatedAt, Media: m.media})
		}
	}
	for _, t := range s.texts {
		if t.To == endUser && t.From == agent && t.Reached {
			out = append(out, Bubble{Channel: textChannel, Role: RoleAssistant, Text: t.Text, At: t.At, Media: t.Media, Status: t.Status})
		}
	}
	slices.SortStableFunc(out, func(a, b Bubble) int { return a.At.Compare(b.At) })
	return out
}

// SetMetadata writes one metadata key without the bot, as another tool would; a nil value removes it.
func (s *Sim) SetMetadata(id, key string, value json.RawMessage) error {
	if value != nil && !json.Valid(value) {
		return fmt.Errorf("set metadata %q: the value is not JSON", key)
	}
	return s.change(id, func(c *Conversation) {
		next := c.Metadata.Clone()
		if value == nil {
			delete(next, key)
		} else {
			next[key] = value
		}
		s.store(c, next, s.clock.Now())
	})
}

// FlipAI sets ai_disabled as a boolean, as another tool would.
func (s *Sim) FlipAI(id string, disabled bool) error {
	return s.SetMetadata(id, KeyAIDisabled, json.RawMessage(fmt.Sprint(disabled)))
}

// AssistantSays makes the assistant say text at once, silenced or not: the AI that speaks after a takeover.
func (s *Sim) AssistantSays(id, text string) error {
	return s.change(id, func(c *Conversation) {
		s.add(c, Message{Role: RoleAssistant, Text: text, delivered: true})
		s.changed()
	})
}

// change carries do out on a conversation with s.mu held.
func (s *Sim) change(id string, do func(*Conversation)) error {
	s.lock()
	defer s.mu.Unlock()
	c, found := s.convs[strings.ToLower(id)]
	if !found {
		return fmt.Errorf("there is no conversation %s", id)
	}
	do(c)
	return nil
}
