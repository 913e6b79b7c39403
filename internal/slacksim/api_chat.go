package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of message text, in characters.
const (
	maxPostText   = 40000
	maxUpdateText = 4000
)

// target finds the channel a message is for; a user id means the direct
// message with that user.
func (s *Sim) target(id string) (*Channel, error) {
	c := s.channels[id]
	if u := s.users[id]; u != nil && u.IsBot {
		return nil, refuse("cannot_dm_bot")
	} else if u != nil && !u.Deleted {
		c = s.directMessage(id)
	}
	switch {
	case c != nil && c.IM && !s.messagesTab():
		return nil, refuse("messages_tab_disabled")
	case c == nil, c.Private && !c.has(BotUserID):
		return nil, refuse("channel_not_found")
	case c.Archived:
		return nil, refuse("is_archived")
	case !c.has(BotUserID) && !s.hasScope("chat:write.public"):
		return nil, refuse("not_in_channel")
	}
	return c, nil
}

func (s *Sim) hasScope(want string) bool {
	for _, have := range s.opt.Scopes {
		if have == want {
			return true
		}
	}
	return false
}

// content is what a message says, checked.
type content struct {
	text     string
	blocks   json.RawMessage
	metadata json.RawMessage
}

// readContent checks text, blocks and metadata of a call. where names the call
// in violations.
func (s *Sim) readContent(where string, a args, maxText int) (content, error) {
	c := content{text: a.get("text")}
	if a.get("markdown_text") != "" {
		return c, refuse("invalid_arguments", "markdown_text is not simulated")
	}
	if v := a.get("attachments"); v != "" && v != "[]" {
		return c, refuse("invalid_attachments", "attachments are not simulated")
	}
	if utf8.RuneCountInString(c.text) > maxText {
		return c, refuse("msg_too_long")
	}
	s.checkMentions(where, c.text)
	if a.bool("link_names") || a.get("parse") == "full" {
		s.violate("%s: link_names or parse=full turns names in the text into mentions", where)
	}
	var err error
	if c.blocks, err = s.readBlocks(where, a.get("blocks")); err != nil {
		return c, err
	}
	if c.metadata, err = readMetadata(a.get("metadata")); err != nil {
		return c, err
	}
	return c, s.checkText(c)
}

func (s *Sim) checkText(c content) error {
	switch {
	case c.text != "":
		return nil
	case c.blocks == nil:
		return refuse("no_text")
	case !s.opt.AllowNoText:
		return refuse("no_text", "a message with blocks needs a top-level text too: it is all that a lock screen shows")
	}
	return nil
}

// readBlocks validates blocks and gives those without a block_id one. No
// blocks, or an empty list, is nil.
func (s *Sim) readBlocks(where, raw string) (json.RawMessage, error) {
	if raw == "" || raw == "null" {
		return nil, nil
	}
	found := checkMessageBlocks([]byte(raw))
	for _, v := range found.violations {
		s.violate("%s: %s", where, v)
	}
	if found.code != "" {
		return nil, refuse(found.code, found.problems...)
	}
	if len(found.blocks) == 0 {
		return nil, nil
	}
	return s.identify(found.blocks), nil
}

