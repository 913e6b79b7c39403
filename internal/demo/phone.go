package demo

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/telnyxsim"
)

// line is an end user's phone as it talks with one number of ours.
type line struct {
	Key     string `json:"key"` // end user and agent
	EndUser string `json:"end_user"`
	Agent   string `json:"agent"`
	Label   string `json:"label"` // unit, name or number
	Detail  string `json:"detail"`
	CanText bool   `json:"can_text"`

	number string // as people write it
	talks  int    // conversations of the end user, with whatever number of ours
	last   time.Time
	silent bool // what Telnyx's own record of the newest conversation says
}

// phone is what the page shows of the chosen line.
type phone struct {
	Lines   []line   `json:"lines"`
	Line    line     `json:"line"`
	Number  string   `json:"number"`
	Bubbles []bubble `json:"bubbles"`
	// Earlier is how many bubbles are left out before the first one.
	Earlier int  `json:"earlier,omitempty"`
	Typing  bool `json:"typing"`
	Silent  bool `json:"silent"`
}

type bubble struct {
	From   string `json:"from"` // fromUser, fromAI or fromPerson
	Text   string `json:"x"`
	Time   string `json:"time"`
	Status string `json:"status,omitempty"` // how far a person's text has come, in words
	Lost   bool   `json:"lost,omitempty"`   // the phone does not show it: it did not arrive
	// Pictures are where the page gets the pictures that a person sent.
	Pictures []string `json:"pictures,omitempty"`

	at time.Time
}

// Who wrote a bubble.
const (
	fromUser   = "user"
	fromAI     = "ai"
	fromPerson = "person" // an operator, by the bot
)

// statusWords say how far a person's text has come.
var statusWords = map[string]string{
	telnyxsim.StatusQueued: "sending", telnyxsim.StatusSent: "sent", telnyxsim.StatusDelivered: "delivered",
	telnyxsim.StatusUnconfirmed: "sent, not confirmed", telnyxsim.StatusExpired: "not delivered: too late",
	telnyxsim.StatusFailed: "not delivered", telnyxsim.StatusSendingFailed: "not sent",
}

// shownBubbles bounds what the page has to draw; the file of a test may hold any number.
const shownBubbles = 200

// allLines lists the phones: the main one first, then those with the newest messages.
func (d *Demo) allLines() []line {
	byKey, talks := map[string]*line{}, map[string]int{}
	for _, c := range d.telnyx.Conversations() {
		talks[c.EndUser()]++
		key := c.EndUser() + " " + c.Agent()
		l := byKey[key]
		if l == nil {
			l = &line{Key: key, EndUser: c.EndUser(), Agent: c.Agent(), number: writtenNumber(c.EndUser())}
			byKey[key] = l
		}
		l.CanText = l.CanText || !strings.HasPrefix(c.EndUser(), "sip:")
		if l.last.IsZero() || !c.LastMessageAt.Before(l.last) {
			l.last, l.silent = c.LastMessageAt, c.AIDisabled()
			l.Label, l.Detail = describe(c, l.number)
		}
	}
	lines := make([]line, 0, len(byKey))
	for _, l := range byKey {
		l.talks = talks[l.EndUser]
		lines = append(lines, *l)
	}
	slices.SortFunc(lines, func(a, b line) int {
		if main := mainFirst(a, b); main != 0 {
			return main
		}
		return cmp.Or(b.last.Compare(a.last), strings.Compare(a.Key, b.Key))
	})
	return lines
}

func mainFirst(a, b line) int {
	isMain := func(l line) int {
		if l.EndUser == telnyxsim.SeedEndUser && l.Agent == telnyxsim.SeedAgent {
			return 0
		}
		return 1
	}
	return cmp.Compare(isMain(a), isMain(b))
}

// line finds a phone; the first one where the key is unknown.
func (d *Demo) line(key string) line { return pickLine(d.allLines(), key) }

