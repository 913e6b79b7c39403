package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/simserver"
)

// maxAPIBody is larger than any call that Slack accepts.
const maxAPIBody = 16 << 20

// reply is the JSON object of an answer.
type reply map[string]any

// refusal is an answer with ok:false.
type refusal struct {
	code     string
	messages []string // goes into response_metadata.messages
	extra    reply
}

func (r *refusal) Error() string { return r.code + " " + strings.Join(r.messages, "; ") }

func refuse(code string, messages ...string) error { return &refusal{code: code, messages: messages} }

// args are the arguments of a call, whether they came as a form or as JSON.
// What was an object or an array is kept as JSON text.
type args map[string]string

func (a args) get(key string) string { return a[key] }

func (a args) bool(key string) bool { return a[key] == "true" || a[key] == "1" }

// serveAPI answers /api/{method}: token, scope, rate limit, then the method.
func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	name, began := r.PathValue("method"), time.Now()
	call := Call{Time: s.now(), Method: name}
	fault, delay := s.takeFault(name)
	a, token, err := readArgs(r)
	if name == methodConnect && r.Header.Get("Authorization") == "" {
		token = "" // Slack reads it nowhere else
	}
	s.server.Pause(r.Context(), delay)
	call.Channel = a.get("channel")
	if done, status, code := s.failBefore(w, r, fault); done {
		call.Status, call.Error = status, code
		s.note(call, began)
	} else {
		s.answer(w, call, began, fault, func() (reply, time.Duration, error) {
			if err != nil {
				return nil, 0, err
			}
			return s.run(name, token, a)
		})
	}
}

// answer runs a call under the lock and writes what came out, unless the
// connection is to break now. The call is noted first: a long answer reaches the
// caller before all of it is written.
func (s *Sim) answer(w http.ResponseWriter, call Call, began time.Time, fault Fault, run func() (reply, time.Duration, error)) {
	s.mu.Lock()
	out, wait, err := run()
	scopes := strings.Join(s.opt.Scopes, ",")
	s.mu.Unlock()
	call.Status = http.StatusOK
	call.learn(out, err)
	switch {
	case fault.Kind == FaultDropAfterCommit:
		call.Status = 0
	case wait > 0:
		call.Status, call.Error = http.StatusTooManyRequests, "ratelimited"
	}
	s.note(call, began)
	switch {
	case fault.Kind == FaultDropAfterCommit:
		simserver.Drop(w)
	case wait > 0:
		tooMany(w, wait)
	default:
		w.Header().Set("X-OAuth-Scopes", scopes)
		writeJSON(w, http.StatusOK, envelope(out, err))
	}
}

// run is called with mu held.
func (s *Sim) run(name, token string, a args) (reply, time.Duration, error) {
	m, known := methods(name)
	right, scopes, other := s.opt.BotToken, s.opt.Scopes, s.opt.AppToken
	if name == methodConnect {
		right, scopes, other = other, s.opt.AppScopes, right
	}
	switch {
	case name == methodConnect && token != "" && token == s.opt.OtherAppToken:
		return s.newTicket(OtherAppID), 0, nil
	case !known:
		return nil, 0, &refusal{code: "unknown_method", extra: reply{"req_method": name}}
	case token == "":
		return nil, 0, refuse("not_authed")
	case token == other:
		return nil, 0, refuse("not_allowed_token_type")
	case token != right:
		return nil, 0, refuse("invalid_auth")
	}
	if wait := s.limit(name, m, a); wait > 0 {
		s.violate("rate limit: %s on %q was called %s too early", name, a.get("channel"), wait.Round(time.Millisecond))
		return nil, wait, nil
	}
	if need := m.scope(s, a); need != "" && !slices.Contains(scopes, need) {
		return nil, 0, &refusal{code: "missing_scope",
			extra: reply{"needed": need, "provided": strings.Join(scopes, ",")}}
	}
	out, err := m.run(s, a)
	return out, 0, err
}

func (c *Call) learn(out reply, err error) {
	if id, ok := out["channel"].(string); ok {
		c.Channel = id
	}
	for _, key := range []string{"ts", "message_ts"} {
		if ts, ok := out[key].(string); ok {
			c.TS = ts
		}
	}
	var r *refusal
	if errors.As(err, &r) {
		c.Error, c.Details = r.code, r.messages
	} else if err != nil {
		c.Error = "internal_error"
	}
}

func (s *Sim) note(c Call, began time.Time) {
	c.Latency = time.Since(began)
	s.log.Debug("slack call", "method", c.Method, "status", c.Status, "error", c.Error)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	s.changed()
}

func envelope(out reply, err error) reply {
	full := reply{"ok": err == nil}
	for k, v := range out {
		full[k] = v
	}
	var r *refusal
	switch {
	case errors.As(err, &r):
		full["error"] = r.code
		if len(r.messages) > 0 {
			full["response_metadata"] = reply{"messages": r.messages}
		}
		for k, v := range r.extra {
			full[k] = v
		}
	case err != nil:
		full["error"] = "internal_error"
	}
	return full
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// readArgs takes the token from the header or the form field, never from the
// query. An error is a refusal.
func readArgs(r *http.Request) (args, string, error) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxAPIBody))
	if err != nil {
		return args{}, token, refuse("request_too_large")
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	a := args{}
	if r.Method == http.MethodGet {
		takeForm(a, r.URL.Query())
		delete(a, "token")
	}
	switch {
	case kind == "application/json" && len(body) > 0:
		if err := takeJSON(a, body); err != nil {
			return args{}, token, err
		}
		delete(a, "token")
	case kind == "application/json": // no arguments
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return args{}, token, refuse("invalid_form_data")
		}
		takeForm(a, form)
	case len(body) > 0:
		return args{}, token, refuse("invalid_post_type")
	}
	if token == "" {
		token = a["token"]
	}
	delete(a, "token")
	return a, token, nil
}

func takeForm(a args, form url.Values) {
	for k, v := range form {
		a[k] = v[0]
	}
}

func takeJSON(a args, body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return refuse("invalid_json")
	}
	for k, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			a[k] = text
		default:
			a[k] = string(raw)
		}
	}
	return nil
}

// number reads a whole number of an argument; absent or odd means the default.
func (a args) number(key string, otherwise int) int {
	n := 0
	if _, err := fmt.Sscanf(a[key], "%d", &n); err != nil {
		return otherwise
	}
	return n
}
