package slacktest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// The checks of this file are Slack's documented limits and the product's own promises,
// over the JSON that is sent. They share nothing with the code that makes messages.

var (
	// ownMark is what the bot itself may write between < and >: a person, a channel, a
	// user group, a time with its fallback in UTC, a link with a label.
	ownMark = regexp.MustCompile(`<(?:@[UW][A-Z0-9]*|#C[A-Z0-9]*|!subteam\^S[A-Z0-9]*|!date\^\d+\^[^<>|]*\|[^<>|]* UTC|https?://[^<>|\s]+\|[^<>|]+)>`)
	entity  = regexp.MustCompile(`&(amp|lt|gt);`)
	// SentenceEnd is how a whole sentence ends, or the reference that follows it.
	SentenceEnd = regexp.MustCompile("(?:[.!?][”’)`*]*|ref [a-z0-9]{4})$")
	longNumber  = regexp.MustCompile(`\d{7,}`)
	blockKinds  = []string{"section", "context", "actions", "rich_text", "input"}
)

// faultsOfMarks looks for anything live that is not ours.
func faultsOfMarks(text string) []string {
	var faults []string
	rest := ownMark.ReplaceAllString(text, "")
	if strings.ContainsAny(rest, "<>") {
		faults = append(faults, fmt.Sprintf("a live < or > in %q", text))
	}
	if strings.Contains(entity.ReplaceAllString(rest, ""), "&") {
		faults = append(faults, fmt.Sprintf("an unescaped & in %q", text))
	}
	if strings.Contains(rest, "&amp;lt;") || strings.Contains(rest, "&amp;gt;") {
		faults = append(faults, fmt.Sprintf("escaped twice: %q", text))
	}
	if !utf8.ValidString(text) {
		faults = append(faults, fmt.Sprintf("no UTF-8: %q", text))
	}
	return faults
}

// faultsOfSentence looks at what stands alone on a lock screen.
func faultsOfSentence(text string) []string {
	faults := faultsOfMarks(text)
	plain := ownMark.ReplaceAllString(text, "x")
	switch n := utf8.RuneCountInString(text); {
	case text == "":
		faults = append(faults, "no text")
	case n > 3000:
		faults = append(faults, fmt.Sprintf("the text has %d characters", n))
	case !SentenceEnd.MatchString(plain):
		faults = append(faults, fmt.Sprintf("not a whole sentence: %q", text))
	case strings.TrimSpace(text) != text || strings.Contains(text, "  ") || strings.Contains(plain, ".."):
		faults = append(faults, fmt.Sprintf("stray spaces or full stops: %q", text))
	}
	return faults
}

// Looked is what was seen in the blocks of a message.
type Looked struct {
	Faults   []string
	blockIDs []string
	chars    int
	Lines    int      // as a card shows them; buttons are one
	Buttons  int      // menus included
	Texts    []string // of every text in the blocks
	Mrkdwn   []string
}

func (l *Looked) fault(format string, args ...any) {
	l.Faults = append(l.Faults, fmt.Sprintf(format, args...))
}

// Look walks blocks as they are sent.
func Look(blocks []slack.Block, most int) *Looked {
	raw, err := json.Marshal(blocks)
	if err != nil {
		return &Looked{Faults: []string{err.Error()}}
	}
	return LookAt(raw, most)
}

// LookAt walks the JSON of blocks.
func LookAt(raw []byte, most int) *Looked {
	l := &Looked{}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		l.fault("%v", err)
		return l
	}
	if len(list) > most {
		l.fault("%d blocks, at most %d", len(list), most)
	}
	for _, b := range list {
		kind, _ := b["type"].(string)
		if !slices.Contains(blockKinds, kind) {
			l.fault("a block of kind %q", kind)
		}
		if id, ok := b["block_id"].(string); ok {
			if n := utf8.RuneCountInString(id); n < 1 || n > 255 || slices.Contains(l.blockIDs, id) {
				l.fault("block id %q: %d characters, or used twice", id, n)
			}
			l.blockIDs = append(l.blockIDs, id)
		}
		l.block(kind, b)
	}
	if l.chars > 12_000 {
		l.fault("%d characters in all blocks: Slack refuses from about 12,000", l.chars)
	}
	return l
}

