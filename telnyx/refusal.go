package telnyx

import (
	"bytes"
	"encoding/json"
	"strings"
)

// refusalBody is what could be understood of a refusal. Every part may be empty.
type refusalBody struct {
	code   string   // the gateway's code, checked to be one
	title  string   // the gateway's fixed phrase for the code
	detail string   // the whole explanation; not yet scrubbed
	fields []string // what is complained about, e.g. "body.metadata.ai_disabled"
}

// fieldError names the parts of a request that Telnyx complained about.
type fieldError struct{ fields []string }

func (e *fieldError) Error() string { return "at " + strings.Join(e.fields, ", ") }

// decodeRefusal understands the gateway's format ("errors"), the AI endpoints' one
// ("detail" as a list), a plain "detail" string, and of anything else (HTML, nothing)
// that there is nothing to say.
func decodeRefusal(body []byte) refusalBody {
	var wire struct {
		Errors json.RawMessage `json:"errors"`
		Detail json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &wire) != nil {
		return refusalBody{}
	}
	if said, ok := decodeGateway(wire.Errors); ok {
		return said
	}
	return decodeDetail(wire.Detail)
}

// decodeGateway reads {"errors":[{code,title,detail,source}]}: the first entry is shown,
// the fields of all are kept.
func decodeGateway(raw json.RawMessage) (refusalBody, bool) {
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) != nil || len(entries) == 0 {
		return refusalBody{}, false
	}
	var said refusalBody
	for i, entry := range entries {
		f := fieldsOf(entry)
		source := fieldsOf(f["source"])
		for _, at := range []string{looseText(source["pointer"]), looseText(source["parameter"])} {
			said.addField(strings.ReplaceAll(strings.Trim(at, "/"), "/", "."))
		}
		if i == 0 {
			said.code = safeCode(looseText(f["code"]))
			said.title = looseText(f["title"])
			said.detail = joinNonEmpty(": ", said.title, looseText(f["detail"]))
		}
	}
	return said, true
}

// decodeDetail reads {"detail":[{loc,msg,type}]} and {"detail":"…"}. The "input" that
// newer versions of that framework add is what somebody sent, and is not read.
func decodeDetail(raw json.RawMessage) refusalBody {
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		return refusalBody{detail: textOnly(raw)}
	}
	var said refusalBody
	var msgs []string
	for _, entry := range entries {
		f := fieldsOf(entry)
		said.addField(strings.Join(textList(f["loc"]), "."))
		msgs = append(msgs, textOnly(f["msg"]))
	}
	said.detail = joinNonEmpty("; ", msgs...)
	return said
}

// addField keeps a field if it looks like one: it goes into error texts.
func (b *refusalBody) addField(name string) {
	if isName(name) {
		b.fields = append(b.fields, name)
	}
}

// fieldsOf reads a JSON object; nil for anything else.
func fieldsOf(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// textOnly reads a JSON string; "" for anything else.
func textOnly(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// looseText reads a JSON string, and any other value but null as its own JSON text.
func looseText(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || bytes.Equal(raw, []byte("null")):
		return ""
	case raw[0] == '"':
		return textOnly(raw)
	}
	return string(raw)
}

// textList reads a JSON list of strings and numbers.
func textList(raw json.RawMessage) []string {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		out = append(out, looseText(p))
	}
	return out
}

// joinNonEmpty joins the parts that are not empty.
func joinNonEmpty(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}
