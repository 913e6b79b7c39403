package slacksim

import "time"

// triggerLife is how long a trigger_id can be exchanged.
const triggerLife = 3 * time.Second

type trigger struct {
	user    string
	made    time.Time
	spent   bool
	inModal bool
}

// newTrigger is given out with every interaction; called with mu held.
func (s *Sim) newTrigger(user string, inModal bool) string {
	id := s.nextID("") + ".1.trigger"
	s.triggers[id] = &trigger{user: user, made: s.real(), inModal: inModal}
	return id
}

// exchange spends a trigger_id.
func (s *Sim) exchange(where, id string) (*trigger, error) {
	t := s.triggers[id]
	switch {
	case t == nil:
		s.violate("%s: trigger_id was never given out", where)
		return nil, refuse("invalid_trigger_id")
	case t.spent:
		s.violate("%s: trigger_id was used twice", where)
		return nil, refuse("exchanged_trigger_id")
	case s.real().Sub(t.made) > triggerLife:
		s.violate("%s: trigger_id came %s late", where, s.real().Sub(t.made)-triggerLife)
		return nil, refuse("expired_trigger_id")
	}
	t.spent = true
	return t, nil
}
