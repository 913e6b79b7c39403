package slacksim

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func homeView(blocks ...any) m { return m{"type": "home", "blocks": append(l{}, blocks...)} }

func dividers(n int) []any {
	blocks := make([]any, n)
	for i := range blocks {
		blocks[i] = m{"type": "divider"}
	}
	return blocks
}

func TestWhatCannotBePublished(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddUser(User{ID: "U0GONE", Name: "gone", Deleted: true})
	taken := homeView()
	taken["external_id"] = "one"
	if out := r.call("views.publish", m{"user_id": Omar, "view": taken}); out["ok"] != true {
		t.Fatal(out)
	}
	for name, c := range map[string]struct {
		args m
		want string
	}{
		"100 blocks":         {m{"user_id": Dana, "view": homeView(dividers(100)...)}, ""},
		"101 blocks":         {m{"user_id": Dana, "view": homeView(dividers(101)...)}, "invalid_arguments"},
		"250 kB":             {m{"user_id": Dana, "view": m{"type": "home", "blocks": l{}, "private_metadata": strings.Repeat("x", 250_001)}}, "view_too_large"},
		"a title":            {m{"user_id": Dana, "view": m{"type": "home", "title": plain("T"), "blocks": l{}}}, "invalid_arguments"},
		"the same id":        {m{"user_id": Dana, "view": taken}, "duplicate_external_id"},
		"the same id, again": {m{"user_id": Omar, "view": taken}, ""},
		"a hash of nothing":  {m{"user_id": Lena, "view": homeView(), "hash": "1.h"}, "hash_conflict"},
		"gone":               {m{"user_id": "U0GONE", "view": homeView()}, "invalid_arguments"},
		"an outsider":        {m{"user_id": Outside, "view": homeView()}, "invalid_arguments"},
		"the bot":            {m{"user_id": BotUserID, "view": homeView()}, "invalid_arguments"},
		"nobody":             {m{"view": homeView()}, "invalid_arguments"},
	} {
		if out := r.call("views.publish", c.args); out.err() != c.want {
			t.Errorf("%s: %v, want %q", name, out["error"], c.want)
		}
	}
	r.InstallApp(App{MessagesTab: true})
	if out := r.call("views.publish", m{"user_id": Dana, "view": homeView()}); out.err() != "not_enabled" {
		t.Errorf("without the tab: %v", out)
	}
	if d := r.OpenHome(t.Context(), Dana); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("a tab that is not there was opened: %+v", d)
	}
}

func TestOpeningTheTabs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	mustOK(t, r.OpenHome(t.Context(), Dana))
	_, e := r.bot.event(t)
	if e["type"] != "app_home_opened" || e["tab"] != "home" || e["user"] != Dana || e["channel"] != r.DirectChannel(Dana) || e["view"] != nil {
		t.Errorf("first time: %v", e)
	}
	r.call("views.publish", m{"user_id": Dana, "view": homeView(m{"type": "divider"})})
	mustOK(t, r.OpenHome(t.Context(), Dana))
	if _, e := r.bot.event(t); e["view"].(m)["hash"] != r.Home(Dana).Hash {
		t.Errorf("second time: %v", e)
	}
	mustOK(t, r.OpenMessages(t.Context(), Dana))
	if _, e := r.bot.event(t); e["tab"] != "messages" || e["view"] != nil {
		t.Errorf("messages: %v", e)
	}
	for _, user := range []string{Outside, BotUserID, "U0NONE"} {
		if d := r.OpenHome(t.Context(), user); !errors.Is(d.Err, ErrNotThere) {
			t.Errorf("%s has a Home: %+v", user, d)
		}
	}
	r.InstallApp(App{HomeTab: true})
	if d := r.OpenHome(t.Context(), Dana); d.Err != nil || d.Status != 0 {
		t.Errorf("not subscribed: %+v", d)
	}
}

func TestHomeIsOneForEachPerson(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	more := m{"type": "overflow", "action_id": "more", "options": l{opt("log"), opt("back")}}
	who := m{"type": "users_select", "action_id": "who"}
	for _, user := range []string{Dana, Omar} {
		r.call("views.publish", m{"user_id": user, "view": homeView(
			m{"type": "section", "block_id": "row", "text": mrk("for " + user), "accessory": more}, actions(button("take", "Take over", "L1"), who))})
	}
	dana, omar := r.Home(Dana), r.Home(Omar)
	if dana.ID == omar.ID || !strings.Contains(string(dana.Blocks), "for "+Dana) {
		t.Errorf("one Home for two: %+v", dana)
	}
	if d := r.Click(t.Context(), Omar, dana.Ref(), "take"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("Omar clicked on Dana's Home: %+v", d)
	}
	d := mustOK(t, r.Click(t.Context(), Dana, dana.Ref(), "more", Pick{BlockID: "row", Value: "back"}))
	p := r.bot.payload(t)
	if p["actions"].(l)[0].(m)["selected_option"].(m)["value"] != "back" || p["container"].(m)["view_id"] != dana.ID ||
		p["view"].(m)["hash"] != dana.Hash || p["channel"] != nil || p["message"] != nil || d.ResponseURL != "" {
		t.Errorf("overflow: %v", p)
	}
	mustOK(t, r.Click(t.Context(), Dana, dana.Ref(), "who", Pick{Value: Lena}))
	if p := r.bot.payload(t); p["actions"].(l)[0].(m)["selected_user"] != Lena {
		t.Errorf("select: %v", p)
	}
	r.clean()
}

func TestAModalFromAClickOnHome(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.call("views.publish", m{"user_id": Dana, "view": homeView(actions(button("pass", "Pass", "L1")))})
	d := mustOK(t, r.Click(t.Context(), Dana, r.Home(Dana).Ref(), "pass"))
	modal := m{"type": "modal", "title": plain("Pass"), "blocks": l{m{"type": "divider"}}}
	if out := r.call("views.push", m{"trigger_id": d.TriggerID, "view": modal}); out.err() != "invalid_trigger_id" {
		t.Errorf("pushed onto Home: %v", out)
	}
	d = mustOK(t, r.Click(t.Context(), Dana, r.Home(Dana).Ref(), "pass"))
	if out := r.call("views.open", m{"trigger_id": d.TriggerID, "view": modal}); out["ok"] != true || r.View(Dana) == nil {
		t.Fatalf("open: %v", out)
	}
	mustOK(t, r.Click(t.Context(), Dana, r.Home(Dana).Ref(), "pass")) // Home is still behind it
}

func TestPublishingOverANewerHome(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.call("views.publish", m{"user_id": Dana, "view": homeView(actions(button("go", "Go", "1")))})
	shown := r.Home(Dana).Hash
	mustOK(t, r.Click(t.Context(), Dana, r.Home(Dana).Ref(), "go"))
	hash, _ := r.bot.payload(t)["view"].(m)["hash"].(string)
	r.clock.add(time.Second)
	r.call("views.publish", m{"user_id": Dana, "view": homeView(actions(button("go", "Go", "2")))})
	out := r.call("views.publish", m{"user_id": Dana, "view": homeView(), "hash": hash})
	if hash != shown || out.err() != "hash_conflict" || !strings.Contains(string(r.Home(Dana).Blocks), `"2"`) {
		t.Errorf("hash %q, then %v", hash, out)
	}
}
