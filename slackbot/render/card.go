package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// Card draws a line: ten lines and five buttons at most. testdata/card/cards.txt shows the card of
// every state.
func Card(l takeover.Line) slackapi.Message {
	id := func(part string) string { return fmt.Sprintf("%s.v%d", part, l.Version) }
	state := State(l)
	blocks := []slack.Block{
		mrkdwn.Section(id("state"), "*"+state+alarm(l)+"*"),
		slack.NewContextBlock(id("who"), mrkdwn.Plain(Who(l))),
	}
	if quote := cardLines(id("lines"), l); quote != nil {
		blocks = append(blocks, quote)
	}
	if foot := cardFoot(l); foot != "" {
		blocks = append(blocks, mrkdwn.Context(id("foot"), foot))
	}
	if buttons := cardButtons(l); len(buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock(id("act"), buttons...))
	}
	return slackapi.Message{Text: cardSentence(state, l), Blocks: blocks}
}

// alarm makes a card red on which somebody has to look now. The words say it too.
func alarm(l takeover.Line) string {
	if l.Trouble != nil || spokeSince(l) || l.State == takeover.StateAI && l.Aftercare.Missed && !l.Newest.Ended {
		return " 🔴"
	}
	return ""
}

// State is the first line of a card, in the product's exact words.
func State(l takeover.Line) string {
	switch {
	case l.Trouble != nil:
		return troubleState(l.Provider, l)
	case l.Joining():
		return fmt.Sprintf("New conversation — silencing the AI… (%s)", mrkdwn.Mention(l.Takeover.Holder))
	case l.State == takeover.StateTaking:
		return fmt.Sprintf("Taking over… (%s)", mrkdwn.Mention(l.Takeover.Holder))
	case spokeSince(l):
		return fmt.Sprintf("AI spoke after the takeover — %s", mrkdwn.TimeSeconds(l.Takeover.Spoke.At))
	case l.State == takeover.StateHeld:
		return fmt.Sprintf("%s has it — AI is silent (checked %s)", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.TimeSeconds(l.SilentAsOf()))
	case l.State == takeover.StateReturning && l.HandBack.By == "":
		return "Handing back… (the hold ran out)"
	case l.State == takeover.StateReturning:
		return fmt.Sprintf("Handing back… (%s)", mrkdwn.Mention(l.HandBack.By))
	case l.Newest.Ended:
		return Ended(l.Newest.Status)
	case !l.OffAt.IsZero():
		return fmt.Sprintf("AI is off — switched off outside Slack, seen %s", mrkdwn.TimeSeconds(l.OffAt))
	case l.Aftercare.Missed:
		return fmt.Sprintf("AI has not answered since %s", mrkdwn.Time(l.Aftercare.WaitsSince))
	case !l.OutsideAt.IsZero():
		return fmt.Sprintf("AI is answering — changed outside Slack, seen %s", mrkdwn.TimeSeconds(l.OutsideAt))
	case l.HandedBack():
		return fmt.Sprintf("AI is answering again — since %s", mrkdwn.TimeSeconds(l.Since))
	default:
		return "AI is answering"
	}
}

// spokeSince says whether the AI spoke although a person had the line, and nobody has
// dealt with it yet.
func spokeSince(l takeover.Line) bool {
	return l.Trouble == nil && l.State == takeover.StateHeld && !l.Takeover.Spoke.At.IsZero()
}

// Who says whom a line is about, as literal text: the name comes from the end user and must
// not become mark-up. The number is masked, because everyone in the channel reads it.
func Who(l takeover.Line) string {
	return Joined(typed.Name(l, mrkdwn.MaxName), mrkdwn.OneLine(l.EndUser.Masked(), mrkdwn.MaxName), mrkdwn.ChannelName(l.Newest.Channel), agentWords(l))
}

