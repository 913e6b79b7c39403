package listen_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/slackbot/listen"
)

// newCancelled is a context of a sender that hung up.
func newCancelled(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
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
		[]byte("ssl_check=1"), []byte("ssl_check=1&token=x"), []byte("ssl_check=1&token=x&token=y"), []byte("null"), []byte("[]"), []byte(" {"), {0xff, 0xfe},
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b, h := desktest.Offline()
		a, err := b.Dispatch(t.Context(), body)
		if err != nil && !errors.Is(err, listen.ErrUnreadable) {
			t.Fatalf("%v, want nothing but ErrUnreadable", err)
		}
		if err != nil && len(h.Commands) > 0 {
			t.Error("stored and refused")
		}
		box := listen.IsModal(a.Kind)
		if strings.HasPrefix(a.ContentType, "application/json") && !box {
			desktest.CheckPrivate(t, a)
		}
		for _, c := range h.Commands {
			if c.Key == "" || c.Verb == "" || c.By == "" || c.After < 0 {
				t.Errorf("stored %+v", c)
			}
		}
	})
}
