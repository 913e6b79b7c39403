package main

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"sync"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// operators are the people of a desk. They press what they see, or saw before.
type operators struct {
	sys     *system
	users   []string
	numbers []string

	mu       sync.Mutex
	oldCards map[string]slacksim.Message // a card with Take over, by masked number
	clicks   []pressed                   // that were acknowledged
	refused  int
}

// pressed is an acknowledged click and the end of the key under which it has to be
// stored; empty where a click stores nothing, as it only opens a box.
type pressed struct {
	slacksim.Delivery
	key string
}

// newOperators opens a card for each number and keeps a copy of it.
func newOperators(s *system, people int, numbers ...string) *operators {
	c := &operators{sys: s, users: s.colleagues(people), numbers: numbers, oldCards: map[string]slacksim.Message{}}
	for _, number := range numbers {
		s.acknowledged(s.slack.SlashCommand(s.Context(), c.users[0], slacksim.DeskChannel, "/takeover", number))
		s.eventually("a card for the number", func() bool {
			card, ok := c.card(number)
			if ok {
				c.oldCards[number] = card
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

// press presses a button of a random card as a random person. Cards follow a moment later, and
// people look at old ones: what is pressed is mostly what makes sense by now, and
// sometimes anything.
func (c *operators) press(r *rand.Rand) {
	user, number := choose(r, c.users), choose(r, c.numbers)
	action := choose(r, []string{"line.take", "line.handback", "line.retry"})
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
	card := c.oldCards[number]
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
