package slacksim

import (
	"strconv"
	"strings"
)

// Node is one part of a message, modal or Home tab as a person sees it: a tree that a page can draw and that
// Plain writes down. Text is literal and never mark-up: whatever was written, it cannot become a tag or a script.
type Node struct {
	Kind string `json:"t"`
	// Text is literal. For buttons and inputs it is the label.
	Text string `json:"x,omitempty"`
	Kids []Node `json:"k,omitempty"`

	// Href is the target of a link: only http, https, mailto and tel.
	Href string `json:"href,omitempty"`
	// Goto is the message that a link into the workspace leads to.
	Goto *Place `json:"goto,omitempty"`

	// Block and Action say what is clicked, with Value where several are alike.
	Block  string `json:"block,omitempty"`
	Action string `json:"action,omitempty"`
	// Value of a button goes along with its click. Of what is filled in it is what stands there, as Pick takes it.
	Value   string   `json:"value,omitempty"`
	Style   string   `json:"style,omitempty"` // primary or danger
	Options []Choice `json:"options,omitempty"`
	Confirm *Confirm `json:"confirm,omitempty"`

	// Element is Slack's type of what is filled in or picked from.
	Element string `json:"element,omitempty"`

	// The rest is for inputs.
	Hint        string `json:"hint,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
	Multiline   bool   `json:"multiline,omitempty"`
	Optional    bool   `json:"optional,omitempty"`
	Max         int    `json:"max,omitempty"` // characters; 0: no limit
	// Entered is what the person has filled in so far, in words.
	Entered string `json:"-"`
}

// Place is a message in a channel.
type Place struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Choice is an option of a menu or select.
type Choice struct {
	Text  string `json:"x"`
	Value string `json:"value"`
}

// Confirm is the question that Slack asks before it sends a click.
type Confirm struct {
	Title string `json:"title"`
	Text  string `json:"x"`
	Yes   string `json:"yes"`
	No    string `json:"no"`
}

// The kinds of Node.
const (
	KindText     = "text"
	KindBreak    = "br" // a line break
	KindBold     = "b"
	KindItalic   = "i"
	KindStrike   = "s"
	KindCode     = "code"
	KindPre      = "pre"
	KindQuote    = "quote"
	KindList     = "ul"
	KindOrdered  = "ol"
	KindItem     = "li"
	KindLink     = "a"
	KindMention  = "mention" // of a person, a group or everybody
	KindDate     = "date"
	KindPlain    = "p"       // a paragraph
	KindSection  = "section" // text beside an accessory
	KindFields   = "fields"  // two columns
	KindContext  = "context" // small print
	KindHeader   = "header"
	KindActions  = "actions" // a row of buttons
	KindDivider  = "hr"
	KindButton   = "button"
	KindMenu     = "menu"   // the "⋯"
	KindSelect   = "select" // whatever is picked from beside a text or in a row of buttons, see Element
	KindInput    = "input"  // with its label
	KindImage    = "image"  // its description: no picture is loaded
	KindRichText = "richtext"
	KindUnknown  = "unknown" // what cannot be drawn; its text is the type
)

func textNode(s string) Node { return Node{Kind: KindText, Text: s} }

// Plain writes nodes down as a person would read them out: [Take over] for a button, [⋯ One | Two] for a menu,
// "> " before a quote; bold and the other marks are dropped.
func Plain(nodes []Node) string { return plainJoin(nodes, "") }

func plainJoin(nodes []Node, between string) string {
	var b strings.Builder
	for i, n := range nodes {
		ownLine := n.Kind == KindQuote || n.Kind == KindPre
		if i > 0 {
			b.WriteString(between)
		}
		if ownLine && between == "" && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
		b.WriteString(n.plain())
		if ownLine && between == "" && i < len(nodes)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (n Node) plain() string {
	switch n.Kind {
	case KindBreak:
		return "\n"
	case KindDivider:
		return "----"
	case KindUnknown:
		return "(a block of the type " + n.Text + ")"
	case KindImage:
		return "[image: " + n.Text + "]"
	case KindButton:
		return "[" + n.Text + "]"
	case KindMenu:
		return "[⋯ " + n.plainOptions() + "]"
	case KindSelect:
		if n.Text == "" {
			return "[" + n.plainOptions() + "]"
		}
		return "[" + n.Text + " ▾]"
	case KindInput:
		return n.Text + ": [" + n.Entered + "]"
	case KindSection, KindFields, KindRichText:
		return plainJoin(n.Kids, "\n")
	case KindContext, KindActions:
		return plainJoin(n.Kids, " ")
	case KindQuote:
		return "> " + strings.ReplaceAll(Plain(n.Kids), "\n", "\n> ")
	case KindList, KindOrdered:
		return n.plainList()
	}
	return n.Text + Plain(n.Kids)
}

func (n Node) plainOptions() string {
	shown := make([]string, len(n.Options))
	for i, o := range n.Options {
		shown[i] = o.Text
	}
	return strings.Join(shown, " | ")
}

func (n Node) plainList() string {
	items := make([]string, len(n.Kids))
	for i, item := range n.Kids {
		mark := "• "
		if n.Kind == KindOrdered {
			mark = strconv.Itoa(i+1) + ". "
		}
		items[i] = mark + item.plain()
	}
	return strings.Join(items, "\n")
}
