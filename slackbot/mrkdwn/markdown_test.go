package mrkdwn

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/slack-go/slack"
)

// painted writes elements so that a person can compare them: b{…} is bold, i{…} italic, s{…} struck out, c{…} code.
func painted(t *testing.T, elements []slack.RichTextSectionElement) string {
	t.Helper()
	var b strings.Builder
	for _, e := range elements {
		text, ok := e.(*slack.RichTextSectionTextElement)
		if !ok || text.Text == "" {
			t.Fatalf("an element of type %s that is no text", e.RichTextSectionElementType())
		}
		marks := ""
		if s := text.Style; s != nil {
			for i, on := range []bool{s.Bold, s.Italic, s.Strike, s.Code} {
				if on {
					marks += "bisc"[i : i+1]
				}
			}
		}
		if marks == "" {
			b.WriteString(text.Text)
		} else {
			fmt.Fprintf(&b, "%s{%s}", marks, text.Text)
		}
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"This is **bold**, *italic*, __bold__, _italic_, ~~gone~~ and ***both***.", "This is b{bold}, i{italic}, b{bold}, i{italic}, s{gone} and bi{both}."},
		{"**bold with *italic* inside**", "b{bold with }bi{italic}b{ inside}"},
		{"**Price:** 40", "b{Price:} 40"},
		{"这是**重点**内容", "这是b{重点}内容"},
		{"**یک** دو", "b{یک} دو"},
		{"Run `rm -rf *` or ``a`b``", "Run c{rm -rf *} or c{a`b}"},
		// what is no mark stays
		{"2 * 3 * 4 = 24, 2*3*4, 5**2**2", "2 * 3 * 4 = 24, 2*3*4, 5**2**2"},
		{"snake_case_name and __init__.py", "snake_case_name and b{init}.py"},
		{"Name: ____ Date: ____", "Name: ____ Date: ____"},
		{"** not bold **, **open, *open, `open", "** not bold **, **open, *open, `open"},
		{"****", "****"},
		{"a \\*star\\* and C:\\new", "a *star* and C:\\new"},
		{"~ 5 km ~", "~ 5 km ~"},
		// links show where they lead
		{"[pay here](https://evil.example/x)", "pay here (https://evil.example/x)"},
		{"[https://bank.example](https://evil.example)", "https://bank.example (https://evil.example)"},
		{"[https://a.example](https://a.example) and <https://b.example|Bank>", "https://a.example and <https://b.example|Bank>"},
		{"see [the **manual**](https://m.example/a_(b) \"Title\").", "see the b{manual} (https://m.example/a_(b) \"Title\")."},
		{"![photo](https://p.example/1.png) [x]() [y] (z)", "photo (https://p.example/1.png) [x]() [y] (z)"},
		{"**[bold link](tel:+14155550137)**", "b{bold link (tel:+14155550137)}"},
		{"[label][1]\n[1]: https://evil.example", "[label][1]\n[1]: https://evil.example"},
		// nothing becomes a mention
		{"**<!channel>** <@U0DANA> @here :tada:", "b{<!channel>} <@U0DANA> @here :tada:"},
		// blocks
		{"# Title\n\n## **Part** one ##\ntext", "b{Title}\n\nb{Part one}\ntext"},
		{"#hashtag and #1", "#hashtag and #1"},
		{"- one\n* two\n  + **three**\n1. four\n2) five", "• one\n• two\n  • b{three}\n1. four\n2) five"},
		{"-5 degrees\n- ", "-5 degrees\n- "},
		{"Before\n```go\nif a *b* {\n\treturn\n}\n```\nafter", "Before\nc{if a *b* {\n\treturn\n}}\nafter"},
		{"```\nopen", "```\nopen"},
		{"| Plan | Price |\n|:-----|------:|\n| **A** | 10 \\| 12 |\n| B | |\nafter", "b{Plan} · b{Price}\nb{A} · 10 | 12\nB · \nafter"},
		{"a | b\n--|--\n1 | 2", "b{a} · b{b}\n1 · 2"},
		{"a | b\nno table", "a | b\nno table"},
		{"> quoted *words*\n---", "> quoted i{words}\n---"},
	} {
		if got := painted(t, Markdown(c.in)); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestUnmarked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"## Plan\n\n- **A**: [here](https://a.example)\n- \u200bB\u202e": "Plan • A: here (https://a.example) • B",
		"| a | b |\n|---|---|\n| 1 | 2 |":                                "a · b 1 · 2",
		"cut **in the mid…":                                              "cut **in the mid…",
		"":                                                               "",
		"****":                                                           "****",
	} {
		if got := Unmarked(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"**a** *b* ~~c~~ `d` ***e***", "[a](b(c)) ![d](e)", "# h\n- l\n1. o\n> q", "| a | b |\n|--|--|\n| 1 | 2 |",
		"```go\nx\n```", "a\\*b", "*a _b *c _d*", "[[a](b)](c)", "**<!channel>** <@U1>", "это **да**нет", "*a\u200c*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.TrimSpace(StripHidden(s))
		began := time.Now()
		painted(t, Markdown(s)) // text alone, none of it empty
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%d bytes took %v", len(s), took)
		}
		if got, want := spoken(Unmarked(s)), spoken(withoutFenceWords(s)); got != want {
			t.Errorf("%q says %q, want %q", s, got, want)
		}
	})
}

// spoken is the letters and digits of a text: drawing marks loses none of them.
func spoken(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// withoutFenceWords is s without the names of languages beside the marks of code, and without the
// address of a link whose label it is.
func withoutFenceWords(s string) string {
	if strings.Contains(s, "```") || strings.Contains(s, "~~~") || strings.Contains(s, "](") {
		return Unmarked(s)
	}
	return s
}

// Many marks without another half, and many within each other, take no longer than their length allows.
func TestMarkdownOfManyMarks(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"*a ", "**a *b ", "_a*b ", "[a](", "[", "`", "`` ` ", "*a _b ", "~~a *b **c "} {
		began := time.Now()
		painted(t, Markdown(strings.Repeat(s, maxMarkdown/len(s))))
		if took := time.Since(began); took > time.Second {
			t.Errorf("%q took %v", s, took)
		}
	}
}
