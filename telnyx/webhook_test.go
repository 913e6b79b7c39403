package telnyx

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// event is a webhook about a text.
func event(kind, payload string) string {
	return `{"data":{"record_type":"event","event_type":"` + kind + `","id":"evt-1","occurred_at":"2026-11-20T10:07:00.1+00:00","payload":` + payload + `},"meta":{"attempt":1}}`
}

// outbound is the payload of a text that was sent.
func outbound(status, errs string) string {
	return `{"id":"msg-1","direction":"outbound","from":{"phone_number":"+13125550100"},"to":[{"phone_number":"+13125550199","status":"` + status +
		`"}],"text":"on my way","errors":` + errs + `}`
}

func TestDecodeReports(t *testing.T) {
	t.Parallel()
	failed := func(kind takeover.SendFailureKind, code, detail string) *takeover.SendFailure {
		return &takeover.SendFailure{Kind: kind, Code: code, Detail: detail}
	}
	for name, tc := range map[string]struct {
		kind, status, errs string
		outcome            takeover.SendOutcome
		failure            *takeover.SendFailure
	}{
		"sent":                {"message.sent", "sent", `[]`, takeover.SendOnTheWay, nil},
		"queued":              {"message.sent", "queued", `null`, takeover.SendOnTheWay, nil},
		"delivered":           {"message.finalized", "delivered", `[]`, takeover.SendDelivered, nil},
		"unconfirmed":         {"message.finalized", "delivery_unconfirmed", `[]`, takeover.SendUnconfirmed, nil},
		"landline":            {"message.finalized", "delivery_failed", `[{"code":"40001","title":"Not routable","detail":"+13125550199 is a landline"}]`, takeover.SendFailed, failed(takeover.SendNotTextable, "40001", "Not routable: [number] is a landline")},
		"stopped":             {"message.finalized", "sending_failed", `[{"code":40300}]`, takeover.SendFailed, failed(takeover.SendOptedOut, "40300", "")},
		"expired":             {"message.finalized", "expired", `[]`, takeover.SendFailed, failed(takeover.SendLater, "", "")},
		"without a reason":    {"message.finalized", "delivery_failed", `"odd"`, takeover.SendFailed, failed(takeover.SendUnknown, "", "")},
		"a word of tomorrow":  {"message.finalized", "levitating", `[]`, takeover.SendUnconfirmed, nil},
		"… on its way":        {"message.sent", "levitating", `[]`, takeover.SendOnTheWay, nil},
		"failed when sent":    {"message.sent", "sending_failed", `[{"code":"40318"}]`, takeover.SendFailed, failed(takeover.SendLater, "40318", "")},
		"delivered when sent": {"message.sent", "delivered", `[]`, takeover.SendDelivered, nil},
	} {
		w, err := DecodeWebhook([]byte(event(tc.kind, outbound(tc.status, tc.errs))))
		want := takeover.SendReport{Message: "msg-1", Outcome: tc.outcome, Failure: tc.failure, From: ourNumber, To: theirNumber, Text: "on my way"}
		if err != nil || w.ID != "evt-1" || w.Report == nil || len(w.Inbound) != 0 || !reflect.DeepEqual(*w.Report, want) {
			t.Errorf("%s: %+v, %v", name, w.Report, err)
		}
		if !w.At.Equal(time.Date(2026, 11, 20, 10, 7, 0, 100_000_000, time.UTC)) {
			t.Errorf("%s: at %s", name, w.At)
		}
	}
}

