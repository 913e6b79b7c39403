package slackbot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// listLimit is how many lines a private list names; Slack allows 50 blocks.
const listLimit = 15

func (b *Bot) wordOpen(ctx context.Context, _ asked) (Answer, error) {
	lines, err := b.deps.Reader.Open(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list who holds what: %w", err)
	}
	waitingFirst(lines)
	return b.list(ctx, "open", lines, "Nobody holds a line at the moment; lines that nobody holds are not listed here. To find a conversation, type a number, for example `/takeover +1 415 555 0137`.",
		"line is open", "lines are open, who waits longest first")
}

func (b *Bot) wordMine(ctx context.Context, a asked) (Answer, error) {
	mine, err := b.heldBy(ctx, takeover.OperatorID(a.UserID))
	if err != nil {
		return Answer{}, err
	}
	return b.list(ctx, "mine", mine, "You hold nothing at the moment. `/takeover open` shows what others hold.", "line is yours", "lines are yours, who waits longest first")
}

// heldBy are the lines of an operator, those first whose end user waits longest.
func (b *Bot) heldBy(ctx context.Context, who takeover.OperatorID) ([]takeover.Line, error) {
	lines, err := b.deps.Reader.Taken(ctx)
	if err != nil {
		return nil, fmt.Errorf("list what somebody holds: %w", err)
	}
	lines = slices.DeleteFunc(lines, func(l takeover.Line) bool { return l.Takeover.Holder != who })
	waitingFirst(lines)
	return lines, nil
}

// waitingFirst puts those first whose end user waits longest; the rest keeps its order.
func waitingFirst(lines []takeover.Line) {
	slices.SortStableFunc(lines, func(a, b takeover.Line) int {
		wa, wb := a.WaitingSince(), b.WaitingSince()
		switch {
		case wa.IsZero() && wb.IsZero():
			return 0
		case wa.IsZero():
			return 1
		case wb.IsZero():
			return -1
		}
		return wa.Compare(wb)
	})
}

func (b *Bot) list(ctx context.Context, kind string, lines []takeover.Line, none, one, many string) (Answer, error) {
	if len(lines) == 0 {
		return private(kind, mrkdwn.TextMessage(none))
	}
	head := "1 " + one + "."
	if len(lines) > 1 {
		head = fmt.Sprintf("%d %s.", len(lines), many)
	}
	first := fmt.Sprintf("%s, %s.", listed(lines[0]), mrkdwn.Escape(cardWho(lines[0])))
	m := slackapi.Message{Text: head + " " + first + " Press Open to see a card.", Blocks: []slack.Block{mrkdwn.Section("list.head", "*"+head+"*")}}
	for i, l := range lines[:min(len(lines), listLimit)] {
		m.Blocks = append(m.Blocks, row(conversationBlock(i, l.Newest.ID), "*"+cardState(l)+"*"+listedMore(l)+b.cardLink(ctx, l.ID), cardWho(l), l.ID)...)
	}
	if rest := len(lines) - listLimit; rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("list.rest", fmt.Sprintf("… and %d more: the app's Home tab shows all. `%s mine` shows yours; a number shows its line.", rest, rootCommand)))
	}
	return private(kind, m)
}

// listed is a line in a list: its state, who waits, how long it is held.
func listed(l takeover.Line) string { return cardState(l) + listedMore(l) }

// listedMore is what a list says behind the state.
func listedMore(l takeover.Line) string {
	var more strings.Builder
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		more.WriteString(" · end user waits since " + recently(l, waiting))
	}
	if l.Taken() {
		switch left := holdLeft(l); {
		case left != "":
			more.WriteString(" · " + left)
		case l.Takeover.Hold.Step != takeover.HoldRuns:
			more.WriteString(" · hold ran out at " + mrkdwn.Time(l.Takeover.Hold.Until))
		}
	}
	if l.Offered() {
		fmt.Fprintf(&more, " · offered to %s, not accepted yet", mrkdwn.Mention(l.Takeover.Handoff.To))
	}
	return more.String()
}

// recently is a time with its date where it needs one.
func recently(l takeover.Line, at time.Time) string {
	if longAgo(l, at) {
		return mrkdwn.DateTime(at)
	}
	return mrkdwn.Time(at)
}

// row is an entry of a private list: our own words with a button, and below them, as
// literal text, who it is about.
func row(blockID, words, who string, line takeover.LineID) []slack.Block {
	return rowWith(blockID, words, who, mrkdwn.Button(actionOpen, string(line), "Open"))
}

func rowWith(blockID, words, who string, press *slack.ButtonBlockElement) []slack.Block {
	return []slack.Block{
		slack.NewSectionBlock(mrkdwn.Text(words), nil, slack.NewAccessory(press), slack.SectionBlockOptionBlockID(blockID)),
		slack.NewContextBlock("who."+blockID, mrkdwn.Plain(who)),
	}
}

// cardLink is " · <link|card>" where a card stands, else empty.
func (b *Bot) cardLink(ctx context.Context, id takeover.LineID) string {
	card, stands, err := b.deps.Posts.Card(ctx, id)
	if err != nil || !stands {
		return ""
	}
	if link := b.people.KnownLink(card.Channel, card.TS); link != "" {
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
