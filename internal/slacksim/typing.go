package slacksim

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Typing says how Slack rewrites the text of a command. The zero value is an
// app with should_escape on.
type Typing struct {
	// Plain switches should_escape off: the text arrives as it was typed.
	Plain bool `json:"plain,omitempty"`
	// Phones wraps phone numbers as <tel:…|…> and mail addresses as
	// <mailto:…|…>, which Slack's clients do at times.
	Phones bool `json:"phones,omitempty"`
}

// part is a stretch of typed text; kind is "", "user", "channel", "url",
// "tel" or "mailto".
type part struct {
	kind, text, target string
}

var (
	typedToken = regexp.MustCompile(`https?://[^\s<>]+|@[\pL\pN._-]+|#[\pL\pN_-]+`)
	typedPhone = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.]+|\+?\(?[0-9][0-9\s().-]{5,}[0-9]`)
	entities   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unentities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

func escapeEntities(t string) string { return entities.Replace(t) }

// commandText is what arrives as the text of a command.
func (s *Sim) commandText(typed string) string {
	if s.typing.Plain {
		return typed
	}
	return markup(s.parse(typed, s.typing))
}

// parse splits typed text into what Slack recognises and the rest.
func (s *Sim) parse(typed string, t Typing) []part {
	parts := split(typed, typedToken, s.recognise)
	if !t.Phones {
		return parts
	}
	var all []part
	for _, p := range parts {
		if p.kind != "" {
			all = append(all, p)
			continue
		}
		all = append(all, split(p.text, typedPhone, phoneOrMail)...)
	}
	return all
}

// split cuts text at the matches that recognise knows.
func split(text string, tokens *regexp.Regexp, recognise func(string) (part, bool)) []part {
	var parts []part
	done := 0
	for _, at := range tokens.FindAllStringIndex(text, -1) {
		p, ok := recognise(text[at[0]:at[1]])
		if !ok {
			continue
		}
		if at[0] > done {
			parts = append(parts, part{text: text[done:at[0]]})
		}
		parts = append(parts, p)
		done = at[1]
	}
	if done < len(text) {
		parts = append(parts, part{text: text[done:]})
	}
	return parts
}

func (s *Sim) recognise(token string) (part, bool) {
	name := token[1:]
	switch token[0] {
	case '@':
		for _, id := range sortedKeys(s.users) {
			if u := s.users[id]; strings.EqualFold(u.Name, name) || strings.EqualFold(u.DisplayName, name) {
				return part{"user", token, id}, true
			}
		}
		return part{}, false
	case '#':
		for _, id := range sortedKeys(s.channels) {
			if c := s.channels[id]; c.Name == name && name != "" {
				return part{"channel", channelLabel(c), id}, true
			}
		}
		return part{}, false
	}
	return part{"url", token, token}, true
}

func channelLabel(c *Channel) string {
	if c.Private {
		return "" // Slack hides the names of private channels
	}
	return c.Name
}

func phoneOrMail(token string) (part, bool) {
	if strings.Contains(token, "@") {
		return part{"mailto", token, token}, true
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, token)
	return part{"tel", token, digits}, true
}

// markup writes the parts in Slack's mark-up, entities escaped.
func markup(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		switch p.kind {
		case "user":
			b.WriteString("<@" + p.target + ">")
		case "channel":
			b.WriteString("<#" + p.target + "|" + p.text + ">")
		case "url":
			b.WriteString("<" + escapeEntities(p.target) + ">")
		case "tel", "mailto":
			b.WriteString("<" + p.kind + ":" + escapeEntities(p.target) + "|" + escapeEntities(p.text) + ">")
		default:
			b.WriteString(escapeEntities(p.text))
		}
	}
	return b.String()
}

// richText is the block Slack makes of what a person typed.
func (s *Sim) richText(parts []part) json.RawMessage {
	elements := []any{}
	for _, p := range parts {
		switch p.kind {
		case "user":
			elements = append(elements, map[string]any{"type": "user", "user_id": p.target})
		case "channel":
			elements = append(elements, map[string]any{"type": "channel", "channel_id": p.target})
		case "":
			elements = append(elements, map[string]any{"type": "text", "text": p.text})
		default:
			elements = append(elements, map[string]any{"type": "link", "url": p.target, "text": p.text})
		}
	}
	section := map[string]any{"type": "rich_text_section", "elements": elements}
	return encode([]any{map[string]any{"type": "rich_text", "block_id": s.nextID("b"), "elements": []any{section}}})
}
