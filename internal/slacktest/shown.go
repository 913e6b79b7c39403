package slacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// ShownJSON is a message as it is sent, indented for the reader of a golden file.
func ShownJSON(t testing.TB, text string, blocks []slack.Block) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(struct {
		Text   string `json:"text"`
		Blocks any    `json:"blocks"`
	}{text, blocks}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ShownText is a message in a few lines, for the reader of a golden file: what a lock screen
// shows, then the blocks, then the buttons with their style, action id and value.
//
// Text is as it is sent, and mrkdwn unless it is marked as (plain) or stands in rich text, whose
// bold and italic parts stand between ** and __. ⟨03:14:09⟩ is a time that Slack shows in the
// reader's zone. What it has no short form for it shows as JSON, so that a golden file misses
// nothing but the ids of blocks.
func ShownText(t *testing.T, text string, blocks []slack.Block) string {
	t.Helper()
	raw, err := json.Marshal(blocks)
	Must(t, err)
	var list []object
	Must(t, json.Unmarshal(raw, &list))
	var b strings.Builder
	show := func(label, text string) {
		text = strings.ReplaceAll(text, "\n", "\n        ")
		fmt.Fprintf(&b, "%-8s%s\n", label, text)
	}
	show("lock", shortTimes(text))
	for _, block := range list {
		delete(block, "block_id")
		kind := block.take("type")
		lines := shownLines(kind, block)
		for _, line := range lines {
			show(strings.TrimSuffix(kind, "_text"), line)
		}
		if len(lines) == 0 {
			show(kind, "")
		}
		if len(block) > 0 {
			show("", block.rest())
		}
	}
	return b.String()
}

// object is a decoded JSON object, without the fields that are shown already.
type object map[string]any

// take removes a text from the object and returns it.
func (o object) take(key string) string {
	s, ok := o[key].(string)
	if ok {
		delete(o, key)
	}
	return s
}

// all removes a list of objects from the object and returns it.
func (o object) all(key string) []object {
	list, _ := o[key].([]any)
	delete(o, key)
	objects := make([]object, len(list))
	for i, one := range list {
		objects[i], _ = one.(map[string]any)
	}
	return objects
}

// rest is what was not taken, as JSON with a space before it.
func (o object) rest() string {
	if len(o) == 0 {
		return ""
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return " " + err.Error()
	}
	return " " + string(raw)
}

// shownLines are the lines of a block of this kind.
func shownLines(kind string, block object) []string {
	var lines []string
	switch kind {
	case "section":
		text, _ := block["text"].(map[string]any)
		delete(block, "text")
		lines = append(lines, shownObject(text))
	case "context":
		for _, e := range block.all("elements") {
			lines = append(lines, shownObject(e))
		}
	case "rich_text":
		for _, e := range block.all("elements") {
			lines = append(lines, shownRich(e))
		}
	case "actions":
		var row []string
		for _, e := range block.all("elements") {
			row = append(row, shownElement(e))
		}
		lines = append(lines, strings.Join(row, " · "))
	}
	return lines
}

// shownObject is a text object. Plain text has no live emoji, and Slack makes no links in mrkdwn by
// itself (verbatim): only what differs from that is shown.
func shownObject(o object) string {
	o, plain := maps.Clone(o), o["type"] == "plain_text"
	text := shortTimes(o.take("text"))
	if plain {
		text = "(plain) " + text
		maps.DeleteFunc(o, func(key string, value any) bool { return key == "emoji" && value == false })
	} else if o["verbatim"] != true {
		o["verbatim"] = false
	} else {
		delete(o, "verbatim")
	}
	delete(o, "type")
	return text + o.rest()
}

// shownRich is a section of rich text.
func shownRich(section object) string {
	var b strings.Builder
	for _, e := range section.all("elements") {
		style, _ := e["style"].(map[string]any)
		mark := ""
		switch {
		case len(style) == 1 && style["bold"] == true:
			mark = "**"
			delete(e, "style")
		case len(style) == 1 && style["italic"] == true:
			mark = "__"
			delete(e, "style")
		}
		switch e.take("type") {
		case "text":
			b.WriteString(mark + e.take("text") + mark)
		case "date":
			at, _ := e["timestamp"].(float64)
			delete(e, "timestamp")
			b.WriteString(shortTime(int64(at), e.take("format"), e.take("fallback")))
		}
		b.WriteString(e.rest())
	}
	if kind := section.take("type"); kind != "rich_text_section" {
		b.WriteString(" " + kind)
	}
	return b.String() + section.rest()
}

// shownElement is a button, or a menu with its options.
func shownElement(e object) string {
	shown := "[⋯]"
	for _, key := range []string{"text", "placeholder"} {
		label, ok := e[key].(map[string]any)
		if !ok {
			continue
		}
		delete(e, key)
		shown = "[" + strings.TrimPrefix(shownObject(label), "(plain) ") + "]"
	}
	if kind := e.take("type"); kind != "" && kind != "button" && kind != "overflow" {
		shown += " " + kind
	}
	for _, key := range []string{"style", "action_id", "value"} {
		if s := e.take(key); s != "" {
			shown += " " + s
		}
	}
	for _, option := range e.all("options") {
		shown += "\n  " + shownElement(option)
	}
	return shown + e.rest()
}

var slackTime = regexp.MustCompile(`<!date\^(\d+)\^([^<>|]*)\|([^<>|]*)>`)

// shortTimes shortens the times in mrkdwn.
func shortTimes(text string) string {
	return slackTime.ReplaceAllStringFunc(text, func(whole string) string {
		part := slackTime.FindStringSubmatch(whole)
		at, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil {
			return whole
		}
		return shortTime(at, part[2], part[3])
	})
}

// shortTime is a time that Slack shows as format, if that and the fallback are the same time; a
// time of day is of the day of Night. Any other is shown as it is sent.
func shortTime(unix int64, format, fallback string) string {
	layouts := map[string]string{"{time}": "15:04", "{time_secs}": "15:04:05", "{date_short_pretty} {time}": "2006-01-02 15:04"}
	at := time.Unix(unix, 0).UTC()
	short, known := at.Format(layouts[format]), layouts[format] != ""
	sameDay := at.Format(time.DateOnly) == Night.Format(time.DateOnly) || strings.Contains(format, "date")
	if !known || !sameDay || fallback != short+" UTC" {
		return fmt.Sprintf("<!date^%d^%s|%s>", unix, format, fallback)
	}
	return "⟨" + short + "⟩"
}
