package telnyx

import (
	"net"
	"net/http"
	"strings"
	"testing"

	"takeoverbot/takeover"
)

// Mistake 35: one error format only, raw HTML, keys and numbers in the text.
func TestRefusalsAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status             int
		body               string
		kind               takeover.ProviderErrorKind
		code, detail, text string
	}{
		"gateway": {401, `{"errors":[{"code":"10009","title":"Authentication failed","detail":"Bad key KEY0198secret_of-the-test."}]}`,
			takeover.KeyRefused, "10009", "Authentication failed: Bad key [key].", "telnyx: read conversation: key refused (401) code 10009"},
		"code as a number": {403, `{"errors":[{"code":10038,"title":"Not permitted"}]}`,
			takeover.KeyRefused, "10038", "Not permitted", "telnyx: read conversation: key refused (403) code 10038"},
		"field list": {422, `{"detail":[{"loc":["path","conversation_id"],"msg":"value is not a valid uuid","type":"type_error.uuid","input":"+13125550199"}]}`,
			takeover.Refused, "", "value is not a valid uuid", "telnyx: read conversation: refused (422): at path.conversation_id"},
		"pointer": {422, `{"errors":[{"code":"10027","title":"Unprocessable","source":{"pointer":"/metadata/unit"}}]}`,
			takeover.Refused, "10027", "Unprocessable", "telnyx: read conversation: refused (422) code 10027: at metadata.unit"},
		"string detail":   {404, `{"detail":"Conversation not found"}`, takeover.Gone, "", "Conversation not found", "telnyx: read conversation: gone (404)"},
		"html":            {502, `<html><body>Bad gateway</body></html>`, takeover.Failing, "", "", "telnyx: read conversation: failing (502)"},
		"html in detail":  {400, `{"detail":"<h1>oops</h1>"}`, takeover.Refused, "", "", "telnyx: read conversation: refused (400)"},
		"empty":           {504, ``, takeover.Failing, "", "", "telnyx: read conversation: failing (504)"},
		"out of credit":   {402, `{"errors":[{"code":"20100","title":"Insufficient Funds"}]}`, takeover.Refused, "20100", "Insufficient Funds", "telnyx: read conversation: refused (402) code 20100"},
		"limited":         {429, `{"errors":[]}`, takeover.Limited, "", "", "telnyx: read conversation: limited (429)"},
		"request time":    {408, ``, takeover.NoAnswer, "", "", "telnyx: read conversation: no answer (408)"},
		"odd shapes":      {400, `{"errors":"x","detail":{"a":1}}`, takeover.Refused, "", "", "telnyx: read conversation: refused (400)"},
		"list at the top": {500, `[1,2]`, takeover.Failing, "", "", "telnyx: read conversation: failing (500)"},
		"numbers": {400, `{"detail":"no route from +1 (312) 555-0100 to +13125550199 or tech@pbx.example"}`,
			takeover.Refused, "", "no route from [number] to [number] or [address]", "telnyx: read conversation: refused (400)"},
		"split number":       {400, "{\"detail\":\"at +1312\u200b555\u00a00199 or ٠١٢٣٤٥٦٧\"}", takeover.Refused, "", "at [number] or [number]", "telnyx: read conversation: refused (400)"},
		"number as a code":   {400, `{"errors":[{"code":"13125550199","title":"t"}]}`, takeover.Refused, "", "t", "telnyx: read conversation: refused (400)"},
		"text as a field":    {422, `{"detail":[{"loc":["body","water comes in!"],"msg":"m"}]}`, takeover.Refused, "", "m", "telnyx: read conversation: refused (422)"},
		"control characters": {400, "{\"detail\":\"a\\u0000b\\n\\u202ec\\u200bd\"}", takeover.Refused, "", "ab cd", "telnyx: read conversation: refused (400)"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, tc.status, tc.body); return true }
			_, err := f.client().Get(t.Context(), convA)
			e := kindOfError(t, err)
			if e.Kind != tc.kind || e.Status != tc.status || e.Code != tc.code || e.Detail != tc.detail {
				t.Errorf("got %q %d code %q detail %q", e.Kind, e.Status, e.Code, e.Detail)
			}
			if e.Error() != tc.text {
				t.Errorf("text %q, want %q", e.Error(), tc.text)
			}
			if e.FlagUnknown {
				t.Error("a failed read does not leave the flag unknown")
			}
		})
	}
}

// What a person wrote may be repeated by the answer and must not get into the error.
func TestRefusedMessagesKeepTheirText(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{}`)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		reply(w, 400, `{"errors":[{"code":"10015","title":"Bad Request","detail":"content was: the door code is 4711"}]}`)
		return true
	}
	e := kindOfError(t, f.provider().Note(t.Context(), convA, "k", "the door code is 4711"))
	if e.Detail != "Bad Request" || strings.Contains(e.Error(), "door") {
		t.Errorf("detail %q, text %q", e.Detail, e.Error())
	}
}

// A note whose first call still runs is not refused: asking again settles it.
func TestRunningIdempotentCallCanBeAskedAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { w.WriteHeader(409); return true }
	if e := kindOfError(t, f.provider().Note(t.Context(), convA, "k", "x")); e.Kind != takeover.NoAnswer {
		t.Errorf("kind %q", e.Kind)
	}
	if e := kindOfError(t, f.client().Delete(t.Context(), convA)); e.Kind != takeover.Refused {
		t.Errorf("409 without a key: kind %q", e.Kind)
	}
}

func TestLostCallsAreNamedWithoutTheAddress(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { dropConnection(w); return true }
	_, err := f.client().List(t.Context(), ListOptions{Metadata: map[string]string{keyEndUser: "+13125550199"}})
	if got := kindOfError(t, err).Error(); got != "telnyx: list conversations: no answer: connection lost" {
		t.Errorf("dropped: %q", got)
	}
	closed := httpAddressOfNobody(t)
	c, err := New(Config{BaseURL: closed, Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.List(t.Context(), ListOptions{Metadata: map[string]string{keyEndUser: "+13125550199"}})
	if got := kindOfError(t, err).Error(); got != "telnyx: list conversations: no answer: connection refused" {
		t.Errorf("nobody there: %q", got)
	}
}

// httpAddressOfNobody is a loopback address where nobody listens.
func httpAddressOfNobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return "http://" + l.Addr().String()
}
