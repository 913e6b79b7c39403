package slacksim

// echoes tells whether the bot hears of what it does itself in a channel.
func (s *Sim) echoes(c *Channel) bool { return s.opt.EchoBotMessages && c != nil && s.hears(c) }

// echo sends the bot the event of its own post; called with mu held, as all of these.
func (s *Sim) echo(c *Channel, m *Message) {
	if !s.echoes(c) {
		return
	}
	e := s.messageEvent(c, m)
	e["bot_profile"] = map[string]any{"id": BotID, "app_id": AppID, "team_id": TeamID, "deleted": false, "name": s.users[BotUserID].Name}
	s.announce(e)
}

// echoChange sends the bot the event of its own change: the event a person's edit makes
// too, but with the mark "edited" only where the message has it.
func (s *Sim) echoChange(m *Message, before map[string]any) {
	if c := s.channels[m.Channel]; s.echoes(c) {
		s.announce(s.changeEvent(c, m, before))
	}
}

// echoRemoval sends the bot the event that one of its messages is gone.
func (s *Sim) echoRemoval(m *Message, before map[string]any) {
	if c := s.channels[m.Channel]; s.echoes(c) {
		s.announce(s.removalEvent(c, m, before))
	}
}

func (s *Sim) changeEvent(c *Channel, m *Message, before map[string]any) map[string]any {
	at := s.newTS()
	return map[string]any{"type": "message", "subtype": "message_changed", "hidden": true,
		"channel": c.ID, "channel_type": c.kind(), "ts": at, "event_ts": at,
		"message": s.wire(m, false), "previous_message": before}
}

// removalEvent is message_deleted, or, for a parent whose replies stay, the
// change into a placeholder.
func (s *Sim) removalEvent(c *Channel, m *Message, before map[string]any) map[string]any {
	if m.Subtype == tombstone {
		return s.changeEvent(c, m, before)
	}
	at := s.newTS()
	return map[string]any{"type": "message", "subtype": "message_deleted", "hidden": true,
		"channel": c.ID, "channel_type": c.kind(), "ts": at, "event_ts": at, "deleted_ts": m.TS, "previous_message": before}
}
