package telnyxsim

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// listener is the bot's address for webhooks.
type listener struct {
	t      *testing.T
	key    string
	mu     sync.Mutex
	got    []hookSeen
	refuse int // so many are answered with 503
}

type hookSeen struct {
	ID, Kind, Message, Status, Code, Text, Reply string
	Media                                        int
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	key, _ := base64.StdEncoding.DecodeString(l.key)
	signature, _ := base64.StdEncoding.DecodeString(r.Header.Get("Telnyx-Signature-Ed25519"))
	if !ed25519.Verify(key, []byte(r.Header.Get("Telnyx-Timestamp")+"|"+string(body)), signature) {
		l.t.Errorf("not signed: %s", body)
	}
	var in struct {
		Data struct {
			ID        string
			EventType string `json:"event_type"`
			Payload   struct {
				ID     string
				To     []struct{ Status string }
				Errors []struct{ Code string }
				Text   string
				Media  []struct{ URL string }
				Reply  string `json:"autoresponse_type"`
			}
		}
	}
	if err := json.Unmarshal(body, &in); err != nil || len(in.Data.Payload.To) != 1 {
		l.t.Errorf("%s: %v", body, err)
		return
	}
	p := in.Data.Payload
	seen := hookSeen{ID: in.Data.ID, Kind: in.Data.EventType, Message: p.ID, Status: p.To[0].Status, Text: p.Text, Reply: p.Reply, Media: len(p.Media)}
	if len(p.Errors) > 0 {
		seen.Code = p.Errors[0].Code
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse > 0 {
		l.refuse--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	l.got = append(l.got, seen)
}

func (l *listener) all() []hookSeen {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.got)
}

// await returns what came once n webhooks have.
func (l *listener) await(n int) []hookSeen {
	l.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if got := l.all(); len(got) >= n {
			return got
		}
	}
	l.t.Fatalf("%d webhooks of %d: %+v", len(l.all()), n, l.all())
	return nil
}

const textedUser = "+14155550142"

// newTexting is a rig with one text conversation, and a listener for its webhooks.
func newTexting(t *testing.T) (*rig, *listener) {
	r := newRig(t, Options{}, conv(1, textedUser, KeyChannel, `"sms_chat"`))
	l := &listener{t: t, key: r.PublicKey()}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	r.SetWebhookURL(server.URL)
	return r, l
}

func (r *rig) sms(fields string) answer {
	r.t.Helper()
	return r.do(http.MethodPost, "/messages", `{"from":"`+SeedAgent+`","to":"`+textedUser+`",`+fields+`}`)
}

func kinds(got []hookSeen) string {
	var all []string
	for _, g := range got {
		all = append(all, strings.TrimPrefix(g.Kind, "message.")+":"+g.Status)
	}
	return strings.Join(all, " ")
}

func TestATextIsSentAndReported(t *testing.T) {
	t.Parallel()
	r, l := newTexting(t)
	a := r.sms(`"text":"on my way","tomorrow":1`)
	var out struct {
		Data struct {
			ID    string
			Parts int
			To    []struct{ Status string }
		}
	}
	a.into(t, &out)
	if a.status != 200 || out.Data.ID == "" || out.Data.Parts != 1 || out.Data.To[0].Status != "queued" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	got := l.await(2)
	if kinds(got) != "sent:sent finalized:delivered" || got[0].Message != out.Data.ID || got[1].Text != "on my way" {
		t.Errorf("%+v", got)
	}
	reached := r.Reached(textedUser)
	if len(reached) != 1 || reached[0].Text != "on my way" || reached[0].Status != StatusDelivered || reached[0].ID != out.Data.ID {
		t.Errorf("%+v", reached)
	}
	if phone := r.Phone(textedUser, SeedAgent); len(phone) != 1 || phone[0].Text != "on my way" || phone[0].Status != StatusDelivered {
		t.Errorf("%+v", phone)
	}
	if id := SeedID(9001); len(r.Messages(id)) != 0 {
		t.Errorf("in the conversation: %+v", r.Messages(id))
	}
}

