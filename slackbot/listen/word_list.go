package listen

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

func (ln *Listener) wordOpen(ctx context.Context, _ asked) (Answer, error) {
	lines, err := ln.Lines.Open(ctx)
	if err != nil {
		return Answer{}, fmt.Errorf("list who holds what: %w", err)
	}
	render.SortWaitingFirst(lines)
	return ln.list(ctx, "open", lines, "Nobody holds a line at the moment, and no end user is known to wait for a person. To find a conversation, type a number, for example `/takeover +1 415 555 0137`.",
		"line is open", "lines are open, who waits longest first", "Lines that the AI answers are not listed: type a number to see one.")
}

func (ln *Listener) wordMine(ctx context.Context, a asked) (Answer, error) {
	mine, err := ln.heldBy(ctx, takeover.OperatorID(a.UserID))
	if err != nil {
		return Answer{}, err
	}
	return ln.list(ctx, "mine", mine, "You hold nothing at the moment. `/takeover open` shows what others hold.", "line is yours", "lines are yours, who waits longest first", "")
}

// heldBy lists the lines of an operator, the longest wait first.
func (ln *Listener) heldBy(ctx context.Context, who takeover.OperatorID) ([]takeover.Line, error) {
	lines, err := ln.Lines.Taken(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the lines of an operator: %w", err)
	}
	lines = keep(lines, func(l takeover.Line) bool { return l.Takeover.Holder == who })
	render.SortWaitingFirst(lines)
	return lines, nil
}

func (ln *Listener) list(ctx context.Context, kind string, lines []takeover.Line, none, one, many, foot string) (Answer, error) {
	if len(lines) == 0 {
		return private(kind, mrkdwn.TextMessage(none))
	}
	head := "1 " + one + "."
	if len(lines) > 1 {
		head = fmt.Sprintf("%d %s.", len(lines), many)
	}
	first := fmt.Sprintf("%s, %s.", render.Listed(lines[0], ln.Now()), mrkdwn.Escape(render.Who(lines[0])))
	m := slackapi.Message{Text: head + " " + first + " Press Open to see a card.", Blocks: []slack.Block{mrkdwn.Section("list.head", "*"+head+"*")}}
	for i, l := range lines[:min(len(lines), render.ListLimit)] {
		words := "*" + render.State(l, ln.Now()) + "*" + render.ListedMore(l) + ln.cardLink(ctx, l.ID)
		m.Blocks = append(m.Blocks, render.Row(ids.ConversationBlock(i, ""), words, render.Who(l), l.ID)...)
	}
	if rest := len(lines) - render.ListLimit; rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("list.rest", fmt.Sprintf("… and %d more: the app's Home tab shows all. `%s mine` shows yours; a number shows its line.", rest, ids.RootCommand)))
	}
	if foot != "" {
		m.Blocks = append(m.Blocks, mrkdwn.Context("list.foot", foot))
	}
	return private(kind, m)
}

// cardLink is " · <link|card>" for a line with a card, else empty.
func (ln *Listener) cardLink(ctx context.Context, id takeover.LineID) string {
	card, stands, err := ln.Shown.Card(ctx, id)
	if err != nil || !stands {
		return ""
	}
	if link := ln.People.KnownLink(card.Channel, card.TS); link != "" {
		return fmt.Sprintf(" · <%s|card>", link)
	}
	return ""
}