func readMetadata(raw string) (json.RawMessage, error) {
	if raw == "" {
		return nil, nil
	}
	var m struct {
		EventType    *string        `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	if err := json.Unmarshal([]byte(raw), &m); err != nil || m.EventType == nil {
		return nil, refuse("invalid_metadata_format")
	}
	if *m.EventType == "" && m.EventPayload == nil {
		return nil, nil // what client libraries send for "none"
	}
	if *m.EventType == "" || m.EventPayload == nil {
		return nil, refuse("invalid_metadata_schema")
	}
	return json.RawMessage(raw), nil
}

// parentOf checks a thread_ts. It returns "" where Slack posts into the channel
// instead, because the parent is gone.
func (s *Sim) parentOf(where, channel, ts string) (string, error) {
	if ts == "" {
		return "", nil
	}
	parent := s.findMessage(channel, ts)
	switch {
	case parent == nil && !wasIssued(ts, s.lastTS):
		return "", refuse("thread_not_found")
	case parent == nil:
		return "", nil
	case parent.ThreadTS != "" && parent.ThreadTS != ts:
		s.violate("%s: thread_ts %s is a reply's, not its parent's", where, ts)
		return "", refuse("cannot_reply_to_message")
	}
	return ts, nil
}

// wasIssued tells an id that may have existed from an invented one.
func wasIssued(ts string, last int64) bool {
	var sec, us int64
	if n, err := fmt.Sscanf(ts, "%d.%06d", &sec, &us); n != 2 || err != nil || fmt.Sprintf("%d.%06d", sec, us) != ts {
		return false
	}
	return sec*1e6+us <= last
}

func (s *Sim) postMessage(a args) (reply, error) {
	const where = "chat.postMessage"
	ch, err := s.target(a.get("channel"))
	if err != nil {
		return nil, err
	}
	c, err := s.readContent(where, a, maxPostText)
	if err != nil {
		return nil, err
	}
	parent, err := s.parentOf(where, ch.ID, a.get("thread_ts"))
	if err != nil {
		return nil, err
	}
	if !isFalse(a.get("unfurl_links")) || !isFalse(a.get("unfurl_media")) {
		s.violate("%s: without unfurl_links=false and unfurl_media=false a link in the text opens a preview", where)
	}
	m := s.storeBotMessage(ch, parent, c, a.bool("reply_broadcast"))
	return reply{"channel": ch.ID, "ts": m.TS, "message": s.wire(m, true)}, nil
}

func isFalse(v string) bool { return v == "false" || v == "0" }

func (s *Sim) storeBotMessage(ch *Channel, parent string, c content, broadcast bool) *Message {
	m := &Message{Channel: ch.ID, ThreadTS: parent, User: BotUserID, BotID: BotID,
		Text: c.text, Blocks: c.blocks, Metadata: c.metadata}
	if broadcast && parent != "" {
		m.Subtype = "thread_broadcast"
	}
	s.store(m)
	s.echo(ch, m)
	return m
}

// own finds a message of the bot that can be changed.
func (s *Sim) own(a args, foreign string) (*Message, error) {
	ch := s.channels[a.get("channel")]
	if ch == nil { // a user id too: updates need the D… id
		return nil, refuse("channel_not_found")
	}
	m := s.findMessage(ch.ID, a.get("ts"))
	switch {
	case m == nil && s.findPrivate(ch.ID, a.get("ts")) != nil:
		return nil, refuse(foreign, "an ephemeral message can only be changed by the response_url of a click on it")
	case m == nil, m.Subtype == tombstone:
		return nil, refuse("message_not_found")
	case m.BotID != BotID:
		return nil, refuse(foreign)
	case ch.Archived:
		return nil, refuse("is_inactive")
	}
	return m, nil
}

func (s *Sim) updateMessage(a args) (reply, error) {
	m, err := s.own(a, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if s.faults.window.closed(m, s.now()) {
		return nil, refuse(s.faults.window.code)
	}
	c, err := s.readContent("chat.update", a, maxUpdateText)
	if err != nil {
		return nil, err
	}
	s.rewrite(m, c)
	return reply{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": s.wire(m, true)}, nil
}

// rewrite replaces text and blocks; without new blocks the old ones go.
func (s *Sim) rewrite(m *Message, c content) {
	before := s.wire(m, false)
	m.drawnBefore = m.Blocks
	m.Text, m.Blocks = c.text, c.blocks
	m.Edited = c.blocks == nil
	m.Updates++
	if c.metadata != nil {
		m.Metadata = c.metadata
	}
	s.changed()
	s.echoChange(m, before)
}

// removeOwn takes one of the bot's messages away.
func (s *Sim) removeOwn(m *Message) {
	before := s.wire(m, false)
	s.remove(m)
	s.echoRemoval(m, before)
}

func (s *Sim) deleteMessage(a args) (reply, error) {
	m, err := s.own(a, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	ts := m.TS
	s.removeOwn(m)
	return reply{"channel": m.Channel, "ts": ts}, nil
}

func (s *Sim) postEphemeral(a args) (reply, error) {
	const where = "chat.postEphemeral"
	ch, err := s.target(a.get("channel"))
	if err != nil {
		return nil, err
	}
	u := s.users[a.get("user")]
	if u == nil || u.Deleted || !ch.has(u.ID) {
		return nil, refuse("user_not_in_channel")
	}
	c, err := s.readContent(where, a, maxPostText)
	if err != nil {
		return nil, err
	}
	parent, err := s.parentOf(where, ch.ID, a.get("thread_ts"))
	if err != nil {
		return nil, err
	}
	p := s.storePrivate(&Private{User: u.ID, Channel: ch.ID, ThreadTS: parent, Text: c.text, Blocks: c.blocks, Source: where})
	return reply{"message_ts": p.TS}, nil
}

func (s *Sim) permalink(a args) (reply, error) {
	ch := s.channels[a.get("channel")]
	if ch == nil {
		return nil, refuse("channel_not_found")
	}
	m := s.findMessage(ch.ID, a.get("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	link := "https://" + teamDomain + ".slack.com/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + ch.ID
	}
	return reply{"channel": ch.ID, "permalink": link}, nil
}
