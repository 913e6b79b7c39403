package slacksim

import "strings"

// openDirect answers conversations.open for one person, or for the id of a
// direct message that is there already.
func (s *Sim) openDirect(a args) (reply, error) {
	c, already, err := s.directFor(a)
	if err != nil {
		return nil, err
	}
	out := reply{"id": c.ID}
	if a.bool("return_im") {
		out = s.wireChannel(c)
	}
	w := reply{"channel": out}
	if already {
		w["no_op"], w["already_open"] = true, true
	}
	return w, nil
}

func (s *Sim) directFor(a args) (c *Channel, already bool, err error) {
	if id := a.get("channel"); id != "" {
		switch c := s.channels[id]; {
		case c == nil || !c.has(BotUserID) && c.Private:
			return nil, false, refuse("channel_not_found")
		case !c.IM:
			return nil, false, refuse("method_not_supported_for_channel_type")
		default:
			return c, true, nil
		}
	}
	id := a.get("users")
	if strings.Contains(id, ",") {
		return nil, false, refuse("invalid_arguments", "group messages are not simulated")
	}
	switch u := s.users[id]; {
	case id == "":
		return nil, false, refuse("users_list_not_supplied")
	case u == nil:
		return nil, false, refuse("user_not_found")
	case u.Deleted:
		return nil, false, refuse("user_disabled")
	case u.IsBot:
		return nil, false, refuse("cannot_dm_bot")
	}
	_, already = s.channels[directID(id)]
	if !already && a.bool("prevent_creation") {
		return nil, false, refuse("channel_not_found")
	}
	return s.directMessage(id), already, nil
}
