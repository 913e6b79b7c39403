package telnyx

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

const (
	ourNumber   = takeover.Target("+13125550100")
	theirNumber = takeover.Target("+13125550199")
)

func aText(words string) takeover.Texted {
	return takeover.Texted{From: ourNumber, To: theirNumber, Text: words}
}

// answering is a fake that answers each text with a status and a body.
func answering(t *testing.T, status int, body string) *fake {
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, status, body); return true }
	return f
}

func refusedWith(code string) string {
	return fmt.Sprintf(`{"errors":[{"code":%q,"title":"Blocked","detail":"+13125550199 said no"}]}`, code)
}

func TestSend(t *testing.T) {
	t.Parallel()
	f := answering(t, http.StatusOK, `{"data":{"id":"msg-1","parts":2,"to":[{"status":"queued"}]}}`)
	got, err := f.provider().Send(t.Context(), aText("on my way <b>&\u201c☂"))
	if err != nil || got != (takeover.SendReceipt{Message: "msg-1", Parts: 2}) {
		t.Errorf("%+v, %v", got, err)
	}
	want := `{"from":"+13125550100","text":"on my way <b>&` + "\u201c☂" + `","to":"+13125550199","type":"SMS"}`
	if f.lastCall() != "POST /messages?" || f.lastBody() != want || f.keys[0] != "" || f.made("") != 1 {
		t.Errorf("%s %s, key %q, %d calls", f.lastCall(), f.lastBody(), f.keys[0], f.made(""))
	}
}

// A picture leaves as MMS, with or without words.
func TestSendPictures(t *testing.T) {
	t.Parallel()
	f := answering(t, http.StatusOK, `{"data":{"id":"msg-1","parts":1}}`)
	text := aText("")
	text.Media = []string{"https://bot.example/media/A", "https://bot.example/media/B"}
	if _, err := f.provider().Send(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	want := `{"from":"+13125550100","media_urls":["https://bot.example/media/A","https://bot.example/media/B"],"text":"","to":"+13125550199","type":"MMS"}`
	if f.lastBody() != want {
		t.Errorf("%s", f.lastBody())
	}
}

// Mistake 16: each failure is one call, and says whether the text may have been sent.
func TestSendFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status  int
		body    string
		kind    takeover.ProviderErrorKind
		mayLand bool
		why     takeover.SendFailureKind // "" where it may land
	}{
		"opted out":            {400, refusedWith("40300"), takeover.Refused, false, takeover.SendOptedOut},
		"opted out, 403":       {403, refusedWith("40300"), takeover.KeyRefused, false, takeover.SendOptedOut},
		"landline":             {400, refusedWith("40310"), takeover.Refused, false, takeover.SendNotTextable},
		"too long":             {422, refusedWith("40302"), takeover.Refused, false, takeover.SendContent},
		"number":               {400, refusedWith("40305"), takeover.Refused, false, takeover.SendNumber},
		"funds":                {402, refusedWith("20100"), takeover.Refused, false, takeover.SendAccount},
		"402 without a word":   {402, ``, takeover.Refused, false, takeover.SendAccount},
		"key":                  {401, refusedWith("10009"), takeover.KeyRefused, false, takeover.SendAccount},
		"queue":                {400, refusedWith("40318"), takeover.Refused, false, takeover.SendLater},
		"a number as the code": {400, `{"errors":[{"code":40322,"title":"Blocked"}]}`, takeover.Refused, false, takeover.SendContent},
		"a code of tomorrow":   {400, refusedWith("49999"), takeover.Refused, false, takeover.SendUnknown},
		"404":                  {404, `not found`, takeover.Refused, false, takeover.SendUnknown},
		"429":                  {429, refusedWith("10011"), takeover.Limited, false, takeover.SendLater},
		"429 without a word":   {429, ``, takeover.Limited, false, takeover.SendLater},
		"408":                  {408, ``, takeover.NoAnswer, true, ""},
		"500":                  {500, refusedWith("10007"), takeover.Failing, true, ""},
		"502, HTML":            {502, `<html>`, takeover.Failing, true, ""},
		"redirect":             {302, ``, takeover.Failing, true, ""},
		"200, no JSON":         {200, `<html>`, takeover.Failing, true, ""},
		"200, no id":           {200, `{"data":{"parts":1}}`, takeover.Failing, true, ""},
		"200, empty":           {200, ``, takeover.Failing, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := answering(t, tc.status, tc.body)
			got, err := f.provider().Send(t.Context(), aText("words"))
			e := kindOfError(t, err)
			if got != (takeover.SendReceipt{}) || e.Kind != tc.kind || e.MayLand != tc.mayLand || (e.Send != nil) == tc.mayLand || f.made("") != 1 {
				t.Fatalf("%+v, kind %s, may land %t, %+v, %d calls", got, e.Kind, e.MayLand, e.Send, f.made(""))
			}
			if e.Send == nil {
				return
			}
			if e.Send.Kind != tc.why || strings.Contains(e.Send.Detail, "3125550199") {
				t.Errorf("%+v, want %s", e.Send, tc.why)
			}
			if strings.Contains(tc.body, "said no") && e.Send.Detail != "Blocked: [number] said no" {
				t.Errorf("detail %q", e.Send.Detail)
			}
		})
	}
}

