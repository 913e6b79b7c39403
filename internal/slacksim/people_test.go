package slacksim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestEveryRequestIsSigned(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.bot.answer(func(_ http.ResponseWriter, q *http.Request, body string) {
		mac := hmac.New(sha256.New, []byte(testSecret))
		_, _ = io.WriteString(mac, "v0:"+q.Header.Get("X-Slack-Request-Timestamp")+":"+body)
		if want := "v0=" + hex.EncodeToString(mac.Sum(nil)); q.Header.Get("X-Slack-Signature") != want {
			t.Errorf("%s: signature %s, want %s", q.URL.Path, q.Header.Get("X-Slack-Signature"), want)
		}
	})
	ts := r.post(m{"blocks": l{actions(button("a", "Go", "v"))}})
	mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", "héllo & co"))
	mustOK(t, r.Click(t.Context(), Dana, Ref{Channel: DeskChannel, TS: ts}, "a"))
	mustOK(t, r.OpenHome(t.Context(), Dana))
	if r.bot.count() != 3 {
		t.Errorf("%d requests", r.bot.count())
	}
}

func TestPathsAndTheCommonPath(t *testing.T) {
	t.Parallel()
	for common, want := range map[string][]string{
		"": {"/slack/commands", "/slack/interactions", "/slack/events"}, "/slack": {"/slack", "/slack", "/slack"},
	} {
		r := newRig(t, func(o *Options) { o.CommonPath = common })
		var got []string
		r.bot.answer(func(_ http.ResponseWriter, q *http.Request, _ string) { got = append(got, q.URL.Path) })
		mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
		mustOK(t, r.Shortcut(t.Context(), Dana, "find"))
		mustOK(t, r.OpenHome(t.Context(), Dana))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("common %q: %v", common, got)
		}
	}
}

func TestSlashCommandForm(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	cases := []struct {
		typing      Typing
		typed, want string
	}{
		{Typing{}, "@omar take 3 & <b> #on-call https://e.com/?a=1&b=2", "<@U0OMAR> take 3 &amp; &lt;b&gt; <#C0DESK|on-call> <https://e.com/?a=1&amp;b=2>"},
		{Typing{}, "@nobody #nowhere", "@nobody #nowhere"},
		{Typing{}, "+1 (415) 555-0137", "+1 (415) 555-0137"},
		{Typing{Plain: true}, "@omar <b>", "@omar <b>"},
		{Typing{Phones: true}, "find +1 (415) 555-0137 now", "find <tel:+14155550137|+1 (415) 555-0137> now"},
		{Typing{Phones: true}, "a@b.example", "<mailto:a@b.example|a@b.example>"},
		{Typing{}, "<!channel> <@U0DANA>", "&lt;!channel&gt; &lt;@U0DANA&gt;"},
	}
	for _, c := range cases {
		r.SetTyping(c.typing)
		mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", c.typed))
		_, body := r.bot.last()
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		if form.Get("text") != c.want {
			t.Errorf("%q arrived as %q, want %q", c.typed, form.Get("text"), c.want)
		}
		if form.Get("command") != "/takeover" || form.Get("user_id") != Dana || form.Get("channel_id") != DeskChannel || form.Get("team_id") != TeamID {
			t.Errorf("form %v", form)
		}
	}
}

func TestAnswersInTheAckOfACommand(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, contentType, body string
		private, channel        int
		violation               string
	}{
		{"empty", "", "", 0, 0, ""},
		{"text", "text/plain", "only you", 1, 0, ""},
		{"json", "application/json", `{"response_type":"ephemeral","text":"only you"}`, 1, 0, ""},
		{"in channel", "application/json", `{"response_type":"in_channel","text":"all"}`, 0, 2, ""},
		{"broken json", "application/json", `{`, 0, 0, "JSON"},
		{"bad blocks", "application/json", `{"text":"x","blocks":[{"type":"x"}]}`, 0, 0, "invalid_blocks"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.bot.answer(func(w http.ResponseWriter, _ *http.Request, _ string) {
				w.Header().Set("Content-Type", c.contentType)
				_, _ = io.WriteString(w, c.body)
			})
			d := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
			if len(r.Private(Dana)) != c.private || (d.Private != nil) != (c.private == 1) || len(r.Messages(DeskChannel)) != c.channel {
				t.Errorf("private %v, channel %v, delivery %v", r.Private(Dana), r.Messages(DeskChannel), d.Private)
			}
			if c.violation == "" {
				r.clean()
			} else {
				r.violated(c.violation)
			}
		})
	}
}

func TestClickingWhatIsThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	sel := m{"type": "static_select", "action_id": "sel", "options": l{opt("a"), opt("b")}}
	over := m{"type": "overflow", "action_id": "more", "options": l{opt("log")}}
	ts := r.post(m{"blocks": l{
		m{"type": "section", "text": mrk("x"), "accessory": button("line.open", "Open", "L9")},
		actions(button("line.take", "Take over", "L1"), over, sel, m{"type": "users_select", "action_id": "who"},
			m{"type": "checkboxes", "action_id": "chk", "options": l{opt("a"), opt("b")}}),
		with(actions(button("line.take", "Take over", "L2")), "block_id", "act2"),
	}})
	at := Ref{Channel: DeskChannel, TS: ts}
	cases := []struct {
		action string
		pick   Pick
		key    string // of the action in the payload
		want   any
	}{
		{"line.take", Pick{}, "value", "L1"},
		{"line.take", Pick{Value: "L2"}, "value", "L2"},
		{"line.take", Pick{BlockID: "act2"}, "value", "L2"},
		{"line.open", Pick{}, "value", "L9"},
		{"more", Pick{Value: "log"}, "selected_option", "log"},
		{"sel", Pick{Value: "b"}, "selected_option", "b"},
		{"who", Pick{Value: Omar}, "selected_user", Omar},
		{"chk", Pick{Value: "a,b"}, "selected_options", 2},
	}
	for _, c := range cases {
		d := mustOK(t, r.Click(t.Context(), Dana, at, c.action, c.pick))
		p := r.bot.payload(t)
		a := p["actions"].(l)[0].(m)
		got := a[c.key]
		switch v := got.(type) {
		case m:
			got = v["value"]
		case l:
			got = len(v)
		}
		if got != c.want || a["action_id"] != c.action || a["action_ts"] == "" {
			t.Errorf("%s %+v: %v", c.action, c.pick, a)
		}
		if p["trigger_id"] != d.TriggerID || p["response_url"] != d.ResponseURL || !strings.HasPrefix(d.ResponseURL, r.base+"/response/actions/") {
			t.Errorf("ids: %v %v", p["trigger_id"], p["response_url"])
		}
		box := p["container"].(m)
		if box["type"] != "message" || box["message_ts"] != ts || box["is_ephemeral"] != false || p["message"].(m)["ts"] != ts {
			t.Errorf("container %v", box)
		}
	}
	state := r.bot.payload(t)["state"].(m)["values"].(m)["act"].(m)
	if state["sel"].(m)["selected_option"].(m)["value"] != "b" || state["who"].(m)["selected_user"] != Omar {
		t.Errorf("what was selected before is forgotten: %v", state)
	}
	r.clean()
}

func TestClickingWhatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(m{"blocks": l{actions(button("a", "Go", "v"), m{"type": "overflow", "action_id": "o", "options": l{opt("x")}}),
		m{"type": "input", "label": plain("L"), "element": m{"type": "plain_text_input", "action_id": "in"}}}})
	eph := r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": Dana, "text": "q", "blocks": l{actions(button("a", "Go", "v"))}}).str("message_ts")
	r.AddUser(User{ID: "U0FAR", Name: "far", TeamID: OtherTeamID})
	at := Ref{Channel: DeskChannel, TS: ts}
	for name, d := range map[string]Delivery{
		"absent button":       r.Click(t.Context(), Dana, at, "b"),
		"other value":         r.Click(t.Context(), Dana, at, "a", Pick{Value: "w"}),
		"other block":         r.Click(t.Context(), Dana, at, "a", Pick{BlockID: "zzz"}),
		"absent option":       r.Click(t.Context(), Dana, at, "o", Pick{Value: "y"}),
		"input":               r.Click(t.Context(), Dana, at, "in", Pick{Value: "y"}),
		"absent message":      r.Click(t.Context(), Dana, Ref{Channel: DeskChannel, TS: "1.000001"}, "a"),
		"someone's ephemeral": r.Click(t.Context(), Omar, Ref{Channel: DeskChannel, TS: eph}, "a"),
		"no such person":      r.Click(t.Context(), "U0NONE", at, "a"),
		"not in the channel":  r.Click(t.Context(), "U0FAR", at, "a"),
		"no such view":        r.Click(t.Context(), Dana, Ref{View: "V1"}, "a"),
	} {
		if !errors.Is(d.Err, ErrNotThere) || d.Problem == "" || d.OK() {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if r.bot.count() != 0 {
		t.Errorf("%d requests were sent", r.bot.count())
	}
	old := r.Messages(DeskChannel)[0]
	r.call("chat.update", m{"channel": DeskChannel, "ts": ts, "text": "done"})
	if d := r.Click(t.Context(), Dana, at, "a"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("the button is gone, but %+v", d)
	}
	if d := r.ClickShown(t.Context(), Dana, at, "a", Pick{Value: "w"}); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("no client ever showed the button, but %+v", d)
	}
	mustOK(t, r.ClickShown(t.Context(), Dana, at, "a"))
	if p := r.bot.payload(t); p["actions"].(l)[0].(m)["value"] != "v" {
		t.Errorf("a click on what a client still shows: %v", p)
	}
	mustOK(t, r.ClickStale(t.Context(), Dana, old, "a"))
	if p := r.bot.payload(t); p["message"].(m)["text"] != "card" || p["actions"].(l)[0].(m)["value"] != "v" {
		t.Errorf("stale click: %v", p)
	}
}

func TestClicksOfOutsidersAndOnEphemerals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	blocks := l{actions(button("a", "Go", "v"))}
	ts := r.post(m{"blocks": blocks})
	mustOK(t, r.Click(t.Context(), Outside, Ref{Channel: DeskChannel, TS: ts}, "a"))
	if p := r.bot.payload(t); p["user"].(m)["team_id"] != OtherTeamID || p["team"].(m)["id"] != OtherTeamID {
		t.Errorf("outsider: %v in %v", p["user"], p["team"])
	}
	r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": Dana, "text": "q", "blocks": blocks})
	mustOK(t, r.Click(t.Context(), Dana, r.Private(Dana)[0].Ref(), "a"))
	if p := r.bot.payload(t); p["container"].(m)["is_ephemeral"] != true || p["message"] != nil {
		t.Errorf("ephemeral: %v %v", p["container"], p["message"])
	}
}

// openModal opens a modal for Dana and returns its id.
func (r *rig) openModal(blocks l, more ...m) string {
	r.t.Helper()
	d := mustOK(r.t, r.SlashCommand(r.t.Context(), Dana, DeskChannel, "/x", ""))
	view := m{"type": "modal", "title": plain("T"), "submit": plain("S"), "callback_id": "cb", "private_metadata": "L1", "blocks": blocks}
	for _, x := range more {
		for k, v := range x {
			view[k] = v
		}
	}
	out := r.call("views.open", m{"trigger_id": d.TriggerID, "view": view})
	if out["ok"] != true {
		r.t.Fatalf("views.open: %v", out)
	}
	return out["view"].(m)["id"].(string)
}

func noteBlock() m {
	return m{"type": "input", "block_id": "note", "label": plain("Note"), "element": m{"type": "plain_text_input", "action_id": "in", "max_length": 10}}
}

func TestSubmitting(t *testing.T) {
	t.Parallel()
	who := m{"type": "input", "block_id": "who", "label": plain("Who"), "optional": true, "element": m{"type": "users_select", "action_id": "sel"}}
	cases := []struct {
		name   string
		values map[string]string
		want   error
	}{
		{"complete", map[string]string{"note": "done", "who": Omar}, nil},
		{"optional left out", map[string]string{"note": "done"}, nil},
		{"required left out", map[string]string{"who": Omar}, ErrInvalid},
		{"required empty", map[string]string{"note": ""}, ErrInvalid},
		{"too long", map[string]string{"note": "12345678901"}, ErrInvalid},
		{"no such person", map[string]string{"note": "x", "who": "U0NONE"}, ErrInvalid},
		{"no such block", map[string]string{"note": "x", "extra": "y"}, ErrNotThere},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			id := r.openModal(l{noteBlock(), who})
			d := r.Submit(t.Context(), Dana, id, c.values)
			if !errors.Is(d.Err, c.want) {
				t.Fatalf("got %v", d.Err)
			}
			if open := r.View(Dana); (open == nil) != (c.want == nil) || errors.Is(c.want, ErrInvalid) && len(open.Errors) == 0 {
				t.Errorf("view afterwards: %+v", open)
			}
			if c.want != nil {
				return
			}
			v := r.bot.payload(t)["view"].(m)
			values := v["state"].(m)["values"].(m)
			if values["note"].(m)["in"].(m)["value"] != "done" || v["private_metadata"] != "L1" || v["callback_id"] != "cb" {
				t.Errorf("payload: %v", v)
			}
			if got := values["who"].(m)["sel"].(m)["selected_user"]; c.values["who"] == "" && got != nil || c.values["who"] != "" && got != Omar {
				t.Errorf("who: %v", got)
			}
			r.clean()
		})
	}
}

