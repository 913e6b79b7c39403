package slacksim

import (
	"errors"
	"reflect"
	"testing"
)

func TestReadingGroups(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddGroup(Group{ID: "S0OLD", Name: "Old", Handle: "old", Users: []string{Dana}, Disabled: true})
	for _, c := range []struct {
		args  m
		want  string
		users l
	}{
		{m{"usergroup": TechniciansGroup}, "", l{Dana, Omar}},
		{m{"usergroup": "S0NONE"}, "no_such_subteam", nil},
		{m{}, "no_such_subteam", nil},
		{m{"usergroup": "S0OLD"}, "no_such_subteam", nil},
		{m{"usergroup": "S0OLD", "include_disabled": true}, "", l{Dana}},
	} {
		if out := r.call("usergroups.users.list", c.args); out.err() != c.want || c.users != nil && !reflect.DeepEqual(out["users"], c.users) {
			t.Errorf("%v: %v", c.args, out)
		}
	}
	for disabled, want := range map[bool]int{false: 2, true: 3} {
		out := r.call("usergroups.list", m{"include_disabled": disabled, "include_users": disabled})
		groups := out["usergroups"].(l)
		if len(groups) != want {
			t.Fatalf("disabled %v: %v", disabled, groups)
		}
		for _, g := range groups {
			g := g.(m)
			if (g["users"] != nil) != disabled || (g["date_delete"] != float64(0)) != (g["id"] == "S0OLD") {
				t.Errorf("group %v", g)
			}
		}
	}
	r.WithdrawScopes("usergroups:read")
	for _, method := range []string{"usergroups.list", "usergroups.users.list"} {
		if out := r.call(method, m{"usergroup": TechniciansGroup}); out.err() != "missing_scope" || out.str("needed") != "usergroups:read" {
			t.Errorf("%s: %v", method, out)
		}
	}
}

func TestTheShiftOfAGroupChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.InstallApp(App{BotEvents: []string{"subteam_members_changed", "subteam_updated"}})
	sent, err := r.SetGroupUsers(t.Context(), TechniciansGroup, Omar, Lena)
	if err != nil || len(sent) != 2 || !sent[0].OK() || !sent[1].OK() {
		t.Fatalf("%v, %+v", err, sent)
	}
	if _, e := r.bot.event(t); e["type"] != "subteam_updated" || !reflect.DeepEqual(e["subteam"].(m)["users"], l{Omar, Lena}) {
		t.Errorf("updated: %v", e)
	}
	mustOK(t, r.Redeliver(t.Context(), sent[0], false))
	if _, e := r.bot.event(t); e["type"] != "subteam_members_changed" || e["subteam_id"] != TechniciansGroup ||
		!reflect.DeepEqual(e["added_users"], l{Lena}) || !reflect.DeepEqual(e["removed_users"], l{Dana}) || e["added_users_count"] != "1" {
		t.Errorf("changed: %v", e)
	}
	if out := r.call("usergroups.users.list", m{"usergroup": TechniciansGroup}); !reflect.DeepEqual(out["users"], l{Omar, Lena}) {
		t.Errorf("list: %v", out)
	}
	if sent, err := r.SetGroupUsers(t.Context(), TechniciansGroup, Omar, Lena); err != nil || len(sent) != 0 {
		t.Errorf("no change: %v, %+v", err, sent)
	}
	for _, c := range []struct {
		group string
		users []string
		want  error
	}{{"S0NONE", []string{Dana}, ErrNotThere}, {LeadsGroup, nil, ErrInvalid}, {LeadsGroup, []string{"U0NONE"}, ErrInvalid}} {
		if _, err := r.SetGroupUsers(t.Context(), c.group, c.users...); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestGroupEventsNeedSubscriptionAndScope(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	change := func(users ...string) int {
		t.Helper()
		sent, err := r.SetGroupUsers(t.Context(), LeadsGroup, users...)
		if err != nil {
			t.Fatal(err)
		}
		return len(sent)
	}
	if n := change(Dana); n != 0 {
		t.Errorf("without a manifest: %d", n)
	}
	r.InstallApp(App{BotEvents: []string{"subteam_members_changed"}})
	if n := change(Omar); n != 1 {
		t.Errorf("subscribed to one: %d", n)
	}
	r.WithdrawScopes("usergroups:read")
	if n := change(Lena); n != 0 {
		t.Errorf("without the scope: %d", n)
	}
}

func TestAddGroupTellsInTheBackground(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.InstallApp(App{BotEvents: []string{"subteam_created", "subteam_updated"}})
	g := Group{ID: "S0NEW", Name: "New", Handle: "new", Users: []string{Dana}}
	r.AddGroup(g)
	r.AddGroup(g) // nothing changed
	r.waitFor("created", func(*Snapshot) bool { return len(r.Deliveries()) == 1 })
	if _, e := r.bot.event(t); e["type"] != "subteam_created" || e["subteam"].(m)["handle"] != "new" {
		t.Errorf("event %v", e)
	}
	g.Disabled = true
	r.AddGroup(g)
	r.waitFor("updated", func(*Snapshot) bool { return len(r.Deliveries()) == 2 })
	if _, e := r.bot.event(t); e["type"] != "subteam_updated" || e["subteam"].(m)["date_delete"] == float64(0) {
		t.Errorf("event %v", e)
	}
}
