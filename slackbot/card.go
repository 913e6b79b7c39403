package slackbot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// card draws a line: ten lines and five buttons at most. It is a pure function of the
// line; every state has a golden file in testdata.
func card(l takeover.Line) message {
	id := func(part string) string { return fmt.Sprintf("%s.v%d", part, l.Version) }
	state := cardState(l)
	blocks := []slack.Block{
		section(id("state"), "*"+state+"*"),
		slack.NewContextBlock(id("who"), plain(cardWho(l))),
	}
	if quote := cardLines(id("lines"), l); quote != nil {
		blocks = append(blocks, quote)
	}
	if foot := cardFoot(l); foot != "" {
		blocks = append(blocks, contextLine(id("foot"), foot))
	}
	if buttons := cardButtons(l); len(buttons) > 0 {
		blocks = append(blocks, slack.NewActionBlock(id("act"), buttons...))
	}
	return message{Text: cardSentence(state, l), Blocks: blocks}
}

// cardState is the first line, in the product's exact words.
func cardState(l takeover.Line) string {
	switch {
	case l.Trouble != nil:
		return troubleState(l.Provider, l)
	case l.State == takeover.StateTaking:
		return fmt.Sprintf("Taking over… (%s)", mention(l.Holder))
	case l.State == takeover.StateHeld:
		return fmt.Sprintf("%s has it — AI is silent (checked %s)", mention(l.Holder), clockSecs(l.CheckedAt))
	case l.State == takeover.StateReturning:
		return fmt.Sprintf("Handing back… (%s)", mention(l.HandBack.By))
	case l.Ended:
		return endedWords(l.Status)
	case handedBack(l):
		return fmt.Sprintf("AI is answering again — since %s", clockSecs(l.CheckedAt))
	default:
		return "AI is answering"
	}
}

// handedBack says whether the AI answers because a takeover ended.
func handedBack(l takeover.Line) bool {
	return l.State == takeover.StateAI && !l.CheckedAt.IsZero()
}

// cardWho is who it is about, as literal text: the name is the end user's own and must
// not become mark-up. The number is masked, for the channel has more readers than the
// one who searched.
func cardWho(l takeover.Line) string {
	return joined(oneLine(l.Name, maxName), oneLine(l.EndUser.Masked(), maxName), channelWord(l.Channel), agentWords(l))
}

// joined puts what is known between dots.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// cardLines is who waits for whom and the last lines, as literal text.
func cardLines(id string, l takeover.Line) slack.Block {
	if len(l.Recent) == 0 {
		return nil
	}
	elements := []slack.RichTextElement{cardWaits(l)}
	for _, e := range l.Recent {
		elements = append(elements, slack.NewRichTextSection(
			cardTime(l, e.At),
			slack.NewRichTextSectionTextElement(" "+roleWord(e.Role)+": ", &slack.RichTextSectionTextStyle{Bold: true}),
			slack.NewRichTextSectionTextElement(nonEmpty(visible(e.Text)), nil),
		))
	}
	return slack.NewRichTextBlock(id, elements...)
}

