package slacksim

// openView opens a modal for the person to whom the trigger belongs. A stack that was
// open before is gone.
func (s *Sim) openView(a args) (reply, error) {
	t, v, err := s.triggeredView("views.open", a)
	if err != nil {
		return nil, err
	}
	s.stacks[t.user] = nil
	s.push(t.user, v)
	s.changed()
	return reply{"view": wireView(v)}, nil
}

func (s *Sim) pushView(a args) (reply, error) {
	t, v, err := s.triggeredView("views.push", a)
	if err != nil {
		return nil, err
	}
	switch {
	case !t.inModal || s.top(t.user) == nil:
		return nil, refuse("invalid_trigger_id", "views.push needs the trigger_id of an interaction in an open modal")
	case len(s.stacks[t.user]) >= maxStack:
		return nil, refuse("push_limit_reached")
	}
	s.push(t.user, v)
	s.changed()
	return reply{"view": wireView(v)}, nil
}

func (s *Sim) triggeredView(where string, a args) (*trigger, *View, error) {
	t, err := s.exchange(where, a.get("trigger_id"))
	if err != nil {
		return nil, nil, err
	}
	v, err := s.readView(where, a.get("view"), "modal")
	if err != nil {
		return nil, nil, err
	}
	return t, v, s.freeExternalID(v, nil)
}

// freeExternalID refuses an external_id that another open view has.
func (s *Sim) freeExternalID(v, except *View) error {
	if v.ExternalID == "" {
		return nil
	}
	taken := func(o *View) bool { return o.ExternalID == v.ExternalID && o != except }
	if s.openAt(taken) != nil {
		return refuse("duplicate_external_id")
	}
	for _, home := range s.homes {
		if taken(home) {
			return refuse("duplicate_external_id")
		}
	}
	return nil
}

func (s *Sim) updateView(a args) (reply, error) {
	id, external := a.get("view_id"), a.get("external_id")
	old := s.openAt(func(v *View) bool { return v.ID == id || external != "" && v.ExternalID == external })
	if old == nil {
		return nil, refuse("not_found")
	}
	if h := a.get("hash"); h != "" && h != old.Hash {
		return nil, refuse("hash_conflict")
	}
	v, err := s.readView("views.update", a.get("view"), "modal")
	if err != nil {
		return nil, err
	}
	if err := s.freeExternalID(v, old); err != nil {
		return nil, err
	}
	s.replace(old, v)
	s.changed()
	return reply{"view": wireView(old)}, nil
}

// publishView puts a Home tab up for one person.
func (s *Sim) publishView(a args) (reply, error) {
	user := a.get("user_id")
	switch u := s.users[user]; {
	case u == nil || u.Deleted || u.IsBot || u.Foreign():
		return nil, refuse("invalid_arguments", "invalid `user_id`")
	case !s.homeTab():
		return nil, refuse("not_enabled")
	}
	old := s.homes[user]
	if h := a.get("hash"); h != "" && (old == nil || h != old.Hash) {
		return nil, refuse("hash_conflict")
	}
	v, err := s.readView("views.publish", a.get("view"), "home")
	if err != nil {
		return nil, err
	}
	if err := s.freeExternalID(v, old); err != nil {
		return nil, err
	}
	if old == nil {
		old = s.adopt(v)
		s.homes[user] = old
	} else {
		s.replace(old, v)
	}
	s.changed()
	return reply{"view": wireView(old)}, nil
}
