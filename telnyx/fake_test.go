package telnyx

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/apicall"
)

const (
	testKey = "KEY0198secret_of-the-test"
	convA   = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
	convB   = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	convC   = "9b2d1f3a-0c4e-4f7a-8a57-0f5d7a1f2c11"
)

// fake is the conversations API as far as these tests need it, with the switches of the
// ways it may behave. It keeps metadata as raw JSON.
type fake struct {
	t   *testing.T
	url string

	mu     sync.Mutex
	convs  map[string]*fakeConv
	ids    []string // in the order of creation
	calls  []string // "GET /ai/conversations?raw-query"
	bodies []string
	keys   []string // Idempotency-Keys
	counts map[string]int

	put           string // replace (default), merge, nothing, drop (drops "unit"), floats
	boolean       string // accept (default), reject, stringify
	oldestFirst   bool
	ignoreFilters bool
	noMeta        bool

	// intercept may answer in place of the fake: n counts the calls of that method and
	// path from 1. It is called without the lock.
	intercept func(w http.ResponseWriter, r *http.Request, n int) bool
	// afterPage is called with the lock held when a page of messages was answered.
	afterPage func(c *fakeConv)
}

type fakeConv struct {
	name     string
	created  string
	last     string
	metadata map[string]json.RawMessage
	messages []string // raw JSON, oldest first
}

// newFake starts a fake that ends with the test.
func newFake(t *testing.T) *fake {
	f := &fake{t: t, convs: map[string]*fakeConv{}, counts: map[string]int{}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	return f
}

// add puts a conversation in; metadata is a JSON object.
func (f *fake) add(id, metadata string) *fakeConv {
	f.t.Helper()
	c := &fakeConv{name: "", created: "2026-11-20T10:00:00Z", last: "2026-11-20T10:05:00Z"}
	if err := json.Unmarshal([]byte(metadata), &c.metadata); err != nil {
		f.t.Fatalf("metadata of the fake: %v", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.convs[id] = c
	f.ids = append(f.ids, id)
	return c
}

// entry is one metadata entry as it is stored.
func (f *fake) entry(id, key string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.convs[id].metadata[key])
}

// made counts the calls that start with prefix.
func (f *fake) made(prefix string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

// lastCall is the newest call with its raw query.
func (f *fake) lastCall() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		return ""
	}
	return f.calls[len(f.calls)-1]
}

// lastBody is the newest request body.
func (f *fake) lastBody() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bodies[len(f.bodies)-1]
}

