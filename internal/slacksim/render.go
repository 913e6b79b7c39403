package slacksim

import (
	"encoding/json"
	"strings"
	"time"
)

// renderer turns mark-up and blocks into nodes, for one time zone.
type renderer struct {
	now      time.Time
	zone     *time.Location
	people   map[string]string // names by user id
	members  []Choice          // the people who can be picked
	channels map[string]string
	groups   map[string]string // handles
}

// renderer copies the names; nil is UTC. It is called with mu held.
func (s *Sim) renderer(in *time.Location) *renderer {
	if in == nil {
		in = time.UTC
	}
	r := &renderer{now: s.now(), zone: in, people: map[string]string{}, channels: map[string]string{}, groups: map[string]string{}}
	for _, u := range s.users {
		r.people[u.ID] = u.name()
	}
	for _, u := range s.joined() {
		if !u.IsBot && !u.Deleted {
			r.members = append(r.members, Choice{Text: u.name(), Value: u.ID})
		}
	}
	for id, c := range s.channels {
		r.channels[id] = c.Name
	}
	for id, g := range s.groups {
		r.groups[id] = g.Handle
	}
	return r
}

func (s *Sim) lockedRenderer(in *time.Location) *renderer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.renderer(in)
}

// Draw renders a message: its blocks, or its text where it has none. Times are in the given zone (nil: UTC).
func (s *Sim) Draw(text string, blocks json.RawMessage, in *time.Location) []Node {
	return s.lockedRenderer(in).content(text, blocks)
}

// DrawView renders the blocks of a modal or Home tab.
func (s *Sim) DrawView(v View, in *time.Location) []Node {
	return s.lockedRenderer(in).blocks(v.Blocks, v.State.Values)
}

// PlainText renders a message in plain words, see Plain, with its files. Times are in the given zone (nil: UTC).
func (s *Sim) PlainText(m Message, in *time.Location) string { return s.lockedRenderer(in).message(m) }

// PlainPrivate renders a private message like PlainText.
func (s *Sim) PlainPrivate(p Private, in *time.Location) string {
	return s.PlainText(Message{Text: p.Text, Blocks: p.Blocks}, in)
}

// PlainView renders a modal or Home tab: title, blocks and submit button.
func (s *Sim) PlainView(v View, in *time.Location) string {
	s.lockedRenderer(in).views(&v)
	return v.Plain
}

func (r *renderer) message(m Message) string {
	shown := []string{plainBlocks(r.content(m.Text, m.Blocks))}
	for _, f := range m.Files {
		shown = append(shown, "[file: "+f.Name+"]")
	}
	return joinLines(shown...)
}

// plainBlocks writes each block on a line, without the empty ones.
func plainBlocks(blocks []Node) string {
	shown := make([]string, len(blocks))
	for i, b := range blocks {
		shown[i] = b.plain()
	}
	return joinLines(shown...)
}

func joinLines(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		if l != "" && b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l)
	}
	return b.String()
}

func (r *renderer) views(views ...*View) {
	for _, v := range views {
		if v == nil {
			continue
		}
		submit := PlainObject(v.Submit)
		if submit != "" {
			submit = "[" + submit + "]"
		}
		v.Plain = joinLines(PlainObject(v.Title), plainBlocks(r.blocks(v.Blocks, v.State.Values)), submit)
	}
}

// PlainObject is the text of a plain text object, "" where there is none.
func PlainObject(raw json.RawMessage) string {
	var t rawText
	_ = json.Unmarshal(raw, &t) // absent is empty
	return unentities.Replace(t.Text)
}

func named(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n
	}
	return id
}
