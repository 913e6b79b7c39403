//go:build e2e

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"takeoverbot/internal/slacksim"
)

const twoOptions = `[{"text":{"type":"plain_text","text":"one"},"value":"1"},{"text":{"type":"plain_text","text":"two"},"value":"2"}]`

// drawing is an element as the bot sends it, and what the page has to show of it: (*) marks what is chosen.
type drawing struct{ element, shown string }

// drawings is a table by Slack's kinds of elements; initial values are drawn as chosen.
func drawings() map[string]drawing {
	const second = `{"text":{"type":"plain_text","text":"two"},"value":"2"}`
	return map[string]drawing{
		"button":               {`"text":{"type":"plain_text","text":"Take over"},"value":"v"`, "button Take over"},
		"overflow":             {`"options":` + twoOptions, "button ⋯"},
		"static_select":        {`"options":` + twoOptions + `,"initial_option":` + second, "select Choose | one | two(*)"},
		"users_select":         {`"placeholder":{"type":"plain_text","text":"Pick"},"initial_user":"` + slacksim.Omar + `"`, "select Pick | Dana | Omar(*) | Lena | Gus | Ola"},
		"conversations_select": {`"initial_conversation":"` + slacksim.DeskChannel + `"`, "select Choose | #on-call(*) | #lobby"},
		"radio_buttons":        {`"options":` + twoOptions + `,"initial_option":` + second, "radio one | radio two(*)"},
		"checkboxes":           {`"options":` + twoOptions + `,"initial_options":[` + second + `]`, "checkbox one | checkbox two(*)"},
		"datepicker":           {`"initial_date":"2026-11-27"`, "date 2026-11-27"},
		"timepicker":           {`"initial_time":"03:14"`, "time 03:14"},
		"plain_text_input":     {`"initial_value":"words","multiline":true`, "textarea words"},
		"image":                {`"alt_text":"a cat","image_url":"https://pictures.example/x.png"`, "[picture: a cat]"},

		"mrkdwn":     {`"text":"*bold*"`, "b bold"},
		"plain_text": {`"text":"*plain*"`, "*plain*"},

		"rich_text_section":      {`"elements":[{"type":"text","text":"said","style":{"bold":true}}]`, "b said"},
		"rich_text_quote":        {`"elements":[{"type":"text","text":"said"}]`, "blockquote said"},
		"rich_text_preformatted": {`"elements":[{"type":"text","text":"said"}]`, "pre said"},
		"rich_text_list":         {`"style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"said"}]}]`, "ol li said"},
	}
}

// untouched are pickers without a choice: nobody and nothing is chosen by itself.
func untouched() map[string]drawing {
	return map[string]drawing{
		"static_select": {`"options":` + twoOptions, "select Choose(*) | one | two"},
		"users_select":  {`"placeholder":{"type":"plain_text","text":"Pick"}`, "select Pick(*) | Dana | Omar | Lena | Gus | Ola"},
		"radio_buttons": {`"options":` + twoOptions, "radio one | radio two"},
		"checkboxes":    {`"options":` + twoOptions, "checkbox one | checkbox two"},
	}
}

// block is a block of a kind around an element, or what such a block has where it takes none.
func block(kind, element, inside string) string {
	e := fmt.Sprintf(`{"type":%q,%s}`, element, inside)
	if element != "mrkdwn" && element != "plain_text" && element != "image" && !strings.HasPrefix(element, "rich_text") {
		e = fmt.Sprintf(`{"type":%q,"action_id":"a",%s}`, element, inside)
	}
	switch kind {
	case "section":
		return `{"type":"section","block_id":"b","text":{"type":"mrkdwn","text":"Words"},"accessory":` + e + `}`
	case "input":
		return `{"type":"input","block_id":"b","label":{"type":"plain_text","text":"Label"},"hint":{"type":"plain_text","text":"Hint"},"element":` + e + `}`
	case "header":
		return `{"type":"header","text":{"type":"plain_text","text":"Words"}}`
	case "divider":
		return `{"type":"divider"}`
	case "image":
		return `{"type":"image",` + drawings()["image"].element + `}`
	}
	return fmt.Sprintf(`{"type":%q,"block_id":"b","elements":[%s]}`, kind, e)
}

