package slackbot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// newCancelled is a context of a sender that hung up.
func newCancelled(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

// offline is a bot whose Slack is never reached: who people are is known already.
func offline() (*bot, *house) {
	h := newHouse(slacktest.LineIn(takeover.StateHeld))
	b := newBot(Config{Token: slacktest.Token, SigningSecret: "s", APIURL: "http://127.0.0.1:1/", Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}, Region: "US", Providers: []string{"Telnyx"}},
		Deps{Inbox: h, Service: h, Store: both{h, slacktest.NewPosts()}, HTTP: &http.Client{Transport: slacktest.Transport(func(r *http.Request) *http.Response {
			if strings.HasSuffix(r.URL.Path, "auth.test") {
				return slacktest.Response(http.StatusOK, nil, `{"ok":true,"team_id":"`+slacksim.TeamID+`","url":"https://demo.slack.com/"}`)
			}
			return slacktest.Response(http.StatusOK, nil, `{"ok":false,"error":"missing_scope"}`)
		})}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: func(task func()) { task() }, Pacer: slackapi.Unpaced()})
	b.Listener.people.Link(context.Background(), "C1", "1.1") // the bot knows itself
	return b, h
}

func FuzzDispatch(f *testing.F) {
	for _, seed := range [][]byte{
		slashBody(slacksim.Dana, "+14155550137"), slashBody(slacksim.Dana, "mine"), slashBody(slacksim.Dana, "log +14155550137"),
		pressed{action: "line.take", value: "ln_kq3v5n2m", trigger: "1"}.body(), pressed{action: "line.handback", value: "ln_kq3v5n2m"}.body(),
		pressed{action: "line.menu", option: "line.handback ln_kq3v5n2m"}.body(), pressed{action: "search.more", value: "1.5"}.body(),
		payloadBody(submitted("a", "ln_1 C1", "")), payloadBody(`{"type":"view_closed","user":{"id":"U1"}}`), payloadBody("null"),
		[]byte(`{"type":"url_verification","challenge":"x"}`), []byte(`{"type":"event_callback","event":{"type":"message"}}`),
		[]byte(`{"type":"event_callback","event":{"type":"app_home_opened","user":"U0DANA","tab":"home"}}`),
		payloadBody(`{"type":"message_action","callback_id":"find_number","user":{"id":"U0DANA"},"message":{"text":"415 555 0137, 415 555 0199"}}`),
		pressed{action: "number.find", value: "1"}.body(), pressed{action: "home.page", value: "-1"}.body(), slashBody(slacksim.Dana, "handoff 0137 <@U0OMAR> x"),
		[]byte("ssl_check=1"), []byte("null"), []byte("[]"), []byte(" {"), {0xff, 0xfe},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b, h := offline()
		a, err := b.Dispatch(t.Context(), body)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Fatalf("%v, want nothing but ErrUnreadable", err)
		}
		if err != nil && len(h.commands) > 0 {
			t.Error("stored and refused")
		}
		_, box := modals()[a.Kind]
		if strings.HasPrefix(a.ContentType, "application/json") && !box {
			checkPrivate(t, a)
		}
		for _, c := range h.commands {
			if c.Key == "" || c.Verb == "" || c.By == "" || c.After < 0 {
				t.Errorf("stored %+v", c)
			}
		}
	})
}

func FuzzBlockIDs(f *testing.F) {
	f.Add("conv:0:c0ffee", "k1", "c0ffee", 3)
	f.Add("before:k1:c0ffee", "", "", 0)
	f.Add("before:", "a", "b:c", -1)
	f.Fuzz(func(t *testing.T, any, key, conv string, n int) {
		ids.ConversationIn(any)
		ids.ParseMenuValue(any)
		if got := ids.ConversationIn(ids.ConversationBlock(n, takeover.ConversationID(conv))); string(got) != conv {
			t.Errorf("conversation %q came back as %q", conv, got)
		}
		if strings.Contains(key, ":") {
			return // keys of messages have none
		}
		gotKey, gotConv := ids.ParseBeforeBlock(ids.BeforeBlock(key, takeover.ConversationID(conv)))
		if gotKey != key || string(gotConv) != conv {
			t.Errorf("%q and %q came back as %q and %q", key, conv, gotKey, gotConv)
		}
	})
}

func FuzzMoreValue(f *testing.F) {
	for _, seed := range []string{"12.5", "0.0", "-1.5", "1.-5", "1.", ".5", "1.5.6", "9223372036854775807.5", "99999999999999999999.1", "+1.+5", " 1.5", "１.５"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		search, after, ok := ids.ParseMore(value)
		if !ok {
			return
		}
		if after < 0 {
			t.Errorf("%q goes on at %d", value, after)
		}
		if s, a, ok := ids.ParseMore(ids.More(search, after)); !ok || s != search || a != after {
			t.Errorf("%q: %d and %d came back as %d and %d", value, search, after, s, a)
		}
	})
}
