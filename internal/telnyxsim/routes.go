package telnyxsim

import (
	"net/http"
	"net/url"
	"strings"
)

// basePath is what the base URL ends with.
const basePath = "/v2"

// route is one row of the API.
type route struct {
	method   string
	template string // with {id} for a value
	op       Op
	// replayable routes honour Idempotency-Key.
	replayable bool
	handle     func(*Sim, *request) response
}

// routes is the whole surface. Telnyx wraps most answers in {"data": …}, but not those of create and of one assistant.
func routes() []route {
	const (
		conversations = basePath + "/ai/conversations"
		assistants    = basePath + "/ai/assistants"
	)
	return []route{
		{http.MethodGet, conversations, OpList, false, (*Sim).list},
		{http.MethodPost, conversations, OpCreate, true, (*Sim).create},
		{http.MethodGet, conversations + "/insights/{insight}", OpInsights, false, (*Sim).insight},
		{http.MethodGet, conversations + "/{id}", OpGet, false, (*Sim).get},
		{http.MethodPut, conversations + "/{id}", OpPut, false, (*Sim).put},
		{http.MethodDelete, conversations + "/{id}", OpDelete, false, (*Sim).delete},
		{http.MethodGet, conversations + "/{id}/messages", OpMessages, false, (*Sim).messages},
		{http.MethodPost, conversations + "/{id}/message", OpMessage, true, (*Sim).addMessage},
		{http.MethodGet, conversations + "/{id}/conversations-insights", OpInsights, false, (*Sim).insights},
		{http.MethodGet, assistants, OpAssistants, false, (*Sim).assistants},
		{http.MethodGet, assistants + "/{id}", OpAssistants, false, (*Sim).assistant},
		{http.MethodPost, assistants + "/{id}/chat", OpChat, false, (*Sim).chat},
		{http.MethodPost, assistants + "/{id}/chat/sms", OpChat, true, (*Sim).chatSMS},
		{http.MethodPost, basePath + "/messages", OpSend, false, (*Sim).sendText},
	}
}

// request is what a handler sees: routed, decoded, its body read.
type request struct {
	vars  map[string]string // values of the path, decoded
	query url.Values
	body  []byte
	json  bool // the body was sent as application/json
}

func (r *request) id() string { return r.vars["id"] }

// conversation is the id in the path as conversations are kept under it.
func (r *request) conversation() string { return strings.ToLower(r.id()) }

// match finds the route of a path. The path is not cleaned: "..", "." and empty segments are taken as they are, so that
// an id that was not escaped leads astray here as it would out there. known reports whether another method would fit.
func (s *Sim) match(method, escapedPath string) (rt route, vars map[string]string, known bool) {
	segments := strings.Split(escapedPath, "/")
	for _, candidate := range s.routes {
		v, ok := fit(strings.Split(candidate.template, "/"), segments)
		if !ok {
			continue
		}
		if candidate.method == method {
			return candidate, v, true
		}
		known = true
	}
	return route{op: OpUnknown}, nil, known
}

func fit(template, segments []string) (map[string]string, bool) {
	if len(template) != len(segments) {
		return nil, false
	}
	var vars map[string]string
	for i, want := range template {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		if name, ok := strings.CutPrefix(want, "{"); ok && got != "" {
			if vars == nil {
				vars = map[string]string{}
			}
			vars[strings.TrimSuffix(name, "}")] = got
		} else if got != want {
			return nil, false
		}
	}
	return vars, true
}
