package slackbot

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// escaped makes hostile text safe inside mrkdwn: it can ping nobody and link nowhere.
// Marks like * cannot be escaped; where whole sentences of an end user are shown,
// rich_text is used instead.
func escaped(s string) string { return slackutilsx.EscapeMessage(visible(s)) }

// visible is the text on one line without what cannot be seen but could mislead.
func visible(s string) string { return strings.Join(strings.Fields(stripHidden(s)), " ") }

// mention names a person; in blocks Slack shows the display name.
func mention(id takeover.OperatorID) string {
	if id == "" {
		return "nobody"
	}
	return "<@" + slackutilsx.EscapeMessage(string(id)) + ">"
}

// clock shows a time as "03:10" in the reader's own zone. Clients that cannot do that
// show UTC and say so.
func clock(t time.Time) string { return slackDate(t, "{time}", "15:04 UTC") }

// clockSecs is clock with seconds.
func clockSecs(t time.Time) string { return slackDate(t, "{time_secs}", "15:04:05 UTC") }

// day shows a date and time for things that may be long ago.
func day(t time.Time) string {
	return slackDate(t, "{date_short_pretty} {time}", "2006-01-02 15:04 UTC")
}

func slackDate(t time.Time, tokens, fallback string) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), tokens, t.UTC().Format(fallback))
}

// lasting is a duration as people say it.
func lasting(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 100*time.Millisecond:
		return "a moment"
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f seconds", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

// mrkdwn is a text object in which nothing but our own marks is live.
func mrkdwn(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

// plain is a text object without any markup.
func plain(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func section(id, s string) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwn(s), nil, nil, slack.SectionBlockOptionBlockID(id))
}

func contextLine(id, s string) *slack.ContextBlock {
	return slack.NewContextBlock(id, mrkdwn(s))
}

func button(action, value, label string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, plain(label))
}

// said makes a message of one sentence.
func said(s string) slackapi.Message {
	return slackapi.Message{Text: s, Blocks: []slack.Block{section("said", s)}}
}

// literalQuote shows what somebody said as it is: nothing in it is live.
func literalQuote(id, text string) slack.Block {
	quote := &slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{
		slack.NewRichTextSectionTextElement(nonEmpty(visible(text)), nil)}}
	return slack.NewRichTextBlock(id, quote)
}

// channelWord is how people call a channel.
func channelWord(c takeover.Channel) string {
	switch c {
	case takeover.ChannelText:
		return "text message"
	case takeover.ChannelCall:
		return "phone call"
	case takeover.ChannelWeb:
		return "web chat"
	case takeover.ChannelEmail:
		return "e-mail"
	default:
		return "other channel"
	}
}

// roleWord is how a card names a speaker.
func roleWord(r takeover.Role) string {
	switch r {
	case takeover.RoleEndUser:
		return "End user"
	case takeover.RoleAssistant:
		return "AI"
	case takeover.RoleOperator:
		return "Operator"
	case takeover.RoleNote:
		return "Note for the AI"
	default:
		return string(r)
	}
}