// client makes a client of the fake.
func (f *fake) client(opts ...func(*Config)) *Client {
	f.t.Helper()
	cfg := Config{BaseURL: f.url + "/", Key: testKey, Log: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		opt(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// provider makes a provider of the fake.
func (f *fake) provider(opts ...func(*Config)) *Provider {
	return NewProvider(f.client(opts...), time.Now)
}

func withTimeout(d time.Duration) func(*Config) { return func(c *Config) { c.Timeout = d } }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	route := r.Method + " " + r.URL.EscapedPath()
	f.mu.Lock()
	f.counts[route]++
	n := f.counts[route]
	f.calls = append(f.calls, route+"?"+r.URL.RawQuery)
	f.bodies = append(f.bodies, string(body))
	f.keys = append(f.keys, r.Header.Get("Idempotency-Key"))
	intercept := f.intercept
	f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+testKey {
		reply(w, 401, `{"errors":[{"code":"10009","title":"Authentication failed","detail":"no"}]}`)
		return
	}
	if intercept != nil && intercept(w, r, n) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer(w, r, body)
}

// answer routes; the lock is held.
func (f *fake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/ai/conversations")
	parts := strings.Split(strings.Trim(rest, "/"), "/")
	c := f.convs[parts[0]]
	switch {
	case !ok:
		reply(w, 404, `{"errors":[{"code":"10005","title":"Resource not found"}]}`)
	case rest == "" && r.Method == "GET":
		f.list(w, r)
	case rest == "" && r.Method == "POST":
		reply(w, 200, `{"id":"`+convC+`","created_at":"2026-11-20T10:00:00Z","last_message_at":null,"metadata":{}}`)
	case c == nil:
		reply(w, 404, `{"detail":"Conversation not found"}`)
	case len(parts) == 2 && parts[1] == "messages":
		f.page(w, r, c)
	case len(parts) == 2 && parts[1] == "message" && r.Method == "POST":
		w.WriteHeader(200)
	case len(parts) == 2 && parts[1] == "conversations-insights":
		reply(w, 200, `{"data":[{"id":"i1","status":"completed","created_at":"2026-11-20T11:00:00Z","conversation_insights":[{"insight_id":"x","result":"calm"},{"insight_id":"y","result":{"a":1}}]},7],"meta":{}}`)
	case r.Method == "GET":
		reply(w, 200, `{"data":`+f.json(parts[0])+`}`)
	case r.Method == "PUT":
		f.store(w, parts[0], body)
	case r.Method == "DELETE":
		delete(f.convs, parts[0])
		w.WriteHeader(200)
	}
}

// json writes a conversation.
func (f *fake) json(id string) string {
	c := f.convs[id]
	b, err := json.Marshal(c.metadata)
	if err != nil {
		f.t.Error(err)
	}
	return fmt.Sprintf(`{"id":%q,"name":%q,"created_at":%q,"last_message_at":%q,"new_field":[1],"metadata":%s}`,
		id, c.name, c.created, c.last, b)
}

// list filters as the documentation says, strictly.
func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || strings.ContainsAny(r.URL.RawQuery, "> ") {
		reply(w, 400, `{"errors":[{"code":"10015","title":"Bad Request"}]}`)
		return
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	var rows []string
	for _, id := range f.ids {
		if f.convs[id] != nil && (f.ignoreFilters || f.hit(f.convs[id], q)) && len(rows) < limit {
			rows = append(rows, f.json(id))
		}
	}
	reply(w, 200, `{"data":[`+strings.Join(rows, ",")+`]}`)
}

func (f *fake) hit(c *fakeConv, q url.Values) bool {
	for key := range q {
		field, ok := strings.CutPrefix(key, "metadata->")
		if ok && "eq."+apicall.LooseText(c.metadata[field]) != q.Get(key) {
			return false
		}
	}
	return true
}

// page answers a page of messages.
func (f *fake) page(w http.ResponseWriter, r *http.Request, c *fakeConv) {
	size, number := 20, 1
	if n, err := strconv.Atoi(r.URL.Query().Get("page[size]")); err == nil {
		size = n
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("page[number]")); err == nil {
		number = n
	}
	all := slices.Clone(c.messages)
	if !f.oldestFirst {
		slices.Reverse(all)
	}
	from := min((number-1)*size, len(all))
	rows := strings.Join(all[from:min(from+size, len(all))], ",")
	meta := ""
	if !f.noMeta {
		meta = fmt.Sprintf(`,"meta":{"total_pages":%d,"total_results":%d,"page_number":%d,"page_size":%d}`,
			(len(all)+size-1)/size, len(all), number, size)
	}
	reply(w, 200, `{"data":[`+rows+`]`+meta+`}`)
	if f.afterPage != nil {
		f.afterPage(c)
	}
}

// store is PUT with its switches.
func (f *fake) store(w http.ResponseWriter, id string, body []byte) {
	var wire struct{ Metadata map[string]json.RawMessage }
	if err := json.Unmarshal(body, &wire); err != nil {
		f.t.Errorf("PUT with a body that is no JSON: %v", err)
	}
	flag := string(wire.Metadata["ai_disabled"])
	switch {
	case f.boolean == "reject" && !strings.HasPrefix(flag, `"`):
		reply(w, 422, `{"detail":[{"loc":["body","metadata","ai_disabled"],"msg":"str type expected","type":"type_error.str"}]}`)
		return
	case f.boolean == "stringify":
		wire.Metadata["ai_disabled"] = json.RawMessage(`"` + strings.Trim(flag, `"`) + `"`)
	}
	c := f.convs[id]
	switch f.put {
	case "nothing":
	case "merge":
		maps.Copy(c.metadata, wire.Metadata)
	case "drop":
		delete(wire.Metadata, "unit")
		c.metadata = wire.Metadata
	case "floats":
		for key, v := range wire.Metadata {
			var n float64
			if json.Unmarshal(v, &n) == nil && string(v) != "null" {
				wire.Metadata[key], _ = json.Marshal(n)
			}
		}
		c.metadata = wire.Metadata
	default:
		c.metadata = wire.Metadata
	}
	reply(w, 200, `{"data":`+f.json(id)+`}`)
}

// reply writes a JSON answer.
func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// dropConnection ends the connection without an answer.
func dropConnection(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// smsMetadata is what a text conversation carries.
func smsMetadata(endUser string) string {
	return `{"assistant_id":"assistant-1","telnyx_conversation_channel":"sms_chat",` +
		`"telnyx_agent_target":"+13125550100","telnyx_end_user_target":"` + endUser + `"}`
}

// said writes n messages, one a minute, oldest first.
func said(n int) []string {
	list := make([]string, 0, n)
	start := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for i := range n {
		role := "user"
		if i%2 == 1 {
			role = "assistant"
		}
		at := start.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)
		list = append(list, fmt.Sprintf(`{"role":%q,"text":"line %03d","created_at":%q,"sent_at":%q}`, role, i+1, at, at))
	}
	return list
}