// around is what a block's drawing shows beside its element.
func around(kind, shown string) string {
	switch kind {
	case "section":
		return "Words | " + shown
	case "input":
		return "Label | " + shown + " | Hint"
	case "header":
		return "h4 Words"
	case "divider":
		return "hr"
	case "image":
		return "[picture: a cat]"
	}
	return shown
}

// drawsWhatSlackDraws: each kind of block with each kind of element that Slack takes in it has a drawing on the page,
// with what is chosen in it and nothing else; what has none is said loudly.
func (p *demoPage) drawsWhatSlackDraws() {
	sim := slacksim.New(slacksim.Options{})
	drawn := func(raw string) string {
		nodes, err := json.Marshal(sim.Draw("", json.RawMessage("["+raw+"]"), nil))
		if err != nil {
			p.t.Fatal(err)
		}
		return p.evaluate(`import("/static/nodes.js").then(({draw}) => {
			const show = (e) => {
				if (e.nodeType === 3) return e.data;
				const kids = () => [...e.childNodes].map(show).filter(Boolean).join(" | ");
				const tag = e.tagName.toLowerCase();
				if (tag === "select") return "select " + [...e.options].map((o) => o.text + (o.selected ? "(*)" : "")).join(" | ");
				if (tag === "input" && (e.type === "radio" || e.type === "checkbox")) return e.type + " " + e.parentElement.textContent + (e.checked ? "(*)" : "");
				if (tag === "input") return e.type + " " + e.value;
				if (tag === "textarea") return "textarea " + e.value;
				if (e.classList.contains("choice")) return show(e.firstChild);
				return ["b", "button", "blockquote", "pre", "ol", "li", "hr", "h4"].includes(tag) ? (tag + " " + kids()).trim() : kids();
			};
			const made = document.createElement("div");
			made.append(...draw(`+string(nodes)+`, {}));
			return show(made);
		})`, "draw "+raw)
	}
	kinds := slacksim.Kinds()
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		elements := kinds[kind]
		if len(elements) == 0 {
			elements = []string{""}
		}
		for _, element := range elements {
			d, known := drawings()[element]
			if element != "" && !known {
				p.t.Errorf("no row says how %s in a %s is drawn", element, kind)
			}
			rows := []drawing{d}
			if d, known := untouched()[element]; known {
				rows = append(rows, d)
			}
			for _, d := range rows {
				if got, want := drawn(block(kind, element, d.element)), around(kind, d.shown); got != want {
					p.t.Errorf("%s in a %s:\n is  %q\nnot  %q", element, kind, got, want)
				}
			}
		}
	}
	if got := drawn(`{"type":"video"}`); got != "This page cannot draw “video”." || p.read(`document.body.dataset.undrawn`) != "video" {
		p.t.Errorf("a block without a drawing: %q", got)
	}
	p.read(`delete document.body.dataset.undrawn`)
	nodes, err := json.Marshal(sim.Draw("", json.RawMessage(`[{"type":"context","elements":[{"type":"mrkdwn","text":"who"},{"type":"mrkdwn","text":"where"}]}]`), nil))
	if err != nil {
		p.t.Fatal(err)
	}
	gap := p.evaluate(`import("/static/nodes.js").then(({draw}) => {
		const box = document.querySelector('[data-test="messages"]').appendChild(document.createElement("div"));
		box.append(...draw(`+string(nodes)+`, {}));
		const [who, where] = [...box.firstChild.children].map((e) => e.getBoundingClientRect());
		box.remove();
		return String(where.left - who.right);
	})`, "draw a context")
	if pixels, err := strconv.ParseFloat(gap, 64); err != nil || pixels < 4 || pixels > 40 {
		p.t.Errorf("between the elements of a context are %s pixels", gap)
	}
}
