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

// TranscriptState says whether a transcript could be read, and why not.
type TranscriptState int

// The states. The first three differ, and none of them means "no messages".
const (
	Hidden       TranscriptState = iota // every sensitive column is missing: the credential may not see them
	NotStored                           // there is none, or none yet
	Unrecognised                        // it is there, in a shape that is not known
	Parsed
)

// Transcript is what was said, in the server's order.
type Transcript struct {
	State TranscriptState
	Turns []Turn
}

// Turn is one item of a transcript. Any field may be empty.
type Turn struct {
	Role      string // the server's word; for an item without one its type
	Text      string
	ToolCalls []takeover.ToolCall
	At        time.Time // UTC; zero when there was none
	id        string    // the server's own; may be empty
}

// The types of items that are no messages.
const (
	itemCall   = "function_call"
	itemOutput = "function_call_output"
)

// transcriptOf reads the column "conversation". came says that the answer had it, sensitive
// that it had at least one sensitive column.
//
// What the column holds is not documented. Most likely it is an object with "items";
// transcriptOf also reads a bare list, and lists under other names.
func transcriptOf(raw json.RawMessage, came, sensitive bool) Transcript {
	switch {
	case !came && !sensitive:
		return Transcript{State: Hidden}
	case !came:
		return Transcript{State: NotStored}
	}
	if text := apicall.Text(raw); text != "" {
		raw = json.RawMessage(text) // JSON within a string
	}
	raw = bytes.TrimSpace(raw)
	items, known := itemsOf(raw, 2)
	switch {
	case len(raw) == 0, bytes.Equal(raw, []byte("null")), bytes.Equal(raw, []byte(`""`)), known && len(items) == 0:
		return Transcript{State: NotStored}
	case !known:
		return Transcript{State: Unrecognised}
	}
	t := Transcript{State: Parsed}
	understood := false
	for _, item := range items {
		turn, ok := turnOf(item)
		understood = understood || ok
		t.Turns = append(t.Turns, turn)
	}
	if !understood {
		return Transcript{State: Unrecognised}
	}
	return t
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

// turnOf reads one item. An item that cannot be read stays, as an empty turn in its place,
// and ok is false.
func turnOf(raw json.RawMessage) (turn Turn, ok bool) {
	f := apicall.Fields(raw)
	kind := apicall.Text(f["type"])
	turn = Turn{Role: firstText(f, "role", "speaker"), At: timeOf(f), id: apicall.LooseText(f["id"])}
	switch kind {
	case itemCall:
		turn.Role = "assistant"
		turn.ToolCalls = []takeover.ToolCall{{
			Name: apicall.LooseText(f["name"]), Arguments: apicall.LooseText(f["arguments"])}}
		return turn, true
	case itemOutput:
		turn.Role, turn.Text = "tool", apicall.LooseText(f["output"])
		return turn, true
	}
	for _, name := range [...]string{"content", "text", "message", "transcript"} {
		if turn.Text = contentText(f[name]); turn.Text != "" {
			break
		}
	}
	ok = turn.Role != ""
	if !ok {
		turn.Role = kind
	}
	return turn, ok
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

// messages translates turns. It leaves system items out: they are instructions to the AI,
// not part of the conversation.
func (t Transcript) messages() []takeover.Message {
	list := make([]takeover.Message, 0, len(t.Turns))
	keys := apicall.Keys{}
	for _, turn := range t.Turns {
		role := roleOf(turn.Role)
		if role == takeover.RoleSystem {
			continue
		}
		list = append(list, takeover.Message{Key: keys.Next(turn.identity()), Role: role, RawRole: turn.Role,
			Text: turn.Text, ToolCalls: turn.ToolCalls, At: turn.At})
	}
	return list
}

// identity is what a turn is recognised by when the transcript is read again.
func (t Turn) identity() string {
	if t.id != "" {
		return apicall.Identity(nil, t.id)
	}
	return apicall.Identity(t.ToolCalls, "", t.Role, t.Text, t.At.Format(time.RFC3339Nano))
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