func TestResponseActions(t *testing.T) {
	t.Parallel()
	next := string(encode(m{"type": "modal", "title": plain("Next"), "blocks": l{}}))
	cases := []struct {
		name, contentType, body string
		depth                   int
		title, errorAt          string
		violation               string
	}{
		{"empty closes", "", "", 0, "", "", ""},
		{"errors", "application/json", `{"response_action":"errors","errors":{"note":"no"}}`, 1, "T", "note", ""},
		{"errors on another block", "application/json", `{"response_action":"errors","errors":{"text":"no"}}`, 1, "T", "", "not an input block"},
		{"update", "application/json", `{"response_action":"update","view":` + next + `}`, 1, "Next", "", ""},
		{"push", "application/json", `{"response_action":"push","view":` + next + `}`, 2, "Next", "", ""},
		{"clear", "application/json; charset=utf-8", `{"response_action":"clear"}`, 0, "", "", ""},
		{"a body that is not JSON", "text/plain", "ok", 1, "T", "", "not JSON"},
		{"unknown", "application/json", `{"response_action":"dance"}`, 1, "T", "", "dance"},
		{"bad view", "application/json", `{"response_action":"update","view":{"type":"modal"}}`, 1, "T", "", "invalid_arguments"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			id := r.openModal(l{noteBlock(), m{"type": "section", "block_id": "text", "text": plain("x")}})
			r.bot.answer(func(w http.ResponseWriter, _ *http.Request, _ string) {
				w.Header().Set("Content-Type", c.contentType)
				_, _ = io.WriteString(w, c.body)
			})
			mustOK(t, r.Submit(t.Context(), Dana, id, map[string]string{"note": "x"}))
			snap := r.Snapshot(Dana, nil)
			if snap.Depth != c.depth || c.depth > 0 && textOf(decoded(t, snap.View.Title)) != c.title {
				t.Errorf("depth %d, view %+v", snap.Depth, snap.View)
			}
			if c.errorAt != "" && snap.View.Errors[c.errorAt] == "" {
				t.Errorf("errors %v", snap.View.Errors)
			}
			if c.violation == "" {
				r.clean()
			} else {
				r.violated(c.violation)
			}
		})
	}
}

