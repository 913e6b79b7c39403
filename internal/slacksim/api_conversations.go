package slacksim

import "strings"

// visible finds a channel the bot may look at.
func (s *Sim) visible(id string) (*Channel, error) {
	c := s.channels[id]
	if c == nil || c.Private && !c.has(BotUserID) {
		return nil, refuse("channel_not_found")
	}
	return c, nil
}

func (s *Sim) channelInfo(a args) (reply, error) {
	c, err := s.visible(a.get("channel"))
	if err != nil {
		return nil, err
	}
	return reply{"channel": s.wireChannel(c)}, nil
}

func (s *Sim) wireChannel(c *Channel) reply {
	w := reply{"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_archived": c.Archived,
		"is_channel": !c.Private, "is_group": c.Private && !c.IM, "is_im": c.IM, "is_private": c.Private,
		"is_member": c.has(BotUserID), "is_mpim": false, "is_ext_shared": s.shared(c), "context_team_id": TeamID, "num_members": len(c.Members)}
	for _, id := range c.Members {
		if c.IM && id != BotUserID {
			w["user"] = id
		}
	}
	return w
}

func (s *Sim) channelMembers(a args) (reply, error) {
	c, err := s.visible(a.get("channel"))
	if err != nil {
		return nil, err
	}
	from, to, next, err := page(a, len(c.Members), 1000)
	if err != nil {
		return nil, err
	}
	return reply{"members": append([]string{}, c.Members[from:to]...), "response_metadata": reply{"next_cursor": next}}, nil
}

func (s *Sim) joinChannel(a args) (reply, error) {
	c := s.channels[a.get("channel")]
	switch {
	case c == nil:
		return nil, refuse("channel_not_found")
	case c.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case c.Archived:
		return nil, refuse("is_archived")
	}
	c.setMember(BotUserID, true)
	s.changed()
	return reply{"channel": s.wireChannel(c)}, nil
}

// readable finds a channel whose messages the bot may read.
func (s *Sim) readable(id string) (*Channel, error) {
	c, err := s.visible(id)
	if err == nil && !c.has(BotUserID) {
		return nil, refuse("not_in_channel")
	}
	return c, err
}

func (s *Sim) history(a args) (reply, error) {
	c, err := s.readable(a.get("channel"))
	if err != nil {
		return nil, err
	}
	var found []*Message
	list := s.messages[c.ID]
	for i := len(list) - 1; i >= 0; i-- { // newest first
		if m := list[i]; m.inChannel() && within(a, m.TS) {
			found = append(found, m)
		}
	}
	return s.messagePage(a, found)
}

func (s *Sim) replies(a args) (reply, error) {
	c, err := s.readable(a.get("channel"))
	if err != nil {
		return nil, err
	}
	parent := s.findMessage(c.ID, a.get("ts"))
	if parent == nil {
		return nil, refuse("thread_not_found")
	}
	found := []*Message{parent} // always there, whatever oldest says
	for _, m := range s.messages[c.ID] {
		if m.inThread(parent.TS) && within(a, m.TS) {
			found = append(found, m)
		}
	}
	return s.messagePage(a, found)
}

func (s *Sim) messagePage(a args, found []*Message) (reply, error) {
	from, to, next, err := page(a, len(found), 1000)
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	for _, m := range found[from:to] {
		out = append(out, s.wire(m, a.bool("include_all_metadata")))
	}
	return reply{"messages": out, "has_more": next != "", "response_metadata": reply{"next_cursor": next}}, nil
}

// within applies oldest, latest and inclusive. Ids of the same era have the
// same length, so they compare as text.
func within(a args, ts string) bool {
	oldest, latest := a.get("oldest"), a.get("latest")
	if a.bool("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || oldest == "0" || ts > oldest) && (latest == "" || ts < latest)
}

func (s *Sim) reactedTo(a args) (*Message, error) {
	name := a.get("name")
	if name == "" || strings.ContainsAny(name, ": ") {
		return nil, refuse("invalid_name")
	}
	c, err := s.readable(a.get("channel"))
	if err != nil {
		return nil, err
	}
	m := s.findMessage(c.ID, a.get("timestamp"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return m, nil
}

func (s *Sim) addReaction(a args) (reply, error) {
	m, err := s.reactedTo(a)
	if err != nil {
		return nil, err
	}
	if !m.react(a.get("name"), BotUserID, true) {
		return nil, refuse("already_reacted")
	}
	s.changed()
	return reply{}, nil
}

func (s *Sim) removeReaction(a args) (reply, error) {
	m, err := s.reactedTo(a)
	if err != nil {
		return nil, err
	}
	if !m.react(a.get("name"), BotUserID, false) {
		return nil, refuse("no_reaction")
	}
	s.changed()
	return reply{}, nil
}

// react adds or takes back one person's reaction and reports whether anything changed.
func (m *Message) react(name, user string, add bool) bool {
	for i := range m.Reactions {
		r := &m.Reactions[i]
		if r.Name != name {
			continue
		}
		for j, u := range r.Users {
			if u == user {
				if !add {
					r.Users = append(r.Users[:j:j], r.Users[j+1:]...)
					if len(r.Users) == 0 {
						m.Reactions = append(m.Reactions[:i:i], m.Reactions[i+1:]...)
					}
				}
				return !add
			}
		}
		if add {
			r.Users = append(r.Users, user)
		}
		return add
	}
	if add {
		m.Reactions = append(m.Reactions, Reaction{name, []string{user}})
	}
	return add
}
