package telnyxsim

import (
	"net/http"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	const id, convs, assistants = "5eed0000-0000-4000-8000-000000009001", "/ai/conversations", "/ai/assistants"
	const nowhere = "5eed0000-0000-4000-8000-00000000ffff"
	for _, tc := range []struct {
		name, method, path, body string
		status                   int
		has                      string // in the body
	}{
		{"list", "GET", convs, "", 200, `{"data":[{"id":"` + id},
		{"create is not wrapped", "POST", convs, `{"name":"n","metadata":{"a":[1,null]}}`, 200, `"metadata":{"a":[1,null]}}`},
		{"create without anything", "POST", convs, `{}`, 200, `"metadata":{}}`},
		{"create with wrong name", "POST", convs, `{"name":5}`, 422, `"loc":["body","name"]`},
		{"get", "GET", convs + "/" + id, "", 200, `{"data":{"id":"` + id},
		{"get upper case", "GET", convs + "/" + strings.ToUpper(id), "", 200, `{"data":{"id":"` + id},
		{"get unknown", "GET", convs + "/" + nowhere, "", 404, `{"detail":"Conversation not found"}`},
		{"get no uuid", "GET", convs + "/abc", "", 422, `{"detail":[{"loc":["path","conversation_id"],"msg":"value is not a valid uuid","type":"type_error.uuid"}]}`},
		{"escaped slash is an id", "GET", convs + "/a%2Fb", "", 422, "type_error.uuid"},
		{"unescaped dots lead astray", "GET", convs + "/../balance", "", 404, `"code":"10005"`},
		{"dots alone", "GET", convs + "/..", "", 422, "type_error.uuid"},
		{"put", "PUT", convs + "/" + id, `{"metadata":{"x":1}}`, 200, `"metadata":{"x":1}`},
		{"put without metadata", "PUT", convs + "/" + id, `{}`, 422, `"loc":["body","metadata"],"msg":"field required"`},
		{"put null", "PUT", convs + "/" + id, `{"metadata":null}`, 422, `field required`},
		{"put list", "PUT", convs + "/" + id, `{"metadata":[]}`, 422, `type_error.dict`},
		{"put no JSON", "PUT", convs + "/" + id, `{"metadata":`, 422, `"loc":["body"]`},
		{"put bad UTF-8", "PUT", convs + "/" + id, "{\"metadata\":{\"a\":\"\xff\"}}", 422, `"loc":["body"]`},
		{"put unknown", "PUT", convs + "/" + nowhere, `{"metadata":{}}`, 404, "Conversation not found"},
		{"messages", "GET", convs + "/" + id + "/messages", "", 200, `"meta":{"total_pages":0,"total_results":0,"page_number":1,"page_size":20}`},
		{"message", "POST", convs + "/" + id + "/message", `{"role":"assistant","content":"hi"}`, 200, ""},
		{"message without role", "POST", convs + "/" + id + "/message", `{"content":"hi"}`, 422, `"loc":["body","role"]`},
		{"message of a strange role", "POST", convs + "/" + id + "/message", `{"role":"pope"}`, 422, `type_error.enum`},
		{"message with a bad time", "POST", convs + "/" + id + "/message", `{"role":"user","sent_at":"noon"}`, 422, `value_error.datetime`},
		{"message with an object in metadata", "POST", convs + "/" + id + "/message", `{"role":"user","metadata":{"a":{}}}`, 422, `"metadata","a"`},
		{"insights of a running one", "GET", convs + "/" + id + "/conversations-insights", "", 200, `{"data":[],"meta":{`},
		{"insight's name", "GET", convs + "/insights/" + summaryInsight, "", 200, `"name":"Summary"`},
		{"assistants", "GET", assistants, "", 200, `{"data":[{"id":"` + NightDeskAssistant},
		{"assistant is not wrapped", "GET", assistants + "/" + NightDeskAssistant, "", 200, `{"id":"` + NightDeskAssistant},
		{"unknown assistant", "GET", assistants + "/assistant-x", "", 404, `{"detail":"Assistant not found"}`},
		{"chat", "POST", assistants + "/" + NightDeskAssistant + "/chat", `{"content":"hello","conversation_id":"` + id + `"}`, 200, `{"content":"Hello, this is`},
		{"chat without words", "POST", assistants + "/" + NightDeskAssistant + "/chat", `{"content":" ","conversation_id":"` + id + `"}`, 400, `{"detail":"`},
		{"chat without uuid", "POST", assistants + "/" + NightDeskAssistant + "/chat", `{"content":"a","conversation_id":"x"}`, 422, "type_error.uuid"},
		{"chat by SMS", "POST", assistants + "/" + NightDeskAssistant + "/chat/sms", `{"from":"` + SeedAgent + `","to":"+14155550101","text":"hi","conversation_metadata":{"k":[1]}}`, 200, `{"conversation_id":"` + id},
		{"delete", "DELETE", convs + "/" + id, "", 200, ""},
		{"undocumented", "GET", convs + "/" + id + "/webhook-logs", "", 404, `"code":"10005"`},
		{"unknown", "GET", "/balance", "", 404, `"errors":[{"code":"10005"`},
		{"trailing slash", "GET", convs + "/", "", 404, "10005"},
		{"no PATCH", "PATCH", convs + "/" + id, `{}`, 405, "10005"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
			a := r.do(tc.method, tc.path, tc.body)
			if a.status != tc.status || !strings.Contains(a.body, tc.has) || tc.has == "" && a.body != "" {
				t.Errorf("got %d %s, want %d with %s", a.status, a.body, tc.status, tc.has)
			}
		})
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	for _, header := range []string{"", "Bearer ", "Bearer wrong", testKey, "Basic " + testKey} {
		a := r.do("GET", "/ai/conversations", "", "Authorization", header)
		if a.status != http.StatusUnauthorized || !strings.Contains(a.body, `"code":"10009"`) {
			t.Errorf("%q: got %d %s", header, a.status, a.body)
		}
	}
	for _, call := range r.Calls() {
		if call.Status != 401 || call.Op != OpList {
			t.Errorf("recorded %+v", call)
		}
	}
}

