package apicall

import (
	"cmp"
	"encoding/json"
	"slices"
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
func decodeRefusal(body []byte) (said refusalBody) {
	var wire struct {
		Errors []gatewayError  `json:"errors"`
		Detail json.RawMessage `json:"detail"`
		Error  string          `json:"error"`
	}
	if Decode(body, &wire) != nil {
		return said
	}
	if len(wire.Errors) > 0 {
		return ofGateway(wire.Errors)
	}
	said = decodeDetail(wire.Detail)
	said.detail = cmp.Or(said.detail, wire.Error)
	return said
}

// gatewayError is one of the errors in a gateway's list.
type gatewayError struct {
	Code   LooseString `json:"code"`
	Title  LooseString `json:"title"`
	Detail LooseString `json:"detail"`
	Source struct {
		Pointer   LooseString `json:"pointer"`
		Parameter LooseString `json:"parameter"`
	} `json:"source"`
}

// FirstError is the first error in a gateway's list (JSON): its code, and its explanation as it is
// fit to be kept. Both are empty where there is none.
func FirstError(list []byte) (code, detail string) {
	var errs []gatewayError
	if Decode(list, &errs) != nil || len(errs) == 0 {
		return "", ""
	}
	said := ofGateway(errs)
	return said.code, scrub(said.detail)
}

// ofGateway shows the first error, and keeps the fields of all.
func ofGateway(errs []gatewayError) refusalBody {
	first := errs[0]
	said := refusalBody{code: safeCode(string(first.Code)), title: string(first.Title),
		detail: joinNonEmpty(": ", string(first.Title), string(first.Detail))}
	for _, e := range errs {
		for _, at := range []LooseString{e.Source.Pointer, e.Source.Parameter} {
			said.addField(strings.ReplaceAll(strings.Trim(string(at), "/"), "/", "."))
		}
	}
	return said
}

// decodeDetail reads {"detail":[{loc,msg,type}]} and {"detail":"…"}. The "input" that
// newer versions of that framework add repeats the request, and is not read.
func decodeDetail(raw json.RawMessage) (said refusalBody) {
	var entries []struct {
		Loc []LooseString `json:"loc"`
		Msg string        `json:"msg"`
	}
	if Decode(raw, &entries) != nil || entries == nil {
		f := Fields(raw)
		return refusalBody{detail: joinNonEmpty("; ", Text(raw), Text(f["msg"]), Text(f["message"]))}
	}
	var msgs []string
	for _, e := range entries {
		var path []string
		for _, step := range e.Loc {
			path = append(path, string(step))
		}
		said.addField(strings.Join(path, "."))
		msgs = append(msgs, e.Msg)
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
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}
