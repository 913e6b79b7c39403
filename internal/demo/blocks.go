package demo

import (
	"encoding/json"
)

// Raw shapes of Block Kit, as far as the page draws them. Unknown members are left out.
type (
	rawText struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	rawOption struct {
		Text  rawText `json:"text"`
		Value string  `json:"value"`
	}
	rawConfirm struct {
		Title   rawText `json:"title"`
		Text    rawText `json:"text"`
		Confirm rawText `json:"confirm"`
		Deny    rawText `json:"deny"`
	}
	rawElement struct {
		Type     string          `json:"type"`
		Text     json.RawMessage `json:"text"` // a string in texts, an object in buttons
		ActionID string          `json:"action_id"`
		Value    string          `json:"value"`
		Style    json.RawMessage `json:"style"` // a word in buttons and lists, an object in rich text
		URL      string          `json:"url"`
		AltText  string          `json:"alt_text"`
		Options  []rawOption     `json:"options"`
		Confirm  *rawConfirm     `json:"confirm"`
		Elements []rawElement    `json:"elements"`

		Placeholder rawText `json:"placeholder"`
		Initial     string  `json:"initial_value"`
		Multiline   bool    `json:"multiline"`
		MaxLength   int     `json:"max_length"`

		UserID    string      `json:"user_id"`
		GroupID   string      `json:"usergroup_id"`
		ChannelID string      `json:"channel_id"`
		Name      string      `json:"name"`
		Range     string      `json:"range"`
		Timestamp json.Number `json:"timestamp"`
		Format    string      `json:"format"`
		Fallback  string      `json:"fallback"`
	}
	rawBlock struct {
		Type      string       `json:"type"`
		BlockID   string       `json:"block_id"`
		Text      *rawText     `json:"text"`
		Fields    []rawText    `json:"fields"`
		Accessory *rawElement  `json:"accessory"`
		Elements  []rawElement `json:"elements"`
		AltText   string       `json:"alt_text"`

		Label    rawText     `json:"label"`
		Hint     *rawText    `json:"hint"`
		Optional bool        `json:"optional"`
		Element  *rawElement `json:"element"`
	}
)

// content is what a message shows: its blocks, or its text where it has none.
func (p painter) content(text string, blocks json.RawMessage) []Node {
	if len(blocks) == 0 || string(blocks) == "null" {
		return []Node{{Kind: kindPlain, Kids: p.mrkdwn(text)}}
	}
	return p.blocks(blocks)
}

func (p painter) blocks(raw json.RawMessage) []Node {
	var blocks []rawBlock
	if json.Unmarshal(raw, &blocks) != nil {
		return []Node{{Kind: kindPlain, Text: "(blocks that the page cannot draw)"}}
	}
	nodes := make([]Node, 0, len(blocks))
	for _, b := range blocks {
		n := p.block(b)
		n.Block = b.BlockID
		nodes = append(nodes, n)
	}
	return nodes
}

func (p painter) block(b rawBlock) Node {
	switch b.Type {
	case "header":
		return Node{Kind: kindHeader, Kids: p.text(b.Text)}
	case "section":
		return p.section(b)
	case "context":
		return Node{Kind: kindContext, Kids: p.elements(b)}
	case "actions":
		return Node{Kind: kindActions, Kids: p.elements(b)}
	case "divider":
		return Node{Kind: kindDivider}
	case "image":
		return Node{Kind: kindImage, Text: b.AltText}
	case "rich_text":
		kids := make([]Node, 0, len(b.Elements))
		for _, e := range b.Elements {
			kids = append(kids, p.richPart(e))
		}
		return Node{Kind: kindRichText, Kids: kids}
	case "input":
		return p.input(b)
	}
	return Node{Kind: kindPlain, Text: "(a block of the type " + b.Type + ")"}
}

func (p painter) section(b rawBlock) Node {
	n := Node{Kind: kindSection}
	if b.Text != nil {
		n.Kids = append(n.Kids, Node{Kind: kindPlain, Kids: p.text(b.Text)})
	}
	if len(b.Fields) > 0 {
		fields := Node{Kind: kindFields}
		for _, f := range b.Fields {
			fields.Kids = append(fields.Kids, Node{Kind: kindPlain, Kids: p.text(&f)})
		}
		n.Kids = append(n.Kids, fields)
	}
	if b.Accessory != nil {
		n.Kids = append(n.Kids, p.element(b.BlockID, *b.Accessory))
	}
	return n
}

// text renders a text object.
func (p painter) text(t *rawText) []Node {
	if t == nil {
		return nil
	}
	if t.Type == "mrkdwn" {
		return p.mrkdwn(t.Text)
	}
	return lines(entities.Replace(t.Text))
}

func (p painter) elements(b rawBlock) []Node {
	nodes := make([]Node, 0, len(b.Elements))
	for _, e := range b.Elements {
		nodes = append(nodes, p.element(b.BlockID, e))
	}
	return nodes
}

// element is an element of a section, a context or a row of actions.
func (p painter) element(block string, e rawElement) Node {
	n := Node{Block: block, Action: e.ActionID, Value: e.Value, Confirm: p.confirm(e.Confirm)}
	switch e.Type {
	case "mrkdwn", "plain_text":
		return Node{Kind: kindPlain, Kids: p.text(&rawText{Type: e.Type, Text: e.word(e.Text)})}
	case "image":
		return Node{Kind: kindImage, Text: e.AltText}
	case "button":
		var label rawText
		_ = json.Unmarshal(e.Text, &label) // an empty label shows that it was wrong
		n.Kind, n.Text, n.Style = kindButton, entities.Replace(label.Text), e.word(e.Style)
		if l := link(e.URL, e.URL); e.URL != "" {
			n.Href, n.Goto = l.Href, l.Goto
		}
	case "overflow":
		n.Kind, n.Options = kindMenu, choices(e.Options)
	default:
		n.Kind, n.Text, n.Options = kindSelect, entities.Replace(e.Placeholder.Text), p.options(e)
	}
	return n
}

// word reads a member that is a string in some elements and an object in others.
func (rawElement) word(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // an object is no word
	return s
}

// options are what can be picked in a select: its own, or the people of the workspace.
func (p painter) options(e rawElement) []choice {
	if e.Type == "users_select" && p.people != nil {
		return p.people()
	}
	return choices(e.Options)
}

func choices(options []rawOption) []choice {
	out := make([]choice, 0, len(options))
	for _, o := range options {
		out = append(out, choice{Text: entities.Replace(o.Text.Text), Value: o.Value})
	}
	return out
}

func (p painter) confirm(c *rawConfirm) *confirm {
	if c == nil {
		return nil
	}
	return &confirm{Title: c.Title.Text, Text: textOf(p.text(&c.Text)), Yes: c.Confirm.Text, No: c.Deny.Text}
}

func (p painter) input(b rawBlock) Node {
	n := Node{Kind: kindInput, Block: b.BlockID, Text: entities.Replace(b.Label.Text), Optional: b.Optional}
	if b.Hint != nil {
		n.Hint = entities.Replace(b.Hint.Text)
	}
	if e := b.Element; e != nil {
		n.Action, n.Value, n.Placeholder = e.ActionID, e.Initial, entities.Replace(e.Placeholder.Text)
		n.Multiline, n.Max, n.Options = e.Multiline, e.MaxLength, p.options(*e)
	}
	return n
}
