package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"takeoverbot/internal/slacksim"
)

// look says what a page wants to see.
type look struct {
	User    string // whose eyes
	Channel string
	Thread  string // ts of the message whose thread is open, or empty
	Line    string // key of the phone
}

// state is all that a page shows at one moment.
type state struct {
	Viewer   person    `json:"viewer"`
	People   []person  `json:"people"`
	Channels []channel `json:"channels"`
	Channel  string    `json:"channel"`
	Messages []message `json:"messages"`
	Thread   *thread   `json:"thread,omitempty"`
	Modal    *modal    `json:"modal,omitempty"`
	Phone    phone     `json:"phone"`
	Switches []toggle  `json:"switches"`
	Running  bool      `json:"running"`
	Tour     []tourRow `json:"tour"`
	Home     *home     `json:"home,omitempty"`
	Directs  []direct  `json:"directs"`
	Clock    clockFace `json:"clock"`
	// Scene is what the scene that plays is at, in a sentence; empty if none plays.
	Scene string `json:"scene"`
	// SceneLine is the key of the phone on whose line it plays.
	SceneLine string     `json:"sceneLine,omitempty"`
	Scenes    []sceneRow `json:"scenes"`

	CardAt  *address       `json:"cardAt,omitempty"` // the card of the scene that plays, else of the tour
	Happens []happeningRow `json:"happens"`
	// Objections are what Slack would have held against the bot.
	Objections []string `json:"objections"`
}

// address is where a message stands.
type address struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

type person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Note string `json:"note"` // who that is, in words
	Zone string `json:"zone"`

	member bool // of the workspace, and no guest
}

type channel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// message is one that the viewer sees. Rev changes with anything in it.
type message struct {
	Rev     string          `json:"rev"`
	Channel string          `json:"channel"`
	TS      string          `json:"ts"`
	Author  author          `json:"author"`
	Time    string          `json:"time"`
	Body    []slacksim.Node `json:"body"`
	Card    string          `json:"card,omitempty"` // the state in words, where it is a card
	Private bool            `json:"private,omitempty"`
	Edited  bool            `json:"edited,omitempty"`
	Replies int             `json:"replies,omitempty"`
	Latest  string          `json:"latest,omitempty"` // time of the newest reply
	Files   []file          `json:"files,omitempty"`
	// Mine says that the viewer wrote it, and may edit or delete it; Typed is what was written.
	Mine      bool       `json:"mine,omitempty"`
	Typed     string     `json:"typed,omitempty"`
	Reactions []reaction `json:"reactions,omitempty"`
}

// reaction is one under a message.
type reaction struct {
	Name  string `json:"name"` // of the emoji, as Slack calls it
	Count int    `json:"count"`
}

type author struct {
	Name string `json:"name"`
	Bot  bool   `json:"bot,omitempty"`
	Hue  int    `json:"hue"` // one of the page's colours
}

type file struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Size  string `json:"size"`
}

type thread struct {
	Root    message   `json:"root"`
	Replies []message `json:"replies"`
}

type modal struct {
	ID     string            `json:"id"`
	Rev    string            `json:"rev"`
	Title  string            `json:"title"`
	Submit string            `json:"submit,omitempty"`
	Close  string            `json:"close"`
	Body   []slacksim.Node   `json:"body"`
	Errors map[string]string `json:"errors,omitempty"` // by block; "" is the whole box
}

type toggle struct {
	Name     string `json:"name"`
	Group    string `json:"group"`
	Label    string `json:"label"`
	Sentence string `json:"sentence"`
	On       bool   `json:"on"`
}

// sceneRow is a scene as the page lists it.
type sceneRow struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

func sceneRows() []sceneRow {
	var out []sceneRow
	for _, s := range scenes() {
		out = append(out, sceneRow{s.name, s.title})
	}
	return out
}

