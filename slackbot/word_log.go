package slackbot

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// logLimit is how many entries of a line are shown; they fit one private answer.
const logLimit = 25

// wordLog shows the audit of an end user's lines. It needs no outside call.
func (b *Bot) wordLog(ctx context.Context, a asked) (Answer, error) {
	query, shown, err := parseQuery(a.rest, b.cfg.Region)
	if err != nil {
		return b.badInput("log", err)
	}
	if query.Field != takeover.FieldEndUser {
		return private("log", said("`log` needs the whole number, for example `/takeover log +1 415 555 0137`."))
	}
	lines, err := b.deps.Reader.LinesOf(ctx, b.cfg.Provider, takeover.Target(query.Value))
	if err != nil {
		return Answer{}, fmt.Errorf("list the lines of a number: %w", err)
	}
	m := message{Text: "What happened on " + escaped(shown) + "."}
	for _, l := range lines {
		entries, err := b.deps.Reader.Audit(ctx, l.ID, logLimit)
		if err != nil {
			return Answer{}, err
		}
		m.Blocks = append(m.Blocks, logOf(b.cfg.Provider, l, entries)...)
		if len(m.Blocks) > 40 {
			break
		}
	}
	if len(m.Blocks) == 0 {
		return private("log", said(fmt.Sprintf("The bot has no log for %s: nobody opened or took over a conversation of this number with it.", escaped(shown))))
	}
	return private("log", m)
}

func logOf(provider string, l takeover.Line, entries []takeover.Entry) []slack.Block {
	blocks := []slack.Block{section("log."+string(l.ID), fmt.Sprintf("*%s* · agent %s\nNow: %s", escaped(cardWho(l)), escaped(l.Agent.Masked()), cardState(provider, l)))}
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			blocks = append(blocks, section(fmt.Sprintf("log.%s.%d", l.ID, len(blocks)), strings.TrimRight(text.String(), "\n")))
			text.Reset()
		}
	}
	for _, e := range entries {
		row := "• " + day(e.At) + " — " + entryWords(provider, e) + "\n"
		if text.Len()+len(row) > 2800 {
			flush()
		}
		text.WriteString(row)
	}
	flush()
	return blocks
}

// entryWords is an entry of the audit in one plain line.
func entryWords(provider string, e takeover.Entry) string {
	who := "the bot"
	if e.Who != "" {
		who = mention(e.Who)
	}
	words := fmt.Sprintf("%s %s", who, e.Deed)
	switch e.Deed {
	case takeover.DidNotClaim:
		words = fmt.Sprintf("%s pressed take over, but %s was %s faster", who, mention(e.Other), lasting(e.Lag))
	case takeover.DidSilence:
		words = fmt.Sprintf("AI proven silent for %s, %s after the click", mention(e.Other), lasting(e.Lag))
	case takeover.DidRelease:
		words = fmt.Sprintf("AI proven answering again, %s after the click", lasting(e.Lag))
	case takeover.DidFail:
		words = "not proven: " + troubleCause(provider, e.Trouble)
	case takeover.DidLose:
		words = "metadata entries lost and not taken back: " + escaped(strings.Join(e.Lost, ", "))
	case takeover.DidWarnDesk:
		words = "told the desk that it is still not proven: " + troubleCause(provider, e.Trouble)
	case takeover.DidHandBack:
		if e.Other != e.Who {
			words = fmt.Sprintf("%s handed back what %s held", who, mention(e.Other))
		}
	}
	if e.Who != "" {
		words += fmt.Sprintf(" (%s)", e.Origin)
	}
	if e.Before != "" && e.Before != e.After {
		words += fmt.Sprintf(" · %s → %s", plainState(e.Before), plainState(e.After))
	}
	if e.Answer != "" {
		words += " · " + escaped(e.Answer)
	}
	return words + " · ref " + string(e.Ref)
}

// plainState makes the operators of an audit state mentions.
func plainState(s string) string {
	fields := strings.Fields(escaped(s))
	for i, f := range fields {
		if i > 0 && fields[i-1] == "by" {
			id, comma := strings.CutSuffix(f, ",")
			fields[i] = mention(takeover.OperatorID(id))
			if comma {
				fields[i] += ","
			}
		}
	}
	return strings.Join(fields, " ")
}