func TestDecodeInbound(t *testing.T) {
	t.Parallel()
	at := takeover.ProviderTime(time.Date(2026, 11, 20, 10, 7, 0, 0, time.UTC))
	const ends = `"id":"msg-2","direction":"inbound","from":{"phone_number":"+13125550199","carrier":""},"to":[{"phone_number":"+13125550100","status":"webhook_delivered"}],"received_at":"2026-11-20T10:07:00Z"`
	plain := takeover.Inbound{ID: "msg-2", From: theirNumber, To: ourNumber, At: at}
	with := func(change func(*takeover.Inbound)) []takeover.Inbound {
		one := plain
		change(&one)
		return []takeover.Inbound{one}
	}
	for name, tc := range map[string]struct {
		payload string
		want    []takeover.Inbound
	}{
		"text": {`{` + ends + `,"text":"<!channel> \u202e👍"}`, with(func(i *takeover.Inbound) { i.Text = "<!channel> \u202e👍" })},
		"picture": {`{` + ends + `,"text":"","media":[{"url":"https://m.example/1","content_type":"image/jpeg","size":12345,"hash_sha256":"x"},{"url":"u","size":-1}]}`,
			with(func(i *takeover.Inbound) {
				i.Media = []takeover.Media{{URL: "https://m.example/1", Type: "image/jpeg", Size: 12345}, {URL: "u"}}
			})},
		"no text": {`{` + ends + `}`, []takeover.Inbound{plain}},
		"stop":    {`{` + ends + `,"text":" stop "}`, with(func(i *takeover.Inbound) { i.Text, i.OptOut = " stop ", takeover.OptedOut })},
		"start":   {`{` + ends + `,"text":"Start"}`, with(func(i *takeover.Inbound) { i.Text, i.OptOut = "Start", takeover.OptedIn })},
		"stop, as Telnyx understood it": {`{` + ends + `,"text":"arrêt","autoresponse_type":"STOP"}`,
			with(func(i *takeover.Inbound) { i.Text, i.OptOut = "arrêt", takeover.OptedOut })},
		"help":      {`{` + ends + `,"text":"help","autoresponse_type":"HELP"}`, with(func(i *takeover.Inbound) { i.Text = "help" })},
		"odd media": {`{` + ends + `,"text":"a","media":"odd"}`, with(func(i *takeover.Inbound) { i.Text = "a" })},
		"to two": {`{"id":"msg-2","from":{"phone_number":"+13125550199"},"to":[{"phone_number":"+13125550100"},{"phone_number":"+13125550101"}],"text":"a"}`,
			[]takeover.Inbound{
				{ID: "msg-2", From: theirNumber, To: ourNumber, Text: "a", At: takeover.ProviderTime(time.Date(2026, 11, 20, 10, 7, 0, 100_000_000, time.UTC))},
				{ID: "msg-2", From: theirNumber, To: "+13125550101", Text: "a", At: takeover.ProviderTime(time.Date(2026, 11, 20, 10, 7, 0, 100_000_000, time.UTC))}}},
	} {
		w, err := DecodeWebhook([]byte(event("message.received", tc.payload)))
		if err != nil || w.Report != nil || !reflect.DeepEqual(w.Inbound, tc.want) {
			t.Errorf("%s: %+v, %v", name, w.Inbound, err)
		}
	}
}

// Mistake 34: what the bot has no use for is no failure.
func TestDecodeOtherEvents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		bad  bool
	}{
		"call":                    {event("call.hangup", `{"call_control_id":"v3:x"}`), false},
		"insights without data":   {`{"event_type":"conversation_insight_result","payload":{}}`, false},
		"nothing":                 {`{}`, false},
		"data is odd":             {`{"data":[1]}`, false},
		"sent, but not by us":     {event("message.sent", strings.ReplaceAll(outbound("sent", "[]"), "outbound", "inbound")), false},
		"no text named":           {event("message.received", `{"from":{"phone_number":"+13125550199"},"to":[{}]}`), true},
		"to nobody":               {event("message.finalized", `{"id":"msg-1","to":[]}`), true},
		"the payload is a string": {event("message.received", `"odd"`), true},
		"no JSON":                 {`<html>`, true},
		"empty":                   {``, true},
	} {
		if w, err := DecodeWebhook([]byte(tc.body)); (err != nil) != tc.bad || w.Report != nil || w.Inbound != nil {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
	}
}

func FuzzDecodeWebhook(f *testing.F) {
	for _, seed := range []string{event("message.finalized", outbound("delivered", "[]")), event("message.sent", outbound("expired", `[{"code":[]}]`)),
		event("message.received", `{"id":7,"to":[{"phone_number":null}],"media":[{"size":1e300}],"received_at":0}`), `{"data":{}}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := DecodeWebhook(body)
		if err != nil && (w.Report != nil || w.Inbound != nil) {
			t.Error("read although it failed")
		}
		if r := w.Report; r != nil && (r.Message == "" || (r.Outcome == takeover.SendFailed) != (r.Failure != nil)) {
			t.Errorf("%+v", r)
		}
		for _, in := range w.Inbound {
			if in.ID == "" {
				t.Error("no id")
			}
			for _, m := range in.Media {
				if m.Size < 0 {
					t.Errorf("%d bytes", m.Size)
				}
			}
		}
	})
}
