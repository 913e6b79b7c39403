package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// checkNow: the AI of a held line is silent at this moment. A line
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
				c.sys.Errorf("%s holds %s, but the AI may answer", l.Takeover.Holder, l.EndUser)
			}
		}
	}
}

// settle waits until nothing is under way any more and every card shows what is so.
// Lines in trouble are tried again at once, because the providers work again.
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
	c.sys.eventually("every card as the store has it", func() bool { return c.mismatch() == "" })
}

// mismatch names a line whose card, store and provider do not agree.
func (c *operators) mismatch() string {
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

// cardHead is what the first line of the card must contain.
func cardHead(l takeover.Line) string {
	switch {
	case l.State == takeover.StateHeld && !l.Takeover.Spoke.At.IsZero():
		return "AI spoke after the takeover"
	case l.State == takeover.StateHeld:
		return "has it — AI is silent"
	case l.Aftercare.Missed:
		return "AI has not answered"
	case l.HandBack.Key == "" && !l.WaitingSince().IsZero() && l.Recent.ReadAt.Sub(time.Time(l.WaitingSince())) >= 5*time.Minute:
		return "No answer since "
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
		// A bot that has just started asks Slack about each person, and Slack limits that.
		if n == 0 && c.wasUnknown(d.key) {
			unknown++
			continue
		}
		if stored++; n != 1 {
			c.sys.Errorf("the click %s is stored %d times", d.key, n)
		}
	}
	if stored < len(c.clicks)/4 || stored == 0 {
		c.sys.Errorf("of %d clicks only %d must be stored: this checks nothing", len(c.clicks), stored)
	}
	if n := len(c.sys.cardsNow()); n != len(c.numbers) {
		c.sys.Errorf("%d cards for %d lines", n, len(c.numbers))
	}
	if unknown > len(c.clicks)/10 {
		c.sys.Errorf("of %d clicks %d were refused because Slack was not asked who that is", len(c.clicks), unknown)
	}
	c.sys.Logf("%d clicks were acknowledged, %d of them with a refusal, %d were not; %d takeovers", len(c.clicks), unknown, c.refused, c.sys.count("SELECT count(*) FROM audit WHERE body LIKE '%\"Deed\":\"pressed take over\"%'"))
}

// checkSaid: what the audit has, the threads say as often.
func (c *operators) checkSaid() {
	c.sys.Helper()
	done, texts := map[takeover.Event]int{}, c.sys.threadTexts()
	for _, e := range c.sys.audit() {
		done[e.Event]++
	}
	for event, either := range map[takeover.Event][]string{
		takeover.EventSilenced: {" took over. The AI is silent (read back at "}, takeover.EventReleased: {"The AI may answer again (read back at "},
		takeover.EventAccepted: {"accepted the handoff and has this line now"}, takeover.EventDeclined: {"declined the handoff: "}, takeover.EventTakenFrom: {" took this line from "},
		takeover.EventJoined: {"New conversation, still held by "}, takeover.EventHolderAsked: {"do you still need this line? Its hold ran out."},
		takeover.EventHolderAskedAgain: {"the bot asks for the second time"}, takeover.EventLeadsTold: {" did not answer twice", " did not answer. That has ended"}, takeover.EventLapsed: {"this line goes back to the AI."},
	} {
		n := 0
		for _, words := range either {
			n += showing(texts, []string{words})
		}
		if n != done[event] {
			c.sys.Errorf("%d times %q in the audit, %d times in the threads", done[event], event, n)
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

// checkViolations: the bot broke none of Slack's rules but those that match expected.
func checkViolations(s *system, expected string) {
	s.Helper()
	pattern := regexp.MustCompile(expected)
	for _, v := range s.slack.Violations() {
		if !pattern.MatchString(v) {
			s.Errorf("Slack: %s", v)
		}
	}
}
