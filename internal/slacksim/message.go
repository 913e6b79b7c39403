package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Message is one message of a channel as it stands now.
type Message struct {
	Channel  string `json:"channel"`
	TS       string `json:"ts"` // Slack's id, seconds and microseconds
	ThreadTS string `json:"thread_ts,omitempty"`
	User     string `json:"user"`
	BotID    string `json:"bot_id,omitempty"` // set on the bot's own messages
	Subtype  string `json:"subtype,omitempty"`
	// Text is Slack's mark-up, with entities; Plain what a person reads.
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"`
	Edited    bool            `json:"edited,omitempty"`
	EditedAt  string          `json:"edited_at,omitempty"` // Slack counts whole seconds: "1700000000.000000"
	Updates   int             `json:"updates,omitempty"`   // how often it was changed
	Replies   int             `json:"replies,omitempty"`
	Latest    string          `json:"latest,omitempty"` // ts of the newest reply
	Reactions []Reaction      `json:"reactions,omitempty"`
	Files     []File          `json:"files,omitempty"`
	// Plain is filled in snapshots only.
	Plain string `json:"plain,omitempty"`
	// drawnBefore are the blocks before the last update: a client may still show them.
	drawnBefore json.RawMessage
}

// Reaction is one emoji under a message and who put it there.
type Reaction struct {
	Name  string   `json:"name"` // without colons
	Users []string `json:"users"`
}

const tombstone = "tombstone"

// inChannel tells whether the message stands in the channel itself.
func (m *Message) inChannel() bool {
	return m.ThreadTS == "" || m.ThreadTS == m.TS || m.Subtype == "thread_broadcast"
}

// inThread tells whether the message is a reply to the given parent.
func (m *Message) inThread(parent string) bool { return m.ThreadTS == parent && m.TS != parent }

func (m *Message) clone() Message {
	c := *m
	c.Reactions = nil
	for _, r := range m.Reactions {
		c.Reactions = append(c.Reactions, Reaction{r.Name, append([]string(nil), r.Users...)})
	}
	c.Files = append([]File(nil), m.Files...)
	return c
}

// newTS makes a message id: the clock's microseconds, but always greater than
// the one before.
func (s *Sim) newTS() string {
	us := s.now().UnixMicro()
	if us <= s.lastTS {
		us = s.lastTS + 1
	}
	s.lastTS = us
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

func (s *Sim) findMessage(channel, ts string) *Message {
	list := s.messages[channel]
	i, found := slices.BinarySearchFunc(list, ts, func(m *Message, ts string) int { return strings.Compare(m.TS, ts) })
	if !found {
		return nil
	}
	return list[i]
}

// store gives the message its id, hangs it into its thread and keeps it.
func (s *Sim) store(m *Message) *Message {
	m.TS = s.newTS()
	if parent := s.findMessage(m.Channel, m.ThreadTS); parent != nil {
		parent.ThreadTS = parent.TS
		parent.Replies++
		parent.Latest = m.TS
	}
	s.messages[m.Channel] = append(s.messages[m.Channel], m)
	s.changed()
	return m
}

// remove takes a message away; with replies it leaves Slack's placeholder.
func (s *Sim) remove(m *Message) {
	defer s.changed()
	if m.Replies > 0 {
		m.Subtype, m.Text, m.Blocks, m.Metadata, m.Files = tombstone, "This message was deleted.", nil, nil, nil
		return
	}
	list := s.messages[m.Channel]
	for i, x := range list {
		if x == m {
			s.messages[m.Channel] = append(list[:i:i], list[i+1:]...)
		}
	}
	s.recountThread(m)
}

func (s *Sim) recountThread(gone *Message) {
	parent := s.findMessage(gone.Channel, gone.ThreadTS)
	if parent == nil {
		return
	}
	parent.Replies, parent.Latest = 0, ""
	for _, m := range s.messages[gone.Channel] {
		if m.inThread(parent.TS) {
			parent.Replies++
			parent.Latest = m.TS
		}
	}
	if parent.Replies == 0 {
		parent.ThreadTS = ""
	}
}

// wire is the message as Slack's API and payloads show it.
func (s *Sim) wire(m *Message, withMetadata bool) map[string]any {
	w := map[string]any{"type": "message", "team": s.teamOf(m.User), "user": m.User, "text": m.Text, "ts": m.TS}
	put := func(key string, present bool, v any) {
		if present {
			w[key] = v
		}
	}
	put("subtype", m.Subtype != "", m.Subtype)
	put("bot_id", m.BotID != "", m.BotID)
	put("app_id", m.BotID != "", AppID)
	put("blocks", m.Blocks != nil, m.Blocks)
	put("thread_ts", m.ThreadTS != "", m.ThreadTS)
	put("metadata", withMetadata && m.Metadata != nil, m.Metadata)
	put("edited", m.Edited, map[string]any{"user": m.User, "ts": m.EditedAt})
	put("files", len(m.Files) > 0, s.wireFiles(m.Files))
	if parent := s.findMessage(m.Channel, m.ThreadTS); parent != nil && parent != m {
		w["parent_user_id"] = parent.User
	}
	if m.Replies > 0 {
		w["reply_count"], w["latest_reply"] = m.Replies, m.Latest
	}
	var reactions []map[string]any
	for _, r := range m.Reactions {
		reactions = append(reactions, map[string]any{"name": r.Name, "users": r.Users, "count": len(r.Users)})
	}
	put("reactions", len(reactions) > 0, reactions)
	return w
}
