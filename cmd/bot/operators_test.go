package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// seedFlag repeats a failed run of the tests that leave things to chance.
var seedFlag = flag.Uint64("seed", 0, "seed of the tests that leave things to chance; 0 is a new one")

// chance is a source of chance whose seed is printed.
func newRandom(t testing.TB) *rand.Rand {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("repeat with -seed=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// operators are a desk full of people who press what they see, or saw.
type operators struct {
	sys     *system
	users   []string
	numbers []string

	mu      sync.Mutex
	photos  map[string]slacksim.Message // a card with Take over, by masked number
	clicks  []pressed                   // that were acknowledged
	refused int
}

// pressed is an acknowledged click and the end of the key under which it has to be
// stored; empty where a click stores nothing, as it only opens a box.
type pressed struct {
	slacksim.Delivery
	key string
}

// newOperators opens a card for each number and takes a photo of it.
func newOperators(s *system, people int, numbers ...string) *operators {
	c := &operators{sys: s, users: s.colleagues(people), numbers: numbers, photos: map[string]slacksim.Message{}}
	for _, number := range numbers {
		s.took(s.slack.SlashCommand(s.Context(), c.users[0], slacksim.DeskChannel, "/takeover", number))
		s.eventually("a card for everybody", func() bool {
			card, ok := c.card(number)
			if ok {
				c.photos[number] = card
			}
			return ok
		})
	}
	return c
}

// card is the number's card as it is now.
func (c *operators) card(number string) (slacksim.Message, bool) {
	for _, m := range c.sys.cardsNow() {
		if strings.Contains(c.sys.slack.PlainText(m, nil), "•••• "+number[len(number)-4:]) {
			return m, true
		}
	}
	return slacksim.Message{}, false
}

// press has somebody press a button of some card. Cards follow a moment later, and
// people look at old ones: what is pressed is mostly what makes sense by now, and
// sometimes anything.
func (c *operators) press(r *rand.Rand) {
	user, number := pick(r, c.users), pick(r, c.numbers)
	action := pick(r, []string{"line.take", "line.handback", "line.retry"})
	if line, err := c.sys.lineOf(number); err == nil && r.IntN(4) > 0 {
		switch line.State {
		case takeover.StateAI:
			action = "line.take"
		case takeover.StateHeld:
			action = "line.handback"
		}
	}
	c.click(user, c.oldCard(number, action), action, slacksim.Pick{})
	if box := c.sys.slack.View(user); box != nil {
		c.did(c.sys.slack.Submit(c.sys.Context(), user, box.ID, map[string]string{"note": ""}), "handback/"+box.ID+"/"+user)
	}
}

// oldCard is a copy of the number's card from when it had that button.
func (c *operators) oldCard(number, action string) slacksim.Message {
	card := c.photos[number]
	card.Blocks = bytes.ReplaceAll(card.Blocks, []byte(`"line.take"`), []byte(`"`+action+`"`))
	return card
}

// click presses a button of a card that may have changed since.
func (c *operators) click(user string, card slacksim.Message, action string, at slacksim.Pick) {
	d := c.sys.slack.ClickStale(c.sys.Context(), user, card, action, at)
	key := "/" + user + "/" + d.TriggerID
	if action == "line.handback" {
		key = ""
	}
	c.did(d, key)
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// did remembers what was acknowledged; what was not is pressed again, or not.
func (c *operators) did(d slacksim.Delivery, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d.OK() {
		c.clicks = append(c.clicks, pressed{d, key})
		return
	}
	c.refused++
}

// checkNow: whoever is said to hold a line has a silent AI at this very moment. A line
// that was saved between two looks is left out.
func (c *operators) checkNow() {
	c.sys.Helper()
	before := c.sys.lines()
	silent := map[takeover.ConversationID]bool{}
	for _, l := range before {
		for _, conv := range l.Covered {
			now, _ := c.sys.telnyx.Conversation(string(conv.ID))
			silent[conv.ID] = now.AIDisabled()
		}
	}
	after := c.sys.lines()
	for _, l := range before {
		same := slices.ContainsFunc(after, func(o takeover.Line) bool { return o.ID == l.ID && o.Version == l.Version })
		if !same || l.State != takeover.StateHeld {
			continue
		}
		for _, conv := range l.Covered {
			if !silent[conv.ID] {
				c.sys.Errorf("%s holds %s, but the AI may answer", l.Holder, l.EndUser)
			}
		}
	}
}

// settle waits until nothing is under way any more and every card shows what is so.
// Whatever is in trouble is tried again at once: the nights are over.
func (c *operators) settle() {
	c.sys.Helper()
	pressed := map[takeover.LineID]time.Time{}
	c.sys.eventually("settled", func() bool {
		for _, l := range c.sys.lines() {
			if l.State == takeover.StateHeld || l.State == takeover.StateAI {
				continue
			}
			if now := time.Now(); l.Trouble != nil && now.Sub(pressed[l.ID]) > 2*time.Second {
				pressed[l.ID] = now
				c.click(c.users[0], c.oldCard(string(l.EndUser), "line.retry"), "line.retry", slacksim.Pick{})
			}
			return false
		}
		return c.sys.count("SELECT count(*) FROM inbox WHERE worked_at = 0") == 0
	})
	c.sys.eventually("every card as the store has it", func() bool { return c.unlike() == "" })
}

// unlike names a line whose card, store and provider do not agree.
func (c *operators) unlike() string {
	for _, l := range c.sys.lines() {
		card, _ := c.card(string(l.EndUser))
		state := strings.SplitN(c.sys.slack.PlainText(card, nil), "\n", 2)[0]
		held := l.State == takeover.StateHeld
		if !strings.Contains(state, cardHead(l)) {
			return fmt.Sprintf("%s, but %s is %s", state, l.EndUser, l.State)
		}
		for _, conv := range l.Covered {
			if now, ok := c.sys.telnyx.Conversation(string(conv.ID)); !ok || now.AIDisabled() != held {
				return state + ", and the flag is not so"
			}
		}
	}
	return ""
}

// wasUnknown says whether the person in a click's key was told that Slack did not say who
// that is.
func (c *operators) wasUnknown(key string) bool {
	return slices.ContainsFunc(c.users, func(user string) bool {
		return strings.Contains(key, user) && showing(c.sys.privateTexts(user), []string{"Slack did not tell the bot", "Nothing was changed."}) > 0
	})
}

// cardHead is what the first line of the line's card has to say.
func cardHead(l takeover.Line) string {
	switch {
	case l.State == takeover.StateHeld && !l.Spoke.At.IsZero():
		return "AI spoke after the takeover"
	case l.State == takeover.StateHeld:
		return "has it — AI is silent"
	case l.Aftercare.Missed:
		return "AI has not answered"
	default:
		return "AI is answering"
	}
}

// checkClicks: every click that was acknowledged is stored once and was worked, and
// there is still one card a line.
func (c *operators) checkClicks() {
	c.sys.Helper()
	stored, unknown, worked := 0, 0, c.sys.workedKeys()
	for _, d := range c.clicks {
		if d.key == "" {
			continue
		}
		n := 0
		for _, key := range worked {
			if strings.HasSuffix(key, d.key) {
				n++
			}
		}
		// A bot that has just begun asks Slack who somebody is, which Slack limits.
		if n == 0 && c.wasUnknown(d.key) {
			unknown++
			continue
		}
		if stored++; n != 1 {
			c.sys.Errorf("the click %s is stored %d times", d.key, n)
		}
	}
	if stored < len(c.clicks)/4 || stored == 0 {
		c.sys.Errorf("of %d clicks only %d are to be stored: this checks nothing", len(c.clicks), stored)
	}
	if n := len(c.sys.cardsNow()); n != len(c.numbers) {
		c.sys.Errorf("%d cards for %d lines", n, len(c.numbers))
	}
	if unknown > len(c.clicks)/10 {
		c.sys.Errorf("of %d clicks %d were refused because Slack was not asked who that is", len(c.clicks), unknown)
	}
	c.sys.Logf("%d clicks were acknowledged, %d of them with a refusal, %d were not; %d takeovers", len(c.clicks), unknown, c.refused, c.sys.count("SELECT count(*) FROM audit WHERE body LIKE '%\"Deed\":\"pressed take over\"%'"))
}
