package demo

import (
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
)

// step is one step of the guided tour.
type step struct {
	title string
	how   string
	do    string // label of "do it for me"
	pane  string // where it is seen: phone, slack or thread
}

// The steps, by their index in steps.
const (
	stepFind = iota // done when the page opens, see Demo.Begin
	stepText
	stepTake
	stepWrite
	stepAnswer
	stepBack
	stepCount
)

func steps(number string) [stepCount]step {
	return [stepCount]step{
		stepFind: {"Find the resident", "Dana typed " + command + " " + number + ". The answer is private, the card is for all.", "Search for me", "slack"},
		stepText: {"Text the AI", "Write something on the end user's phone. The AI answers.", "Text for me", "phone"},
		stepTake: {"Take over", "Press Take over on the card. It says “AI is silent” only after reading that back from Telnyx.", "Press for me", "slack"},
		stepWrite: {"Write to the resident", "Open the card's thread and write. After five seconds it is on the phone; a reaction says so.",
			"Write for me", "thread"},
		stepAnswer: {"Answer", "Write from the phone: it is in the thread at once, and no AI answers.", "Text for me", "thread"},
		stepBack:   {"Hand back", "Press Hand back to AI and say what you agreed. The AI reads it.", "Hand back for me", "slack"},
	}
}

// tour ticks its steps off from what it sees in Slack and at Telnyx, whether a person did it or the page, and
// however. A step that was done stays done.
type tour struct {
	line  line
	began time.Time

	mu     sync.Mutex
	done   [stepCount]bool
	silent time.Time // since when the line is seen silenced; zero while it is not
}

func newTour(l line, began time.Time) *tour { return &tour{line: l, began: began} }

// quietFor is how long an answer has to be missing before the tour counts the AI as silent.
func (d *Demo) quietFor() time.Duration { return d.delay * 5 / 3 }

// observe looks at everything once; see hub.run for what it returns.
func (d *Demo) observe() time.Duration {
	t := d.tour
	card, _ := d.card(t.line)
	state := d.cardState(card)
	now := d.line(t.line.Key)
	bubbles := d.bubbles(t.line)
	thread := d.threadText(card, nil)

	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !now.silent:
		t.silent = time.Time{}
	case t.silent.IsZero():
		t.silent = d.now()
	}
	t.tick(stepText, answered(bubbles, t.began))
	t.tick(stepFind, card.TS != "")
	t.tick(stepTake, now.silent && strings.Contains(state, wordsSilent))
	t.tick(stepWrite, slices.ContainsFunc(bubbles, func(b bubble) bool { return b.From == fromPerson && !b.Lost }))
	t.tick(stepBack, !now.silent && strings.HasPrefix(state, wordsAgain))
	return t.watchQuiet(bubbles, thread, d.now(), d.quietFor())
}

func (t *tour) tick(n int, seen bool) { t.done[n] = t.done[n] || seen }

// watchQuiet ticks stepAnswer off when a text of the end user is in the thread and stayed without an answer
// of the AI for as long as it takes to be sure; until then it returns how long that still is.
func (t *tour) watchQuiet(bubbles []bubble, thread string, now time.Time, quiet time.Duration) time.Duration {
	if t.done[stepAnswer] || t.silent.IsZero() {
		return 0
	}
	for _, b := range slices.Backward(bubbles) {
		switch {
		case b.From == fromPerson:
			continue
		case b.From == fromAI, b.at.Before(t.silent), !strings.Contains(thread, b.Text):
			return 0
		}
		left := quiet - now.Sub(b.at)
		t.tick(stepAnswer, left <= 0)
		return max(0, left)
	}
	return 0
}

// answered says whether the end user wrote since then and the AI answered.
func answered(bubbles []bubble, since time.Time) bool {
	asked := false
	for _, b := range bubbles {
		if b.at.Before(since) {
			continue
		}
		if asked && b.From == fromAI {
			return true
		}
		asked = asked || b.From == fromUser
	}
	return false
}

// card finds the newest card of a line in the desk's channel by the end of its number.
func (d *Demo) card(l line) (slacksim.Message, bool) {
	all := d.slack.Messages(slacksim.DeskChannel)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].BotID != "" && d.cardState(all[i]) != "" && strings.Contains(d.slack.PlainText(all[i], nil), lastDigits(l.EndUser)) {
			return all[i], true
		}
	}
	return slacksim.Message{}, false
}

func lastDigits(number string) string { return number[max(0, len(number)-4):] }

// cardState is the bold first line of a card, empty for what is none.
func (d *Demo) cardState(m slacksim.Message) string {
	if m.BotID == "" || len(m.Blocks) == 0 {
		return ""
	}
	return stateOf(d.slack.Draw("", m.Blocks, nil))
}

// stateOf is the text of a first section that is all bold, above who it is about.
func stateOf(nodes []slacksim.Node) string {
	if len(nodes) < 2 || nodes[0].Kind != slacksim.KindSection || nodes[1].Kind != slacksim.KindContext || len(nodes[0].Kids) != 1 {
		return ""
	}
	if kids := nodes[0].Kids[0].Kids; len(kids) == 1 && kids[0].Kind == slacksim.KindBold {
		return slacksim.Plain(kids)
	}
	return ""
}
