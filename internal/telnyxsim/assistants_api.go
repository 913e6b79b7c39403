package telnyxsim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Assistant is an AI assistant as the API lists it.
type Assistant struct {
	ID        string    `json:"id"` // assistant-<uuid>
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Assistants of the seeds.
const (
	NightDeskAssistant = "assistant-5eed0000-0000-4000-8000-0000000000a1"
	LeasingAssistant   = "assistant-5eed0000-0000-4000-8000-0000000000a2"
)

// DefaultAssistants returns the assistants of the seeds.
func DefaultAssistants() []Assistant {
	at := time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)
	return []Assistant{
		{ID: NightDeskAssistant, Name: "Harbor Homes night desk", CreatedAt: at},
		{ID: LeasingAssistant, Name: "Harbor Homes leasing", CreatedAt: at},
	}
}

// knownAssistants returns the assistants of the options and those that conversations name. s.mu must be held.
func (s *Sim) knownAssistants() []Assistant {
	all := slices.Clone(s.opts.Assistants)
	seen := map[string]bool{}
	for _, a := range all {
		seen[a.ID] = true
	}
	var more []Assistant
	for _, c := range s.convs {
		if id := c.text(KeyAssistantID); id != "" && !seen[id] {
			seen[id] = true
			more = append(more, Assistant{ID: id, Name: "Assistant " + id[max(0, len(id)-4):], CreatedAt: c.CreatedAt})
		}
	}
	slices.SortFunc(more, func(a, b Assistant) int { return strings.Compare(a.ID, b.ID) })
	return append(all, more...)
}

// assistants answers GET /ai/assistants.
func (s *Sim) assistants(*request) response {
	s.lock()
	defer s.mu.Unlock()
	return ok(wrapped{Data: s.knownAssistants()})
}

// assistant answers GET /ai/assistants/{id}, unwrapped.
func (s *Sim) assistant(r *request) response {
	s.lock()
	defer s.mu.Unlock()
	for _, a := range s.knownAssistants() {
		if a.ID == r.id() {
			return ok(a)
		}
	}
	return assistantNotFound()
}

func assistantNotFound() response { return plainDetail(http.StatusNotFound, "Assistant not found") }

func (s *Sim) assistantKnown(id string) bool {
	return slices.ContainsFunc(s.knownAssistants(), func(a Assistant) bool { return a.ID == id })
}

// chat answers POST /ai/assistants/{id}/chat: the AI answers in the conversation, or 400 where it is disabled.
func (s *Sim) chat(r *request) response {
	var in struct {
		Content        string `json:"content"`
		ConversationID string `json:"conversation_id"`
	}
	if a := r.decode(&in, map[string]string{"content": "str", "conversation_id": "str", "name": "str"}); a != nil {
		return *a
	}
	if !isUUID(in.ConversationID) {
		return invalid("value is not a valid uuid", "type_error.uuid", "body", "conversation_id")
	}
	s.lock()
	defer s.mu.Unlock()
	if !s.assistantKnown(r.id()) {
		return assistantNotFound()
	}
	c, found := s.convs[strings.ToLower(in.ConversationID)]
	switch {
	case !found:
		return conversationNotFound()
	case strings.TrimSpace(in.Content) == "":
		return plainDetail(http.StatusBadRequest, "Message content is empty")
	case c.AIDisabled():
		return plainDetail(http.StatusBadRequest, "AI is disabled for this conversation")
	}
	s.add(c, Message{Role: RoleUser, Text: in.Content, delivered: true})
	text := s.speak(c)
	return ok(map[string]string{"content": text})
}

// chatSMS answers POST /ai/assistants/{id}/chat/sms: text is sent to the end user in the assistant's conversation; without
// text the AI writes it, unless it is disabled (what Telnyx does then is unknown; here 400).
func (s *Sim) chatSMS(r *request) response {
	var in struct {
		From, To string
		Text     string   `json:"text"`
		Extra    Metadata `json:"conversation_metadata"`
	}
	if a := r.decode(&in, map[string]string{"from": "str", "to": "str", "text": "str", "conversation_metadata": "dict"}); a != nil {
		return *a
	}
	if in.From == "" || in.To == "" {
		return missing("from, to")
	}
	s.lock()
	defer s.mu.Unlock()
	if !s.assistantKnown(r.id()) {
		return assistantNotFound()
	}
	c := s.lineConversation(in.To, in.From)
	if in.Text == "" && c.AIDisabled() {
		return plainDetail(http.StatusBadRequest, "AI is disabled for this conversation")
	}
	next := c.Metadata.Clone()
	for k, v := range in.Extra {
		next[k] = v
	}
	s.store(c, next, s.clock.Now())
	if in.Text == "" {
		s.speak(c)
	} else {
		s.add(c, Message{Role: RoleAssistant, Text: in.Text, delivered: true})
		s.changed()
	}
	return ok(map[string]string{"conversation_id": c.ID})
}