func cardWaits(l takeover.Line) slack.RichTextElement {
	last := l.Recent[len(l.Recent)-1]
	words, since := "The last word was the "+roleWord(last.Role)+"'s, at ", last.At
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
func longAgo(l takeover.Line, t time.Time) bool { return l.RecentAt.Sub(t) > sameDay }

// cardTime is richTime with the date where it is needed.
func cardTime(l takeover.Line, t time.Time) slack.RichTextSectionElement {
	if t = showableTime(t); t.IsZero() || !longAgo(l, t) {
		return richTime(t)
	}
	fallback := t.Format("2006-01-02 15:04 UTC")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{date_short_pretty} {time}", nil, &fallback)
}

// richTime is a time that each reader sees in the own zone, or the words for none that
// Slack can show.
func richTime(t time.Time) slack.RichTextSectionElement {
	if t = showableTime(t); t.IsZero() {
		return slack.NewRichTextSectionTextElement("--:--", nil)
	}
	fallback := t.UTC().Format("15:04 UTC")
	return slack.NewRichTextSectionDateElement(t.Unix(), "{time}", nil, &fallback)
}

// nonEmpty keeps Slack from refusing an element whose text vanished.
func nonEmpty(s string) string {
	if s == "" {
		return " "
	}
	return s
}

// cardFoot is the holder's line, or what a trouble means and what to do.
func cardFoot(l takeover.Line) string {
	var lines []string
	if l.Trouble != nil {
		by, at := l.Holder, l.ClaimedAt
		if l.State == takeover.StateReturning {
			by, at = l.HandBack.By, l.Since
		}
		lines = append(lines, troubleMeaning(l), fmt.Sprintf("%s pressed at %s; %s so far, next at %s.",
			mention(by), clock(at), count(l.Trouble.Attempts, "attempt"), clockSecs(l.Trouble.NextAt)))
	}
	if l.Trouble == nil && l.State == takeover.StateHeld {
		lines = append(lines, fmt.Sprintf("Held by %s since %s · silence checked at %s · ref %s", mention(l.Holder), clock(l.Since), clockSecs(l.CheckedAt), l.Ref))
	}
	if l.Channel == takeover.ChannelCall && l.State == takeover.StateHeld {
		lines = append(lines, fmt.Sprintf("This is a phone call: %s promises silence for written answers only. Listen in, or call the end user.", l.Provider))
	}
	if l.Trouble == nil && l.State == takeover.StateAI {
		lines = append(lines, readingFoot(l)...)
	}
	return strings.Join(lines, "\n")
}

// cardButtons are the actions that the state allows; the first is the likely one.
func cardButtons(l takeover.Line) []slack.BlockElement {
	id := string(l.ID)
	take := button(actionTake, id, "Take over").WithStyle(slack.StylePrimary)
	transcript := button(actionTranscript, id, "Transcript")
	switch {
	case l.Trouble != nil && l.State == takeover.StateTaking:
		return []slack.BlockElement{button(actionRetry, id, "Try again").WithStyle(slack.StylePrimary), menu(l, actionTranscript, actionRefresh, actionHandBack)}
	case l.Trouble != nil:
		return []slack.BlockElement{button(actionRetry, id, "Try again").WithStyle(slack.StylePrimary), menu(l, actionTranscript, actionRefresh, actionTake)}
	case l.State == takeover.StateTaking, l.State == takeover.StateReturning:
		return nil
	case l.State == takeover.StateHeld:
		return []slack.BlockElement{button(actionHandBack, id, "Hand back to AI").WithStyle(slack.StylePrimary), transcript, menu(l, actionRefresh)}
	case !l.Ability(takeover.CanSilence).Yes():
		return readingButtons(l)
	default:
		return []slack.BlockElement{take, transcript, menu(l, actionRefresh)}
	}
}

// menu is the "⋯" at the end of the buttons.
func menu(l takeover.Line, actions ...string) *slack.OverflowBlockElement {
	labels := map[string]string{
		actionTranscript: "Whole transcript",
		actionRefresh:    "Show newest messages",
		actionHandBack:   "Give up, leave it to the AI",
		actionTake:       "Take over again",
	}
	options := make([]*slack.OptionBlockObject, len(actions))
	for i, a := range actions {
		options[i] = slack.NewOptionBlockObject(menuValue(a, l.ID), plain(labels[a]), nil)
	}
	return slack.NewOverflowBlockElement(actionMenu, options...)
}

// cardSentence is all that a lock screen or a screen reader gets: state, who, how long
// somebody waits, and what can be done.
func cardSentence(state string, l takeover.Line) string {
	sentence := fmt.Sprintf("%s. %s.", state, escaped(cardWho(l)))
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		since := clock(waiting)
		if longAgo(l, waiting) {
			since = day(waiting)
		}
		sentence += fmt.Sprintf(" The end user has been waiting for an answer since %s.", since)
	}
	switch {
	case l.Trouble != nil:
		sentence += " You can try again, or read the transcript."
	case l.State == takeover.StateHeld:
		sentence += " You can hand back to the AI, or read the transcript."
	case l.State == takeover.StateAI && !l.Ability(takeover.CanSilence).Yes():
		sentence += readingSentence(l)
	case l.State == takeover.StateAI:
		sentence += " You can take over, or read the transcript."
	default:
		sentence += " There is nothing to press: the card changes by itself."
	}
	return sentence
}
