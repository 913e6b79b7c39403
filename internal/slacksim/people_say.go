package slacksim

import (
	"context"
	"fmt"
)

// Say writes a message, as a reply where threadTS is set, and sends the
// message event if the bot is in the channel (otherwise the delivery is empty,
// with no status and no error), as it is where the app is not subscribed to the
// kind of channel. DirectChannel is the channel for words to the bot itself.
// What was typed is stored in the message's text
// as Slack escapes it, and literally in its blocks. The stored message is
// returned too.
func (s *Sim) Say(ctx context.Context, user, channel, threadTS, text string) (Message, Delivery) {
	return s.SayWith(ctx, user, channel, threadTS, text)
}

// SayWith is Say with files, of which the name and the content count; text may be empty then.
func (s *Sim) SayWith(ctx context.Context, user, channel, threadTS, text string, files ...File) (Message, Delivery) {
	s.mu.Lock()
	c, err := s.writer(user, channel)
	if err == nil && threadTS != "" && s.findMessage(channel, threadTS) == nil {
		err = fmt.Errorf("%w: no thread %s in %s", ErrNotThere, threadTS, channel)
	}
	if err != nil {
		s.mu.Unlock()
		return Message{}, failed("event", err)
	}
	parts := s.parse(text, Typing{})
	m := s.store(&Message{Channel: channel, ThreadTS: threadTS, User: user, Text: markup(parts), Blocks: s.richText(parts)})
	s.attach(m, files)
	said := m.clone()
	e := s.messageEvent(c, m)
	e["client_msg_id"] = s.clientID()
	return said, s.tell(ctx, c, e)
}

// attach shares files of a person with a message that was just stored.
func (s *Sim) attach(m *Message, files []File) {
	if len(files) == 0 {
		return
	}
	m.Subtype = "file_share"
	if m.Text == "" {
		m.Blocks = nil
	}
	for _, f := range files {
		f.ID, f.Title, f.User, f.Size = s.nextID("F"), f.Name, m.User, len(f.Content)
		f.Channel, f.TS = m.Channel, m.TS
		s.uploads[f.ID] = &upload{file: f, received: true, complete: true}
		s.fileIDs = append(s.fileIDs, f.ID)
		f.Content = nil
		m.Files = append(m.Files, f)
	}
}

// DeleteFiles takes the files from what a person said and sends message_changed, in which Slack puts a
// placeholder for each. A message without words goes with them.
func (s *Sim) DeleteFiles(ctx context.Context, user, channel, ts string) Delivery {
	return s.changeOwn(ctx, user, channel, ts, func(c *Channel, m *Message, before reply) map[string]any {
		for i := range m.Files {
			m.Files[i].Gone = true
			s.uploads[m.Files[i].ID].file.Gone = true
		}
		if m.Text == "" {
			s.remove(m)
			return s.removalEvent(c, m, before)
		}
		s.changed()
		return s.changeEvent(c, m, before)
	})
}

// writer finds a channel in which the person may write.
func (s *Sim) writer(user, channel string) (*Channel, error) {
	_, c, err := s.present(user, channel)
	switch {
	case err != nil:
		return nil, err
	case !c.has(user):
		return nil, fmt.Errorf("%w: %s is not a member of %s", ErrNotThere, user, channel)
	case c.Archived:
		return nil, fmt.Errorf("%w: %s is archived", ErrNotThere, channel)
	case c.IM && !s.answerable():
		return nil, fmt.Errorf("%w: the app's messages tab takes nothing", ErrNotThere)
	}
	return c, nil
}

// clientID makes an id as clients make one for each message: a uuid.
func (s *Sim) clientID() string {
	s.serial++
	return fmt.Sprintf("c11e0000-0000-4000-8000-%012x", s.serial)
}

// tell releases mu and sends the event, if the bot hears the channel.
func (s *Sim) tell(ctx context.Context, c *Channel, event map[string]any) Delivery {
	if !s.hears(c) {
		s.mu.Unlock()
		return Delivery{Kind: "event"}
	}
	q := s.envelope(event)
	s.mu.Unlock()
	return s.sendEvent(ctx, q)
}

// Edit changes what a person said and sends message_changed.
func (s *Sim) Edit(ctx context.Context, user, channel, ts, text string) Delivery {
	return s.changeOwn(ctx, user, channel, ts, func(c *Channel, m *Message, before reply) map[string]any {
		parts := s.parse(text, Typing{})
		m.Text, m.Blocks, m.Edited = markup(parts), s.richText(parts), true
		m.EditedAt = fmt.Sprintf("%d.000000", s.now().Unix())
		m.Updates++
		s.changed()
		return s.changeEvent(c, m, before)
	})
}

// Delete removes what a person said and sends message_deleted, or, where it had
// replies, message_changed with Slack's placeholder.
func (s *Sim) Delete(ctx context.Context, user, channel, ts string) Delivery {
	return s.changeOwn(ctx, user, channel, ts, func(c *Channel, m *Message, before reply) map[string]any {
		s.remove(m)
		return s.removalEvent(c, m, before)
	})
}

// changeOwn has a person change what the person said, and sends the event. change is called with the lock,
// and returns the event; before is the message as it was.
func (s *Sim) changeOwn(ctx context.Context, user, channel, ts string, change func(c *Channel, m *Message, before reply) map[string]any) Delivery {
	s.mu.Lock()
	c, m, err := s.ownWords(user, channel, ts)
	if err != nil {
		s.mu.Unlock()
		return failed("event", err)
	}
	return s.tell(ctx, c, change(c, m, s.wire(m, false)))
}

func (s *Sim) ownWords(user, channel, ts string) (*Channel, *Message, error) {
	c, err := s.writer(user, channel)
	if err != nil {
		return nil, nil, err
	}
	m := s.findMessage(channel, ts)
	if m == nil || m.User != user {
		return nil, nil, fmt.Errorf("%w: %s wrote no message %s", ErrNotThere, user, ts)
	}
	return c, m, nil
}
