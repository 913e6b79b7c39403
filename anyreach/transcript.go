package anyreach

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// The types of items that are no messages.
const (
	itemCall   = "function_call"
	itemOutput = "function_call_output"
)

// readTranscript reads the column "conversation" into c, after c.Sensitive. came says that the
// answer had the column.
//
// What the column holds is not documented. Most likely it is an object with "items";
// readTranscript also reads a bare list, and lists under other names.
func (c *Conversation) readTranscript(raw json.RawMessage, came bool) {
	if text := apicall.Text(raw); text != "" {
		raw = json.RawMessage(text) // JSON within a string
	}
	raw = bytes.TrimSpace(raw)
	items, known := itemsOf(raw, 2)
	nothing := len(raw) == 0 || string(raw) == "null" || string(raw) == `""` || known && len(items) == 0
	switch {
	case !came && !c.Sensitive:
		c.State = takeover.TranscriptHidden
		return
	case nothing:
		c.State = takeover.TranscriptNotStored
		return
	}
	c.State = takeover.TranscriptUnrecognised
	keys := apicall.Keys{}
	for _, item := range items {
		m, ok := messageOf(item)
		if ok {
			c.State = takeover.TranscriptRead
		}
		if m.Role == takeover.RoleSystem {
			continue // an instruction to the AI, no part of the conversation
		}
		m.Key = keys.Next(identity(m))
		c.Messages = append(c.Messages, m)
	}
	if c.State != takeover.TranscriptRead {
		c.Messages = nil
	}
}

// itemsOf finds the list of items: the value itself, or under one of the known names of an
// object, at most depth objects deep. An empty object holds an empty list.
func itemsOf(raw json.RawMessage, depth int) (items []json.RawMessage, known bool) {
	if len(raw) > 0 && raw[0] == '[' {
		return items, json.Unmarshal(raw, &items) == nil
	}
	f := apicall.Fields(raw)
	if f == nil {
		return nil, false
	}
	if len(f) == 0 {
		return nil, true
	}
	for _, name := range [...]string{
		"items", "messages", "turns", "history", "chat_history", "chat_ctx", "transcript", "conversation"} {
		inner, there := f[name]
		if !there || depth == 0 {
			continue
		}
		if bytes.Equal(bytes.TrimSpace(inner), []byte("null")) {
			return nil, true
		}
		if items, known := itemsOf(bytes.TrimSpace(inner), depth-1); known {
			return items, true
		}
	}
	return nil, false
}

// messageOf reads one item; Key is the server's id, and may be empty. An item that cannot be read
// stays, as an empty message in its place, and ok is false.
func messageOf(raw json.RawMessage) (m takeover.Message, ok bool) {
	f := apicall.Fields(raw)
	kind := apicall.Text(f["type"])
	m = takeover.Message{Key: apicall.LooseText(f["id"]), RawRole: firstText(f, "role", "speaker"), At: takeover.ProviderTime(timeOf(f))}
	switch kind {
	case itemCall:
		m.RawRole = "assistant"
		m.ToolCalls = []takeover.ToolCall{{
			Name: apicall.LooseText(f["name"]), Arguments: apicall.LooseText(f["arguments"])}}
	case itemOutput:
		m.RawRole, m.Text = "tool", apicall.LooseText(f["output"])
	default:
		for _, name := range [...]string{"content", "text", "message", "transcript"} {
			if m.Text = contentText(f[name]); m.Text != "" {
				break
			}
		}
	}
	ok = m.RawRole != ""
	m.RawRole = cmp.Or(m.RawRole, kind)
	m.Role = roleOf(m.RawRole)
	return m, ok
}

func firstText(f map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		if s := apicall.Text(f[name]); s != "" {
			return s
		}
	}
	return ""
}

// contentText reads text, a list of texts or of objects with one, or such an object.
func contentText(raw json.RawMessage) string {
	if s := apicall.Text(raw); s != "" {
		return s
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return firstText(apicall.Fields(raw), "text", "transcript")
	}
	var texts []string
	for _, part := range parts {
		text := cmp.Or(apicall.Text(part), firstText(apicall.Fields(part), "text", "transcript", "content"))
		if text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}

// timeOf reads when an item was made: a time as text, or seconds since 1970.
func timeOf(f map[string]json.RawMessage) time.Time {
	for _, name := range [...]string{"created_at", "timestamp"} {
		if t := apicall.ParseTimestamp(f[name]).Time; !t.IsZero() {
			return t
		}
		var seconds float64
		if json.Unmarshal(f[name], &seconds) == nil && seconds > 0 && seconds < 1e11 {
			return time.UnixMilli(int64(seconds * 1000)).UTC()
		}
	}
	return time.Time{}
}

// identity is what a message is recognised by when the transcript is read again.
func identity(m takeover.Message) string {
	if m.Key != "" {
		return apicall.Identity(nil, m.Key)
	}
	return apicall.Identity(m.ToolCalls, "", m.RawRole, m.Text, m.At.String())
}

// roleOf translates the server's word for the speaker.
func roleOf(s string) takeover.Role {
	switch s {
	case "user", "caller", "customer":
		return takeover.RoleEndUser
	case "assistant", "agent", "ai":
		return takeover.RoleAssistant
	case "tool", "function":
		return takeover.RoleTool
	case "system", "developer":
		return takeover.RoleSystem
	}
	return takeover.RoleOther
}