// What the network does: only a text of which no byte was written has surely not been sent.
func TestSendWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	closed := newFake(t)
	closed.url = "http://127.0.0.1:1"
	unnamed := newFake(t)
	unnamed.url = "http://no-such-host.invalid"
	dropping := newFake(t)
	dropping.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { dropConnection(w); return true }
	hanging := newFake(t)
	hanging.intercept = func(_ http.ResponseWriter, r *http.Request, _ int) bool { <-r.Context().Done(); return true }
	for name, tc := range map[string]struct {
		f       *fake
		mayLand bool
	}{"refused": {closed, false}, "no such name": {unnamed, false}, "dropped": {dropping, true}, "time-out": {hanging, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.f.provider(withTimeout(300*time.Millisecond)).Send(t.Context(), aText("words"))
			e := kindOfError(t, err)
			if e.Kind != takeover.NoAnswer || e.MayLand != tc.mayLand || tc.f.made("") > 1 {
				t.Errorf("kind %s, may land %t, %d calls: %v", e.Kind, e.MayLand, tc.f.made(""), err)
			}
			if !tc.mayLand && (e.Send == nil || e.Send.Kind != takeover.SendLater) {
				t.Errorf("%+v", e.Send)
			}
		})
	}
}

// Mistake 18: what is no phone number is not texted.
func TestSendToNoNumber(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for to, from := range map[takeover.Target]takeover.Target{
		"sip:lobby@example.com": ourNumber, "": ourNumber, "3125550199": ourNumber, "+1 312 555 0199": ourNumber, "whatsapp:+13125550199": ourNumber,
		"+0312555019": ourNumber, "conversation:x": ourNumber, theirNumber: "HARBOR",
	} {
		_, err := f.provider().Send(t.Context(), takeover.Texted{From: from, To: to, Text: "words"})
		e := kindOfError(t, err)
		if want := map[bool]takeover.SendFailureKind{true: takeover.SendNotTextable, false: takeover.SendNumber}[from == ourNumber]; e.MayLand || e.Send == nil || e.Send.Kind != want {
			t.Errorf("from %q to %q: %v, %+v", from, to, err, e.Send)
		}
	}
	if n := f.made(""); n != 0 {
		t.Errorf("%d calls", n)
	}
}

