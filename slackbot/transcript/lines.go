package transcript

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
)

// linesOf draws a turn. Slack puts each section on its own line.
func linesOf(t shownTurn) []slack.RichTextElement {
	said := []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement(t.text, nil)}
	switch {
	case t.speaker == "":
		return []slack.RichTextElement{quietLine(t.text)}
	case t.text == "":
		said = []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement("(no text)", mrkdwn.Italic())}
	case t.markdown:
		said = mrkdwn.Markdown(t.text)
	}
	if strings.Contains(t.text, "\n") {
		return quoted(t, said...)
	}
	return []slack.RichTextElement{turnLine(t, said...)}
}

// turnLine is a turn on one line: the time, who, and what was said.
func turnLine(t shownTurn, said ...slack.RichTextSectionElement) *slack.RichTextSection {
	speaker := t.speaker + ":"
	if len(said) > 0 {
		speaker += " "
	}
	var elements []slack.RichTextSectionElement
	if !t.at.IsZero() {
		at := mrkdwn.RichTime(t.at)
		if t.dated {
			at = mrkdwn.RichDateTime(t.at)
		}
		elements = append(elements, at)
		speaker = " " + speaker
	}
	elements = append(elements, slack.NewRichTextSectionTextElement(speaker, mrkdwn.Bold()))
	return slack.NewRichTextSection(append(elements, said...)...)
}

// quoted draws text of several lines below the speaker, with a bar beside it: no line of it can be
// taken for the next turn.
func quoted(t shownTurn, said ...slack.RichTextSectionElement) []slack.RichTextElement {
	return []slack.RichTextElement{turnLine(t), &slack.RichTextQuote{Type: slack.RTEQuote, Elements: said}}
}

// piece draws a part of a turn that is longer than a post, as it was written.
func piece(t shownTurn, text string) []slack.RichTextElement {
	return quoted(t, slack.NewRichTextSectionTextElement(text, nil))
}

// quietLine is a line that no speaker said.
func quietLine(text string) slack.RichTextElement {
	return slack.NewRichTextSection(slack.NewRichTextSectionTextElement(text, mrkdwn.Italic()))
}

// splitText cuts text in two, so that the first part takes at most room characters as JSON: after
// a line, else after a word, else between two characters that do not belong together. The first
// part has at least one character.
func splitText(text string, room int) (piece, rest string) {
	var end, line, word, character int
	var before rune
	for i, r := range text {
		if !belong(before, r) {
			character = i
		}
		if room -= jsonCost(r); room < 0 {
			break
		}
		end = i + len(string(r))
		switch r {
		case '\n':
			line = end
		case ' ':
			word = end
		}
		before = r
	}
	switch {
	case end == len(text):
	case line > end/2:
		end = line
	case word > end/2:
		end = word
	case character > end/2:
		end = character
	}
	if end == 0 {
		_, end = utf8.DecodeRuneInString(text)
	}
	return text[:end], text[end:]
}

// belong reports whether two code points may be parts of one character: an emoji with its skin
// tone, a letter with its accents, a flag.
func belong(before, after rune) bool {
	return mrkdwn.BelongsToBoth(before) || mrkdwn.BelongsToBoth(after) || mrkdwn.IsSkinTone(after) || mrkdwn.IsTag(after) ||
		unicode.In(after, unicode.Mn, unicode.Me, unicode.Mc) || isFlag(before) && isFlag(after)
}

// isFlag reports whether r is half of a flag.
func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// jsonCost is how long encoding/json writes a visible character, in UTF-16 units.
func jsonCost(r rune) int {
	switch r {
	case '"', '\\', '\n':
		return 2
	case '<', '>', '&':
		return 6
	}
	return utf16.RuneLen(r)
}
