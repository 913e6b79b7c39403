package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// renderer turns mark-up and blocks into what a person reads.
type renderer struct {
	now      time.Time
	zone     *time.Location
	people   map[string]string // by user id
	channels map[string]string
	groups   map[string]string // handles
}

// renderer copies the names; called with mu held.
func (s *Sim) renderer(in *time.Location) *renderer {
	r := &renderer{now: s.now(), zone: in, people: map[string]string{}, channels: map[string]string{}, groups: map[string]string{}}
	for id, u := range s.users {
		r.people[id] = u.name()
	}
	for id, c := range s.channels {
		r.channels[id] = c.Name
	}
	for id, g := range s.groups {
		r.groups[id] = g.Handle
	}
	return r
}

// PlainText renders a message as a person reads it: names for mentions, times
// in the given zone (nil: UTC), labels for links, [Take over] for buttons;
// bold and other marks are dropped.
func (s *Sim) PlainText(m Message, in *time.Location) string {
	if in == nil {
		in = time.UTC
	}
	s.mu.Lock()
	r := s.renderer(in)
	s.mu.Unlock()
	return r.message(m)
}

// PlainPrivate renders a private message like PlainText.
func (s *Sim) PlainPrivate(p Private, in *time.Location) string {
	return s.PlainText(Message{Text: p.Text, Blocks: p.Blocks}, in)
}

// PlainView renders a modal or Home tab: title, blocks and submit button.
func (s *Sim) PlainView(v View, in *time.Location) string {
	if in == nil {
		in = time.UTC
	}
	s.mu.Lock()
	r := s.renderer(in)
	s.mu.Unlock()
	r.views(&v)
	return v.Plain
}

func (r *renderer) message(m Message) string {
	lines := []string{}
	if text := r.content(m.Text, m.Blocks); text != "" {
		lines = append(lines, text)
	}
	for _, f := range m.Files {
		lines = append(lines, "[file: "+f.Name+"]")
	}
	return strings.Join(lines, "\n")
}

// content: where there are blocks, the text is not shown.
func (r *renderer) content(text string, blocks json.RawMessage) string {
	if len(blocks) == 0 {
		return r.mrkdwn(text)
	}
	return r.blocks(blocks, nil)
}

func (r *renderer) views(views ...*View) {
	for _, v := range views {
		if v == nil {
			continue
		}
		lines := []string{}
		add := func(t string) {
			if t != "" {
				lines = append(lines, t)
			}
		}
		add(r.rawText(v.Title))
		add(r.blocks(v.Blocks, v.State.Values))
		if t := r.rawText(v.Submit); t != "" {
			add("[" + t + "]")
		}
		v.Plain = strings.Join(lines, "\n")
	}
}

func (r *renderer) rawText(raw json.RawMessage) string {
	var v any
	_ = json.Unmarshal(raw, &v)
	return r.text(v)
}

func (r *renderer) blocks(raw json.RawMessage, state stateValues) string {
	lines := []string{}
	for _, b := range decodeBlocks(raw) {
		if t := r.block(b, state); t != "" {
			lines = append(lines, t)
		}
	}
	return strings.Join(lines, "\n")
}

func (r *renderer) block(b map[string]any, state stateValues) string {
	switch b["type"] {
	case "header":
		return r.text(b["text"])
	case "section":
		lines := []string{}
		for _, v := range append([]any{b["text"]}, items(b["fields"])...) {
			if v != nil {
				lines = append(lines, r.text(v))
			}
		}
		if b["accessory"] != nil {
			lines = append(lines, r.element(b["accessory"]))
		}
		return strings.Join(lines, "\n")
	case "context":
		return r.join(b["elements"], " ", r.element)
	case "actions":
		return r.join(b["elements"], " ", r.element)
	case "divider":
		return "----"
	case "image":
		return r.element(b)
	case "rich_text":
		return r.join(b["elements"], "\n", r.richPart)
	case "input":
		return r.input(b, state)
	}
	return ""
}

func (r *renderer) input(b map[string]any, state stateValues) string {
	e, _ := b["element"].(map[string]any)
	block, _ := b["block_id"].(string)
	action, _ := e["action_id"].(string)
	shown := ""
	if v := state[block][action]; !isEmpty(v) {
		kind, _ := v["type"].(string)
		key, _ := stateful(kind)
		shown = r.value(v[key])
	}
	return r.text(b["label"]) + ": [" + shown + "]"
}

func (r *renderer) value(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return r.text(v["text"])
	case []any:
		return r.join(v, ", ", r.value)
	}
	return fmt.Sprint(v)
}

func (r *renderer) element(v any) string {
	e, _ := v.(map[string]any)
	switch e["type"] {
	case "plain_text", "mrkdwn":
		return r.text(e)
	case "image":
		return fmt.Sprintf("[image: %v]", e["alt_text"])
	case "button":
		return "[" + r.text(e["text"]) + "]"
	case "overflow":
		return "[⋯ " + r.join(e["options"], " | ", r.value) + "]"
	case "checkboxes", "radio_buttons":
		return "[" + r.join(e["options"], " | ", r.value) + "]"
	}
	return "[" + strings.TrimSpace(r.text(e["placeholder"])+" ▾") + "]"
}

// text renders a text object.
func (r *renderer) text(v any) string {
	o, _ := v.(map[string]any)
	t, _ := o["text"].(string)
	if o["type"] == "mrkdwn" {
		return r.mrkdwn(t)
	}
	return unentities.Replace(t)
}

func items(v any) []any {
	list, _ := v.([]any)
	return list
}

func (r *renderer) join(v any, between string, show func(any) string) string {
	shown := []string{}
	for _, x := range items(v) {
		shown = append(shown, show(x))
	}
	return strings.Join(shown, between)
}

func (r *renderer) richPart(v any) string {
	o, _ := v.(map[string]any)
	switch o["type"] {
	case "rich_text_list":
		lines := []string{}
		for i, x := range items(o["elements"]) {
			mark := "• "
			if o["style"] == "ordered" {
				mark = fmt.Sprintf("%d. ", i+1)
			}
			lines = append(lines, mark+r.richPart(x))
		}
		return strings.Join(lines, "\n")
	case "rich_text_quote":
		return "> " + strings.ReplaceAll(r.join(o["elements"], "", r.richElement), "\n", "\n> ")
	}
	return r.join(o["elements"], "", r.richElement)
}

func (r *renderer) richElement(v any) string {
	o, _ := v.(map[string]any)
	str := func(key string) string { t, _ := o[key].(string); return t }
	switch o["type"] {
	case "link":
		if str("text") != "" {
			return str("text")
		}
		return str("url")
	case "user":
		return "@" + named(r.people, str("user_id"))
	case "usergroup":
		return "@" + named(r.groups, str("usergroup_id"))
	case "channel":
		return "#" + named(r.channels, str("channel_id"))
	case "emoji":
		return ":" + str("name") + ":"
	case "broadcast":
		return "@" + str("range")
	case "date":
		return r.date(fmt.Sprint(o["timestamp"]), str("format"), str("fallback"))
	}
	return str("text")
}

func named(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n
	}
	return id
}