func TestTextsThatAreRefused(t *testing.T) {
	t.Parallel()
	r, _ := newTexting(t)
	long := strings.Repeat("a", 1531)
	for name, tc := range map[string]struct{ body, code string }{
		"to a SIP address":  {`{"from":"` + SeedAgent + `","to":"sip:a@b","text":"x"}`, "40310"},
		"to nobody":         {`{"from":"` + SeedAgent + `","text":"x"}`, "40310"},
		"from nobody":       {`{"to":"` + textedUser + `","text":"x"}`, "10016"},
		"the wrong way":     {`{"from":"` + textedUser + `","to":"` + SeedAgent + `","text":"x"}`, "40305"},
		"empty":             {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","text":""}`, "40316"},
		"too long":          {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","text":"` + long + `"}`, "40302"},
		"an SMS with media": {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","type":"SMS","media_urls":["https://a.example/1"]}`, "40304"},
		"11 pictures":       {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","media_urls":["https://a/1"` + strings.Repeat(`,"https://a/1"`, 10) + `]}`, "40317"},
		"no address":        {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","media_urls":["file:///etc/passwd"]}`, "40317"},
		"an unknown type":   {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","text":"x","type":"sms"}`, "40301"},
		"a number as text":  {`{"from":"` + SeedAgent + `","to":"` + textedUser + `","text":1}`, "10015"},
		"no JSON":           {`x`, "10015"},
	} {
		a := r.do(http.MethodPost, "/messages", tc.body)
		if a.status/100 != 4 || !strings.Contains(a.body, `"code":"`+tc.code+`"`) {
			t.Errorf("%s: %d %s, want %s", name, a.status, a.body, tc.code)
		}
	}
	if texts := r.SentTexts(); len(texts) != 0 {
		t.Errorf("%+v", texts)
	}
	for code, c := range textCodes {
		if err := r.Inject(Failure{Op: OpSend, Times: 1, Code: code}); err != nil {
			t.Fatal(err)
		}
		if a := r.sms(`"text":"x"`); a.status != c.status || !strings.Contains(a.body, `"code":"`+code+`"`) {
			t.Errorf("%s: %d %s", code, a.status, a.body)
		}
	}
	if err := r.Inject(Failure{Op: OpPut, Code: "40300"}); err == nil {
		t.Error("a code about texts of a put")
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text string
		want int
	}{
		{"", 1}, {strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("é", 306), 2}, {strings.Repeat("é", 307), 3},
		{strings.Repeat("€", 80), 1}, {strings.Repeat("€", 81), 2}, {strings.Repeat("a", 69) + "“", 1}, {strings.Repeat("a", 70) + "“", 2},
		{strings.Repeat("👍", 35), 1}, {strings.Repeat("👍", 36), 2}, {strings.Repeat("a", 1530), 10}, {strings.Repeat("ж", 670), 10}, {strings.Repeat("ж", 671), 11},
	} {
		if n, _ := parts(tc.text); n != tc.want {
			t.Errorf("%.10q, %d characters: %d parts, want %d", tc.text, len([]rune(tc.text)), n, tc.want)
		}
	}
}

// A STOP blocks what is sent, by the assistant too, until a START.
func TestStop(t *testing.T) {
	t.Parallel()
	r, l := newTexting(t)
	id := r.Text(context.Background(), textedUser, SeedAgent, " stop")
	if !r.OptedOut(textedUser, SeedAgent) || r.lastRole(id) != RoleUser {
		t.Errorf("opted out %t, last %s", r.OptedOut(textedUser, SeedAgent), r.lastRole(id))
	}
	if a := r.sms(`"text":"x"`); !strings.Contains(a.body, `"40300"`) {
		t.Errorf("%s", a.body)
	}
	if answers, _ := r.WouldAnswer(textedUser, SeedAgent); answers {
		t.Error("the assistant would answer")
	}
	r.Text(context.Background(), textedUser, SeedAgent, "START")
	if a := r.sms(`"text":"back"`); a.status != 200 || r.lastRole(id) != RoleAssistant {
		t.Errorf("%s, last %s", a.body, r.lastRole(id))
	}
	got := l.await(4)
	if got[0].Reply != "STOP" || got[1].Reply != "START" || got[0].Text != " stop" || got[0].Kind != "message.received" {
		t.Errorf("%+v", got)
	}
}

func TestTextsWithPicturesComeIn(t *testing.T) {
	t.Parallel()
	r, l := newTexting(t)
	id := r.TextWith(context.Background(), textedUser, SeedAgent, "", Media{URL: "https://m.example/1", Type: "image/jpeg", Size: 3})
	if got := l.await(1); got[0].Media != 1 || got[0].Kind != "message.received" {
		t.Errorf("%+v", got)
	}
	if phone := r.Phone(textedUser, SeedAgent); len(phone) == 0 || len(phone[0].Media) != 1 || r.Messages(id)[0].Role != RoleUser {
		t.Errorf("%+v", phone)
	}
}

// What Telnyx leaves open, switch by switch.
func TestSwitchesOfTexts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults  Faults
		hooks   string
		reached int
		code    string
	}{
		"unconfirmed":  {Faults{Finally: StatusUnconfirmed, FinalCode: "40001"}, "sent:sent finalized:delivery_unconfirmed", 1, ""},
		"landline":     {Faults{Finally: StatusFailed, FinalCode: "40001"}, "sent:sent finalized:delivery_failed", 0, "40001"},
		"never sent":   {Faults{Finally: StatusSendingFailed, FinalCode: "40018"}, "finalized:sending_failed", 0, "40018"},
		"expired":      {Faults{Finally: StatusExpired, FinalMS: 30}, "sent:sent finalized:expired", 0, ""},
		"out of order": {Faults{WebhooksSwapped: true}, "finalized:delivered sent:sent", 1, ""},
		"doubled":      {Faults{WebhooksDoubled: true}, "sent:sent sent:sent finalized:delivered finalized:delivered", 1, ""},
		"late":         {Faults{WebhooksLateMS: 40, FinalMS: 80}, "sent:sent finalized:delivered", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, l := newTexting(t)
			r.faults(tc.faults)
			r.sms(`"text":"x"`)
			got := l.await(len(strings.Fields(tc.hooks)))
			if kinds(got) != tc.hooks || len(r.Reached(textedUser)) != tc.reached || got[len(got)-1].Code != tc.code {
				t.Errorf("%+v, %d reached", got, len(r.Reached(textedUser)))
			}
			if tc.faults.WebhooksDoubled && (got[0].ID != got[1].ID || got[1].ID == got[2].ID) {
				t.Errorf("%+v", got)
			}
		})
	}
	for _, bad := range []Faults{{Finally: "read"}, {FinalCode: "1"}, {FinalMS: -1}, {WebhooksLateMS: -1}} {
		if err := New(Options{}).SetFaults(bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func TestWebhooksBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	r, l := newTexting(t)
	r.faults(Faults{WebhooksEarly: true})
	if a := r.sms(`"text":"x"`); a.status != 200 || kinds(l.all()) != "sent:sent finalized:delivered" {
		t.Errorf("%d, %+v", a.status, l.all())
	}
}

func TestAWebhookIsTriedAgain(t *testing.T) {
	t.Parallel()
	r, l := newTexting(t)
	l.refuse = 2
	r.Text(context.Background(), textedUser, SeedAgent, "hello")
	if got := l.await(1); got[0].Text != "hello" {
		t.Errorf("%+v", got)
	}
	for end := time.Now().Add(10 * time.Second); len(r.Deliveries()) < 3 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond) // an attempt counts once its answer has come
	}
	var tries []string
	for _, d := range r.Deliveries() {
		tries = append(tries, fmt.Sprint(d.Attempt, d.Status))
	}
	if strings.Join(tries, ", ") != "1 503, 2 503, 3 200" {
		t.Errorf("%q", tries)
	}
	r.faults(Faults{WebhooksOff: true})
	r.Text(context.Background(), textedUser, SeedAgent, "nobody hears")
	r.faults(Faults{})
	r.Text(context.Background(), textedUser, SeedAgent, "hello again")
	if got := l.await(2); len(got) != 2 || got[1].Text != "hello again" {
		t.Errorf("%+v", got)
	}
}

// A time-out before a text was sent, and one after: the answer looks the same.
func TestLostAnswersOfTexts(t *testing.T) {
	t.Parallel()
	for how, reached := range map[string]int{FailHang: 0, FailDrop: 0, FailHangAfter: 1, FailDropAfter: 1} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r, l := newTexting(t)
			if err := r.Inject(Failure{Op: OpSend, How: how, Times: 1}); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if a := r.send(ctx, http.MethodPost, "/messages", `{"from":"`+SeedAgent+`","to":"`+textedUser+`","text":"x"}`); a.err == nil {
				t.Errorf("answered %d", a.status)
			}
			if n := len(r.Reached(textedUser)); n != reached || len(l.await(2*reached)) != 2*reached {
				t.Errorf("%d reached, %+v", n, l.all())
			}
		})
	}
}