func (l *Looked) block(kind string, b map[string]any) {
	switch kind {
	case "section":
		l.text(b["text"], 3000)
		l.Lines += strings.Count(textOf(b["text"]), "\n") + 1
		if a := b["accessory"]; a != nil {
			l.element(a)
		}
		fields, _ := b["fields"].([]any)
		for _, f := range fields {
			l.text(f, 2000)
		}
	case "context":
		elements, _ := b["elements"].([]any)
		l.number("elements of a context", len(elements), 10)
		for _, e := range elements {
			l.text(e, 3000)
			l.Lines += strings.Count(textOf(e), "\n") + 1
		}
	case "actions":
		elements, _ := b["elements"].([]any)
		l.number("elements of actions", len(elements), 5)
		l.Lines++
		for _, e := range elements {
			l.element(e)
		}
	case "rich_text":
		elements, _ := b["elements"].([]any)
		l.number("elements of rich text", len(elements), 1000)
		l.Lines += len(elements)
		for _, e := range elements {
			l.richPart(e)
		}
	case "input":
		l.text(b["label"], 2000)
		if b["hint"] != nil {
			l.text(b["hint"], 2000)
		}
		in, _ := b["element"].(map[string]any)
		l.input(in)
	}
}

// input looks at the element of an input.
func (l *Looked) input(in map[string]any) {
	switch in["type"] {
	case "radio_buttons":
		options, _ := in["options"].([]any)
		l.number("options", len(options), 10)
		for _, o := range options {
			option, _ := o.(map[string]any)
			l.text(option["text"], 75)
			l.value(option["value"], 150)
		}
	case "users_select":
		l.text(in["placeholder"], 150)
	case "plain_text_input":
		l.text(in["placeholder"], 150)
		first, _ := in["initial_value"].(string)
		if n, _ := in["max_length"].(float64); n < 1 || n > 3000 || float64(utf8.RuneCountInString(first)) > n {
			l.fault("an input of %v characters that begins with %q", n, first)
		}
	default:
		l.fault("an input of kind %v", in["type"])
	}
}

func textOf(v any) string {
	o, _ := v.(map[string]any)
	s, _ := o["text"].(string)
	return s
}

func (l *Looked) number(what string, n, most int) {
	if n < 1 || n > most {
		l.fault("%d %s, want 1 to %d", n, what, most)
	}
}

// text looks at a text object.
func (l *Looked) text(v any, most int) {
	o, ok := v.(map[string]any)
	if !ok {
		l.fault("no text object: %v", v)
		return
	}
	s := textOf(o)
	l.number("characters of text", utf8.RuneCountInString(s), most)
	l.chars += utf8.RuneCountInString(s)
	l.Texts = append(l.Texts, s)
	switch o["type"] {
	case "plain_text":
		if o["emoji"] == true {
			l.fault("plain text with live emoji: %q", s)
		}
	case "mrkdwn":
		l.Mrkdwn = append(l.Mrkdwn, s)
		if o["verbatim"] != true {
			l.fault("not verbatim: %q", s)
		}
		l.Faults = append(l.Faults, faultsOfMarks(s)...)
	default:
		l.fault("text of kind %v", o["type"])
	}
}

func (l *Looked) element(v any) {
	e, _ := v.(map[string]any)
	l.Buttons++
	if id, _ := e["action_id"].(string); id == "" || len(id) > 255 {
		l.fault("action id %q", id)
	}
	switch e["type"] {
	case "button":
		l.text(e["text"], 75)
		l.value(e["value"], 2000)
	case "overflow", "static_select":
		options, _ := e["options"].([]any)
		most := 5
		if e["type"] == "static_select" {
			most = 100
			l.text(e["placeholder"], 150)
		}
		l.number("options of a menu", len(options), most)
		for _, o := range options {
			option, _ := o.(map[string]any)
			l.text(option["text"], 75)
			l.value(option["value"], 150)
		}
	default:
		l.fault("an element of kind %v", e["type"])
	}
}

