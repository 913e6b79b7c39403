package mrkdwn

import (
	"cmp"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/slackapi"
)

// RichTime is a time of day for rich text, which Slack shows in each reader's own zone; "--:--"
// for a time that Slack cannot show.
func RichTime(t time.Time) slack.RichTextSectionElement {
	if t = ShowableTime(t); t.IsZero() {
		return slack.NewRichTextSectionTextElement("--:--", nil)
	}
	fallback := t.UTC().Format("15:04 UTC")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{time}", nil, &fallback)
}

// RichDateTime is RichTime with the date, for times that may be of another day.
func RichDateTime(t time.Time) slack.RichTextSectionElement {
	if t = ShowableTime(t); t.IsZero() {
		return RichTime(t)
	}
	fallback := t.Format("2006-01-02 15:04 UTC")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty} {time}", nil, &fallback)
}

// NonEmpty is s, or a space: Slack refuses an element without text.
func NonEmpty(s string) string { return cmp.Or(s, " ") }

// Text is a mrkdwn text object. Slack makes no link or mention in it by itself: s has them
// already, and text from outside is escaped in s.
func Text(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// Plain is a text object without any markup.
func Plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// Section is a block of text.
func Section(id, s string) *slack.SectionBlock {
	return slack.NewSectionBlock(Text(s), nil, nil, slack.SectionBlockOptionBlockID(id))
}

// Context is a block of small text.
func Context(id, s string) *slack.ContextBlock {
	return slack.NewContextBlock(id, Text(s))
}

// Button is a button that sends action and value when it is pressed.
func Button(action, value, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, Plain(label))
}

// TextMessage is a message that is one sentence.
func TextMessage(s string) slackapi.Message {
	return slackapi.Message{Text: s, Blocks: []slack.Block{Section("said", s)}}
}

// Quote shows a text as it is, in rich text: no markup, link or mention in it works.
func Quote(id, text string) slack.Block {
	quote := &slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{
		slack.NewRichTextSectionTextElement(NonEmpty(Visible(text)), nil)}}
	return slack.NewRichTextBlock(id, quote)
}

// Bold is a style of rich text.
func Bold() *slack.RichTextSectionTextStyle { return &slack.RichTextSectionTextStyle{Bold: true} }

// Italic is a style of rich text.
func Italic() *slack.RichTextSectionTextStyle { return &slack.RichTextSectionTextStyle{Italic: true} }

// ShowableTime is t in UTC, or zero if Slack cannot show it (before 1970, after 9999).
func ShowableTime(t time.Time) time.Time {
	if t.Unix() <= 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}
