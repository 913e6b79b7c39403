package slacksim

import (
	"encoding/json"
	"strconv"
)

// Limits for a whole message or view.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxMessageChars  = 12000 // Slack documents none; failures start at about 13,000
)

// checked is the outcome for a message's blocks.
type checked struct {
	code       string // Slack's error, or ""
	problems   []string
	violations []string
	blocks     []any
}

// checkMessageBlocks judges the JSON text of a message's blocks.
func checkMessageBlocks(raw []byte) checked {
	v, err := decodeStrict(raw)
	if err != nil {
		return checked{code: "invalid_blocks_format"}
	}
	c := &checker{surface: "message"}
	blocks := c.blocks("/blocks", v, maxMessageBlocks)
	out := checked{problems: c.problems, violations: c.violations, blocks: blocks}
	switch {
	case len(c.problems) > 0:
		out.code = "invalid_blocks"
	case c.chars > maxMessageChars:
		out.code = "msg_blocks_too_long"
		out.problems = []string{"[ERROR] " + strconv.Itoa(c.chars) + " characters in all blocks [json-pointer:/blocks]"}
	}
	return out
}

func (c *checker) blocks(at string, v any, most int) []any {
	items, ok := v.([]any)
	if !ok {
		c.problem(at, "must provide an array")
		return nil
	}
	if len(items) > most {
		c.problem(at, "no more than %d items allowed", most)
	}
	c.blockIDs = map[string]bool{}
	for i, b := range items {
		c.block(at+"/"+strconv.Itoa(i), b)
	}
	return items
}

func (c *checker) block(at string, v any) {
	s, known := blockShape(typeOf(v))
	if !known {
		c.problem(at+"/type", "unsupported type: %s", typeOf(v))
		return
	}
	s["block_id"] = may(uniqueBlockID)
	o := c.object(at, v, s)
	switch typeOf(v) {
	case "section":
		if o["text"] == nil && o["fields"] == nil {
			c.problem(at, "missing required field: text or fields")
		}
	case "image":
		if (o["image_url"] == nil) == (o["slack_file"] == nil) {
			c.problem(at, "must provide exactly one of image_url and slack_file")
		}
	case "actions":
		c.uniqueActionIDs(at+"/elements", o["elements"])
	case "input":
		c.hasInput = true
	}
}

func uniqueBlockID(c *checker, at string, v any) {
	t := c.str(at, v, 1, 255)
	if c.blockIDs[t] {
		c.problem(at, "`block_id` %s already exists", t)
	}
	c.blockIDs[t] = true
}

func (c *checker) uniqueActionIDs(at string, v any) {
	seen := map[any]bool{}
	items, _ := v.([]any)
	for i, x := range items {
		o, _ := x.(map[string]any)
		if t, ok := o["action_id"].(string); ok {
			if seen[t] {
				c.problem(at+"/"+strconv.Itoa(i), "`action_id` %s already exists in this block", t)
			}
			seen[t] = true
		}
	}
}

// Kinds are the blocks that Slack takes, each with the kinds of elements that may stand in it.
func Kinds() map[string][]string {
	picked := []string{"static_select", "users_select", "conversations_select", "checkboxes", "radio_buttons", "datepicker", "timepicker"}
	return map[string][]string{
		"section":   append([]string{"image", "button", "overflow"}, picked...),
		"actions":   append([]string{"button", "overflow"}, picked...),
		"input":     append([]string{"plain_text_input"}, picked...),
		"context":   {"image", "mrkdwn", "plain_text"},
		"rich_text": {"rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list"},
		"header":    nil, "divider": nil, "image": nil,
	}
}

func blockShape(kind string) (shape, bool) {
	takes, known := Kinds()[kind]
	if !known {
		return nil, false
	}
	switch kind {
	case "section":
		return shape{
			"text": may(anyText(3000)), "fields": may(list(1, 10, anyText(2000))),
			"accessory": may(elements(takes...)), "expand": may(boolean),
		}, true
	case "header":
		return shape{"text": need(plainText(150))}, true
	case "context":
		return shape{"elements": need(list(1, 10, contextElement))}, true
	case "actions":
		return shape{"elements": need(list(1, 25, elements(takes...)))}, true
	case "divider":
		return shape{}, true
	case "image":
		s := imageShape()
		s["title"] = may(plainText(2000))
		return s, true
	case "rich_text":
		return shape{"elements": need(list(1, 1000, richPart))}, true
	case "input":
		return shape{
			"label": need(plainText(2000)), "hint": may(plainText(2000)), "optional": may(boolean),
			"dispatch_action": may(boolean), "element": need(elements(takes...)),
		}, true
	}
	return nil, false
}

func imageShape() shape {
	return shape{"image_url": may(str(1, 3000)), "alt_text": need(str(0, 2000)),
		"slack_file": may(sub(func() shape { return shape{"id": may(id), "url": may(str(1, 3000))} }))}
}

func contextElement(c *checker, at string, v any) {
	if typeOf(v) == "image" {
		c.object(at, v, imageShape())
		return
	}
	c.text(at, v, 3000, "mrkdwn", "plain_text")
}

// identify gives every block and element without an id one, as Slack does, and
// returns the blocks as they are kept.
func (s *Sim) identify(blocks []any) json.RawMessage {
	for _, b := range blocks {
		o, ok := b.(map[string]any)
		if !ok {
			continue // whatever is no object was refused before
		}
		if _, there := o["block_id"]; !there {
			o["block_id"] = s.nextID("b")
		}
		for _, e := range elementsOf(o) {
			if _, there := e["action_id"]; !there && e["type"] != "image" {
				e["action_id"] = s.nextID("a")
			}
		}
	}
	return encode(blocks)
}

// elementsOf are the interactive elements of one block.
func elementsOf(block map[string]any) []map[string]any {
	var found []map[string]any
	add := func(v any) {
		if o, ok := v.(map[string]any); ok {
			found = append(found, o)
		}
	}
	switch block["type"] {
	case "actions":
		items, _ := block["elements"].([]any)
		for _, x := range items {
			add(x)
		}
	case "section":
		add(block["accessory"])
	case "input":
		add(block["element"])
	}
	return found
}
