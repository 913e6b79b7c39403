package typed

import (
	"strings"
	"unicode"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// Name is the name of the line's end user in quotation marks, on one line of at most n characters
// between them. The end user, or a program, chose it: without the marks “AI is answering” would read
// as the bot's own words. Names often contain the number, or are the number: the name has the numbers
// of the line masked, as they are everywhere. It is empty if the name is only a number.
func Name(l takeover.Line, n int) string {
	name := mrkdwn.OneLine(unquote.Replace(unnumbered(l.Newest.Name, l)), n)
	if name == "" {
		return ""
	}
	return "“" + name + "”"
}

// unquote replaces the marks that could end a quotation early.
var unquote = strings.NewReplacer("“", "'", "”", "'", "„", "'", "‟", "'", "«", "'", "»", "'", "＂", "'", "\u2033", "'", "〝", "'", "〞", "'", "〟", "'")

// AgentName is the name of the line's assistant, which the provider's account chose, on one line
// of at most n characters, with the numbers of the line masked. It is empty if the name is only a
// number.
func AgentName(l takeover.Line, n int) string {
	return mrkdwn.OneLine(unnumbered(l.Newest.AgentName, l), n)
}

// maxLooked is how much of a name is searched, in characters: far more than is shown.
const maxLooked = 1000

// unnumbered masks the addresses of a line's end user and agent in a name. It is empty if the
// name has nothing else.
func unnumbered(name string, l takeover.Line) string {
	plain := mrkdwn.OneLine(name, maxLooked)
	name = MaskOf(l).In(plain)
	rest := strings.NewReplacer(l.EndUser.Masked(), "", l.Agent.Masked(), "").Replace(name)
	says := strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	if !says && name != plain {
		return ""
	}
	return name
}
