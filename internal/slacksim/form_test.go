package slacksim

import (
	"errors"
	"reflect"
	"testing"
)

func inputBlock(block string, element m) m {
	return m{"type": "input", "block_id": block, "label": plain(block), "element": element}
}

// handoffForm is a modal with one input of each kind.
func handoffForm() l {
	choices := l{opt("30"), opt("60")}
	return l{
		inputBlock("b1", m{"type": "users_select", "action_id": "who"}),
		inputBlock("b2", m{"type": "plain_text_input", "action_id": "note", "max_length": 20}),
		inputBlock("b3", m{"type": "static_select", "action_id": "hold", "options": choices}),
		inputBlock("b4", m{"type": "radio_buttons", "action_id": "rule", "options": choices}),
	}
}

func TestSubmitFormByActionID(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddUser(User{ID: "U0GONE", Name: "gone", Deleted: true})
	id := r.openModal(handoffForm())
	good := map[string]string{"who": Omar, "note": "gas smell, 4B", "hold": "60", "rule": "30"}
	for name, c := range map[string]struct {
		action, value string
		want          error
	}{
		"a number that is no user":   {"who", "U0NONE", ErrInvalid},
		"one who is deactivated":     {"who", "U0GONE", ErrInvalid},
		"nobody":                     {"who", "", ErrInvalid},
		"too long a note":            {"note", rep(21), ErrInvalid},
		"an option that is not":      {"hold", "90", ErrInvalid},
		"a radio button that is not": {"rule", "x", ErrInvalid},
		"an input that is not":       {"b1", Omar, ErrNotThere},
	} {
		values := map[string]string{}
		for k, v := range good {
			values[k] = v
		}
		values[c.action] = c.value
		if d := r.SubmitForm(t.Context(), Dana, id, values); !errors.Is(d.Err, c.want) {
			t.Errorf("%s: %+v", name, d)
		}
	}
	before := r.bot.count()
	mustOK(t, r.SubmitForm(t.Context(), Dana, id, good))
	values := r.bot.payload(t)["view"].(m)["state"].(m)["values"].(m)
	got := l{values["b1"].(m)["who"], values["b2"].(m)["note"], values["b3"].(m)["hold"].(m)["selected_option"].(m)["value"],
		values["b4"].(m)["rule"].(m)["selected_option"].(m)["value"]}
	want := l{m{"type": "users_select", "selected_user": Omar}, m{"type": "plain_text_input", "value": "gas smell, 4B"}, "60", "30"}
	if !reflect.DeepEqual(got, want) || r.bot.count() != before+1 || r.View(Dana) != nil {
		t.Errorf("state %v", got)
	}
	if d := r.SubmitForm(t.Context(), Dana, id, good); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("a modal that is closed: %+v", d)
	}
	r.clean()
}

func TestSubmitFormWithOneActionTwice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := r.openModal(l{inputBlock("a", m{"type": "plain_text_input", "action_id": "same"}), inputBlock("b", m{"type": "plain_text_input", "action_id": "same"})})
	if d := r.SubmitForm(t.Context(), Dana, id, map[string]string{"same": "x"}); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("%+v", d)
	}
	mustOK(t, r.Submit(t.Context(), Dana, id, map[string]string{"a": "x", "b": "y"}))
}

func TestOneFocusForEachView(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	d := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
	focused := func(action string) m {
		return m{"type": "plain_text_input", "action_id": action, "focus_on_load": true}
	}
	view := m{"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": l{inputBlock("a", focused("a")), inputBlock("b", focused("b"))}}
	if out := r.call("views.open", m{"trigger_id": d.TriggerID, "view": view}); out.err() != "invalid_arguments" {
		t.Errorf("two: %v", out)
	}
}

func TestConfirmAndSelectsAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	dialogue := func(change ...any) m {
		c := m{"title": plain("Hand back?"), "text": mrk("The AI will answer first."), "confirm": plain("Hand back"), "deny": plain("Keep")}
		for i := 0; i+1 < len(change); i += 2 {
			c[change[i].(string)] = change[i+1]
		}
		return c
	}
	pressed := func(confirm m) m {
		b := button("back", "Hand back", "L1")
		b["confirm"] = confirm
		return b
	}
	for name, c := range map[string]struct {
		element m
		ok      bool
	}{
		"confirm":               {pressed(dialogue("style", "danger")), true},
		"confirm: long title":   {pressed(dialogue("title", plain(rep(101)))), false},
		"confirm: long text":    {pressed(dialogue("text", plain(rep(301)))), false},
		"confirm: long button":  {pressed(dialogue("confirm", plain(rep(31)))), false},
		"confirm: no words":     {pressed(m{"title": plain("x")}), false},
		"confirm: other style":  {pressed(dialogue("style", "red")), false},
		"users":                 {m{"type": "users_select", "action_id": "u", "placeholder": plain("Who"), "confirm": dialogue()}, true},
		"users with options":    {m{"type": "users_select", "action_id": "u", "options": l{opt("a")}}, false},
		"users: long words":     {m{"type": "users_select", "action_id": "u", "placeholder": plain(rep(151))}, false},
		"select":                {m{"type": "static_select", "action_id": "s", "options": l{opt("a")}, "initial_option": opt("a")}, true},
		"select: none":          {m{"type": "static_select", "action_id": "s", "options": l{}}, false},
		"select: other initial": {m{"type": "static_select", "action_id": "s", "options": l{opt("a")}, "initial_option": opt("b")}, false},
	} {
		out := r.call("chat.postMessage", m{"channel": Dana, "text": "x", "unfurl_links": false, "unfurl_media": false, "blocks": l{actions(c.element)}})
		if (out["ok"] == true) != c.ok {
			t.Errorf("%s: %v", name, out)
		}
	}
}
