package render

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// homeRows is how many rows a page of the Home has; with two blocks each and the heads
// they stay below Slack's hundred.
const homeRows = 40

// homeAge is how old a Home with something on it becomes before its "as of" is renewed.
const homeAge = 5 * time.Minute

// Home is what one person's App Home is drawn from.
type Home struct {
	Lines  []takeover.Line // all that are taken, who waits longest first
	AsOf   time.Time       // when they were read. UTC
	Viewer takeover.OperatorID
	Role   people.Role
	Page   int // from 0
}

// homeRow is one line in one part of the Home.
type homeRow struct {
	part    string
	line    takeover.Line
	actions []slack.BlockElement // beside *Open*; none for a viewer who may not act
}

// rows are the parts one after the other: what the viewer holds, who else waits, and the rest.
func (h Home) rows() []homeRow {
	var mine, waiting, held []homeRow
	for _, l := range h.Lines {
		switch {
		case l.Takeover.Holder == h.Viewer && l.Taken():
			mine = append(mine, homeRow{"Yours, who waits longest first", l, h.ownActions(l)})
		case !l.WaitingSince().IsZero() || l.Aftercare.Missed:
			waiting = append(waiting, homeRow{"Waiting, longest first", l, h.helpActions(l)})
		default:
			held = append(held, homeRow{"Held by others", l, nil})
		}
	}
	return append(append(mine, waiting...), held...)
}

// ownActions are what the viewer can do with a line that he or she holds.
func (h Home) ownActions(l takeover.Line) []slack.BlockElement {
	if h.Role < people.Responder {
		return nil
	}
	id := string(l.ID)
	actions := []slack.BlockElement{mrkdwn.Button(ids.HandBack, id, "Hand back"), mrkdwn.Button(ids.HandOff, id, "Hand off …"), mrkdwn.Button(ids.Extend, id, "+30 min")}
	if talksNot(l) == "" {
		actions = slices.Insert(actions, 0, slack.BlockElement(mrkdwn.Button(ids.Reply, id, labels[ids.Reply])))
	}
	return actions
}

// helpActions are what the viewer can do for an end user who waits on a line that is not the viewer's.
func (h Home) helpActions(l takeover.Line) []slack.BlockElement {
	switch {
	case h.Role < people.Responder:
	case l.State == takeover.StateHeld:
		return []slack.BlockElement{mrkdwn.Button(ids.TakeFrom, string(l.ID), labels[ids.TakeFrom])}
	case l.State == takeover.StateAI && l.Ability(takeover.CanSilence).Yes():
		return []slack.BlockElement{mrkdwn.Button(ids.Take, string(l.ID), "Take over")}
	}
	return nil
}

// View draws the page of the Home.
func (h Home) View() slack.HomeTabViewRequest {
	rows := h.rows()
	pages := max(1, (len(rows)+homeRows-1)/homeRows)
	page := min(max(h.Page, 0), pages-1)
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
		blocks = append(blocks, slack.NewActionBlock("home.back", mrkdwn.Button(ids.HomePage, strconv.Itoa(page-1), "Previous page")))
	}
	if page < pages-1 {
		blocks = append(blocks, slack.NewActionBlock("home.on", mrkdwn.Button(ids.HomePage, strconv.Itoa(page+1), "Next page")))
	}
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: blocks}}
}

// head is the state of the whole desk in a sentence.
func (h Home) head() string {
	if len(h.Lines) == 0 {
		return "Nobody holds a line at the moment."
	}
	waiting, held, mine := 0, 0, 0
	for _, l := range h.Lines {
		if l.State != takeover.StateAI {
			held++
		}
		if !l.WaitingSince().IsZero() {
			waiting++
		}
		if l.Takeover.Holder == h.Viewer && l.Taken() {
			mine++
		}
	}
	s := mrkdwn.Count(held, "line") + " held · "
	switch since := mrkdwn.DateTime(time.Time(h.Lines[0].WaitingSince())); waiting {
	case 0:
		s += "nobody waits"
	case 1:
		s += "1 end user waits, since " + since
	default:
		s += fmt.Sprintf("%d end users wait, longest since %s", waiting, since)
	}
	return s + fmt.Sprintf(" · %d yours", mine)
}

// foot says how current the page is, and which one it is.
func (h Home) foot(page, pages int) string {
	s := fmt.Sprintf("As of %s; changes show here by themselves. To find an end user, type `%s %s` in any channel.", mrkdwn.TimeSeconds(h.AsOf), ids.RootCommand, typed.ExampleNumber)
	if pages > 1 {
		s = fmt.Sprintf("Page %d of %d. ", page+1, pages) + s
	}
	return s
}

// row is one line: who has it and how long, and, as literal text, whom it is about.
func (h Home) row(i int, r homeRow) []slack.Block {
	l, id := r.line, string(r.line.ID)
	who := []*slack.TextBlockObject{mrkdwn.Plain(h.who(l))}
	open := slack.NewAccessory(mrkdwn.Button(ids.Open, id, "Open"))
	blocks := []slack.Block{slack.NewSectionBlock(mrkdwn.Text("*"+State(l, h.AsOf)+"*"+ListedMore(l)), who, open, slack.SectionBlockOptionBlockID(fmt.Sprintf("home.%d", i)))}
	if len(r.actions) == 0 {
		return blocks
	}
	return append(blocks, slack.NewActionBlock(fmt.Sprintf("home.act.%d", i), r.actions...))
}

// who is whom a line is about. Only who may act sees the whole number.
func (h Home) who(l takeover.Line) string {
	number := l.EndUser.Masked()
	if h.Role >= people.Responder && !l.EndUser.Anonymous() {
		number = typed.DisplayNumber(string(l.EndUser))
	}
	return Joined(typed.Name(l, mrkdwn.MaxName), mrkdwn.OneLine(number, mrkdwn.MaxName), mrkdwn.ChannelName(l.Newest.Channel))
}

// Digest tells two Homes apart by everything but the times of checks that the cards do not show: those are
// renewed every half minute.
func (h Home) Digest() string {
	now, checked := h.AsOf, time.Unix(0, 0)
	h.AsOf = checked
	lines := make([]takeover.Line, len(h.Lines))
	for i, l := range h.Lines {
		if l.Silence(now).Level == takeover.SilenceProven {
			l.ComparedAt, l.Takeover.ListedAt, l.Covered = checked, checked, slices.Clone(l.Covered)
			for i := range l.Covered {
				l.Covered[i].CheckedAt = checked
			}
		}
		lines[i] = l
	}
	h.Lines = lines
	body, err := json.Marshal(h.View())
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// Stands says whether what was published last is still right. print is the digest of what
// would be published now.
func (h Home) Stands(known takeover.Home, print string) bool {
	return known.Digest == print && (len(h.Lines) == 0 || h.AsOf.Sub(known.AsOf) < homeAge)
}

// ClosedHome is the Home of a person who may see nothing.
func ClosedHome(refusal string) slack.HomeTabViewRequest {
	return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{mrkdwn.Section("home.closed", refusal)}}}
}
