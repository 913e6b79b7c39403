package telnyxsim

import (
	"context"
	"strings"
)

// PhoneCall is the end user calling agent. Every call is a new conversation, with a call_control_id and without
// the flag, whatever is held between the two: the assistant answers it. said is what the end user says first; with ""
// neither side has spoken yet. It returns the conversation's id, or "" if ctx had ended.
func (s *Sim) PhoneCall(ctx context.Context, endUser, agent, said string) (conversationID string) {
	if ctx.Err() != nil {
		return ""
	}
	s.lock()
	defer s.mu.Unlock()
	c := s.open(endUser, agent, "phone_call")
	c.Metadata.set(KeyCallControlID, "v3:"+strings.ReplaceAll(newUUID(), "-", ""))
	if said != "" {
		s.add(c, Message{Role: RoleUser, Text: said, delivered: true})
		s.think(c)
	}
	s.changed()
	return c.ID
}
