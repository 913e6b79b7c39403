package telnyx

import (
	"encoding/json"
	"strconv"
	"strings"
)

// readFlag reports whether an ai_disabled entry silences the assistant. Telnyx's prose and
// its own integrations use a boolean, its schema and samples a string; so true, the
// strings "true" and "1" in any case, and the number 1 mean yes. Everything else, null
// and an absent entry mean no: the bot must not say "silent" on a guess.
func readFlag(raw json.RawMessage) bool {
	v, err := decodeAny(raw)
	if err != nil {
		return false
	}
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v == "1" || strings.EqualFold(v, "true")
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		return err == nil && f == 1
	}
	return false
}

// flagValue is the flag as it is written: as a boolean, or as text for an account whose
// API takes strings only.
func flagValue(on, asText bool) json.RawMessage {
	v := strconv.FormatBool(on)
	if asText {
		v = `"` + v + `"`
	}
	return json.RawMessage(v)
}

// flagWords describes an entry for the audit, without repeating what another tool may have
// written there.
func flagWords(raw json.RawMessage) string {
	words := strconv.FormatBool(readFlag(raw))
	switch {
	case len(raw) == 0:
		return "no flag"
	case raw[0] == '"':
		return words + " as text"
	}
	return words
}
