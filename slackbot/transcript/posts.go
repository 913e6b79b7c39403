package transcript

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Posts writes messages of a line, oldest first, as Slack messages under the heading head: as few as
// Slack's limits allow, but at least one. What was
// said is never cut, and has only the line's own numbers masked; a system text and the payloads of tools are one line, and whole only in a file.
// The marks of an AI's Markdown are drawn, but no mention or link in what was said works: the
// messages have only text and time elements.
//
// The text of each message, for lock screens, has head, and how much there is where head is no
// sentence that says it, but nothing of what was said.
func Posts(l takeover.Line, head string, msgs []takeover.Message) []slackapi.Message {
	p := newPacker(strings.TrimSpace(mrkdwn.Clip(mrkdwn.StripHidden(head), maxHead)))
	for _, t := range turnsOf(masked(l, msgs)) {
		p.add(t)
	}
	return p.messages()
}

// maxHead is how long a heading, or a line of the head of a file, may be, in characters.
const maxHead = 160

// messages returns all posts, with their headings and sentences: those say how many posts there are.
func (p *packer) messages() []slackapi.Message {
	drafts := append(p.done, p.cur)
	out := make([]slackapi.Message, len(drafts))
	for i, d := range drafts {
		elements := append(headLines(p.head, i, len(drafts)), d.elements...)
		if len(d.elements) == 0 {
			elements = append(elements, quietLine("(no messages)"))
		}
		out[i] = slackapi.Message{
			Text:   d.sentence(p.head, i, len(drafts)),
			Blocks: []slack.Block{slack.NewRichTextBlock("", elements...)},
		}
	}
	return out
}

// headLines are the first lines of a post: the heading of the first post, the count of the others.
func headLines(head string, i, n int) []slack.RichTextElement {
	switch {
	case i > 0:
		return []slack.RichTextElement{quietLine(fmt.Sprintf("Part %d of %d", i+1, n))}
	case head != "":
		return []slack.RichTextElement{slack.NewRichTextSection(slack.NewRichTextSectionTextElement(head, mrkdwn.Bold()))}
	}
	return nil
}

// sentence is the text of a post, for lock screens and screen readers. A head that is a sentence has
// said how much there is.
func (d *draft) sentence(head string, i, n int) string {
	head = headSentence(head)
	part := ""
	if n > 1 {
		part = fmt.Sprintf("part %d of %d", i+1, n)
	}
	whole := head != "" && strings.ContainsAny(head[len(head)-1:], ".!?:")
	switch {
	case whole && part != "":
		return head + " " + sentenceCase(part) + "."
	case whole:
		return head
	}
	what := d.what()
	if part != "" {
		what = part + ", " + what
	}
	if head == "" {
		return sentenceCase(what) + ", oldest first."
	}
	return head + ": " + what + ", oldest first."
}

// headSentence is the heading for a sentence: escaped, on one line, and still short.
func headSentence(head string) string {
	for n := maxHead; ; n /= 2 {
		if s := mrkdwn.Escape(mrkdwn.OneLine(head, n)); len([]rune(s)) <= maxHead {
			return s
		}
	}
}

// what is "20 messages".
func (d *draft) what() string {
	if d.messages == 0 && len(d.elements) > 0 {
		return "the rest of a long message"
	}
	return mrkdwn.Count(d.messages, "message")
}