// value is an id of ours, never a number.
func (l *Looked) value(v any, most int) {
	s, _ := v.(string)
	l.number("characters of a value", utf8.RuneCountInString(s), most)
	if longNumber.MatchString(s) || strings.ContainsAny(s, "+@") {
		l.fault("a number or an address in the value %q", s)
	}
}

// richPart looks at rich text: nothing in it but texts and times.
func (l *Looked) richPart(v any) {
	part, _ := v.(map[string]any)
	if part["type"] != "rich_text_section" && part["type"] != "rich_text_quote" {
		l.fault("rich text of kind %v", part["type"])
	}
	elements, _ := part["elements"].([]any)
	l.number("elements of a rich text section", len(elements), 1000)
	for _, x := range elements {
		e, _ := x.(map[string]any)
		switch e["type"] {
		case "text":
			s, _ := e["text"].(string)
			l.number("characters of rich text", utf8.RuneCountInString(s), 3000)
			l.chars += utf8.RuneCountInString(s)
			l.Texts = append(l.Texts, s)
		case "date":
			at, _ := e["timestamp"].(float64)
			fallback, _ := e["fallback"].(string)
			if at <= 0 || !strings.Contains(fallback, "UTC") {
				l.fault("a time %v without a zone: %q", at, fallback)
			}
		default:
			l.fault("a rich text element of kind %v", e["type"])
		}
	}
}

// CheckMessage holds a message to Slack's limits and to what the product promises of
// all of them.
func CheckMessage(t testing.TB, text string, blocks []slack.Block) *Looked {
	t.Helper()
	l := Look(blocks, 50)
	for _, f := range append(faultsOfSentence(text), l.Faults...) {
		t.Error(f)
	}
	return l
}

// CheckPrivate holds the private answer in an acknowledgement to the same, and returns
// its text.
func CheckPrivate(t testing.TB, contentType string, body []byte) (text string, seen *Looked) {
	t.Helper()
	var m struct {
		ResponseType string          `json:"response_type"`
		Text         string          `json:"text"`
		Blocks       json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatalf("answer %q: %v", body, err)
	}
	if m.ResponseType != "ephemeral" || !strings.HasPrefix(contentType, "application/json") {
		t.Errorf("response type %q, content type %q", m.ResponseType, contentType)
	}
	seen = LookAt(m.Blocks, 50)
	for _, f := range append(faultsOfSentence(m.Text), seen.Faults...) {
		t.Error(f)
	}
	return m.Text, seen
}

// CheckView holds a box to Slack's limits.
func CheckView(t testing.TB, v slack.ModalViewRequest) *Looked {
	t.Helper()
	l := Look(v.Blocks.BlockSet, 100)
	for _, s := range []*slack.TextBlockObject{v.Title, v.Submit, v.Close} {
		if n := utf8.RuneCountInString(s.Text); n < 1 || n > 24 {
			l.fault("%q has %d characters", s.Text, n)
		}
	}
	if len(v.PrivateMetadata) > 3000 || longNumber.MatchString(v.PrivateMetadata) {
		l.fault("private metadata %q", v.PrivateMetadata)
	}
	for _, f := range l.Faults {
		t.Error(f)
	}
	return l
}

// ClaimsSilence says whether a text says that the AI is silent. "NOT silent" and "may be
// silent" do not.
func ClaimsSilence(text string) bool {
	for _, no := range []string{"NOT silent", "NOT proven silent", "not proven silent", "may be silent"} {
		text = strings.ReplaceAll(text, no, "")
	}
	return strings.Contains(strings.ToLower(text), "silent")
}
