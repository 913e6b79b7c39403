package apicall

import (
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

// FieldError names the parts of a request that a provider complained about. It is the
// cause of a refusal.
type FieldError struct{ Fields []string }

// Error names them.
func (e *FieldError) Error() string { return "at " + strings.Join(e.Fields, ", ") }

// decodeRefusal understands the formats of both providers: a gateway's list ("errors"),
// "detail" as a list, as an object or as text, "error" as text, and of anything else
// (HTML, nothing) that there is nothing to say.
func decodeRefusal(body []byte) refusalBody {
	var wire struct {
		Errors json.RawMessage `json:"errors"`
		Detail json.RawMessage `json:"detail"`
		Error  json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &wire) != nil {
		return refusalBody{}
	}
	if said, ok := decodeGateway(wire.Errors); ok {
		return said
	}
	said := decodeDetail(wire.Detail)
	if said.detail == "" {
		said.detail = Text(wire.Error)
	}
	return said
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
		f := Fields(entry)
		source := Fields(f["source"])
		for _, at := range []string{LooseText(source["pointer"]), LooseText(source["parameter"])} {
			said.addField(strings.ReplaceAll(strings.Trim(at, "/"), "/", "."))
		}
		if i == 0 {
			said.code = safeCode(LooseText(f["code"]))
			said.title = LooseText(f["title"])
			said.detail = joinNonEmpty(": ", said.title, LooseText(f["detail"]))
		}
	}
	return said, true
}

// decodeDetail reads {"detail":[{loc,msg,type}]} and {"detail":"…"}. The "input" that
// newer versions of that framework add repeats the request, and is not read.
func decodeDetail(raw json.RawMessage) refusalBody {
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		f := Fields(raw)
		return refusalBody{detail: joinNonEmpty("; ", Text(raw), Text(f["msg"]), Text(f["message"]))}
	}
	var said refusalBody
	var msgs []string
	for _, entry := range entries {
		f := Fields(entry)
		said.addField(strings.Join(textList(f["loc"]), "."))
		msgs = append(msgs, Text(f["msg"]))
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