type tourRow struct {
	Title string `json:"title"`
	How   string `json:"how"`
	Do    string `json:"do,omitempty"`
	Pane  string `json:"pane"` // where it is seen: phone, slack or thread
	Done  bool   `json:"done"`
}

// easel is what drawing one state needs.
type easel struct {
	slack  *slacksim.Sim
	viewer string
	zone   *time.Location
	names  map[string]author
}

// state draws what l asks for; a person or channel that is not there becomes the first
// one.
func (d *Demo) state(l look) state {
	l.User = d.knownUser(l.User)
	snap := d.slack.Snapshot(l.User, nil)
	zone, err := time.LoadLocation(snap.Zone)
	if err != nil {
		zone = time.UTC
	}
	e := easel{slack: d.slack, viewer: l.User, zone: zone, names: authors(snap.Users)}
	s := state{People: people(snap.Users), Running: d.bot.Running(), Phone: d.phone(l.Line, zone), Objections: snap.Violations,
		Switches: d.toggles(), Tour: d.tourRows(), Channel: l.Channel, Modal: e.modal(snap.View),
		Directs: d.directs(snap.Users), Clock: d.clockFace(), Scenes: sceneRows(), Happens: happeningRows()}
	on := d.tour.line
	if words, key := d.story.at(); words != "" {
		s.Scene, s.SceneLine = words, key
		on = d.line(key)
	}
	if card, ok := d.card(on); ok {
		s.CardAt = &address{card.Channel, card.TS}
	}
	s.Viewer = s.People[max(0, slices.IndexFunc(s.People, func(p person) bool { return p.ID == l.User }))]
	for _, c := range snap.Channels {
		if !c.IM {
			s.Channels = append(s.Channels, channel{c.ID, c.Name})
		}
	}
	if l.Channel == homeTab {
		s.Home, s.Messages = e.home(snap.Home), []message{}
		return s
	}
	shown := snap.Channel(l.Channel)
	if shown.ID == "" {
		shown = snap.Channel(slacksim.DeskChannel)
		s.Channel = shown.ID
	}
	s.Messages = e.messages(shown, snap.Private)
	s.Thread = e.thread(shown, l.Thread, snap.Private)
	return s
}

// knownUser is the person with the id, or Dana.
func (d *Demo) knownUser(id string) string {
	for _, p := range people(d.slack.Snapshot("", nil).Users) {
		if p.ID == id {
			return id
		}
	}
	return slacksim.Dana
}

// people are those one can be on the page: the technicians first, the outsider last.
func people(users []slacksim.User) []person {
	var out []person
	for _, u := range users {
		if !u.IsBot && !u.Deleted {
			out = append(out, person{ID: u.ID, Name: cmp.Or(u.DisplayName, u.RealName, u.Name), Note: note(u), Zone: u.TZ,
				member: !u.Foreign() && !u.IsRestricted && !u.IsUltraRestricted})
		}
	}
	return out
}

func note(u slacksim.User) string {
	switch {
	case u.Foreign():
		return "another company"
	case u.IsRestricted || u.IsUltraRestricted:
		return "a guest"
	case u.Title != "":
		return u.Title
	default:
		return "a member"
	}
}

func authors(users []slacksim.User) map[string]author {
	out := map[string]author{}
	byID := slices.SortedFunc(slices.Values(users), func(a, b slacksim.User) int { return cmp.Compare(a.ID, b.ID) })
	for i, u := range byID {
		out[u.ID] = author{Name: cmp.Or(u.DisplayName, u.RealName, u.Name), Bot: u.IsBot, Hue: i % 6}
	}
	return out
}

// messages are those in the channel itself and the private ones between them, by time.
func (e easel) messages(c slacksim.ChannelView, private []slacksim.Private) []message {
	out := []message{}
	for _, m := range c.Messages {
		out = append(out, e.message(m))
	}
	for _, p := range private {
		if p.Channel == c.ID && p.ThreadTS == "" {
			out = append(out, e.private(p))
		}
	}
	slices.SortStableFunc(out, byTS)
	return out
}

