package telnyx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

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

// UnmarshalJSON reads an object; null is none.
func (m *Metadata) UnmarshalJSON(raw []byte) error {
	var entries map[string]json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		return fmt.Errorf("metadata: %w", apicall.ErrNotJSON)
	}
	*m = entries
	return nil
}

// equalJSON compares two JSON values: objects without regard to the order of keys,
// numbers by their text, so that 19 digits are not equal to the float next to them.
// What is not JSON equals nothing.
func equalJSON(a, b json.RawMessage) bool {
	x, errX := decodeAny(a)
	y, errY := decodeAny(b)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
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