// A text that is told to the AI is read again as the operator's, with its key.
func TestRecord(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, smsMetadata(string(theirNumber)))
	if err := f.provider().Record(t.Context(), convA, "tx_1", `at "nine" <o'clock>`); err != nil {
		t.Fatal(err)
	}
	want := `{"role":"assistant","content":"at \"nine\" <o'clock>","metadata":{"source":"human","takeover_text":"tx_1"}}`
	if f.lastCall() != "POST /ai/conversations/"+convA+"/message?" || f.lastBody() != want || f.keys[0] != "tx_1" {
		t.Errorf("%s %s, key %q", f.lastCall(), f.lastBody(), f.keys[0])
	}
	for name, tc := range map[string]struct {
		message string
		role    takeover.Role
		written string
	}{
		"recorded":       {`{"role":"assistant","text":"a","metadata":{"source":"human","takeover_text":"tx_1"}}`, takeover.RoleOperator, "tx_1"},
		"by a person":    {`{"role":"assistant","text":"a","metadata":{"source":"human"}}`, takeover.RoleOperator, ""},
		"the AI's":       {`{"role":"assistant","text":"a","metadata":{"takeover_text":"tx_1"}}`, takeover.RoleAssistant, ""},
		"the end user's": {`{"role":"user","text":"a","metadata":{"source":"human","takeover_text":"tx_1"}}`, takeover.RoleEndUser, ""},
		"odd":            {`{"role":"assistant","text":"a","metadata":{"source":["human"],"takeover_text":{}}}`, takeover.RoleAssistant, ""},
		"odd key":        {`{"role":"assistant","text":"a","metadata":{"source":"human","takeover_text":7}}`, takeover.RoleOperator, "7"},
	} {
		var page MessagePage
		if err := page.decode([]byte(`{"data":[` + tc.message + `]}`)); err != nil {
			t.Fatal(err)
		}
		if m := page.Messages[0].domain("k"); m.Role != tc.role || m.Written != tc.written || m.Text != "a" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestCanReply(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for name, tc := range map[string]struct {
		channel        takeover.Channel
		endUser, agent takeover.Target
		why            string // part of the reason; empty where it works without a caveat
	}{
		"text":                    {takeover.ChannelText, theirNumber, ourNumber, ""},
		"text to SIP":             {takeover.ChannelText, "sip:lobby@example.com", ourNumber, "SIP address"},
		"text to a name":          {takeover.ChannelText, "HARBOR", ourNumber, "no phone number that can be texted"},
		"text from a name":        {takeover.ChannelText, theirNumber, "HARBOR", "The agent has no phone number"},
		"call":                    {takeover.ChannelCall, theirNumber, ourNumber, "goes to the caller's phone as a text"},
		"call from SIP":           {takeover.ChannelCall, "sip:lobby@example.com", ourNumber, "has a SIP address"},
		"anonymous call":          {takeover.ChannelCall, "anonymous", ourNumber, "not known, or cannot be texted"},
		"call to a SIP address":   {takeover.ChannelCall, theirNumber, "sip:desk@example.com", "the agent has no phone number"},
		"web chat":                {takeover.ChannelWeb, theirNumber, ourNumber, "web chat"},
		"a channel of tomorrow":   {takeover.ChannelOther, theirNumber, ourNumber, "does not say"},
		"nothing but a channel":   {takeover.ChannelText, "", "", "no phone number"},
		"number without its plus": {takeover.ChannelText, "13125550199", ourNumber, "no phone number"},
	} {
		a := f.provider().Can(takeover.Conversation{Channel: tc.channel, EndUser: tc.endUser, Agent: tc.agent}).Of(takeover.CanReply)
		works := tc.why == "" || name == "call"
		if a.Yes() != works || !strings.Contains(a.Reason, tc.why) || tc.why == "" && a.Reason != "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// Each call with the same key is about the same words: what a lost answer leaves is settled by
// asking again.
func TestRecordFails(t *testing.T) {
	t.Parallel()
	f := answering(t, http.StatusServiceUnavailable, ``)
	err := f.provider().Record(t.Context(), convA, "tx_1", "words")
	if e := kindOfError(t, err); !e.Transient() || f.made("") != 1 {
		t.Errorf("%v, %d calls", err, f.made(""))
	}
	if err := f.provider().Record(t.Context(), "../balance", "tx_1", "words"); err == nil || f.made("") != 1 {
		t.Errorf("%v, %d calls", err, f.made(""))
	}
}
