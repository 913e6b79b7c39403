package slacksim

import (
	"errors"
	"testing"
)

func TestOpeningADirectMessage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddUser(User{ID: "U0GONE", Name: "gone", Deleted: true})
	for _, c := range []struct {
		name string
		args m
		want string
	}{
		{"only if it is there", m{"users": Dana, "prevent_creation": true}, "channel_not_found"},
		{"first", m{"users": Dana}, ""},
		{"by channel", m{"channel": directID(Dana)}, ""},
		{"another's channel", m{"channel": directID(Omar)}, "channel_not_found"},
		{"a public channel", m{"channel": DeskChannel}, "method_not_supported_for_channel_type"},
		{"no one", m{}, "users_list_not_supplied"},
		{"unknown", m{"users": "U0NONE"}, "user_not_found"},
		{"deactivated", m{"users": "U0GONE"}, "user_disabled"},
		{"a bot", m{"users": BotUserID}, "cannot_dm_bot"},
		{"two", m{"users": Dana + "," + Omar}, "invalid_arguments"},
	} {
		if out := r.call("conversations.open", c.args); out.err() != c.want {
			t.Errorf("%s: %v, want %q", c.name, out, c.want)
		}
	}
	if out := r.call("conversations.open", m{"users": Dana}); out["already_open"] != true {
		t.Errorf("again: %v", out)
	}
	r.WithdrawScopes("im:write")
	if out := r.call("conversations.open", m{"users": Dana}); out.err() != "missing_scope" || out.str("needed") != "im:write" {
		t.Errorf("without the scope: %v", out)
	}
	r.GrantScopes("im:write", "im:write")
	if out := r.call("conversations.open", m{"users": Dana}); out["ok"] != true {
		t.Errorf("with the scope again: %v", out)
	}
}

func TestADirectMessageWithButtons(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if len(r.DirectMessages(Dana)) != 0 {
		t.Fatal("a message from nowhere")
	}
	ts := r.post(m{"channel": Dana, "text": "Omar passes you a line", "blocks": l{actions(button("accept", "Accept", "H1"))}})
	all := r.DirectMessages(Dana)
	if len(all) != 1 || all[0].TS != ts || all[0].Channel != r.DirectChannel(Dana) || len(r.DirectMessages(Omar)) != 0 {
		t.Fatalf("messages %+v", all)
	}
	if d := r.Click(t.Context(), Omar, all[0].Ref(), "accept"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("Omar clicked in Dana's messages: %+v", d)
	}
	d := mustOK(t, r.Click(t.Context(), Dana, all[0].Ref(), "accept"))
	p := r.bot.payload(t)
	channel, container := p["channel"].(m), p["container"].(m)
	if channel["id"] != directID(Dana) || channel["name"] != "directmessage" || container["channel_id"] != directID(Dana) ||
		container["message_ts"] != ts || container["is_ephemeral"] != false || d.ResponseURL == "" {
		t.Errorf("payload %v", p)
	}
	modal := m{"type": "modal", "title": plain("Accept"), "blocks": l{m{"type": "divider"}}}
	if out := r.call("views.open", m{"trigger_id": d.TriggerID, "view": modal}); out["ok"] != true || r.View(Dana) == nil {
		t.Errorf("modal: %v", out)
	}
	for channel, want := range map[string]string{Dana: "channel_not_found", directID(Dana): ""} {
		if out := r.call("chat.update", m{"channel": channel, "ts": ts, "text": "Accepted"}); out.err() != want {
			t.Errorf("update of %s: %v", channel, out)
		}
	}
	if all := r.DirectMessages(Dana); all[0].Text != "Accepted" || all[0].Blocks != nil {
		t.Errorf("after the update: %+v", all)
	}
	r.clean()
}

func TestAnsweringTheBotInPrivate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	at := r.DirectChannel(Dana)
	r.WithdrawScopes("im:history")
	if _, d := r.Say(t.Context(), Dana, at, "", "hello"); d.Err != nil || d.Status != 0 {
		t.Errorf("without im:history: %+v", d)
	}
	r.GrantScopes("im:history")
	_, d := r.Say(t.Context(), Dana, at, "", "hello")
	mustOK(t, d)
	if _, e := r.bot.event(t); e["channel_type"] != "im" || e["channel"] != at {
		t.Errorf("event %v", e)
	}
	if _, d := r.Say(t.Context(), Omar, at, "", "hello"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("Omar wrote to Dana's bot: %+v", d)
	}
	for _, nobody := range []string{"U0NONE", BotUserID} {
		if id := r.DirectChannel(nobody); id != "" {
			t.Errorf("%s has direct messages: %s", nobody, id)
		}
	}
}

func TestTheMessagesTab(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	at := r.DirectChannel(Dana)
	post := m{"channel": Dana, "text": "x", "unfurl_links": false, "unfurl_media": false}
	for _, c := range []struct {
		app         App
		posts, says bool
	}{{App{}, false, false}, {App{MessagesTab: true, MessagesReadOnly: true}, true, false}, {App{MessagesTab: true}, true, true}} {
		r.InstallApp(c.app)
		for _, to := range []string{Dana, at} {
			want := map[bool]string{false: "messages_tab_disabled"}[c.posts]
			if out := r.call("chat.postMessage", with(post, "channel", to)); out.err() != want {
				t.Errorf("%+v: posted to %s: %v", c.app, to, out)
			}
		}
		if _, d := r.Say(t.Context(), Dana, at, "", "hi"); errors.Is(d.Err, ErrNotThere) == c.says {
			t.Errorf("%+v: said: %+v", c.app, d)
		}
	}
	if out := r.call("chat.postMessage", with(post, "channel", BotUserID)); out.err() != "cannot_dm_bot" {
		t.Errorf("to itself: %v", out)
	}
}