// Telnyx may put a text of the API into the conversation by itself: then it looks like the assistant's.
func TestTextsAreAppended(t *testing.T) {
	t.Parallel()
	r, _ := newTexting(t)
	r.faults(Faults{AppendTexts: true})
	r.sms(`"text":"on my way"`)
	messages := r.Messages(SeedID(9001))
	if len(messages) != 1 || messages[0].Role != RoleAssistant || messages[0].Text != "on my way" || messages[0].Inserted {
		t.Errorf("%+v", messages)
	}
	if phone := r.Phone(textedUser, SeedAgent); len(phone) != 1 {
		t.Errorf("shown twice: %+v", phone)
	}
}

// TestPicturesAreFetched: Telnyx gets the media of a text from their addresses, and a text whose media it
// cannot get, that are none, or are too large together does not arrive.
func TestPicturesAreFetched(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 600_000)...)
		switch r.URL.Path {
		case "/small":
			png = png[:100]
		case "/page":
			png = []byte("<!DOCTYPE html>")
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		case "/untyped":
			w.Header().Set("Content-Type", "text/plain")
		}
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "image/png")
		}
		_, _ = w.Write(png)
	}))
	t.Cleanup(server.Close)
	for name, tc := range map[string]struct {
		paths   []string
		arrives bool
	}{
		"two small ones": {[]string{"/small", "/small"}, true}, "a large one": {[]string{"/large"}, true}, "too large together": {[]string{"/large", "/large"}, false},
		"a page": {[]string{"/small", "/page"}, false}, "gone": {[]string{"/gone"}, false}, "not called a picture": {[]string{"/untyped"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, l := newTexting(t)
			urls, _ := json.Marshal(tc.paths)
			r.sms(`"text":"","type":"MMS","media_urls":` + strings.ReplaceAll(string(urls), `"/`, `"`+server.URL+`/`))
			if !tc.arrives {
				if got := l.await(1); kinds(got) != "finalized:sending_failed" || got[0].Code != "40317" || len(r.Reached(textedUser)) != 0 {
					t.Errorf("%s, %+v", kinds(got), got)
				}
				return
			}
			l.await(2)
			got := r.Reached(textedUser)
			if len(got) != 1 || len(got[0].Media) != len(tc.paths) || got[0].Media[0].Type != "image/png" || len(got[0].Media[0].Content) != got[0].Media[0].Size {
				t.Errorf("on the phone: %d texts", len(got))
			}
		})
	}
}
