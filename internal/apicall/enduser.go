package apicall

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameKeys are the metadata entries in which integrators store an end user's name; the
// first one that is filled in wins.
var nameKeys = [...]string{"name", "customer_name", "first_name"}

// maxTarget is how long the address of an end user or an agent may be, in bytes. Numbers have up to 16,
// SIP addresses up to 255; the database cannot index more than about 2,700 for both.
const maxTarget = 512

// Storable reports whether the address of an end user or an agent can be stored and searched for. One
// that cannot is not shortened: it would be another's address.
func Storable(target string) bool {
	return len(target) <= maxTarget && utf8.ValidString(target) && !strings.ContainsFunc(target, unicode.IsControl)
}

// Shown is a name or a word of the provider as it is stored: on one line, and cut to maxName.
func Shown(s string) string {
	return cut(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)), maxName)
}

// unitKey is the metadata entry with the end user's flat: "4B".
const unitKey = "unit"

// maxName is how much of a name or a unit is shown, in characters.
const maxName = 80

// EndUserName is what people call the end user of a conversation, from the name and the
// unit in its metadata: "R. Miller, Unit 4B". It is empty if there is neither. isAddress
// reports whether a value is a number or another address of the end user; such a value
// is no name.
func EndUserName(metadata map[string]json.RawMessage, isAddress func(string) bool) string {
	entry := func(key string) string {
		s := Shown(Text(metadata[key]))
		if strings.Contains(s, "{{") || isAddress(s) { // "{{first_name}}": a template that was not filled in
			return ""
		}
		return s
	}
	var name string
	for _, key := range nameKeys {
		if name = entry(key); name != "" {
			break
		}
	}
	unit := entry(unitKey)
	if unit != "" {
		unit = "Unit " + unit
	}
	return joinNonEmpty(", ", name, unit)
}

// HasName reports whether one of the names in the metadata contains part; both are folded.
func HasName(metadata map[string]json.RawMessage, part string) bool {
	return slices.ContainsFunc(nameKeys[:], func(key string) bool { return Contains(Text(metadata[key]), part) })
}

// HasLabel reports whether the entry of the metadata is value; both are folded.
func HasLabel(metadata map[string]json.RawMessage, label, value string) bool {
	got := Fold(LooseText(metadata[label]))
	return got != "" && got == Fold(value)
}