func TestDeleteIsFinal(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	path := "/ai/conversations/" + SeedID(9001)
	for i, want := range []int{200, 404} {
		if a := r.do("DELETE", path, ""); a.status != want {
			t.Errorf("DELETE %d: got %d, want %d", i+1, a.status, want)
		}
	}
	if n := len(r.Conversations()); n != 0 {
		t.Errorf("%d conversations are left", n)
	}
}

func TestCallsAreRecorded(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	id := SeedID(9001)
	r.do("GET", "/ai/conversations?metadata-%3Eunit=eq.%2B1&limit=5", "")
	r.do("POST", "/ai/conversations/"+id+"/message", `{"role":"user"}`, "Idempotency-Key", "abc")
	calls := r.Calls()
	if len(calls) != 2 {
		t.Fatalf("%d calls", len(calls))
	}
	list, message := calls[0], calls[1]
	if list.Op != OpList || list.RawQuery != "metadata-%3Eunit=eq.%2B1&limit=5" || list.Path != "/v2/ai/conversations" || list.Status != 200 || list.At.IsZero() {
		t.Errorf("list is %+v", list)
	}
	if message.Op != OpMessage || message.Path != "/v2/ai/conversations/{id}/message" || message.ID != id || message.IdempotencyKey != "abc" || message.BodySize != 15 {
		t.Errorf("message is %+v", message)
	}
	if r.ResetCalls(); len(r.Calls()) != 0 {
		t.Error("calls are left after ResetCalls")
	}
}

func TestInsightsOfAFinishedConversation(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, Seeds(noonUTC)...)
	a := r.do("GET", "/ai/conversations/"+SeedID(10)+"/conversations-insights", "")
	for _, want := range []string{`"status":"completed"`, `about: lockout. Unit 2A.`, `{\"topic\":\"lockout\",\"unit\":\"2A\"}`, `"total_results":1`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s is not in %s", want, a.body)
		}
	}
}
