package telnyx

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"takeoverbot/takeover"
)

// mended is the metadata that should be there: what was read, and from an earlier
// attempt what is missing since then or was spoilt. A value that another tool has changed
// since is newer and stays: to put the old one back would undo that tool's work.
func mended(read Metadata, known takeover.Snapshot) Metadata {
	out := maps.Clone(read)
	for key, value := range known {
		if key == keyAIDisabled || !json.Valid(value) {
			continue
		}
		if now, ok := read[key]; !ok || spoilt(value, now) {
			out[key] = value
		}
	}
	return out
}

// lostEntries names the entries of want, but for the flag, that are missing or changed in
// got, sorted.
func lostEntries(want, got Metadata) []string {
	var lost []string
	for key, value := range want {
		if key == keyAIDisabled {
			continue
		}
		if now, ok := got[key]; !ok || !(equalJSON(value, now) || grown(value, now)) {
			lost = append(lost, key)
		}
	}
	slices.Sort(lost)
	return lost
}

// grown reports whether now is the list was with more at its end. Telnyx itself appends to
// called_tools while a conversation runs; taking that back would be the loss.
func grown(was, now json.RawMessage) bool {
	x, errX := decodeAny(was)
	y, errY := decodeAny(now)
	a, okA := x.([]any)
	b, okB := y.([]any)
	return errX == nil && errY == nil && okA && okB && len(b) > len(a) && reflect.DeepEqual(a, b[:len(a)])
}

// spoilt reports whether now is what a careless store makes of was: null, a number that
// lost digits, a value turned into text.
func spoilt(was, now json.RawMessage) bool {
	x, errX := decodeAny(was)
	y, errY := decodeAny(now)
	return errX == nil && errY == nil && !reflect.DeepEqual(x, y) && spoiltValue(x, y)
}

// spoiltValue is spoilt for decoded values; equal ones count, so that one bad number in
// a list is found.
func spoiltValue(x, y any) bool {
	if reflect.DeepEqual(x, y) || y == nil {
		return true
	}
	if text, ok := y.(string); ok {
		raw, err := json.Marshal(x)
		return err == nil && equalJSON(raw, json.RawMessage(text))
	}
	switch x := x.(type) {
	case json.Number:
		y, ok := y.(json.Number)
		return ok && sameFloat(x, y)
	case []any:
		y, ok := y.([]any)
		return ok && slices.EqualFunc(x, y, spoiltValue)
	case map[string]any:
		y, ok := y.(map[string]any)
		return ok && maps.EqualFunc(x, y, spoiltValue)
	}
	return false
}

// sameFloat reports whether two numbers are the same as floats.
func sameFloat(x, y json.Number) bool {
	a, errA := strconv.ParseFloat(x.String(), 64)
	b, errB := strconv.ParseFloat(y.String(), 64)
	return errA == nil && errB == nil && a == b
}
