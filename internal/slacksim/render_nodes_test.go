package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// sketch writes nodes down in one line, as kind(content).
func sketch(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		switch n.Kind {
		case KindText:
			b.WriteString(n.Text)
			continue
		case KindBreak:
			b.WriteString("/")
			continue
		}
		fmt.Fprintf(&b, "%s(%s%s", n.Kind, n.Text, sketch(n.Kids))
		if n.Href != "" {
			b.WriteString(" -> " + n.Href)
		}
		if n.Goto != nil {
			b.WriteString(" => " + n.Goto.Channel + " " + n.Goto.TS)
		}
		b.WriteString(")")
	}
	return b.String()
}

func TestMrkdwn(t *testing.T) {
	t.Parallel()
	r := New(Options{}).lockedRenderer(nil)
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"*bold* and _italic_ and ~gone~ and `code`", "b(bold) and i(italic) and s(gone) and code(code)"},
		{"*bold _both_*", "b(bold i(both))"},
		{"2*3*4 snake_case_name", "2*3*4 snake_case_name"},
		{"* not bold* **", "* not bold* **"},
		{"*unclosed", "*unclosed"},
		{"*über* (*so*), *end*.", "b(über) (b(so)), b(end)."},
		{"`*code* <@U1> &lt;b&gt;`", "code(*code* <@U1> <b>)"},
		{"one\ntwo", "one/two"},
		{"```\n*literal* &amp;\n```\nafter", "pre(*literal* &)after"},
		{"```unclosed", "```unclosed"},
		{"said:\n&gt; first\n&gt; *second*\nthen", "said:quote(first/b(second))then"},
		{"&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;", "<script>alert(1)</script> &amp;"},
		{"*<@U0DANA> has it — AI is silent*", "b(mention(@Dana) has it — AI is silent)"},
		{"<!date^1700000000^{time}|03:10 UTC>", "date(22:13)"},
		{"<https://e.example/a?b=1&amp;c=2|*here*>", "a(*here* -> https://e.example/a?b=1&c=2)"},
		{"<javascript:alert(1)|click>", "click"},
		{"<data:text/html,x>", "data:text/html,x"},
		{"<tel:+14155550137|+1 415>", "a(+1 415 -> tel:+14155550137)"},
		{"<https://demo.slack.com/archives/C0DESK/p1503435956000247|its card>", "a(its card => C0DESK 1503435956.000247)"},
		{"<>", "<>"},
		{"a < b > c", "a  b  c"},
	} {
		if got := sketch(r.mrkdwn(c.in)); got != c.want {
			t.Errorf("%q\n is  %q\nnot  %q", c.in, got, c.want)
		}
	}
}

func TestDrawingBlocks(t *testing.T) {
	t.Parallel()
	r := New(Options{}).lockedRenderer(nil)
	for _, c := range []struct{ name, in, want string }{
		{"section with button", `[{"type":"section","block_id":"s","text":{"type":"mrkdwn","text":"*a*"},"accessory":{"type":"button","action_id":"line.open","text":{"type":"plain_text","text":"Open &amp; read"}}}]`,
			"section(p(b(a))button(Open & read))"},
		{"plain text has no marks", `[{"type":"context","elements":[{"type":"plain_text","text":"*not bold* &lt;b&gt;"}]}]`, "context(p(*not bold* <b>))"},
		{"header, divider, image", `[{"type":"header","text":{"type":"plain_text","text":"H"}},{"type":"divider"},{"type":"image","alt_text":"a cat","image_url":"https://e.example/x.png"}]`,
			"header(H)hr()image(a cat)"},
		{"fields", `[{"type":"section","fields":[{"type":"mrkdwn","text":"*a*"},{"type":"plain_text","text":"b"}]}]`, "section(fields(p(b(a))p(b)))"},
		{"rich text is literal", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"date","timestamp":1700000000,"format":"{time}","fallback":"f"},{"type":"text","text":" AI: ","style":{"bold":true}},{"type":"text","text":"*x* <@U0DANA>\n<!channel>"}]}]}]`,
			"richtext(p(date(22:13)b( AI: )*x* <@U0DANA>/<!channel>))"},
		{"rich lists and quotes", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]}]},{"type":"rich_text_quote","elements":[{"type":"user","user_id":"U1"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"p"}]}]}]`,
			"richtext(ol(li(one))quote(mention(@U1))pre(p))"},
		{"rich link that is none", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"javascript:alert(1)","text":"x"}]}]}]`, "richtext(p(x))"},
		{"overflow", `[{"type":"actions","elements":[{"type":"overflow","action_id":"line.menu","options":[{"text":{"type":"plain_text","text":"A"},"value":"v"}]}]}]`, "actions(menu())"},
		{"input", `[{"type":"input","block_id":"note","label":{"type":"plain_text","text":"What?"},"element":{"type":"plain_text_input","action_id":"t","multiline":true}}]`, "input(What?)"},
		{"unknown", `[{"type":"video"}]`, "unknown(video)"},
		{"no blocks", `{"not":"a list"}`, "unknown(blocks)"},
	} {
		if got := sketch(r.blocks(json.RawMessage(c.in), nil)); got != c.want {
			t.Errorf("%s\n is  %q\nnot  %q", c.name, got, c.want)
		}
	}
}

// FuzzMrkdwn: whatever is written, it stays text, and no link leads where a browser
// would run it.
func FuzzMrkdwn(f *testing.F) {
	for _, s := range []string{"*a _b_*", "<javascript:x|y>", "```a``` `b`", "&gt; q\n*", "<!date^x^y>", "<@|<>>*_~`", "\xff*\xfe*"} {
		f.Add(s)
	}
	r := New(Options{}).lockedRenderer(nil)
	f.Fuzz(func(t *testing.T, s string) {
		checkNodes(t, r.mrkdwn(s))
		if utf8.ValidString(s) && !strings.ContainsAny(s, "<>*_~`&") && strings.ReplaceAll(Plain(r.mrkdwn(s)), "\n", "") != strings.ReplaceAll(s, "\n", "") {
			t.Errorf("plain text %q was changed", s)
		}
	})
}

func checkNodes(t *testing.T, nodes []Node) {
	for _, n := range nodes {
		if scheme, _, _ := strings.Cut(strings.ToLower(n.Href), ":"); n.Href != "" && scheme != "http" && scheme != "https" && scheme != "mailto" && scheme != "tel" {
			t.Errorf("a link leads to %q", n.Href)
		}
		checkNodes(t, n.Kids)
	}
}
