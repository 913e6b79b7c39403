package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// Card draws a line: ten lines and five buttons at most. testdata/card/cards.txt shows the card of
// every state. now is when it is drawn: a proof of silence ages.
func Card(l takeover.Line, now time.Time) slackapi.Message {
	id := func(part string) string { return fmt.Sprintf("%s.v%d", part, l.Version) }
	f, red := faceOf(l, now), ""
	if f.red {
		red = " 🔴"
	}
	blocks := []slack.Block{
		mrkdwn.Section(id("state"), "*"+f.state+red+"*"),
		slack.NewContextBlock(id("who"), mrkdwn.Plain(Who(l))),
	}
	if quote := cardLines(id("lines"), l); quote != nil {
		blocks = append(blocks, quote)
	}
	if foot := f.foot[:min(len(f.foot), maxFoot)]; len(foot) > 0 {
		blocks = append(blocks, mrkdwn.Context(id("foot"), strings.Join(foot, "\n")))
	}
	if len(f.buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock(id("act"), f.buttons...))
	}
	return slackapi.Message{Text: cardSentence(f, l), Blocks: blocks}
}

// State is the first line of a card, in the product's exact words.
func State(l takeover.Line, now time.Time) string { return faceOf(l, now).state }

// spokeSince reports whether the AI spoke although an operator had the line, and no operator has
// dealt with it yet.
func spokeSince(l takeover.Line) bool {
	return l.Trouble == nil && l.State == takeover.StateHeld && !l.Takeover.Spoke.At.IsZero()
}

// Who says whom a line is about, as literal text: the name comes from the end user and must
// not become mark-up. The number is masked, because everyone in the channel reads it.
func Who(l takeover.Line) string {
	return Joined(named(l), where(l))
}

// Said is what a speaker said on a line, on one line, as literal text: with the line's own numbers
// masked.
func Said(l takeover.Line, r takeover.Role, text string) string {
	return mrkdwn.Said(r, typed.MaskOf(l).In(text))
}

// cardLines is who waits for whom and the last lines, as literal text.
func cardLines(id string, l takeover.Line) slack.Block {
	var elements []slack.RichTextElement
	recent := l.Recent.Lines
	if spokeSince(l) {
		elements = append(elements, slack.NewRichTextSection(slack.NewRichTextSectionTextElement("The AI said: “"+Said(l, takeover.RoleAssistant, l.Takeover.Spoke.Text)+"”", mrkdwn.Bold())))
		recent = recent[max(0, len(recent)-takeover.RecentLines+1):] // the AI's words take a line
	}
	if len(recent) > 0 && noAnswerSince(l).IsZero() {
		elements = append(elements, cardWaits(l))
	}
	if len(elements)+len(recent) == 0 {
		return nil
	}
	for _, e := range recent {
		elements = append(elements, slack.NewRichTextSection(
			cardTime(l, time.Time(e.At)),
			slack.NewRichTextSectionTextElement(" "+mrkdwn.SpeakerName(e.Role)+": ", mrkdwn.Bold()),
			slack.NewRichTextSectionTextElement(Said(l, e.Role, e.Text), nil),
		))
	}
	return slack.NewRichTextBlock(id, elements...)
}

func cardWaits(l takeover.Line) slack.RichTextElement {
	last := l.Recent.Lines[len(l.Recent.Lines)-1]
	words, since := mrkdwn.SpeakerName(last.Role)+" wrote last, at ", last.At
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		words, since = "The end user has been waiting for an answer since ", waiting
	} else if last.Role == takeover.RoleAssistant {
		words = "The AI answered last, at "
	} else if l.Newest.Channel == takeover.ChannelCall {
		words = mrkdwn.SpeakerName(last.Role) + " spoke last, at "
	}
	return slack.NewRichTextSection(slack.NewRichTextSectionTextElement(words, mrkdwn.Italic()), cardTime(l, time.Time(since)))
}

// sameDay is how old a line may be for a clock time alone to be understood.
const sameDay = 20 * time.Hour

// longAgo says whether a time needs its date beside it: 03:10 could be last week.
func longAgo(l takeover.Line, t time.Time) bool { return l.Recent.ReadAt.Sub(t) > sameDay }

// recently is a time in mrkdwn, with its date where it needs one.
func recently(l takeover.Line, at time.Time) string {
	if longAgo(l, at) {
		return mrkdwn.DateTime(at)
	}
	return mrkdwn.Time(at)
}

// cardTime is a time in rich text, with its date where it needs one.
func cardTime(l takeover.Line, t time.Time) slack.RichTextSectionElement {
	if longAgo(l, t) {
		return mrkdwn.RichDateTime(t)
	}
	return mrkdwn.RichTime(t)
}

// cardSentence is all that a lock screen or a screen reader gets of a card: whom it is about, since
// when that end user has been waiting, the state, and what can be done.
func cardSentence(f face, l takeover.Line) string {
	who := mrkdwn.Escape(named(l))
	if waiting := l.WaitingSince(); !waiting.IsZero() && noAnswerSince(l).IsZero() {
		who += ", waiting since " + recently(l, time.Time(waiting))
	}
	channel := mrkdwn.Escape(where(l))
	return fmt.Sprintf("%s. %s. %s. %s", who, f.state, strings.ToUpper(channel[:1])+channel[1:], f.can)
}
