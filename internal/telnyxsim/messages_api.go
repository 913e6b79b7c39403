package telnyxsim

import (
	"cmp"
	"encoding/json"
	"math/bits"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	defaultPageSize = 20
	maxPageSize     = 100
)

// messages answers GET …/messages, one page by page[size] and page[number].
func (s *Sim) messages(r *request) response {
	return s.reading(r, func(c *Conversation) response {
		size, a := pageParam(r.query, "page[size]", defaultPageSize, maxPageSize)
		if a != nil {
			return *a
		}
		number, a := pageParam(r.query, "page[number]", 1, 0)
		if a != nil {
			return *a
		}
		all := s.shown(c)
		m := meta{TotalPages: (len(all) + size - 1) / size, TotalResults: len(all), PageNumber: number, PageSize: size}
		from := len(all)
		if number <= m.TotalPages {
			from = (number - 1) * size
		}
		page := all[from:min(from+size, len(all))]
		if s.faults.InsertInPaging > 0 && number < m.TotalPages {
			s.faults.InsertInPaging--
			s.add(c, Message{Role: RoleUser, Text: "(written while the pages were read)", delivered: true})
			s.changed()
		}
		return ok(wrapped{Data: s.messageRows(page), Meta: &m})
	})
}

// shown returns the messages in the order in which the API shows them. s.mu must be held.
func (s *Sim) shown(c *Conversation) []Message {
	if s.faults.HistoryLost {
		return nil
	}
	all := slices.Clone(s.visible(c))
	if s.faults.Order != OrderOldest {
		slices.Reverse(all)
	}
	if s.faults.Order == OrderSwapped {
		for pair := range slices.Chunk(all, 2) {
			slices.Reverse(pair)
		}
	}
	return all
}

// messageRows applies the switches text, drop_sent_at and sent_at_late_ms, and order for what lies within a page. s.mu
// must be held.
func (s *Sim) messageRows(page []Message) []any {
	if s.faults.Order == OrderScrambled {
		scattered := func(m Message) uint64 { return bits.Reverse64(uint64(m.CreatedAt.UnixMicro())) }
		slices.SortStableFunc(page, func(a, b Message) int { return cmp.Compare(scattered(a), scattered(b)) })
	}
	now := s.clock.Now()
	rows := make([]any, 0, len(page))
	for _, m := range page {
		if m.sentFrom.After(now) {
			m.SentAt = time.Time{}
		}
		switch s.faults.Text {
		case TextNull:
			m.NullText = true
		case TextEmpty:
			m.NullText = false
		}
		if !s.faults.DropSentAt {
			rows = append(rows, m)
			continue
		}
		fields := map[string]json.RawMessage{}
		if raw, err := marshal(m); err == nil && json.Unmarshal(raw, &fields) == nil {
			delete(fields, "sent_at")
		}
		rows = append(rows, fields)
	}
	return rows
}

// pageParam reads a whole number from 1 to most; most 0 is no upper end.
func pageParam(q url.Values, name string, without, most int) (int, *response) {
	if !q.Has(name) {
		return without, nil
	}
	n, err := strconv.Atoi(q.Get(name))
	var a response
	switch {
	case err != nil:
		a = invalid("value is not a valid integer", "type_error.integer", "query", name)
	case n < 1:
		a = invalid("ensure this value is greater than or equal to 1", "value_error.number.not_ge", "query", name)
	case most > 0 && n > most:
		a = invalid("ensure this value is less than or equal to "+strconv.Itoa(most), "value_error.number.not_le", "query", name)
	default:
		return n, nil
	}
	return 0, &a
}

// addMessage answers POST …/message: the message is stored, nothing is sent and the assistant does not reply.
// What is written as content is read as text.
func (s *Sim) addMessage(r *request) response {
	return s.with(r, func(c *Conversation) response {
		m, a := r.message()
		if a != nil {
			return *a
		}
		s.add(c, m)
		s.changed()
		return response{status: http.StatusOK}
	})
}

// message reads and checks the body of addMessage.
func (r *request) message() (Message, *response) {
	var in struct {
		Role      *string    `json:"role"`
		Content   string     `json:"content"`
		SentAt    *string    `json:"sent_at"`
		Metadata  Metadata   `json:"metadata"`
		ToolCalls []ToolCall `json:"tool_calls"`
	}
	if a := r.decode(&in, map[string]string{"role": "str", "content": "str", "name": "str", "sent_at": "str", "metadata": "dict", "tool_call_id": "str"}); a != nil {
		return Message{}, a
	}
	if in.Role == nil {
		a := missing("role")
		return Message{}, &a
	}
	if !slices.Contains([]string{RoleUser, RoleAssistant, RoleSystem, RoleTool, RoleDeveloper}, *in.Role) {
		a := invalid("unexpected value; permitted: 'user', 'assistant', 'system', 'tool', 'developer'", "type_error.enum", "body", "role")
		return Message{}, &a
	}
	m := Message{Role: *in.Role, Text: in.Content, Metadata: in.Metadata, ToolCalls: in.ToolCalls, Inserted: true}
	if in.SentAt != nil {
		t, err := time.Parse(time.RFC3339Nano, *in.SentAt)
		if err != nil || t.UTC().Year() > 9999 {
			a := invalid("invalid datetime format", "value_error.datetime", "body", "sent_at")
			return Message{}, &a
		}
		m.SentAt = t
	}
	return m, checkMessageMetadata(in.Metadata)
}

// checkMessageMetadata allows what Telnyx's newer schema lists: strings, numbers, booleans and lists.
func checkMessageMetadata(meta Metadata) *response {
	for key, raw := range meta {
		if raw[0] == '{' || raw[0] == 'n' {
			a := invalid("str, int, bool or list expected", "type_error", "body", "metadata", key)
			return &a
		}
	}
	return nil
}
