package slacksim

import "encoding/json"

// Private is a message that only one person sees: an ephemeral post, the
// answer to a command, or what a response URL was given.
type Private struct {
	User     string          `json:"user"`
	Channel  string          `json:"channel"`
	TS       string          `json:"ts"`
	ThreadTS string          `json:"thread_ts,omitempty"`
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks,omitempty"`
	// Source is "command_ack", "response_url" or "chat.postEphemeral".
	Source  string `json:"source"`
	Updates int    `json:"updates,omitempty"` // how often it was replaced
	// Plain is filled in snapshots only.
	Plain string `json:"plain,omitempty"`
}

func (s *Sim) storePrivate(p *Private) *Private {
	p.TS = s.newTS()
	s.privates = append(s.privates, p)
	s.changed()
	return p
}

func (s *Sim) findPrivate(channel, ts string) *Private {
	for _, p := range s.privates {
		if p.Channel == channel && p.TS == ts {
			return p
		}
	}
	return nil
}

func (s *Sim) removePrivate(gone *Private) {
	for i, p := range s.privates {
		if p == gone {
			s.privates = append(s.privates[:i:i], s.privates[i+1:]...)
		}
	}
	s.changed()
}
