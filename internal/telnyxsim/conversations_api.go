package telnyxsim

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"
)

// list answers GET /ai/conversations.
func (s *Sim) list(r *request) response {
	q, refused := parseList(r.query)
	if refused != nil {
		return *refused
	}
	s.lock()
	defer s.mu.Unlock()
	if s.faults.MaxRows > 0 {
		q.limit = min(q.limit, s.faults.MaxRows)
	}
	p, l := firstRows{listQuery: &q}, s.look(OpList, "")
	for _, c := range s.convs {
		if c = l.at(c); c != nil && (s.faults.IgnoreFilters || q.holds(c)) {
			p.take(c)
		}
	}
	l.show(p.rows...)
	out := make([]wireConversation, 0, len(p.rows))
	for _, c := range p.rows {
		out = append(out, c.wire())
	}
	return ok(wrapped{Data: out})
}

// create answers POST /ai/conversations, unwrapped.
func (s *Sim) create(r *request) response {
	var in struct {
		Name     *string  `json:"name"`
		Metadata Metadata `json:"metadata"`
	}
	if a := r.decode(&in, map[string]string{"name": "str", "metadata": "dict"}); a != nil {
		return *a
	}
	s.lock()
	defer s.mu.Unlock()
	meta, refused := s.admit(nil, in.Metadata)
	if refused != nil {
		return *refused
	}
	now := s.now()
	c := &Conversation{ID: newUUID(), CreatedAt: now, LastMessageAt: now, Metadata: meta}
	if in.Name != nil {
		c.Name = *in.Name
	}
	s.insert(c)
	s.changed()
	return ok(c.wire())
}

// get answers GET /ai/conversations/{id}.
func (s *Sim) get(r *request) response {
	return s.reading(r, func(c *Conversation) response {
		l := s.look(OpGet, c.ID)
		c = l.at(c)
		l.show(c)
		return ok(wrapped{Data: c.wire()})
	})
}

// delete answers DELETE /ai/conversations/{id}: 200 without a useful body.
func (s *Sim) delete(r *request) response {
	return s.with(r, func(c *Conversation) response {
		s.silence(c.ID, 0)
		p := s.pastOf(c)
		p.flags = append(p.flags, FlagChange{At: s.clock.Now(), Gone: true})
		delete(s.convs, c.ID)
		s.changed()
		return response{status: http.StatusOK}
	})
}

// with finds the conversation of the path and carries do out with s.mu held.
func (s *Sim) with(r *request, do func(*Conversation) response) response {
	if !isUUID(r.id()) {
		return invalid("value is not a valid uuid", "type_error.uuid", "path", "conversation_id")
	}
	s.lock()
	defer s.mu.Unlock()
	c, found := s.convs[r.conversation()]
	if !found {
		return conversationNotFound()
	}
	return do(c)
}

func conversationNotFound() response {
	return plainDetail(http.StatusNotFound, "Conversation not found")
}

// decode reads the body into out. It has to be a JSON object, sent as application/json; types says for some fields
// whether they are str or dict, so that the error names the field as the AI endpoints do. null passes for absent.
func (r *request) decode(out any, types map[string]string) *response {
	var fields map[string]json.RawMessage
	if !r.json || !utf8.Valid(r.body) || json.Unmarshal(r.body, &fields) != nil {
		a := invalid("value is not a valid dict", "type_error.dict", "body")
		return &a
	}
	for name, typ := range types {
		if raw := fields[name]; len(raw) > 0 && string(raw) != "null" && raw[0] != map[string]byte{"str": '"', "dict": '{'}[typ] {
			a := invalid(typ+" type expected", "type_error."+typ, "body", name)
			return &a
		}
	}
	if err := json.Unmarshal(r.body, out); err != nil {
		a := invalid("value has the wrong type", "type_error", "body")
		return &a
	}
	return nil
}

// missing answers that a required field of the body is absent.
func missing(name string) response {
	return invalid("field required", "value_error.missing", "body", name)
}
