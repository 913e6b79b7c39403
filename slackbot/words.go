package slackbot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// rootCommand is the one slash command; everything is a word behind it.
const rootCommand = "/takeover"

// asked is a typed command on its way.
type asked struct {
	slashCommand
	rest string // what follows the word
	key  string
	at   time.Time
}

// word is one row of the table that dispatch reads and help prints.
type word struct {
	name    string
	example string // as typed, without the root command
	what    string
	run     func(*Bot, context.Context, asked) (Answer, error)
}

// words are the subcommands. Whatever is none of them is a search.
func words() []word {
	return []word{
		{"", "+1 (415) 555-0137", "find the conversations of a phone number, in any shape you can paste", nil},
		{"", "0137", "find by the last digits, among the newest conversations", nil},
		{"", "unit 4B", "find by unit; `name Miller` finds by name", nil},
		{"open", "open", "who holds what, longest first", (*Bot).wordOpen},
		{"mine", "mine", "what you hold", (*Bot).wordMine},
		{"log", "log +1 415 555 0137", "what happened on a line: who, what, when, and what the provider answered", (*Bot).wordLog},
		{"help", "help", "this text", (*Bot).wordHelp},
	}
}

// slash works a typed command up to its acknowledgement.
func (b *Bot) slash(ctx context.Context, c slashCommand, body []byte) (Answer, error) {
	if refusal := b.people.admit(ctx, c.UserID, firstNonEmpty(c.TeamID, c.EnterpriseID)); refusal != "" {
		return private("refused", said(refusal))
	}
	a := asked{slashCommand: c, key: c.key(body), at: b.deps.Now().UTC()}
	name, rest, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	for _, w := range words() {
		if w.run != nil && strings.EqualFold(w.name, name) {
			a.rest = strings.TrimSpace(rest)
			return w.run(b, ctx, a)
		}
	}
	if strings.TrimSpace(c.Text) == "" {
		return b.wordHelp(ctx, a)
	}
	return b.search(ctx, a)
}

// search stores what is asked for; a job answers.
func (b *Bot) search(ctx context.Context, a asked) (Answer, error) {
	query, _, err := parseQuery(a.Text, b.cfg.Region)
	if err != nil {
		return b.badInput("find", err)
	}
	err = b.put(ctx, takeover.Command{
		Key: a.key, Verb: takeover.Search, By: takeover.OperatorID(a.UserID), Origin: takeover.FromWord, At: a.at,
		Query: query, Reply: takeover.Reply{URL: a.ResponseURL, Channel: a.ChannelID},
	})
	if err != nil {
		return Answer{}, fmt.Errorf("store the search: %w", err)
	}
	return Answer{Kind: "find"}, nil
}

// badInput answers what a person typed wrong, privately and at once.
func (b *Bot) badInput(kind string, err error) (Answer, error) {
	if ie, ok := errors.AsType[*inputError](err); ok {
		return private(kind, said(ie.Sentence))
	}
	return Answer{}, err
}

func (b *Bot) wordHelp(context.Context, asked) (Answer, error) {
	var list strings.Builder
	for _, w := range words() {
		fmt.Fprintf(&list, "`%s %s` — %s\n", rootCommand, w.example, w.what)
	}
	return private("help", message{
		Text: "How to use the takeover bot: type " + rootCommand + " and a phone number to find a conversation, then press Take over on its card.",
		Blocks: []slack.Block{
			section("help.head", "*Find the end user, press Take over, call or write to them, hand back.*"),
			section("help.words", strings.TrimRight(list.String(), "\n")),
			contextLine("help.foot", "Answers to what you type are private. The card is in the desk's channel; its thread has the messages. Nothing written there reaches the end user."),
		},
	})
}

// listLimit is how many lines a private list names; Slack allows 50 blocks.
const listLimit = 15

func (b *Bot) wordOpen(ctx context.Context, _ asked) (Answer, error) {
	lines, err := b.deps.Reader.Taken(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list who holds what: %w", err)
	}
	return b.list(ctx, "open", lines, "Nobody holds a line at the moment. To find a conversation, type a number, for example `/takeover +1 415 555 0137`.", "line is taken over, longest first", "lines are taken over, longest first")
}

func (b *Bot) wordMine(ctx context.Context, a asked) (Answer, error) {
	lines, err := b.deps.Reader.Taken(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list what somebody holds: %w", err)
	}
	mine := lines[:0]
	for _, l := range lines {
		if l.Holder == takeover.OperatorID(a.UserID) {
			mine = append(mine, l)
		}
	}
	return b.list(ctx, "mine", mine, "You hold nothing at the moment. `/takeover open` shows what others hold.", "line is yours", "lines are yours, longest first")
}

func (b *Bot) list(ctx context.Context, kind string, lines []takeover.Line, none, one, many string) (Answer, error) {
	if len(lines) == 0 {
		return private(kind, said(none))
	}
	head := "1 " + one + "."
	if len(lines) > 1 {
		head = fmt.Sprintf("%d %s.", len(lines), many)
	}
	first := fmt.Sprintf("%s, %s.", cardState(lines[0]), escaped(cardWho(lines[0])))
	m := message{Text: head + " " + first + " Press Open to see a card.", Blocks: []slack.Block{section("list.head", "*"+head+"*")}}
	for i, l := range lines[:min(len(lines), listLimit)] {
		state := "*" + cardState(l) + "*" + b.cardLink(ctx, l.ID)
		m.Blocks = append(m.Blocks, row(conversationBlock(i, l.Current), state, cardWho(l), l.ID)...)
	}
	if rest := len(lines) - listLimit; rest > 0 {
		m.Blocks = append(m.Blocks, contextLine("list.rest", fmt.Sprintf("… and %d more. `%s mine` shows yours; a number shows its line.", rest, rootCommand)))
	}
	return private(kind, m)
}

// row is an entry of a private list: our own words with a button, and below them, as
// literal text, who it is about.
func row(blockID, words, who string, line takeover.LineID) []slack.Block {
	open := slack.NewAccessory(button(actionOpen, string(line), "Open"))
	return []slack.Block{
		slack.NewSectionBlock(mrkdwn(words), nil, open, slack.SectionBlockOptionBlockID(blockID)),
		slack.NewContextBlock("who."+blockID, plain(who)),
	}
}

// cardLink is " · <link|card>" where a card stands, else empty.
func (b *Bot) cardLink(ctx context.Context, id takeover.LineID) string {
	post, ok, err := b.deps.Posts.Post(ctx, cardKey(id))
	if err != nil || !ok || post.TS == "" {
		return ""
	}
	if link := b.self.link(post.Channel, post.TS); link != "" {
		return fmt.Sprintf(" · <%s|card>", link)
	}
	return ""
}

func firstNonEmpty(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
