package anyreachsim

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/simserver"
)

// response is an answer before it is written.
type response struct {
	status      int
	contentType string
	header      http.Header
	body        []byte
	cut         string // hang or drop: no answer is written
}

func ok(v any) response {
	body, err := json.Marshal(v)
	if err != nil {
		return failed(http.StatusInternalServerError, "cannot be encoded")
	}
	return response{status: http.StatusOK, contentType: "application/json", body: body}
}

// failed answers {"detail": "…"}.
func failed(status int, detail string) response {
	a := ok(map[string]string{"detail": detail})
	a.status = status
	return a
}

// invalid answers 422 with a list as detail.
func invalid(msg, typ string, loc ...any) response {
	a := ok(map[string]any{"detail": []any{map[string]any{"loc": loc, "msg": msg, "type": typ}}})
	a.status = http.StatusUnprocessableEntity
	return a
}

// route finds the operation of a path; id is decoded. The path is not cleaned, so that
// an id that was not escaped leads astray here as it would out there.
func route(method, escaped string) (op Op, id string) {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return OpUnknown, ""
		}
		segments[i] = plain
	}
	is := func(method2 string, want ...string) bool {
		return method == method2 && slices.EqualFunc(segments, want, func(a, b string) bool { return a == b || b == "*" && a != "" })
	}
	switch {
	case is("GET", "admin", "members", "me", "scopes"):
		return OpScopes, ""
	case is("GET", "core", "conversations"):
		return OpList, ""
	case is("GET", "core", "conversations", "*"):
		return OpGet, segments[2]
	case is("POST", "core", "conversations", "*", "messages"):
		return OpMessage, segments[2]
	case is("POST", "core", "conversations", "*", "end"):
		return OpEnd, segments[2]
	case is("POST", "core", "conversations", "*", "listener-token"):
		return OpListener, segments[2]
	}
	return OpUnknown, ""
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	op, id := route(r.Method, r.URL.EscapedPath())
	s.mu.Lock()
	n := len(s.calls)
	s.calls = append(s.calls, Call{Op: op, ID: id, RawQuery: r.URL.RawQuery})
	latency := s.faults.Latency
	s.mu.Unlock()
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	a := response{cut: FailDrop}
	if err == nil && s.server.Pause(r.Context(), latency) {
		a = s.answer(r, op, id, body)
	}
	if a.cut == FailHang {
		s.server.Hang(r)
	}
	if a.cut != "" {
		simserver.Drop(w)
		return
	}
	s.mu.Lock()
	s.calls[n].Status = a.status
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.mu.Unlock()
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", a.contentType)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may be gone
}

// answer carries a request out, faults included.
func (s *Sim) answer(r *http.Request, op Op, id string, body []byte) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.decide(r, op, id, body)
	if s.faults.ErrorText && a.status >= 400 && a.contentType == "application/json" {
		status, header := a.status, a.header
		a = ok(map[string]string{"error": "the request failed"})
		a.status, a.header = status, header
	}
	return a
}

func (s *Sim) decide(r *http.Request, op Op, id string, body []byte) response {
	if f, fails := s.takeFailure(op); fails {
		if f.How != "" {
			return response{cut: f.How}
		}
		return f.response()
	}
	if refusal := s.authorize(r, op); refusal != nil {
		return *refusal
	}
	if s.window.Take(s.opts.Now(), s.faults.RatePerSecond) {
		a := failed(http.StatusTooManyRequests, "Too many requests.")
		a.header = http.Header{"Retry-After": {"1"}}
		return a
	}
	switch op {
	case OpList:
		return s.list(r.URL.RawQuery)
	case OpScopes:
		return s.scopes()
	case OpUnknown:
		return failed(http.StatusNotFound, "Not Found")
	}
	c := s.find(id)
	if c == nil || op == OpGet && c.shownFrom.After(s.opts.Now()) {
		return failed(http.StatusNotFound, "Conversation not found")
	}
	switch op {
	case OpMessage:
		return s.message(c, body)
	case OpEnd:
		return s.end(c)
	case OpListener:
		return s.listener(c)
	}
	return ok(c.shown(s.opts.Now()).wire(s.has(ScopeSensitive), s.faults))
}

// authorize refuses what the credential does not cover; nil lets it pass.
func (s *Sim) authorize(r *http.Request, op Op) *response {
	refuse := func(status int, why string) *response { a := failed(status, why); return &a }
	if why := s.whose(r); why != "" {
		return refuse(http.StatusUnauthorized, why)
	}
	if op == OpScopes && s.faults.ScopesRefused {
		return refuse(http.StatusForbidden, "Members only")
	}
	enough := map[Op][]string{OpList: {ScopeRead, ScopeManage}, OpGet: {ScopeRead, ScopeManage},
		OpMessage: {ScopeManage}, OpEnd: {ScopeManage}, OpListener: {ScopeSensitive, ScopeManage}}[op]
	if len(enough) > 0 && !slices.ContainsFunc(enough, s.has) {
		return refuse(http.StatusForbidden, "Missing scope "+enough[0])
	}
	return nil
}

// whose checks the credential; it says what is wrong with it.
func (s *Sim) whose(r *http.Request) string {
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	org, personal := r.Header.Get("X-Anyreach-Org"), strings.HasPrefix(key, "pat_")
	switch {
	case !bearer || !personal && !strings.HasPrefix(key, "ak_"), s.opts.Key != "" && key != s.opts.Key:
		return "Invalid credentials"
	case personal && (org == "" || s.opts.Org != "" && org != s.opts.Org):
		return "Organization claim is missing"
	}
	return ""
}

func (s *Sim) has(scope string) bool { return slices.Contains(s.opts.Scopes, scope) }

func (s *Sim) scopes() response {
	if s.faults.ScopesWrapped {
		return ok(map[string]any{"member_id": "m_1", "scopes": s.opts.Scopes})
	}
	return ok(s.opts.Scopes)
}

// message adds words as the END USER and runs one turn of the AI. No client of a person
// should ever come here.
func (s *Sim) message(c *Conversation, body []byte) response {
	var in struct {
		Text string `json:"text"`
	}
	switch err := json.Unmarshal(body, &in); {
	case err != nil || in.Text == "":
		return invalid("field required", "value_error.missing", "body", "text")
	case c.Channel != "text" || !c.active():
		return failed(http.StatusConflict, "Conversation is not an active text conversation")
	}
	s.add(c, "user", in.Text)
	s.add(c, "assistant", "You said: "+in.Text)
	return ok(map[string]any{"conversation_id": c.ID, "reply": "You said: " + in.Text, "tool_calls": []any{}})
}

func (s *Sim) end(c *Conversation) response {
	if c.Channel != "text" {
		return failed(http.StatusConflict, "Only text conversations can be ended")
	}
	c.Status = "completed"
	return ok(map[string]any{"conversation_id": c.ID, "status": c.Status, "duration": c.Duration, "summary": nil})
}

func (s *Sim) listener(c *Conversation) response {
	switch {
	case c.Status != "in_progress":
		return failed(http.StatusConflict, "Conversation is not in progress")
	case c.Channel != "telephone" && c.Channel != "webrtc":
		return failed(http.StatusNotFound, "There is no room")
	}
	return ok(map[string]string{"url": "wss://rooms.example.com", "token": "listen-only", "room_name": c.ID, "expires_at": stamp(s.now().Add(time.Hour))})
}

var errQuery = errors.New("the query cannot be decoded")
