package slackbot

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// homeRows is how many rows a page of the Home has; with two blocks each and the heads
// they stay below Slack's hundred.
const homeRows = 40

// homeData is all that a Home is drawn from.
type homeData struct {
	lines  []takeover.Line // all that are taken, who waits longest first
	asOf   time.Time       // when they were read. UTC
	viewer takeover.OperatorID
	role   people.Role
	page   int // from 0
}

// homeRow is one line in one part of the Home.
type homeRow struct {
	part string
	line takeover.Line
	mine bool // with the buttons of its holder
}

// rows are the parts one after the other: who waits, what the viewer holds, and the rest.
// A line of the viewer's whose end user waits is in both of the first.
func (h homeData) rows() []homeRow {
	var waiting, mine, held []homeRow
	for _, l := range h.lines {
		waits, own := !l.WaitingSince().IsZero() || l.Aftercare.Missed, l.Takeover.Holder == h.viewer && l.Taken()
		if waits {
			waiting = append(waiting, homeRow{"Waiting, longest first", l, false})
		}
		if own {
			mine = append(mine, homeRow{"Yours", l, h.role >= people.Responder})
		}
		if !own && !waits {
			held = append(held, homeRow{"Held by others", l, false})
		}
	}
	return append(append(waiting, mine...), held...)
}

// view draws the page.
func (h homeData) view() slack.HomeTabViewRequest {
	rows := h.rows()
	pages := max(1, (len(rows)+homeRows-1)/homeRows)
	page := min(max(h.page, 0), pages-1)
	blocks := []slack.Block{mrkdwn.Section("home.head", "*"+h.head()+"*"), mrkdwn.Context("home.asof", h.foot(page, pages))}
	part := ""
	for i, r := range rows[page*homeRows : min(len(rows), (page+1)*homeRows)] {
		if r.part != part {
			part = r.part
			blocks = append(blocks, mrkdwn.Section("home.part."+strconv.Itoa(i), "*"+part+"*"))
		}
		blocks = append(blocks, h.row(i, r)...)
	}
	if page > 0 {
		blocks = append(blocks, slack.NewActionBlock("home.back", mrkdwn.Button(actionHomePage, strconv.Itoa(page-1), "Previous page")))
	}
	if page < pages-1 {
		blocks = append(blocks, slack.NewActionBlock("home.on", mrkdwn.Button(actionHomePage, strconv.Itoa(page+1), "Next page")))
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

// head is the state of the whole desk in a sentence.
func (h homeData) head() string {
	if len(h.lines) == 0 {
		return "Nobody holds a line at the moment."
	}
	waiting, held, mine := 0, 0, 0
	var since time.Time
	for _, l := range h.lines {
		if l.State != takeover.StateAI {
			held++
		}
		if w := l.WaitingSince(); !w.IsZero() {
			if waiting++; since.IsZero() || w.Before(since) {
				since = w
			}
		}
		if l.Takeover.Holder == h.viewer && l.Taken() {
			mine++
		}
	}
	s := mrkdwn.Count(held, "line") + " held · "
	switch {
	case waiting == 1:
		s += "1 end user waits, since " + mrkdwn.DateTime(since)
	case waiting > 1:
		s += fmt.Sprintf("%d end users wait, longest since %s", waiting, mrkdwn.DateTime(since))
	default:
		s += "nobody waits"
	}
	return s + fmt.Sprintf(" · %d yours", mine)
}

// foot says how current the page is, and which one it is.
func (h homeData) foot(page, pages int) string {
	s := fmt.Sprintf("As of %s; changes show here by themselves. To find somebody, type `%s %s` in any channel.", mrkdwn.TimeSeconds(h.asOf), rootCommand, typed.ExampleNumber)
	if pages > 1 {
		s = fmt.Sprintf("Page %d of %d. ", page+1, pages) + s
	}
	return s
}

// row is one line: who has it and how long, and, as literal text, whom it is about.
func (h homeData) row(i int, r homeRow) []slack.Block {
	l, id := r.line, string(r.line.ID)
	who := []*slack.TextBlockObject{mrkdwn.Plain(h.who(l))}
	open := slack.NewAccessory(mrkdwn.Button(actionOpen, id, "Open"))
	blocks := []slack.Block{slack.NewSectionBlock(mrkdwn.Text(homeWords(l)), who, open, slack.SectionBlockOptionBlockID(fmt.Sprintf("home.%d", i)))}
	if !r.mine {
		return blocks
	}
	return append(blocks, slack.NewActionBlock(fmt.Sprintf("home.act.%d", i), mrkdwn.Button(actionHandBack, id, "Hand back"),
		mrkdwn.Button(actionHandOff, id, "Hand off …"), mrkdwn.Button(actionExtend, id, "+30 min")))
}

// homeWords is a line's state with what a lead wants to know of it.
func homeWords(l takeover.Line) string {
	if l.State != takeover.StateHeld || l.Trouble != nil || spokeSince(l) {
		return "*" + cardState(l) + "*" + listedMore(l)
	}
	return fmt.Sprintf("*%s has it*%s · AI silent as of %s", mrkdwn.Mention(l.Takeover.Holder), listedMore(l), mrkdwn.TimeSeconds(l.SilentAsOf()))
}

// who is whom a line is about. Only who may act sees the whole number.
func (h homeData) who(l takeover.Line) string {
	number := l.EndUser.Masked()
	if h.role >= people.Responder && !l.EndUser.Anonymous() {
		number = typed.DisplayNumber(string(l.EndUser))
	}
	return joined(typed.Name(l, mrkdwn.MaxName), mrkdwn.OneLine(number, mrkdwn.MaxName), mrkdwn.ChannelName(l.Newest.Channel))
}

// digest tells two Homes apart by all but how current they are: the comparison with the
// provider renews that every half minute.
func (h homeData) digest() string {
	h.asOf = time.Time{}
	lines := make([]takeover.Line, len(h.lines))
	for i, l := range h.lines {
		if l.State == takeover.StateHeld {
			l.Covered, l.ComparedAt = nil, time.Time{}
		}
		lines[i] = l
	}
	h.lines = lines
	body, err := json.Marshal(h.view())
	if err != nil {
		return ""
	}
	return digest(body)
}

// stands says whether what was published last is still right. print is the digest of what
// would be published now.
func (h homeData) stands(known takeover.Home, print string) bool {
	return known.Digest == print && (len(h.lines) == 0 || h.asOf.Sub(known.AsOf) < homeAge)
}

// closedHome is the Home of somebody who may see nothing.
func closedHome(refusal string) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{mrkdwn.Section("home.closed", refusal)}}}
}
