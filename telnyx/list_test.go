package telnyx

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// Mistakes 1 and 2: a "+" that arrives as a space, a ">" raw or encoded twice.
func TestListEncodesItsFilters(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, smsMetadata("+13125550199"))
	page, err := f.client().List(t.Context(), ListOptions{Metadata: map[string]string{keyEndUser: "+13125550199"}})
	if err != nil || len(page.Conversations) != 1 {
		t.Fatalf("found %d, %v", len(page.Conversations), err)
	}
	want := "GET /ai/conversations?limit=50&metadata-%3Etelnyx_end_user_target=eq.%2B13125550199&order=last_message_at.desc"
	if got := f.lastCall(); got != want {
		t.Errorf("call  %s\n want %s", got, want)
	}
}

func TestListSendsEveryFilterAndOneBoundPerColumn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	from := apicall.At(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	to := apicall.Timestamp{Text: "2026-11-20T10:00:00.123456+00:00", Time: time.Date(2026, 11, 20, 10, 0, 0, 123456000, time.UTC)}
	_, err := f.client().List(t.Context(), ListOptions{
		Metadata: map[string]string{keyEndUser: "+13125550199", keyAgent: "+13125550100", "unit": "4B & <co>",
			keyCallControl: "v3:a/b?c", "assistant_id": "assistant-1", keyChannel: "sms_chat"},
		CreatedFrom: from, LastMessageFrom: from, LastMessageTo: to, Limit: 5000,
	})
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.TrimPrefix(f.lastCall(), "GET /ai/conversations?")
	got, err := url.ParseQuery(raw)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"metadata->telnyx_end_user_target": "eq.+13125550199", "metadata->telnyx_agent_target": "eq.+13125550100",
		"metadata->call_control_id": "eq.v3:a/b?c", "metadata->assistant_id": "eq.assistant-1",
		"metadata->telnyx_conversation_channel": "eq.sms_chat", "metadata->unit": "eq.4B & <co>",
		"created_at": "gte.2026-11-01T00:00:00Z", "last_message_at": "lte.2026-11-20T10:00:00.123456+00:00",
		"order": "last_message_at.desc", "limit": "100",
	} {
		if len(got[key]) != 1 || got.Get(key) != want {
			t.Errorf("%s = %q, want %q", key, got[key], want)
		}
	}
	if len(got) != 10 {
		t.Errorf("%d parameters in %s", len(got), raw)
	}
}

// Mistake 3: a server that ignores filters returns other people's conversations.
func TestListDropsStrangers(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.ignoreFilters = true
	f.add(convA, smsMetadata("+13125550198"))
	f.add(convB, smsMetadata("+13125550197"))
	c := f.client()
	for name, o := range map[string]ListOptions{
		"end user":   {Metadata: map[string]string{keyEndUser: "+13125550199"}},
		"agent":      {Metadata: map[string]string{keyAgent: "+13125550101"}},
		"call":       {Metadata: map[string]string{keyCallControl: "v3:a"}},
		"assistant":  {Metadata: map[string]string{"assistant_id": "assistant-2"}},
		"channel":    {Metadata: map[string]string{keyChannel: "phone_call"}},
		"entry":      {Metadata: map[string]string{"unit": "4B"}},
		"created":    {CreatedFrom: apicall.At(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC))},
		"last":       {LastMessageTo: apicall.At(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))},
		"both sides": {Metadata: map[string]string{keyEndUser: "+13125550198", keyAgent: "+13125550101"}},
	} {
		page, err := c.List(t.Context(), o)
		if err != nil || len(page.Conversations) != 0 {
			t.Errorf("%s: %d strangers, %v", name, len(page.Conversations), err)
		}
	}
	page, err := c.List(t.Context(), ListOptions{Metadata: map[string]string{keyEndUser: "+13125550198"}, Limit: 2})
	if err != nil || len(page.Conversations) != 1 || !page.Full {
		t.Errorf("the right one: %+v, %v", page, err)
	}
}

// The lower bound that was not sent is applied here.
func TestListAppliesTheSecondBoundItself(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{}`).last = "2026-11-05T10:00:00Z"
	f.add(convB, `{}`).last = "2026-11-15T10:00:00Z"
	page, err := f.client().List(t.Context(), ListOptions{
		LastMessageFrom: apicall.At(time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)), LastMessageTo: apicall.At(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))})
	if err != nil || len(page.Conversations) != 1 || page.Conversations[0].ID != convB {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestListRefusesKeysThatMeanMore(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for _, key := range []string{"", "a->b", "a,b", "or", "a b", "ключ", strings.Repeat("k", 65)} {
		_, err := f.client().List(t.Context(), ListOptions{Metadata: map[string]string{key: "1"}})
		if ok := key == "or"; ok != (err == nil) {
			t.Errorf("key %q: %v", key, err)
		}
		if err != nil && !errors.Is(err, errBadKey) {
			t.Errorf("key %q: %v", key, err)
		}
	}
	if n := f.made(""); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// One unreadable row must not hide the others, nor a row come twice.
func TestListSkipsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	good := `{"id":"` + convA + `","metadata":{}}`
	for body, want := range map[string]int{
		`{"data":[` + good + `,null,7,{"id":"../x"},{"id":"` + convB + `","metadata":[]},` + good + `]}`: 1,
		`{"data":[]}`: 0,
	} {
		f := newFake(t)
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, 200, body); return true }
		page, err := f.client().List(t.Context(), ListOptions{})
		if err != nil || len(page.Conversations) != want {
			t.Errorf("%s: %d, %v", body, len(page.Conversations), err)
		}
	}
	for _, body := range []string{``, `{}`, `{"data":null}`, `{"data":{}}`, `[]`, `<html>`} {
		f := newFake(t)
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, 200, body); return true }
		_, err := f.client().List(t.Context(), ListOptions{})
		if e := kindOfError(t, err); e.Kind != takeover.Failing {
			t.Errorf("%q: %v", body, err)
		}
	}
}
