package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// asked is a text that an end user wrote, and whether the thread owes it to the holder.
type asked struct {
	serial  int
	number  string
	conv    takeover.ConversationID
	taken   bool // a person had the line
	covered bool // the takeover knew the conversation
}

// words is what the thread shows of it.
func (a asked) words() string {
	return fmt.Sprintf("question %05d of %s", a.serial, a.number[len(a.number)-4:])
}

// phones are the end users of a crowd's lines. Safe for use by several goroutines.
type endUsers struct {
	sys    *system
	mu     sync.Mutex
	asked  []asked
	opened map[string]map[string]string // entries of the conversations that Telnyx opened, by id
}

// text has an end user write. The AI answers where it may.
func (p *endUsers) text(number string) {
	line, err := p.sys.lineOf(number)
	p.sys.must(nil, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	a := asked{serial: len(p.asked) + 1, number: number, taken: line.Taken()}
	a.conv = takeover.ConversationID(p.sys.telnyx.Text(p.sys.Context(), number, string(line.Agent), a.words()))
	a.covered = line.Covers(a.conv)
	p.asked = append(p.asked, a)
	if _, known := p.opened[string(a.conv)]; !known && !a.covered {
		p.opened[string(a.conv)] = metadataOf(p.sys.telnyx)[string(a.conv)]
	}
}

// check looks for every text below the cards: those of a taken line exactly once and in
// order, no other one twice.
func (p *endUsers) check() {
	p.sys.Helper()
	joined := map[takeover.ConversationID]bool{}
	for _, e := range p.sys.audit() {
		joined[e.Conversation] = joined[e.Conversation] || e.Deed == takeover.DidJoin
	}
	text, last, owed := strings.Join(p.sys.threadTexts(), "\n"), map[takeover.ConversationID]int{}, 0
	for _, a := range p.asked {
		words := "End user: " + a.words()
		n, at := strings.Count(text, words), strings.Index(text, words)
		due := a.taken && (a.covered || joined[a.conv])
		switch {
		case n > 1, n == 0 && due:
			p.sys.Errorf("%q stands %d times in the thread (%+v)", words, n, a)
		case n == 1 && at < last[a.conv]:
			p.sys.Errorf("%q stands before what was written earlier", words)
		}
		if n == 1 {
			last[a.conv] = at
		}
		if due {
			owed++
		}
	}
	p.sys.Logf("%d texts, %d of them on taken lines, %d new conversations, %d of them joined", len(p.asked), owed, len(p.opened), len(joined)-1)
}

// act has somebody do something. One in spoken of them changes who holds a line, which is
// a line in a thread, and Slack takes one of those a second.
func (c *operators) act(r *rand.Rand, p *endUsers, spoken int) {
	number := pick(r, c.numbers)
	line, err := c.sys.lineOf(number)
	c.sys.must(nil, err)
	user := pick(r, c.users)
	if r.IntN(spoken) == 0 {
		c.meaningful(r, user, line)
		return
	}
	switch n := r.IntN(100); {
	case n < 4, len(c.clicks) == 0:
		p.text(number)
	case n < 30:
		c.slash(user, pick(r, []string{"mine", "open", "handoff", "log " + number, number}))
	case n < 55 && line.Taken():
		c.press1(user, line, "line.take", "") // comes second
	case n < 70:
		c.press1(user, line, pick(r, []string{"handoff.accept", "handoff.decline", "handoff.withdraw"}), ".none"+string(line.Ref))
	case n < 80 && line.Holder != user1(user):
		c.press1(user, line, "line.extend", "")
	case n < 84:
		c.say(user, line, pick(r, []string{"who is on this?", "!nonsense", "// between us", "!take it", "take over?"}))
	case n < 86:
		_ = c.sys.slack.OpenHome(c.sys.Context(), user)
	default:
		// What was not stored would be worked again, with a trigger that is used up.
		if d := pick(r, c.clicks); d.key != "" {
			_ = c.sys.slack.Redeliver(c.sys.Context(), d.Delivery, false)
		}
	}
}

func user1(user string) takeover.OperatorID { return takeover.OperatorID(user) }

// meaningful is something that is likely to be allowed.
func (c *operators) meaningful(r *rand.Rand, user string, line takeover.Line) {
	holder := string(line.Holder)
	switch n := r.IntN(100); {
	case line.Trouble != nil && n < 50:
		c.press1(user, line, "line.retry", "")
	case !line.Taken():
		c.press1(user, line, "line.take", "")
	case !line.Spoke.At.IsZero() && n < 30:
		c.press1(user, line, pick(r, []string{"line.fine", "line.correct"}), "")
	case line.Offered() && n < 50:
		c.press1(string(line.Handoff.To), line, "handoff.accept", "."+string(line.Handoff.Ref))
	case line.Offered() && n < 75:
		c.press1(string(line.Handoff.To), line, "handoff.decline", "."+string(line.Handoff.Ref))
	case line.Offered() && n < 85:
		c.press1(holder, line, "handoff.withdraw", "."+string(line.Handoff.Ref))
	case n < 45:
		c.box(r, holder, line, "line.handoff")
	case n < 50:
		c.say(holder, line, "!handoff @"+strings.ToLower(strings.Replace(pick(r, c.users), "U0COLLEAGUE", "colleague", 1))+" long night")
	case n < 60:
		c.box(r, user, line, "line.takefrom")
	case n < 70:
		c.press1(holder, line, "line.extend", "")
	default:
		c.box(r, pick(r, []string{holder, user}), line, "line.handback")
	}
}

// buttonOf is a copy of the line's card with that button; more is what its value has
// behind the line's id.
func (c *operators) buttonOf(line takeover.Line, action, more string) slacksim.Message {
	card := c.oldCard(string(line.EndUser), action)
	card.Blocks = bytes.ReplaceAll(card.Blocks, []byte(`"`+string(line.ID)+`"`), []byte(`"`+string(line.ID)+more+`"`))
	return card
}

func (c *operators) press1(user string, line takeover.Line, action, more string) {
	d := c.sys.slack.ClickStale(c.sys.Context(), user, c.buttonOf(line, action, more), action)
	c.did(d, "/"+user+"/"+d.TriggerID)
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
		values["to"] = pick(r, c.users)
	}
	d := c.sys.slack.Submit(c.sys.Context(), user, v.ID, values)
	key := strings.TrimPrefix(v.CallbackID, "line.") + "/" + v.ID + "/" + user
	if c.sys.slack.View(user) != nil { // it was refused, or nobody answered
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

// checkSaid: what the audit has, the threads say as often.
func (c *operators) checkSaid() {
	c.sys.Helper()
	done, texts := map[takeover.Deed]int{}, c.sys.threadTexts()
	for _, e := range c.sys.audit() {
		done[e.Deed]++
	}
	for deed, either := range map[takeover.Deed][]string{
		takeover.DidSilence: {" took over. The AI is silent (read back at "}, takeover.DidRelease: {"The AI may answer again (read back at "},
		takeover.DidAccept: {"accepted the handoff and has this line now"}, takeover.DidDecline: {"declined the handoff: "}, takeover.DidTakeFrom: {" took this line from "},
		takeover.DidJoin: {"New conversation, still held by "}, takeover.DidAsk: {"do you still need this line? Its hold ran out."},
		takeover.DidAskAgain: {"the bot asks for the second time"}, takeover.DidTellLeads: {"For the desk's leads: ", "The leads were told here that "}, takeover.DidLapse: {"this line goes back to the AI."},
	} {
		n := 0
		for _, words := range either {
			n += showing(texts, []string{words})
		}
		if n != done[deed] {
			c.sys.Errorf("%d times %q in the audit, %d times in the threads", done[deed], deed, n)
		}
	}
	c.sys.Logf("%d lines in threads; done: %v", len(texts), done)
}

// checkEntries: what other tools keep in the conversations is as it was.
func checkEntries(s *system, before map[string]map[string]string) {
	s.Helper()
	now := metadataOf(s.telnyx)
	for id, entries := range before {
		if !maps.Equal(entries, now[id]) {
			s.Errorf("the entries of %s changed:\n%v\n%v", id, entries, now[id])
		}
	}
}

// metadataOf is what other tools keep in each conversation: all but the flag, and but
// what the AI itself writes down.
func metadataOf(sim *telnyxsim.Sim) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, conv := range sim.Conversations() {
		entries := map[string]string{}
		for name, value := range conv.Metadata {
			if !slices.Contains([]string{telnyxsim.KeyAIDisabled, telnyxsim.KeyCalledTools}, name) {
				entries[name] = string(value)
			}
		}
		all[conv.ID] = entries
	}
	return all
}
