package telnyx_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// hooked is a simulated provider whose webhooks are checked, read and kept.
type hooked struct {
	simulated
	got chan telnyx.Webhook
}

func newHooked(t *testing.T, f telnyxsim.Faults) hooked {
	h := hooked{newSimulated(t, f), make(chan telnyx.Webhook, 100)}
	verifier, err := telnyx.NewVerifier(h.PublicKey(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		w, err2 := telnyx.DecodeWebhook(body)
		if err := errors.Join(err, err2, verifier.Verify(r.Header, body)); err != nil || w.ID == "" || w.At.IsZero() {
			t.Errorf("%+v, %v", w, err)
		}
		h.got <- w
	}))
	t.Cleanup(server.Close)
	h.SetWebhookURL(server.URL)
	return h
}

func (h hooked) next(t *testing.T) telnyx.Webhook {
	t.Helper()
	select {
	case w := <-h.got:
		return w
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook came")
		return telnyx.Webhook{}
	}
}

// text is what an operator writes to the end user of the conversation.
func (h hooked) text(words string) takeover.Texted {
	c, _ := h.Conversation(string(h.id))
	return takeover.Texted{From: takeover.Target(c.Agent()), To: takeover.Target(c.EndUser()), Text: words}
}

func TestASentTextIsReported(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults telnyxsim.Faults
		want   []takeover.SendReport // Outcome and Failure
	}{
		"delivered":   {telnyxsim.Faults{}, []takeover.SendReport{{Outcome: takeover.SendOnTheWay}, {Outcome: takeover.SendDelivered}}},
		"unconfirmed": {telnyxsim.Faults{Finally: telnyxsim.StatusUnconfirmed}, []takeover.SendReport{{Outcome: takeover.SendOnTheWay}, {Outcome: takeover.SendUnconfirmed}}},
		"landline": {telnyxsim.Faults{Finally: telnyxsim.StatusSendingFailed, FinalCode: "40001"}, []takeover.SendReport{
			{Outcome: takeover.SendFailed, Failure: &takeover.SendFailure{Kind: takeover.SendNotTextable, Code: "40001", Detail: "Not routable"}}}},
		"expired, out of order": {telnyxsim.Faults{Finally: telnyxsim.StatusExpired, WebhooksSwapped: true}, []takeover.SendReport{
			{Outcome: takeover.SendFailed, Failure: &takeover.SendFailure{Kind: takeover.SendLater}}, {Outcome: takeover.SendOnTheWay}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHooked(t, tc.faults)
			text := h.text("on my way “☂”")
			receipt, err := h.Send(t.Context(), text)
			if err != nil || receipt.Parts != 1 {
				t.Fatalf("%+v, %v", receipt, err)
			}
			for _, want := range tc.want {
				want.Message, want.From, want.To, want.Text = receipt.Message, text.From, text.To, text.Text
				if w := h.next(t); w.Report == nil || !reflect.DeepEqual(*w.Report, want) {
					t.Errorf("%+v, want %+v", w.Report, want)
				}
			}
		})
	}
}

// A text whose answer was lost is told by its report, even one that comes before the call ends.
func TestALostAnswerIsReported(t *testing.T) {
	t.Parallel()
	f := one(telnyxsim.OpSend, telnyxsim.Failure{How: telnyxsim.FailHangAfter})
	f.WebhooksEarly = true
	h := newHooked(t, f)
	text := h.text("on my way")
	_, err := h.Send(t.Context(), text)
	if e, ok := errors.AsType[*takeover.ProviderError](err); !ok || !e.MayLand {
		t.Fatal(err)
	}
	if w := h.next(t); w.Report == nil || w.Report.Text != text.Text || w.Report.To != text.To || w.Report.From != text.From || w.Report.Message == "" {
		t.Errorf("%+v", w.Report)
	}
}

// Each code of the table is answered as what it is, and nothing was sent.
func TestEveryCodeHasAKind(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, telnyxsim.Faults{})
	h := hooked{simulated: s}
	for kind, codes := range map[takeover.SendFailureKind]string{
		takeover.SendOptedOut:    "40300",
		takeover.SendNotTextable: "40001 40012 40310",
		takeover.SendByCarrier:   "40002 40003 40004 40008 40015 40017",
		takeover.SendContent:     "40009 40301 40302 40304 40316 40317 40319 40322 40328",
		takeover.SendNumber:      "40010 40013 40100 40305 40321 40329 40330",
		takeover.SendNoMMS:       "40308",
		takeover.SendAccount:     "20100 40309 40311 40312 40313 40314 40331 40333",
		takeover.SendLater:       "10011 40005 40006 40011 40014 40016 40018 40315 40318 40320",
	} {
		for code := range strings.FieldsSeq(codes) {
			if err := s.Inject(telnyxsim.Failure{Op: telnyxsim.OpSend, Times: 1, Code: code}); err != nil {
				t.Fatal(err)
			}
			_, err := s.Send(t.Context(), h.text("words"))
			e, ok := errors.AsType[*takeover.ProviderError](err)
			if !ok || e.MayLand || e.Send == nil || e.Send.Kind != kind || e.Send.Code != code || !strings.Contains(e.Send.Detail, "This failure was asked for.") {
				t.Errorf("%s: %v, %+v, want %s", code, err, e.Send, kind)
			}
		}
	}
	if texts := s.SentTexts(); len(texts) != 0 {
		t.Errorf("sent: %+v", texts)
	}
}

// What an end user writes is told at once, a STOP and a picture included, and a STOP stops texts.
func TestAnEndUserWrites(t *testing.T) {
	t.Parallel()
	h := newHooked(t, telnyxsim.Faults{})
	to := h.text("are you there?")
	picture := telnyxsim.Media{URL: "https://media.example/1", Type: "image/jpeg", Size: 12345}
	for _, tc := range []struct {
		text string
		opt  takeover.OptOut
		sent bool // whether a text is taken after it
	}{{"hello <!channel>", takeover.OptUnchanged, true}, {"Stop", takeover.OptedOut, false}, {"START", takeover.OptedIn, true}} {
		h.TextWith(t.Context(), string(to.To), string(to.From), tc.text, picture)
		in := h.next(t).Inbound
		want := []takeover.Inbound{{From: to.To, To: to.From, Text: tc.text, OptOut: tc.opt,
			Media: []takeover.Media{{URL: picture.URL, Type: picture.Type, Size: int64(picture.Size)}}}}
		if len(in) != 1 || in[0].ID == "" || in[0].At.IsZero() {
			t.Fatalf("%+v", in)
		}
		in[0].ID, in[0].At = "", takeover.ProviderTime{}
		if !reflect.DeepEqual(in, want) {
			t.Errorf("%+v, want %+v", in, want)
		}
		_, err := h.Send(t.Context(), to)
		e, _ := errors.AsType[*takeover.ProviderError](err)
		switch {
		case tc.sent && err == nil:
			h.next(t)
			h.next(t)
		case tc.sent, e == nil, e.Send == nil, e.Send.Kind != takeover.SendOptedOut, strings.Contains(fmt.Sprint(err, e.Send.Detail), string(to.To[1:])):
			t.Errorf("after %q: %v", tc.text, err)
		}
	}
}
