package apicall

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Decode reads a JSON value into the struct to which v points. A part whose value has another
// type than the struct's field keeps its zero value, and the rest is read. The error is
// ErrNotJSON, or that of an UnmarshalJSON in the struct.
func Decode(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
		return nil
	}
	if _, broken := errors.AsType[*json.SyntaxError](err); broken {
		return ErrNotJSON
	}
	return err
}

// Fields reads a JSON object; nil for anything else.
func Fields(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// Text reads a JSON string; "" for anything else.
func Text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // leaves s empty if it fails
	return s
}

// LooseText reads a JSON string, and any other value but null as its own JSON text.
func LooseText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] == '"' || string(raw) == "null" {
		return Text(raw)
	}
	return string(raw)
}

// LooseString is a string in a struct for Decode, read by LooseText.
type LooseString string

// UnmarshalJSON is LooseText. It never fails.
func (s *LooseString) UnmarshalJSON(raw []byte) error {
	*s = LooseString(LooseText(raw))
	return nil
}
