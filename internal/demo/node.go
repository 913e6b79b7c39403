package demo

import "strings"

// Node is a piece of what a person sees, ready to be put on the page. The page maps each
// Kind to one element and sets Text as text, never as mark-up: whatever somebody wrote,
// it cannot become a tag, a script or a style.
type Node struct {
	Kind string `json:"t"`
	// Text is literal. For buttons and inputs it is the label.
	Text string `json:"x,omitempty"`
	Kids []Node `json:"k,omitempty"`

	// Href is the target of a link; only http, https, mailto and tel get this far.
	Href string `json:"href,omitempty"`
	// Goto is the message that a link into the workspace leads to.
	Goto *place `json:"goto,omitempty"`

	// Block and Action say what is clicked, with Value where several are alike.
	Block   string   `json:"block,omitempty"`
	Action  string   `json:"action,omitempty"`
	Value   string   `json:"value,omitempty"`
	Style   string   `json:"style,omitempty"` // primary or danger
	Options []choice `json:"options,omitempty"`
	Confirm *confirm `json:"confirm,omitempty"`

	// The rest is for inputs.
	Hint        string `json:"hint,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
	Multiline   bool   `json:"multiline,omitempty"`
	Optional    bool   `json:"optional,omitempty"`
	Max         int    `json:"max,omitempty"` // characters; 0: no limit
}

// place is a message in a channel.
type place struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// choice is an option of a menu or select.
type choice struct {
	Text  string `json:"x"`
	Value string `json:"value"`
}

// confirm is what Slack asks before it lets a click through.
type confirm struct {
	Title string `json:"title"`
	Text  string `json:"x"`
	Yes   string `json:"yes"`
	No    string `json:"no"`
}

// The kinds of Node. Those without a comment are what they are called.
const (
	kindText     = "text"
	kindBreak    = "br"
	kindBold     = "b"
	kindItalic   = "i"
	kindStrike   = "s"
	kindCode     = "code"
	kindPre      = "pre"
	kindQuote    = "quote"
	kindList     = "ul"
	kindOrdered  = "ol"
	kindItem     = "li"
	kindLink     = "a"
	kindMention  = "mention" // of a person, a group or everybody
	kindDate     = "date"
	kindPlain    = "p"        // a paragraph
	kindSection  = "section"  // text beside an accessory
	kindFields   = "fields"   // two columns
	kindContext  = "context"  // small print
	kindHeader   = "header"   //
	kindActions  = "actions"  // a row of buttons
	kindDivider  = "hr"       //
	kindButton   = "button"   //
	kindMenu     = "menu"     // the "⋯"
	kindSelect   = "select"   //
	kindInput    = "input"    // with its label
	kindImage    = "image"    // its description: nothing is loaded
	kindRichText = "richtext" //
)

func text(s string) Node { return Node{Kind: kindText, Text: s} }

// textOf is what a reader gets of nodes, without any mark.
func textOf(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Kind == kindBreak {
			b.WriteByte('\n')
		}
		b.WriteString(n.Text)
		b.WriteString(textOf(n.Kids))
	}
	return b.String()
}

// lines is literal text whose line ends become breaks.
func lines(s string) []Node {
	var nodes []Node
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			nodes = append(nodes, Node{Kind: kindBreak})
		}
		if line != "" {
			nodes = append(nodes, text(line))
		}
	}
	return nodes
}
