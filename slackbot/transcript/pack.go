package transcript

import (
	"encoding/json"
	"time"
	"unicode/utf16"

	"github.com/slack-go/slack"
)

const (
	// postBudget is how long a post's blocks may be as JSON, in characters (UTF-16).
	// Slack documents no limit for a whole message and refuses at about 12,000
	// (msg_blocks_too_long); buttons are put below a post too.
	postBudget = 10_000
	// worthStarting is how much room a post must have left for a turn to begin in it
	// that is longer than any post.
	worthStarting = 2_000
)

// draft is a post being filled.
type draft struct {
	elements []slack.RichTextElement
	cost     int       // of everything, as JSON
	last     time.Time // of the last turn whose time is shown
	dated    time.Time // of the last turn whose date is shown
	messages int       // of the conversation that begin in this post
}

const (
	// quietHours and longDay are how long after the last turn, and after the last date, a turn
	// shows its date. Where a day begins depends on the reader's zone, which the bot cannot know.
	quietHours = 4 * time.Hour
	longDay    = 12 * time.Hour
)

// dates reports whether the date of a turn is shown.
func (d *draft) dates(t shownTurn) bool {
	return t.speaker != "" && !t.at.IsZero() &&
		(d.dated.IsZero() || t.at.Sub(d.last).Abs() >= quietHours || t.at.Sub(d.dated).Abs() >= longDay)
}

// packer fills one post after another with turns.
type packer struct {
	head string
	base int      // cost of an empty post
	done []*draft // the full posts
	cur  *draft   // the present post
}

func newPacker(head string) *packer {
	empty := slack.NewRichTextBlock("", append(headLines(head, 0, 1), headLines(head, 998, 999)...)...)
	p := &packer{head: head, base: jsonLength([]slack.Block{empty})}
	p.cur = &draft{cost: p.base}
	return p
}

func (p *packer) next() {
	p.done = append(p.done, p.cur)
	p.cur = &draft{cost: p.base}
}

// add puts a turn into the present post, the next one, or over as many as it needs.
func (p *packer) add(t shownTurn) {
	if p.tryAdd(t) {
		return
	}
	if len(p.cur.elements) > 0 && p.cur.cost+worthStarting > postBudget || p.fitsAlone(t) {
		p.next()
	}
	if !p.tryAdd(t) {
		p.split(t)
	}
}

// tryAdd adds the turn if the present post has room for it.
func (p *packer) tryAdd(t shownTurn) bool {
	t.dated = p.cur.dates(t)
	lines := linesOf(t)
	if p.cur.cost+cost(lines) > postBudget {
		return false
	}
	p.put(t, lines)
	return true
}

// fitsAlone reports whether an empty post has room for the turn.
func (p *packer) fitsAlone(t shownTurn) bool {
	t.dated = true
	return p.base+cost(linesOf(t)) <= postBudget
}

// split spreads a turn over several posts, at the ends of lines and words.
func (p *packer) split(t shownTurn) {
	rest, continued := t.text, t.speaker+" (continued)"
	for rest != "" {
		t.dated = p.cur.dates(t)
		room := postBudget - p.cur.cost - cost(piece(t, "x"))
		if room < worthStarting/2 && len(p.cur.elements) > 0 {
			p.next()
			continue
		}
		var text string
		text, rest = splitText(rest, room)
		p.put(t, piece(t, text))
		if rest != "" {
			p.next()
		}
		t.messages, t.speaker = 0, continued
	}
}

func (p *packer) put(t shownTurn, lines []slack.RichTextElement) {
	d := p.cur
	d.elements = append(d.elements, lines...)
	d.cost += cost(lines)
	d.messages += t.messages
	if t.speaker == "" || t.at.IsZero() {
		return
	}
	d.last = t.at
	if t.dated {
		d.dated = t.at
	}
}

// cost is what lines add to a post.
func cost(lines []slack.RichTextElement) int {
	n := 0
	for _, l := range lines {
		n += jsonLength(l) + len(",")
	}
	return n
}

// jsonLength is the length of v as JSON, in UTF-16 units: the widest of the ways in
// which one may count characters.
func jsonLength(v any) int {
	raw, err := json.Marshal(v)
	if err != nil {
		return postBudget // cannot happen: all is text
	}
	n := 0
	for _, r := range string(raw) {
		n += utf16.RuneLen(r)
	}
	return n
}
