package slacksim

import (
	"time"
)

// Snapshot is a copy of all that one person sees at one moment, or, for no
// viewer, of everything. It can be shown as JSON.
type Snapshot struct {
	Now      time.Time     `json:"now"`
	Viewer   string        `json:"viewer,omitempty"` // user id; empty for the observer who sees everything
	Zone     string        `json:"zone"`             // of the times in plain texts
	Users    []User        `json:"users"`            // in the order in which they were added
	Groups   []Group       `json:"groups"`
	Channels []ChannelView `json:"channels"`
	Private  []Private     `json:"private"`
	// View is the modal in front of the viewer, Depth how many lie there.
	View  *View `json:"view,omitempty"`
	Depth int   `json:"depth,omitempty"`
	Home  *View `json:"home,omitempty"`
	// Views and Homes are those of all people, by user id; observer only.
	Views      map[string]*View `json:"views,omitempty"`
	Homes      map[string]*View `json:"homes,omitempty"`
	Files      []File           `json:"files"` // without content
	Violations []string         `json:"violations"`
}

// ChannelView is a channel with its messages, oldest first.
type ChannelView struct {
	Channel
	Messages []Message            `json:"messages"`
	Threads  map[string][]Message `json:"threads"` // replies by the parent's ts
}

// Channel finds a channel in the snapshot; an empty one where it is not seen.
func (s *Snapshot) Channel(id string) ChannelView {
	for _, c := range s.Channels {
		if c.ID == id {
			return c
		}
	}
	return ChannelView{}
}

// Snapshot shows what a person sees, times in the given zone; nil means the
// person's own zone. The empty user sees everything (nil: UTC).
func (s *Sim) Snapshot(user string, in *time.Location) *Snapshot {
	s.mu.Lock()
	snap, r := s.copyFor(user, in)
	s.mu.Unlock()
	for i := range snap.Channels {
		c := &snap.Channels[i]
		for j := range c.Messages {
			c.Messages[j].Plain = r.message(c.Messages[j])
		}
		for _, thread := range c.Threads {
			for j := range thread {
				thread[j].Plain = r.message(thread[j])
			}
		}
	}
	for i := range snap.Private {
		snap.Private[i].Plain = plainBlocks(r.content(snap.Private[i].Text, snap.Private[i].Blocks))
	}
	r.views(snap.View, snap.Home)
	for _, id := range sortedKeys(snap.Views) {
		r.views(snap.Views[id])
	}
	for _, id := range sortedKeys(snap.Homes) {
		r.views(snap.Homes[id])
	}
	return snap
}

// copyFor is called with mu held; nothing in the copy is shared with the state.
func (s *Sim) copyFor(user string, in *time.Location) (*Snapshot, *renderer) {
	u := s.users[user]
	if in == nil {
		in = time.UTC
		if u != nil {
			in = u.location()
		}
	}
	snap := &Snapshot{Now: s.now(), Viewer: user, Zone: in.String(), Users: []User{}, Groups: []Group{}, Channels: []ChannelView{},
		Private: []Private{}, Files: []File{}, Violations: append([]string{}, s.violations...)}
	for _, u := range s.joined() {
		snap.Users = append(snap.Users, *u)
	}
	for _, id := range sortedKeys(s.groups) {
		g := *s.groups[id]
		g.Users = append([]string{}, g.Users...)
		snap.Groups = append(snap.Groups, g)
	}
	for _, id := range sortedKeys(s.channels) {
		if _, _, err := s.present(user, id); user == "" || err == nil {
			snap.Channels = append(snap.Channels, s.channelView(s.channels[id]))
		}
	}
	for _, p := range s.privates {
		if user == "" || p.User == user {
			snap.Private = append(snap.Private, *p)
		}
	}
	s.copyFiles(snap)
	s.copyViews(snap)
	return snap, s.renderer(in)
}

func (s *Sim) channelView(c *Channel) ChannelView {
	v := ChannelView{Channel: *c, Messages: []Message{}, Threads: map[string][]Message{}}
	v.Members = append([]string{}, c.Members...)
	for _, m := range s.messages[c.ID] {
		if m.inChannel() {
			v.Messages = append(v.Messages, m.clone())
		}
		if m.ThreadTS != "" && m.ThreadTS != m.TS {
			v.Threads[m.ThreadTS] = append(v.Threads[m.ThreadTS], m.clone())
		}
	}
	return v
}

func (s *Sim) copyFiles(snap *Snapshot) {
	for _, id := range s.fileIDs {
		f := s.uploads[id].file
		f.Content = nil
		if snap.Viewer == "" || snap.Channel(f.Channel).ID != "" {
			snap.Files = append(snap.Files, f)
		}
	}
}

func (s *Sim) copyViews(snap *Snapshot) {
	if snap.Viewer != "" {
		snap.View, snap.Home = copyView(s.top(snap.Viewer)), copyView(s.homes[snap.Viewer])
		snap.Depth = len(s.stacks[snap.Viewer])
		return
	}
	snap.Views, snap.Homes = map[string]*View{}, map[string]*View{}
	for user := range s.stacks {
		if v := s.top(user); v != nil {
			snap.Views[user] = copyView(v)
		}
	}
	for user, v := range s.homes {
		snap.Homes[user] = copyView(v)
	}
}

func copyView(v *View) *View {
	if v == nil {
		return nil
	}
	c := v.clone()
	return &c
}

// Messages lists what stands in the channel itself, oldest first.
func (s *Sim) Messages(channel string) []Message {
	return s.pickMessages(channel, (*Message).inChannel)
}

// Thread lists the replies to a message, oldest first, without the message.
func (s *Sim) Thread(channel, ts string) []Message {
	return s.pickMessages(channel, func(m *Message) bool { return m.inThread(ts) })
}

func (s *Sim) pickMessages(channel string, wanted func(*Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Message{}
	for _, m := range s.messages[channel] {
		if wanted(m) {
			found = append(found, m.clone())
		}
	}
	return found
}

// Private lists what only this person sees, oldest first, as it stands now.
func (s *Sim) Private(user string) []Private {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Private{}
	for _, p := range s.privates {
		if p.User == user {
			found = append(found, *p)
		}
	}
	return found
}

// View is the modal in front of a person, or nil.
func (s *Sim) View(user string) *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copyView(s.top(user))
}

// Home is what was published to a person's Home tab, or nil.
func (s *Sim) Home(user string) *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copyView(s.homes[user])
}