func pickLine(lines []line, key string) line {
	if i := slices.IndexFunc(lines, func(l line) bool { return l.Key == key }); i >= 0 {
		return lines[i]
	}
	if len(lines) == 0 {
		return line{}
	}
	return lines[0]
}

// tourLine is the line of the tour: the first one that a search finds alone, so that
// its card opens at once.
func (d *Demo) tourLine() line {
	lines := d.allLines()
	if i := slices.IndexFunc(lines, func(l line) bool { return l.talks == 1 && strings.HasPrefix(l.EndUser, "+") }); i >= 0 {
		return lines[i]
	}
	return pickLine(lines, "")
}

// describe names a line by what people know of it.
func describe(c telnyxsim.Conversation, number string) (label, detail string) {
	kind := map[string]string{"phone_call": "phone call", "web_chat": "web chat"}[c.Channel()]
	parts := []string{}
	if unit, ok := c.Metadata.Text("unit"); ok && unit != "" && !strings.Contains(c.Name, unit) {
		parts = append(parts, "Unit "+unit)
	}
	if c.Name != "" {
		parts = append(parts, c.Name)
	}
	if len(parts) == 0 {
		parts, number = append(parts, number), ""
	} else if strings.HasPrefix(number, "+") {
		parts = append([]string{lastDigits(c.EndUser())}, parts...)
	}
	rest := []string{}
	for _, s := range []string{number, kind, "to " + writtenNumber(c.Agent())} {
		if s != "" {
			rest = append(rest, s)
		}
	}
	return strings.Join(parts, " · "), strings.Join(rest, " · ")
}

// writtenNumber writes an American number as people do, and leaves all else alone.
func writtenNumber(s string) string {
	if len(s) != 12 || !strings.HasPrefix(s, "+1") || strings.ContainsFunc(s[1:], func(r rune) bool { return r < '0' || r > '9' }) {
		return s
	}
	return s[:2] + " " + s[2:5] + " " + s[5:8] + " " + s[8:]
}

// phone draws a line's phone with times in the zone of its viewer.
func (d *Demo) phone(key string, zone *time.Location) phone {
	lines := d.allLines()
	p := phone{Lines: lines, Line: pickLine(lines, key), Bubbles: []bubble{}}
	p.Number, p.Silent = p.Line.number, p.Line.silent
	all := d.bubbles(p.Line)
	p.Earlier = max(0, len(all)-shownBubbles)
	for _, b := range all[p.Earlier:] {
		b.Time = b.at.In(zone).Format("15:04")
		p.Bubbles = append(p.Bubbles, b)
	}
	p.Typing = !p.Silent && len(all) > 0 && d.thinking(all[len(all)-1])
	return p
}

// bubbles are the texts on a line's phone, with those that an operator wrote and that did not arrive.
func (d *Demo) bubbles(l line) []bubble {
	var all []bubble
	for _, b := range d.telnyx.Phone(l.EndUser, l.Agent) {
		all = append(all, bubble{From: whoWrote(b), Text: b.Text, Status: statusWords[b.Status], Pictures: picturesOf(b), at: b.At})
	}
	for _, t := range d.telnyx.SentTexts() {
		if t.To == l.EndUser && t.From == l.Agent && !t.Reached {
			all = append(all, bubble{From: fromPerson, Text: t.Text, Status: statusWords[t.Status], Lost: true, at: t.At})
		}
	}
	slices.SortStableFunc(all, func(a, b bubble) int { return a.at.Compare(b.at) })
	return all
}

func whoWrote(b telnyxsim.Bubble) string {
	switch {
	case b.Role == telnyxsim.RoleUser:
		return fromUser
	case b.Status != "": // only texts that were sent have one
		return fromPerson
	default:
		return fromAI
	}
}

// thinking says whether the assistant is about to answer a bubble.
func (d *Demo) thinking(b bubble) bool {
	return b.From == fromUser && d.now().Sub(b.at) < d.quietFor()
}