// Joined joins the parts that are not empty with dots.
func Joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// cardLines is who waits for whom and the last lines, as literal text.
func cardLines(id string, l takeover.Line) slack.Block {
	var elements []slack.RichTextElement
	recent := l.Recent.Lines
	if spokeSince(l) {
		elements = append(elements, slack.NewRichTextSection(slack.NewRichTextSectionTextElement("The AI said: “"+mrkdwn.NonEmpty(mrkdwn.Visible(l.Takeover.Spoke.Text))+"”", mrkdwn.Bold())))
		recent = recent[max(0, len(recent)-takeover.RecentLines+1):] // the AI's words take a line
	}
	if len(recent) > 0 {
		elements = append(elements, cardWaits(l))
	}
	if len(elements) == 0 {
		return nil
	}
	for _, e := range recent {
		elements = append(elements, slack.NewRichTextSection(
			cardTime(l, e.At),
			slack.NewRichTextSectionTextElement(" "+mrkdwn.SpeakerName(e.Role)+": ", &slack.RichTextSectionTextStyle{Bold: true}),
			slack.NewRichTextSectionTextElement(cmp.Or(strings.TrimSpace(mrkdwn.Visible(e.Text)), "(no text)"), nil),
		))
	}
	return slack.NewRichTextBlock(id, elements...)
}

func cardWaits(l takeover.Line) slack.RichTextElement {
	last := l.Recent.Lines[len(l.Recent.Lines)-1]
	words, since := "The last word was the "+mrkdwn.SpeakerName(last.Role)+"'s, at ", last.At
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		words, since = "The end user has been waiting for an answer since ", waiting
	} else if last.Role == takeover.RoleAssistant {
		words = "The AI answered last, at "
	}
	italic := &slack.RichTextSectionTextStyle{Italic: true}
	return slack.NewRichTextSection(slack.NewRichTextSectionTextElement(words, italic), cardTime(l, since))
}

// sameDay is how old a line may be for a clock time alone to be understood.
const sameDay = 20 * time.Hour

// longAgo says whether a time needs its date beside it: 03:10 could be last week.
func longAgo(l takeover.Line, t time.Time) bool { return l.Recent.ReadAt.Sub(t) > sameDay }

// cardTime is richTime with the date where it is needed.
func cardTime(l takeover.Line, t time.Time) slack.RichTextSectionElement {
	if t = mrkdwn.ShowableTime(t); t.IsZero() || !longAgo(l, t) {
		return mrkdwn.RichTime(t)
	}
	fallback := t.Format("2006-01-02 15:04 UTC")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty} {time}", nil, &fallback)
}

// cardSentence is all that a lock screen or a screen reader gets: state, who, how long
// somebody waits, and what can be done.
func cardSentence(state string, l takeover.Line) string {
	sentence := fmt.Sprintf("%s. %s.", state, mrkdwn.Escape(Who(l)))
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		since := mrkdwn.Time(waiting)
		if longAgo(l, waiting) {
			since = mrkdwn.DateTime(waiting)
		}
		sentence += fmt.Sprintf(" The end user has been waiting for an answer since %s.", since)
	}
	return sentence + cardCan(l)
}

// cardCan says what can be done, and how things go on by themselves.
func cardCan(l takeover.Line) string {
	switch {
	case l.Trouble != nil:
		return " You can try again, or read the transcript."
	case spokeSince(l):
		return fmt.Sprintf(" %s holds the line. You can send a correction, or say that it was fine.", mrkdwn.Mention(l.Takeover.Holder))
	case l.State == takeover.StateHeld:
		return heldSentence(l) + " You can hand back to the AI, hold it longer, or hand it off."
	case l.State == takeover.StateAI && !l.Ability(takeover.CanSilence).Yes():
		return readingSentence(l)
	case l.State == takeover.StateAI && l.Aftercare.Missed:
		return " You can take over again, or read the transcript."
	case !l.OffAt.IsZero():
		return " Nobody answers. You can take over, or read the transcript."
	case l.State == takeover.StateAI:
		return " You can take over, or read the transcript."
	default:
		return " There is nothing to press: the card changes by itself."
	}
}

// heldSentence is what the foot says of a held line, for a lock screen.
func heldSentence(l takeover.Line) string {
	words := ""
	if asked := holdAsked(l); asked != "" {
		words += " " + asked
	} else if left := HoldLeft(l); left != "" {
		words += " It lasts " + left + "."
	}
	if l.Offered() {
		words += " " + offered(l)
	}
	return words
}
