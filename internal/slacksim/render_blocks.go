package slacksim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
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
	rawGroup struct {
		Options []rawOption `json:"options"`
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
		Groups   []rawGroup      `json:"option_groups"`
		Confirm  *rawConfirm     `json:"confirm"`
		Elements []rawElement    `json:"elements"`

		Placeholder rawText `json:"placeholder"`
		Initial     string  `json:"initial_value"`
		Multiline   bool    `json:"multiline"`
		MaxLength   int     `json:"max_length"`

		InitialOption       *rawOption  `json:"initial_option"`
		InitialOptions      []rawOption `json:"initial_options"`
		InitialUser         string      `json:"initial_user"`
		InitialConversation string      `json:"initial_conversation"`
		InitialDate         string      `json:"initial_date"`
		InitialTime         string      `json:"initial_time"`

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
func (r *renderer) content(text string, blocks json.RawMessage) []Node {
	if len(blocks) == 0 || string(blocks) == "null" {
		return []Node{{Kind: KindPlain, Kids: r.mrkdwn(text)}}
	}
	return r.blocks(blocks, nil)
}

func (r *renderer) blocks(raw json.RawMessage, state stateValues) []Node {
	var blocks []rawBlock
	if json.Unmarshal(raw, &blocks) != nil {
		return []Node{{Kind: KindUnknown, Text: "blocks"}}
	}
	nodes := make([]Node, 0, len(blocks))
	for _, b := range blocks {
		n := r.block(b, state)
		n.Block = b.BlockID
		nodes = append(nodes, n)
	}
	return nodes
}

func (r *renderer) block(b rawBlock, state stateValues) Node {
	switch b.Type {
	case "header":
		return Node{Kind: KindHeader, Kids: r.text(b.Text)}
	case "section":
		return r.section(b)
	case "context":
		return Node{Kind: KindContext, Kids: r.elements(b)}
	case "actions":
		return Node{Kind: KindActions, Kids: r.elements(b)}
	case "divider":
		return Node{Kind: KindDivider}
	case "image":
		return Node{Kind: KindImage, Text: b.AltText}
	case "rich_text":
		kids := make([]Node, 0, len(b.Elements))
		for _, e := range b.Elements {
			kids = append(kids, r.richPart(e))
		}
		return Node{Kind: KindRichText, Kids: kids}
	case "input":
		return r.input(b, state)
	}
	return Node{Kind: KindUnknown, Text: b.Type}
}

func (r *renderer) section(b rawBlock) Node {
	n := Node{Kind: KindSection}
	if b.Text != nil {
		n.Kids = append(n.Kids, Node{Kind: KindPlain, Kids: r.text(b.Text)})
	}
	if len(b.Fields) > 0 {
		fields := Node{Kind: KindFields}
		for _, f := range b.Fields {
			fields.Kids = append(fields.Kids, Node{Kind: KindPlain, Kids: r.text(&f)})
		}
		n.Kids = append(n.Kids, fields)
	}
	if b.Accessory != nil {
		n.Kids = append(n.Kids, r.element(b.BlockID, *b.Accessory))
	}
	return n
}

// text renders a text object.
func (r *renderer) text(t *rawText) []Node {
	if t == nil {
		return nil
	}
	if t.Type == "mrkdwn" {
		return r.mrkdwn(t.Text)
	}
	return lines(unentities.Replace(t.Text))
}

func (r *renderer) elements(b rawBlock) []Node {
	nodes := make([]Node, 0, len(b.Elements))
	for _, e := range b.Elements {
		nodes = append(nodes, r.element(b.BlockID, e))
	}
	return nodes
}

// element is an element of a section, a context or a row of actions.
func (r *renderer) element(block string, e rawElement) Node {
	n := Node{Block: block, Action: e.ActionID, Value: e.Value, Confirm: r.confirm(e.Confirm)}
	switch e.Type {
	case "mrkdwn", "plain_text":
		return Node{Kind: KindPlain, Kids: r.text(&rawText{Type: e.Type, Text: e.word(e.Text)})}
	case "image":
		return Node{Kind: KindImage, Text: e.AltText}
	case "button":
		var label rawText
		_ = json.Unmarshal(e.Text, &label) // an empty label shows that it was wrong
		n.Kind, n.Text, n.Style = KindButton, unentities.Replace(label.Text), e.word(e.Style)
		if l := link(e.URL, e.URL); e.URL != "" {
			n.Href, n.Goto = l.Href, l.Goto
		}
	case "overflow":
		n.Kind, n.Options = KindMenu, choices(e.Options)
	default:
		if _, known := stateful(e.Type); !known {
			return Node{Kind: KindUnknown, Text: e.Type}
		}
		n.Kind, n.Text, n.Options = KindSelect, unentities.Replace(e.Placeholder.Text), r.options(e)
		n.Element, n.Value = e.Type, e.initial()
	}
	return n
}

// word reads a member that is a string in some elements and an object in others.
func (rawElement) word(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // an object is no word
	return s
}

// initial is what stands in an element that nobody has touched, as Pick takes it.
func (e rawElement) initial() string {
	if e.InitialOption != nil {
		return e.InitialOption.Value
	}
	values := make([]string, len(e.InitialOptions))
	for i, o := range e.InitialOptions {
		values[i] = o.Value
	}
	return cmp.Or(e.Initial, e.InitialUser, e.InitialConversation, e.InitialDate, e.InitialTime, strings.Join(values, ","))
}

// options are what can be picked in a select: its own, or the people or channels of the workspace.
func (r *renderer) options(e rawElement) []Choice {
	switch e.Type {
	case "users_select":
		return r.members
	case "conversations_select":
		all := make([]Choice, 0, len(r.channels))
		for _, id := range sortedKeys(r.channels) {
			all = append(all, Choice{Text: "#" + r.channels[id], Value: id})
		}
		return all
	}
	own := e.Options
	for _, g := range e.Groups {
		own = append(own, g.Options...)
	}
	return choices(own)
}

func choices(options []rawOption) []Choice {
	out := make([]Choice, 0, len(options))
	for _, o := range options {
		out = append(out, Choice{Text: unentities.Replace(o.Text.Text), Value: o.Value})
	}
	return out
}

func (r *renderer) confirm(c *rawConfirm) *Confirm {
	if c == nil {
		return nil
	}
	return &Confirm{Title: c.Title.Text, Text: Plain(r.text(&c.Text)), Yes: c.Confirm.Text, No: c.Deny.Text}
}

func (r *renderer) input(b rawBlock, state stateValues) Node {
	n := Node{Kind: KindInput, Block: b.BlockID, Text: unentities.Replace(b.Label.Text), Optional: b.Optional}
	if b.Hint != nil {
		n.Hint = unentities.Replace(b.Hint.Text)
	}
	if e := b.Element; e != nil {
		if _, known := stateful(e.Type); !known {
			return Node{Kind: KindUnknown, Text: e.Type}
		}
		n.Action, n.Element, n.Value, n.Placeholder = e.ActionID, e.Type, e.initial(), unentities.Replace(e.Placeholder.Text)
		n.Multiline, n.Max, n.Options = e.Multiline, e.MaxLength, r.options(*e)
		if filled, ok := state[b.BlockID][e.ActionID]; ok {
			n.Entered, n.Value = entered(filled), standing(filled)
		}
	}
	return n
}

// entered writes the state value of an input in words.
func entered(value map[string]any) string {
	kind, _ := value["type"].(string)
	key, _ := stateful(kind)
	if isEmpty(value) {
		return ""
	}
	return optionText(value[key])
}

// standing is the state value of an input as Pick takes it.
func standing(value map[string]any) string {
	kind, _ := value["type"].(string)
	key, _ := stateful(kind)
	switch v := value[key].(type) {
	case string:
		return v
	case map[string]any:
		picked, _ := v["value"].(string)
		return picked
	case []any:
		picked := make([]string, len(v))
		for i, one := range v {
			option, _ := one.(map[string]any)
			picked[i], _ = option["value"].(string)
		}
		return strings.Join(picked, ",")
	}
	return ""
}

// optionText is the label of an option, the labels of several, or else the value itself.
func optionText(v any) string {
	switch v := v.(type) {
	case map[string]any:
		text, _ := v["text"].(map[string]any)
		label, _ := text["text"].(string)
		return unentities.Replace(label)
	case []any:
		labels := make([]string, len(v))
		for i, one := range v {
			labels[i] = optionText(one)
		}
		return strings.Join(labels, ", ")
	}
	return fmt.Sprint(v)
}

// lines is literal text whose line ends become breaks.
func lines(s string) []Node {
	var nodes []Node
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			nodes = append(nodes, Node{Kind: KindBreak})
		}
		if line != "" {
			nodes = append(nodes, textNode(line))
		}
	}
	return nodes
}
