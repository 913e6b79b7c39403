package main

import (
	"bytes"
	"math/rand/v2"
	"strings"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// act is one action of a random person. One in spoken changes who holds a line, which is
// a line in a thread, and Slack takes one of those a second.
func (c *operators) act(r *rand.Rand, p *endUsers, spoken int) {
	number := choose(r, c.numbers)
	line, err := c.sys.lineOf(number)
	c.sys.must(nil, err)
	user := choose(r, c.users)
	if r.IntN(spoken) == 0 {
		c.meaningful(r, user, line)
		return
	}
	switch n := r.IntN(100); {
	case n < 4, len(c.clicks) == 0:
		p.text(number)
	case n < 30:
		c.slash(user, choose(r, []string{"mine", "open", "handoff", "log " + number, number}))
	case n < 55 && line.Taken():
		c.pressOn(user, line, "line.take", "") // comes second
	case n < 70:
		c.pressOn(user, line, choose(r, []string{"handoff.accept", "handoff.decline", "handoff.withdraw"}), ".none"+string(line.Ref))
	case n < 80 && line.Takeover.Holder != user1(user):
		c.pressOn(user, line, "line.extend", "")
	case n < 84:
		c.say(user, line, choose(r, []string{"who is on this?", "!nonsense", "// between us", "!take it", "take over?"}))
	case n < 86:
		_ = c.sys.slack.OpenHome(c.sys.Context(), user)
	default:
		// What was not stored would be worked again, with a trigger that is used up.
		if d := choose(r, c.clicks); d.key != "" {
			_ = c.sys.slack.Redeliver(c.sys.Context(), d.Delivery, false)
		}
	}
}

func user1(user string) takeover.OperatorID { return takeover.OperatorID(user) }

// meaningful is something that is likely to be allowed.
func (c *operators) meaningful(r *rand.Rand, user string, line takeover.Line) {
	holder := string(line.Takeover.Holder)
	switch n := r.IntN(100); {
	case line.Trouble != nil && n < 50:
		c.pressOn(user, line, "line.retry", "")
	case !line.Taken():
		c.pressOn(user, line, "line.take", "")
	case !line.Takeover.Spoke.At.IsZero() && n < 30:
		c.pressOn(user, line, choose(r, []string{"line.fine", "line.correct"}), "")
	case line.Offered() && n < 50:
		c.pressOn(string(line.Takeover.Handoff.To), line, "handoff.accept", "."+string(line.Takeover.Handoff.Ref))
	case line.Offered() && n < 75:
		c.pressOn(string(line.Takeover.Handoff.To), line, "handoff.decline", "."+string(line.Takeover.Handoff.Ref))
	case line.Offered() && n < 85:
		c.pressOn(holder, line, "handoff.withdraw", "."+string(line.Takeover.Handoff.Ref))
	case n < 45:
		c.box(r, holder, line, "line.handoff")
	case n < 50:
		c.say(holder, line, "!handoff @"+strings.ToLower(strings.Replace(choose(r, c.users), "U0COLLEAGUE", "colleague", 1))+" long night")
	case n < 60:
		c.box(r, user, line, "line.takefrom")
	case n < 70:
		c.pressOn(holder, line, "line.extend", "")
	default:
		c.box(r, choose(r, []string{holder, user}), line, "line.handback")
	}
}

// buttonOf is a copy of the line's card with that button; more is what its value has
// behind the line's id.
func (c *operators) buttonOf(line takeover.Line, action, more string) slacksim.Message {
	card := c.oldCard(string(line.EndUser), action)
	card.Blocks = bytes.ReplaceAll(card.Blocks, []byte(`"`+string(line.ID)+`"`), []byte(`"`+string(line.ID)+more+`"`))
	return card
}

func (c *operators) pressOn(user string, line takeover.Line, action, more string) {
	d := c.sys.slack.ClickStale(c.sys.Context(), user, c.buttonOf(line, action, more), action)
	key := "/" + user + "/" + d.TriggerID
	if c.sys.slack.View(user) != nil { // Send correction opens a box for the holder, and stores nothing yet
		key = ""
		_ = c.sys.slack.CloseView(c.sys.Context(), user, true)
	}
	c.did(d, key)
}

// box opens a box, fills it in, and presses its button.
func (c *operators) box(r *rand.Rand, user string, line takeover.Line, action string) {
	c.did(c.sys.slack.ClickStale(c.sys.Context(), user, c.buttonOf(line, action, ""), action), "")
	v := c.sys.slack.View(user)
	if v == nil {
		return
	}
	values := map[string]string{"note": "what was agreed"}
	if v.CallbackID == "line.handoff" {
		values["to"] = choose(r, c.users)
	}
	d := c.sys.slack.Submit(c.sys.Context(), user, v.ID, values)
	key := strings.TrimPrefix(v.CallbackID, "line.") + "/" + v.ID + "/" + user
	if c.sys.slack.View(user) != nil { // it was refused or not answered
		key = ""
		_ = c.sys.slack.CloseView(c.sys.Context(), user, true)
	}
	c.did(d, key)
}

func (c *operators) slash(user, text string) {
	c.did(c.sys.slack.SlashCommand(c.sys.Context(), user, slacksim.DeskChannel, "/takeover", text), "")
}

// say writes below the line's card.
func (c *operators) say(user string, line takeover.Line, text string) {
	if card, ok := c.card(string(line.EndUser)); ok {
		_, d := c.sys.slack.Say(c.sys.Context(), user, slacksim.DeskChannel, card.TS, text)
		c.did(d, "")
	}
}
