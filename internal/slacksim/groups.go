package slacksim

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// Group is a user group; its id starts with S.
type Group struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Handle string   `json:"handle"`
	Users  []string `json:"users"`
	// Disabled groups are shown to those who ask for disabled ones only.
	Disabled bool `json:"disabled,omitempty"`

	updated int64 // seconds since 1970, of the last change
}

// AddGroup adds or replaces a user group. Apps that are subscribed to
// subteam_created, subteam_updated and subteam_members_changed are told in the
// background, of a change only if there is one.
func (s *Sim) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.replaceGroup(g) {
		s.announce(e)
	}
}

// SetGroupUsers changes who is in a group, as a schedule does that is kept in
// step with one, and returns the deliveries of the events the app is subscribed
// to, subteam_members_changed before subteam_updated. Slack takes no empty
// group and no deactivated person: ErrInvalid; no such group is
// ErrNotThere.
func (s *Sim) SetGroupUsers(ctx context.Context, group string, users ...string) ([]Delivery, error) {
	s.mu.Lock()
	g := s.groups[group]
	err := s.groupTakes(g, users)
	var requests []*request
	if err == nil {
		next := *g
		next.Users = users
		for _, e := range s.replaceGroup(next) {
			requests = append(requests, s.envelope(e))
		}
	}
	s.mu.Unlock()
	var all []Delivery
	for _, q := range requests {
		all = append(all, s.sendEvent(ctx, q))
	}
	return all, err
}

func (s *Sim) groupTakes(g *Group, users []string) error {
	switch {
	case g == nil:
		return fmt.Errorf("%w: no such group", ErrNotThere)
	case len(users) == 0:
		return fmt.Errorf("%w: a group cannot be empty", ErrInvalid)
	}
	for _, id := range users {
		if u := s.users[id]; u == nil || u.Deleted {
			return fmt.Errorf("%w: %q cannot be in a group", ErrInvalid, id)
		}
	}
	return nil
}

// replaceGroup keeps the group and returns the events that the app is to get;
// called with mu held.
func (s *Sim) replaceGroup(g Group) []map[string]any {
	g.Users = slices.Clone(g.Users)
	before := s.groups[g.ID]
	g.updated = s.now().Unix()
	s.groups[g.ID] = &g
	s.changed()
	var events []map[string]any
	add := func(name string, e map[string]any) {
		if s.subscribed(name) && s.hasScope("usergroups:read") {
			e["type"], e["event_ts"] = name, s.newTS()
			events = append(events, e)
		}
	}
	switch {
	case before == nil:
		add("subteam_created", map[string]any{"subteam": s.wireGroup(&g, true)})
	case !before.same(&g):
		if came, left := notIn(g.Users, before.Users), notIn(before.Users, g.Users); len(came)+len(left) > 0 {
			add("subteam_members_changed", membersChanged(before, &g, came, left))
		}
		add("subteam_updated", map[string]any{"subteam": s.wireGroup(&g, true)})
	}
	return events
}

func (g *Group) same(o *Group) bool {
	return g.Name == o.Name && g.Handle == o.Handle && g.Disabled == o.Disabled && slices.Equal(g.Users, o.Users)
}

// notIn lists those of all who are not among some.
func notIn(all, some []string) []string {
	left := []string{}
	for _, id := range all {
		if !slices.Contains(some, id) {
			left = append(left, id)
		}
	}
	return left
}

// membersChanged writes the counts as strings, as Slack's page of the event
// shows them.
func membersChanged(before, after *Group, came, left []string) map[string]any {
	return map[string]any{"subteam_id": after.ID, "team_id": TeamID,
		"date_previous_update": before.updated, "date_update": after.updated,
		"added_users": came, "added_users_count": strconv.Itoa(len(came)),
		"removed_users": left, "removed_users_count": strconv.Itoa(len(left))}
}

func (s *Sim) wireGroup(g *Group, withUsers bool) reply {
	w := reply{"id": g.ID, "team_id": TeamID, "name": g.Name, "handle": g.Handle, "is_usergroup": true, "is_subteam": true,
		"is_external": false, "user_count": len(g.Users), "date_update": g.updated, "date_delete": int64(0)}
	if g.Disabled {
		w["date_delete"] = g.updated
	}
	if withUsers {
		w["users"] = append([]string{}, g.Users...)
	}
	return w
}

// groupsList answers usergroups.list.
func (s *Sim) groupsList(a args) (reply, error) {
	groups := []reply{}
	for _, id := range sortedKeys(s.groups) {
		if g := s.groups[id]; !g.Disabled || a.bool("include_disabled") {
			groups = append(groups, s.wireGroup(g, a.bool("include_users")))
		}
	}
	return reply{"usergroups": groups}, nil
}

// groupUsers answers usergroups.users.list. What Slack answers for a disabled
// group is not documented; here it is not there unless it is asked for.
func (s *Sim) groupUsers(a args) (reply, error) {
	g := s.groups[a.get("usergroup")]
	if g == nil || g.Disabled && !a.bool("include_disabled") {
		return nil, refuse("no_such_subteam")
	}
	return reply{"users": append([]string{}, g.Users...)}, nil
}
