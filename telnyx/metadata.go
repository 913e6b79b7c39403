package telnyx

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"

	"takeoverbot/internal/apicall"
)

// Keys of a conversation's metadata that mean something to Telnyx
// (developers.telnyx.com, AI Assistants, conversations).
const (
	keyChannel     = "telnyx_conversation_channel"
	keyAgent       = "telnyx_agent_target"
	keyEndUser     = "telnyx_end_user_target"
	keyCallControl = "call_control_id"
	keyAIDisabled  = "ai_disabled"
)

// Metadata is a conversation's metadata with every value as the server wrote it. The
// schema says that values are strings; on the wire there are booleans and lists too, and
// the entries of other tools must survive a read and a write untouched.
type Metadata map[string]json.RawMessage

// Text returns a string entry; "" when there is none or it is no string.
func (m Metadata) Text(key string) string { return apicall.Text(m[key]) }

// encode writes the entries as an object, sorted by key, values byte for byte; package
// json would compact them and escape <, > and &.
func (m Metadata) encode() ([]byte, error) {
	b := []byte{'{'}
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if !json.Valid(m[key]) {
			return nil, errors.New("a metadata entry is not JSON")
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, quote(key)...), ':')
		b = append(b, m[key]...)
	}
	return append(b, '}'), nil
}

// with writes m as the fields of a request, and metadata beside them unless it is nil.
func (m Metadata) with(metadata Metadata) ([]byte, error) {
	if metadata != nil {
		raw, err := metadata.encode()
		if err != nil {
			return nil, err
		}
		m["metadata"] = raw
	}
	return m.encode()
}

// quote writes s as a JSON string with <, > and & as they are.
func quote(s string) json.RawMessage {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes; a bytes.Buffer always takes it
	return bytes.TrimRight(buf.Bytes(), "\n")
}

// equalJSON compares two JSON values: objects without regard to the order of keys,
// numbers by their text, so that 19 digits are not equal to the float next to them.
// What is not JSON equals nothing.
func equalJSON(a, b json.RawMessage) bool {
	x, errX := decodeAny(a)
	y, errY := decodeAny(b)
	return errX == nil && errY == nil && sameValue(x, y)
}

// decodeAny reads exactly one JSON value, numbers as their text.
func decodeAny(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

// sameValue compares decoded values.
func sameValue(x, y any) bool {
	switch x := x.(type) {
	case map[string]any:
		y, ok := y.(map[string]any)
		return ok && maps.EqualFunc(x, y, sameValue)
	case []any:
		y, ok := y.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	}
	switch y.(type) {
	case map[string]any, []any: // not comparable with ==
		return false
	}
	return x == y
}