func decoded(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStackHashAndClosing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	view := m{"type": "modal", "title": plain("P"), "blocks": l{actions(button("push", "Push", ""))}, "notify_on_close": true}
	first := r.openModal(l{actions(button("push", "Push", ""))})
	for i, want := range []string{"", "", "push_limit_reached"} {
		d := mustOK(t, r.Click(t.Context(), Dana, Ref{View: r.View(Dana).ID}, "push"))
		if out := r.call("views.push", m{"trigger_id": d.TriggerID, "view": view}); out.err() != want {
			t.Fatalf("push %d: %v, want %q", i, out, want)
		}
	}
	top := r.View(Dana)
	if top.RootViewID != first || top.PreviousViewID == "" {
		t.Errorf("top: %+v", top)
	}
	for name, c := range map[string]struct {
		args m
		want string
	}{
		"stale hash": {m{"view_id": top.ID, "hash": "1.old", "view": view}, "hash_conflict"},
		"no view":    {m{"view_id": "V1", "view": view}, "not_found"},
		"bad view":   {m{"view_id": top.ID, "view": m{"type": "modal"}}, "invalid_arguments"},
		"right hash": {m{"view_id": top.ID, "hash": top.Hash, "view": view}, ""},
	} {
		if out := r.call("views.update", c.args); out.err() != c.want {
			t.Errorf("%s: %v", name, out)
		}
	}
	if d := r.Submit(t.Context(), Dana, first, nil); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("a modal under another was submitted: %+v", d)
	}
	mustOK(t, r.CloseView(t.Context(), Dana, false))
	if p := r.bot.payload(t); p["type"] != "view_closed" || p["is_cleared"] != false || r.Snapshot(Dana, nil).Depth != 2 {
		t.Errorf("closing one: %v", p)
	}
	mustOK(t, r.CloseView(t.Context(), Dana, true))
	if p := r.bot.payload(t); p["is_cleared"] != true || r.View(Dana) != nil {
		t.Errorf("closing all: %v", p)
	}
	if d := r.CloseView(t.Context(), Dana, true); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("closing nothing: %+v", d)
	}
	r.openModal(l{})
	if d := r.CloseView(t.Context(), Dana, false); d.Status != 0 || d.Err != nil {
		t.Errorf("a view that does not ask is not told: %+v", d)
	}
}

func TestUpdatingAModalKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	pick := m{"type": "actions", "block_id": "p", "elements": l{m{"type": "static_select", "action_id": "s", "options": l{opt("a"), opt("b")}}}}
	id := r.openModal(l{pick})
	mustOK(t, r.Click(t.Context(), Dana, Ref{View: id}, "s", Pick{Value: "b"}))
	out := r.call("views.update", m{"view_id": id, "view": m{"type": "modal", "title": plain("T"), "blocks": l{pick, m{"type": "divider"}}}})
	if out["view"].(m)["state"].(m)["values"].(m)["p"].(m)["s"].(m)["selected_option"].(m)["value"] != "b" {
		t.Errorf("after the update: %v", out)
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	home := m{"type": "home", "blocks": l{m{"type": "section", "text": mrk("*waiting*"), "accessory": button("a", "Go", "v")}}}
	mustOK(t, r.OpenHome(t.Context(), Dana))
	out := r.call("views.publish", m{"user_id": Dana, "view": home})
	hash := out["view"].(m)["hash"]
	for name, c := range map[string]struct {
		args m
		want string
	}{
		"again":      {m{"user_id": Dana, "view": home, "hash": hash}, ""},
		"stale hash": {m{"user_id": Dana, "view": home, "hash": "1.x"}, "hash_conflict"},
		"nobody":     {m{"user_id": "U0NONE", "view": home}, "invalid_arguments"},
		"a modal":    {m{"user_id": Dana, "view": m{"type": "modal", "title": plain("T"), "blocks": l{}}}, "invalid_arguments"},
	} {
		if out := r.call("views.publish", c.args); out.err() != c.want {
			t.Errorf("%s: %v", name, out)
		}
	}
	mustOK(t, r.Click(t.Context(), Dana, r.Home(Dana).Ref(), "a"))
	if p := r.bot.payload(t); p["container"].(m)["type"] != "view" || p["view"].(m)["type"] != "home" || p["response_url"] != nil {
		t.Errorf("click on Home: %v", p)
	}
	if plain := r.Snapshot(Dana, nil).Home.Plain; plain != "waiting\n[Go]" {
		t.Errorf("Home reads %q", plain)
	}
}

func TestShortcuts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mustOK(t, r.Shortcut(t.Context(), Dana, "open"))
	if p := r.bot.payload(t); p["type"] != "shortcut" || p["callback_id"] != "open" || p["channel"] != nil || p["response_url"] != nil {
		t.Errorf("global: %v", p)
	}
	said, d := r.Say(t.Context(), Dana, DeskChannel, "", "call +14155550137")
	mustOK(t, d)
	mustOK(t, r.MessageShortcut(t.Context(), Omar, DeskChannel, said.TS, "find_number"))
	if p := r.bot.payload(t); p["type"] != "message_action" || p["message"].(m)["text"] != "call +14155550137" || p["response_url"] == nil {
		t.Errorf("message: %v", p)
	}
	if d := r.MessageShortcut(t.Context(), Omar, DeskChannel, "1.000001", "find_number"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("absent message: %+v", d)
	}
}