func byTS(a, b message) int {
	return cmp.Or(cmp.Compare(len(a.TS), len(b.TS)), cmp.Compare(a.TS, b.TS))
}

func (e easel) thread(c slacksim.ChannelView, ts string, private []slacksim.Private) *thread {
	i := slices.IndexFunc(c.Messages, func(m slacksim.Message) bool { return m.TS == ts })
	if ts == "" || i < 0 {
		return nil
	}
	t := &thread{Root: e.message(c.Messages[i]), Replies: []message{}}
	for _, m := range c.Threads[ts] {
		t.Replies = append(t.Replies, e.message(m))
	}
	for _, p := range private {
		if p.Channel == c.ID && p.ThreadTS == ts {
			t.Replies = append(t.Replies, e.private(p))
		}
	}
	slices.SortStableFunc(t.Replies, byTS)
	return t
}

func (e easel) message(m slacksim.Message) message {
	out := message{Channel: m.Channel, TS: m.TS, Author: e.names[m.User], Time: e.clock(m.TS), Body: e.slack.Draw(m.Text, m.Blocks, e.zone),
		Edited: m.Edited && m.BotID == "", Replies: m.Replies}
	if m.Replies > 0 {
		out.Latest = e.clock(m.Latest)
	}
	if m.User == e.viewer && m.BotID == "" {
		out.Mine, out.Typed = true, e.slack.PlainText(m, e.zone)
	}
	for _, r := range m.Reactions {
		out.Reactions = append(out.Reactions, reaction{r.Name, len(r.Users)})
	}
	if m.BotID != "" {
		out.Card = stateOf(out.Body)
	}
	for _, f := range m.Files {
		out.Files = append(out.Files, file{ID: f.ID, Title: cmp.Or(f.Title, f.Name), Size: fmt.Sprintf("%.1f kB", float64(f.Size)/1000)})
	}
	out.Rev = revision(out)
	return out
}

func (e easel) private(p slacksim.Private) message {
	out := message{Channel: p.Channel, TS: p.TS, Author: e.names[slacksim.BotUserID], Time: e.clock(p.TS), Body: e.slack.Draw(p.Text, p.Blocks, e.zone), Private: true}
	out.Rev = revision(out)
	return out
}

// clock is the time of day of a message's ts.
func (e easel) clock(ts string) string {
	sec, err := strconv.ParseFloat(ts, 64)
	if err != nil {
		return ""
	}
	return time.Unix(int64(sec), 0).In(e.zone).Format("15:04")
}

func (e easel) modal(v *slacksim.View) *modal {
	if v == nil {
		return nil
	}
	m := &modal{ID: v.ID, Title: slacksim.PlainObject(v.Title), Submit: slacksim.PlainObject(v.Submit), Close: cmp.Or(slacksim.PlainObject(v.Close), "Cancel"),
		Body: e.slack.DrawView(*v, e.zone), Errors: v.Errors}
	m.Rev = revision(struct {
		ID, Hash string
	}{v.ID, v.Hash})
	return m
}

// revision changes with the content.
func revision(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error() // plain data: cannot happen
	}
	sum := fnv.New64a()
	_, _ = sum.Write(raw)
	return strconv.FormatUint(sum.Sum64(), 36)
}

func (d *Demo) toggles() []toggle {
	var out []toggle
	for _, b := range badNights() {
		out = append(out, toggle{Name: b.name, Group: b.group, Label: b.label, Sentence: b.sentence, On: d.nights.isOn(b.name)})
	}
	return out
}

func (d *Demo) tourRows() []tourRow {
	d.tour.mu.Lock()
	defer d.tour.mu.Unlock()
	var out []tourRow
	for i, s := range steps(d.tour.line.number) {
		out = append(out, tourRow{Title: s.title, How: s.how, Do: s.do, Pane: s.pane, Done: d.tour.done[i]})
	}
	return out
}
