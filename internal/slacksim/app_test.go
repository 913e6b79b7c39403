package slacksim

import (
	"errors"
	"testing"
)

func TestOnlyWhatTheManifestDeclaresIsThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	card := r.post(nil)
	uses := map[string]func() Delivery{
		"command": func() Delivery { return r.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", "") },
		"global":  func() Delivery { return r.Shortcut(t.Context(), Dana, "find") },
		"message": func() Delivery { return r.MessageShortcut(t.Context(), Dana, DeskChannel, card, "find_number") },
	}
	all := App{Commands: []string{"/takeover"}, GlobalShortcuts: []string{"find"}, MessageShortcuts: []string{"find_number"}}
	for name, c := range map[string]struct {
		app   *App
		there []string
	}{
		"no manifest": {nil, []string{"command", "global", "message"}},
		"nothing":     {&App{}, nil},
		"other names": {&App{Commands: []string{"/x"}, GlobalShortcuts: []string{"find_number"}, MessageShortcuts: []string{"find"}}, nil},
		"all":         {&all, []string{"command", "global", "message"}},
		"one":         {&App{MessageShortcuts: []string{"find_number"}}, []string{"message"}},
	} {
		if c.app != nil {
			r.InstallApp(*c.app)
		} else {
			r.mu.Lock()
			r.app = nil
			r.mu.Unlock()
		}
		for use, do := range uses {
			want := false
			for _, there := range c.there {
				want = want || use == there
			}
			if d := do(); d.OK() != want || !want && !errors.Is(d.Err, ErrNotThere) {
				t.Errorf("%s: %s: %+v", name, use, d)
			}
		}
	}
	r.InstallApp(all)
	r.WithdrawScopes("commands")
	for use, do := range uses {
		if d := do(); !errors.Is(d.Err, ErrNotThere) {
			t.Errorf("without the scope: %s: %+v", use, d)
		}
	}
}

func TestMessageEventsAreSubscribedByKind(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddChannel(Channel{ID: "G0DESK", Name: "secret", Private: true, Members: []string{BotUserID, Dana}})
	r.GrantScopes("im:history")
	places := map[string]string{"message.channels": DeskChannel, "message.groups": "G0DESK", "message.im": r.DirectChannel(Dana)}
	for event := range places {
		r.InstallApp(App{MessagesTab: true, BotEvents: []string{event}})
		for kind, channel := range places {
			said, d := r.Say(t.Context(), Dana, channel, "", "hello")
			if d.Err != nil || d.OK() != (kind == event) {
				t.Errorf("subscribed to %s: said in %s: %+v", event, channel, d)
			}
			if d := r.Edit(t.Context(), Dana, channel, said.TS, "hi"); d.Err != nil || d.OK() != (kind == event) {
				t.Errorf("subscribed to %s: edited in %s: %+v", event, channel, d)
			}
			if d := r.Delete(t.Context(), Dana, channel, said.TS); d.Err != nil || d.OK() != (kind == event) {
				t.Errorf("subscribed to %s: deleted in %s: %+v", event, channel, d)
			}
		}
	}
}

func TestAMessageShortcutInAThread(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	card := r.post(nil)
	said, d := r.Say(t.Context(), Omar, DeskChannel, card, "call +1 (415) 555-0137 <now>")
	mustOK(t, d)
	d = mustOK(t, r.MessageShortcut(t.Context(), Dana, DeskChannel, said.TS, "find_number"))
	p := r.bot.payload(t)
	message := p["message"].(m)
	if message["thread_ts"] != card || message["user"] != Omar || message["text"] != "call +1 (415) 555-0137 &lt;now&gt;" ||
		p["message_ts"] != said.TS || p["channel"].(m)["id"] != DeskChannel || d.TriggerID == "" || d.ResponseURL == "" {
		t.Errorf("payload %v", p)
	}
	if d := r.MessageShortcut(t.Context(), Guest, OtherChannel, said.TS, "find_number"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("a guest, elsewhere: %+v", d)
	}
	out, resp := r.do(d.ResponseURL[len(r.base):], "application/json", "", `{"text":"found"}`)
	if resp.StatusCode != 200 || len(r.Private(Dana)) != 1 {
		t.Errorf("response URL: %v", out)
	}
	mustOK(t, r.Delete(t.Context(), Omar, DeskChannel, said.TS))
	if d := r.MessageShortcut(t.Context(), Dana, DeskChannel, said.TS, "find_number"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("on what was deleted: %+v", d)
	}
}

func TestAPersonWhoBecomesAGuest(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	guest := User{ID: Dana, Name: "dana", IsRestricted: true}
	r.AddUser(guest)
	r.InstallApp(App{BotEvents: []string{"user_change"}})
	r.AddUser(User{ID: "U0NEW", Name: "new"}) // who comes is no change
	guest.Deleted = true
	r.AddUser(guest)
	r.waitFor("the event", func(*Snapshot) bool { return len(r.Deliveries()) == 1 })
	if _, e := r.bot.event(t); e["type"] != "user_change" || e["user"].(m)["id"] != Dana || e["user"].(m)["deleted"] != true {
		t.Errorf("event %v", e)
	}
}
