package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Together is the message to one person of what happened to several lines at once; of one line it
// is that line's message. All are of the same event, and for the same person.
func Together(all []Direct) slackapi.Message {
	first := all[0]
	if asks := textsOf(first.Entry.Event).over != ""; asks {
		all = slices.DeleteFunc(slices.Clone(all), func(d Direct) bool { return !d.asking() || d.Line.Takeover.Hold.Step == takeover.HoldRuns })
	}
	switch len(all) {
	case 0:
		return first.Message()
	case 1:
		return all[0].Message()
	}
	slices.SortStableFunc(all, func(a, b Direct) int { return waitingFirst(a.Line, b.Line) })
	head := fmt.Sprintf("%s, and %d more.", WhoWaits(all[0].Line, all[0].Entry.At), len(all)-1)
	words := fillIn(textsOf(first.Entry.Event).together, first.Line, first.Entry)
	words = strings.Replace(words, "{n}", mrkdwn.Count(len(all), "line"), 1)
	m := slackapi.Message{Text: head + " " + words, Blocks: []slack.Block{mrkdwn.Section("said", words)}}
	for i, d := range all[:min(len(all), ListLimit)] {
		m.Blocks = append(m.Blocks, slack.NewSectionBlock(mrkdwn.Plain(d.head()), nil, nil, slack.SectionBlockOptionBlockID(fmt.Sprintf("head.%d", i))))
		if d.Card != "" {
			m.Blocks = append(m.Blocks, mrkdwn.Context(fmt.Sprintf("card.%d", i), fmt.Sprintf("The card is <%s|here>. · ref %s", d.Card, d.Entry.Ref)))
		}
		if buttons := d.buttons(); len(buttons) > 0 {
			m.Blocks = append(m.Blocks, slack.NewActionBlock(fmt.Sprintf("act.%d", i), buttons...))
		}
	}
	if rest := len(all) - ListLimit; rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("rest", fmt.Sprintf("… and %d more: `/takeover mine` and the app's Home tab show all.", rest)))
	}
	return m
}

// waitingFirst orders the lines whose end user waits longest to the front.
func waitingFirst(a, b takeover.Line) int {
	wa, wb := a.WaitingSince(), b.WaitingSince()
	switch {
	case wa.IsZero() == wb.IsZero():
		return wa.Compare(wb)
	case wa.IsZero():
		return 1
	default:
		return -1
	}
}
