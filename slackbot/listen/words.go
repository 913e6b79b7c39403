package listen

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// word is one row of the table of subcommands, which help prints.
type word struct {
	name    string
	example string // as typed, without the root command
	what    string
	need    people.Role
	run     func(*Listener, context.Context, asked) (Answer, error)
}

// words are the subcommands. Any other text is a search.
func words() []word {
	return []word{
		{"", "+1 (415) 555-0137", "find the conversations of a phone number, in any shape you can paste", people.Reader, nil},
		{"", "0137", "find by the last digits, among the newest conversations", people.Reader, nil},
		{"", "anonymous", "the newest conversations of end users without a number", people.Reader, nil},
		{"", "unit 4B", "find by unit; `name Miller` finds by name", people.Reader, nil},
		{"open", "open", "who holds what, and whom nobody answers, the longest wait first", people.Reader, (*Listener).wordOpen},
		{"mine", "mine", "what you hold, with the time left", people.Reader, (*Listener).wordMine},
		{"take", "take 0137", "take over the one line that is found; of several you are asked which", people.Responder, (*Listener).wordTake},
		{"back", "back 0137", "hand back to the AI: opens the box of the card's button", people.Responder, (*Listener).wordBack},
		{"handoff", "handoff", "end of shift: pass what you hold, or hand it to the AI", people.Responder, (*Listener).wordHandOff},
		{"", "handoff 0137 @colleague needs a call at four", "offer one line to a colleague, who accepts or declines", people.Responder, nil},
		{"log", "log +1 415 555 0137", "what happened on a line: who, what, when, and what the provider answered; `log 0137` and `log unit 4B` do as well", people.Reader, (*Listener).wordLog},
		{"at", "at 03:14 0137", "who was speaking at that minute, with the minute around it; `at yesterday 22:10 0137` and `at 2026-11-21 22:10 0137` do as well", people.Reader, (*Listener).wordAt},
		{"export", "export 0137", "for leads: the log of a number as a text file and as JSON, by direct message; `export` alone has all lines", people.Lead, (*Listener).wordExport},
		{"help", "help", "this text", people.Reader, (*Listener).wordHelp},
	}
}

// slash is the task of a typed command.
func (ln *Listener) slash(c slashCommand) task {
	a := asked{slashCommand: c, key: c.key(), at: ln.Now().UTC()}
	name, rest := typed.FirstWord(c.Text)
	run, needs, stores := (*Listener).search, people.Reader, true
	if name == "" && rest == "" {
		run, stores = (*Listener).wordHelp, false
	}
	var names []string
	for _, w := range words() {
		names = append(names, w.name)
		if w.run != nil && w.name == name {
			run, needs, stores, a.rest = w.run, w.need, false, rest
		}
	}
	if meant := typed.NearestWord(name, names); meant != "" && meant != name {
		run = func(ln *Listener, ctx context.Context, a asked) (Answer, error) {
			return ln.unknownWord(ctx, a, name, meant, rest)
		}
	}
	return task{
		user: c.UserID, team: cmp.Or(c.TeamID, c.EnterpriseID), needs: needs, stores: stores,
		run: func(ctx context.Context) (Answer, error) { return run(ln, ctx, a) },
		refuse: func(_ context.Context, refusal string) (Answer, error) {
			return private("refused", mrkdwn.TextMessage(refusal))
		},
	}
}

// search stores what is asked for; a job answers.
func (ln *Listener) search(ctx context.Context, a asked) (Answer, error) {
	query, _, err := ln.query(a.Text)
	if err != nil {
		return ln.badInput("find", err)
	}
	c := a.command(takeover.Search, "")
	c.Query = query
	return ln.store(ctx, "find", c)
}

// query reads what a person typed to look for; see typed.ParseQuery. A word that providers write where they
// do not know the end user's number looks for all such end users.
func (ln *Listener) query(text string) (q takeover.Query, shown string, err error) {
	if strings.ContainsFunc(text, unicode.IsLetter) && ln.Placeholders.Has(takeover.Target(text)) {
		return takeover.Query{Field: takeover.FieldAnonymous, Value: "anonymous"}, "an end user without a number", nil
	}
	return typed.ParseQuery(text, ln.Region)
}

// unknownWord names the word that is meant by one that does not exist. A text that has an address
// behind the unknown word is not searched: the person wanted something else.
func (ln *Listener) unknownWord(ctx context.Context, _ asked, name, meant, rest string) (Answer, error) {
	command := strings.TrimSpace(ids.RootCommand + " " + meant + " " + strings.ReplaceAll(mrkdwn.OneLine(ln.People.PlainText(ctx, rest), maxCommand), "`", ""))
	return private("unknown word", mrkdwn.TextMessage(fmt.Sprintf("There is no word “%s”. Nothing was changed. Did you mean `%s`? `%s help` shows all words.",
		mrkdwn.Escape(mrkdwn.Clip(name, maxWord)), mrkdwn.Escape(command), ids.RootCommand)))
}

// maxCommand is how much of what was typed behind an unknown word is repeated, in characters.
const maxCommand = 60

func (ln *Listener) wordHelp(context.Context, asked) (Answer, error) {
	var list strings.Builder
	for _, w := range words() {
		fmt.Fprintf(&list, "`%s %s` — %s\n", ids.RootCommand, w.example, w.what)
	}
	return private("help", slackapi.Message{
		Text: "How to use the takeover bot: type " + ids.RootCommand + " and a phone number to find a conversation, then press Take over on its card.",
		Blocks: []slack.Block{
			mrkdwn.Section("help.head", "*Find the end user, press Take over, call or write to them, hand back.*"),
			mrkdwn.Section("help.words", strings.TrimRight(list.String(), "\n")),
			mrkdwn.Context("help.thread", "In the thread of a card, where commands do not work: `!take`, `!back`, `!note …`, `!handoff @colleague`, `!log`, and `!help` for all of them. On any message: ⋯ → *Find this number*."),
			mrkdwn.Context("help.foot", "Answers to what you type are private. The card is in the desk's channel; its thread has the messages. What the holder of the line writes there reaches the end user; `!note …` and `// …` stay inside."),
		},
	})
}
