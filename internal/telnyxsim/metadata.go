package telnyxsim

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
)

// Names of the metadata keys that the simulator itself reads or writes.
const (
	KeyAIDisabled    = "ai_disabled"
	KeyAssistantID   = "assistant_id"
	KeyChannel       = "telnyx_conversation_channel"
	KeyAgentTarget   = "telnyx_agent_target"
	KeyEndUserTarget = "telnyx_end_user_target"
	KeyCalledTools   = "called_tools"
	KeyCallControlID = "call_control_id"
)

// Metadata is a conversation's metadata, each value as the JSON text it was written with. Telnyx's schema says that
// values are strings; on the wire they are not, so nothing here is decoded unless it has to be compared.
//
// Values are never changed in place: a new value replaces the old one. Copies of the map may therefore share them.
type Metadata map[string]json.RawMessage

// Clone returns a copy that can be changed without changing m.
func (m Metadata) Clone() Metadata {
	if m == nil {
		return Metadata{}
	}
	return maps.Clone(m)
}

// Text returns the value of key as text, the way a filter compares it: a string without its quotes, another scalar as
// its JSON text. It reports false for null, an absent key, an array or an object.
func (m Metadata) Text(key string) (string, bool) {
	raw := bytes.TrimSpace(m[key])
	if len(raw) == 0 {
		return "", false
	}
	switch raw[0] {
	case '"':
		if s, plain := unquoted(raw); plain {
			return s, true
		}
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return "", false
		}
		return s, true
	case '[', '{', 'n':
		return "", false
	default:
		return string(raw), true
	}
}

// unquoted is the text of a JSON string in which nothing is escaped and every byte is a character, as in the numbers and
// ids by which conversations are searched: a list goes over thousands of them.
func unquoted(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[len(raw)-1] != '"' {
		return "", false
	}
	raw = raw[1 : len(raw)-1]
	for _, c := range raw {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return "", false
		}
	}
	return string(raw), true
}

// AIDisabled reports whether the assistant has to stay silent: JSON true, the strings "true" and "1" in any case, and
// the number 1. Everything else, null and an absent key included, lets it speak.
func (m Metadata) AIDisabled() bool {
	text, ok := m.Text(KeyAIDisabled)
	return ok && (strings.EqualFold(text, "true") || text == "1")
}

// set stores value as JSON. It is for values that always can be written as JSON: strings, booleans, slices of strings.
func (m Metadata) set(key string, value any) {
	if raw, err := marshal(value); err == nil {
		m[key] = raw
	}
}

// marshal writes JSON without escaping <, > and &, so that raw values pass through with their bytes unchanged.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// strings returns an array of strings; anything else is none.
func (m Metadata) strings(key string) []string {
	var out []string
	if json.Unmarshal(m[key], &out) != nil {
		return nil
	}
	return out
}
