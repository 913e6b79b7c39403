package anyreachsim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Conversation is one conversation with what was said in it.
type Conversation struct {
	ID          string
	UserID      string // the end user: a number on telephone, anything on other channels
	Channel     string // telephone, webrtc, text or email
	Direction   string // inbound or outbound
	Status      string
	AgentID     string
	AgentName   string
	AgentNumber string
	Duration    int // seconds
	CreatedAt   time.Time
	UpdatedAt   time.Time         // the zero time is CreatedAt
	Metadata    map[string]string // custom_metadata
	Items       []Item            // nil: no transcript was stored

	shownFrom time.Time // when reads begin to see it, by Options.Now
}

// Item is one item of a transcript.
type Item struct {
	Type    string // message, function_call or function_call_output
	Role    string // of a message
	Content string // text, arguments or output
	Name    string // of a function
	At      time.Time

	shownFrom time.Time // when reads begin to see it, by Options.Now
}

func (c *Conversation) clone() Conversation {
	out := *c
	out.Metadata, out.Items = maps.Clone(c.Metadata), slices.Clone(c.Items)
	return out
}

// turns counts what the end user said.
func (c *Conversation) turns() int {
	n := 0
	for _, it := range c.Items {
		if it.Type == "message" && it.Role == "user" {
			n++
		}
	}
	return n
}

// active reports whether the conversation goes on. Statuses that are not known do.
func (c *Conversation) active() bool {
	return !slices.Contains([]string{"completed", "failed", "cancelled", "transferred", "unanswered"}, c.Status)
}

// stamp writes a time as the server does: microseconds without trailing zeros, and an
// offset in place of Z.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999") + "+00:00" }

// wire is the conversation with the columns that a credential may see.
func (c *Conversation) wire(sensitive bool, f Faults) map[string]any {
	row := map[string]any{
		"id": c.ID, "organization_id": "org_demo", "direction": c.Direction, "user_id": c.UserID, "agent_number": orNull(c.AgentNumber),
		"agent_id": c.AgentID, "agent_version_id": c.AgentID + "-v1", "web_widget_id": nil, "trunk_id": nil, "channel": c.Channel,
		"duration": c.Duration, "user_turn_count": c.turns(), "status": c.Status,
		"created_at": stamp(c.CreatedAt), "updated_at": stamp(c.UpdatedAt),
	}
	if !sensitive && !f.NullSensitive {
		return row
	}
	for _, name := range []string{"agent", "summary", "initial_context", "custom_metadata", "conversation", "recording_details"} {
		row[name] = nil
	}
	if sensitive {
		row["agent"] = map[string]string{"id": c.AgentID, "name": c.AgentName}
		row["custom_metadata"] = c.Metadata
		row["conversation"] = c.transcript(f.Shape)
	}
	return row
}

// shown is the conversation as reads see it at a moment; the result shares all else with c.
func (c *Conversation) shown(now time.Time) *Conversation {
	hidden := func(it Item) bool { return it.shownFrom.After(now) }
	if !slices.ContainsFunc(c.Items, hidden) {
		return c
	}
	out := *c
	out.Items = slices.DeleteFunc(slices.Clone(c.Items), hidden)
	out.UpdatedAt = c.CreatedAt
	if n := len(out.Items); n > 0 {
		out.UpdatedAt = out.Items[n-1].At
	}
	return &out
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// transcript is the column "conversation" in one of its shapes.
func (c *Conversation) transcript(shape Shape) any {
	if c.Items == nil {
		return nil
	}
	items := make([]map[string]any, len(c.Items))
	for i, it := range c.Items {
		items[i] = it.wire(shape, i)
	}
	switch shape {
	case ShapeList:
		return items
	case ShapeTurns:
		return map[string]any{"turns": items}
	case ShapeNested:
		return map[string]any{"chat_ctx": map[string]any{"items": items}, "version": 2}
	case ShapeText:
		raw, _ := json.Marshal(map[string]any{"items": items}) // maps of texts always encode
		return string(raw)
	case ShapeUnknown:
		return map[string]any{"blob": "AAEC", "codec": "opus"}
	}
	return map[string]any{"items": items}
}

func (it Item) wire(shape Shape, n int) map[string]any {
	switch it.Type {
	case "function_call":
		return map[string]any{"type": it.Type, "name": it.Name, "call_id": "call_1", "arguments": it.Content}
	case "function_call_output":
		return map[string]any{"type": it.Type, "name": it.Name, "call_id": "call_1", "output": it.Content, "is_error": false}
	}
	row := map[string]any{"type": it.Type, "role": it.Role, "content": []string{it.Content}}
	switch shape {
	case ShapeTurns:
		row = map[string]any{"speaker": it.Role, "text": it.Content}
	case ShapeList:
		row = map[string]any{"role": it.Role, "content": []map[string]string{{"type": "text", "text": it.Content}}}
	case ShapeNested:
		row["id"] = fmt.Sprintf("item_%d", n)
	}
	if !it.At.IsZero() {
		row["created_at"] = float64(it.At.UnixMilli()) / 1000
	}
	return row
}
