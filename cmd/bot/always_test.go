package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// checkAlways is what has to be true at the end of every story, whatever it told.
func (w *world) checkAlways() {
	for _, bot := range w.bots {
		if bot.wanted && !bot.running() {
			w.Errorf("the bot ended by itself")
		}
	}
	w.cards.close()
	if !w.lenient {
		for _, v := range w.slack.Violations() {
			w.Errorf("Slack: %s", v)
		}
	}
	for _, found := range leaks(w.log.String(), w.hidden()) {
		w.Errorf("the log holds %s", found)
	}
	if bot := w.bots[0]; bot.cmd == nil {
		return // never started: there is no store
	}
	w.checkClaims()
	w.checkHolders(w.audit())
}

// checkClaims: the word "silent" was never shown without the flag having been read
// back as set.
func (w *world) checkClaims() {
	covered := map[string][]takeover.Covered{}
	for _, l := range w.lines() {
		covered[string(l.ID)] = l.Covered
	}
	for c := range w.cards.claims {
		for _, conv := range covered[c.line] {
			if !w.flags.wasOn(string(conv.ID), time.Unix(c.at, 0)) {
				w.Errorf("a card said that the AI is silent, checked at %s, but the flag was not set then", time.Unix(c.at, 0).UTC().Format(time.TimeOnly))
			}
		}
	}
}

// checkHolders: between two takeovers of a line somebody handed it back.
func (w *world) checkHolders(audit []takeover.Entry) {
	holder := map[takeover.LineID]takeover.OperatorID{}
	for _, e := range audit {
		switch e.Deed {
		case takeover.DidClaim:
			if has := holder[e.Line]; has != "" {
				w.Errorf("%s took over a line that %s held", e.Who, has)
			}
			holder[e.Line] = e.Who
		case takeover.DidHandBack:
			if holder[e.Line] == "" {
				w.Errorf("%s handed back a line that nobody held", e.Who)
			}
			holder[e.Line] = ""
		}
	}
}

// secretWord is something that must not be logged, and how to say so without it.
type secretWord struct{ what, text string }

// hidden is everything in this world that belongs into no log.
func (w *world) hidden() []secretWord {
	words := []secretWord{
		{"the bot token", worldToken}, {"the signing secret", worldSecret}, {"the provider's key", worldKey},
		{"an authorization header", "Bearer "}, {"the address of a private answer", "/response/"},
		{"the database's password", "world-password"},
	}
	for _, c := range w.telnyx.Conversations() {
		words = append(words, hiddenOf(c)...)
	}
	return words
}

// shortText is too short to be told from words of our own.
const shortText = 12

func hiddenOf(c telnyxsim.Conversation) []secretWord {
	words := numberShapes(c.EndUser())
	words = append(words, numberShapes(c.Agent())...)
	for _, m := range c.Messages {
		for line := range strings.Lines(m.Text) {
			if line = strings.TrimSpace(line); len(line) >= shortText {
				words = append(words, secretWord{"a message's text", line})
			}
		}
	}
	return words
}

// numberShapes are the ways in which a number could be written in full.
func numberShapes(number string) []secretWord {
	if digits, ok := strings.CutPrefix(number, "+1"); ok && len(digits) == 10 {
		a, b, c := digits[:3], digits[3:6], digits[6:]
		return []secretWord{{"a full number", digits}, {"a full number", fmt.Sprintf("%s-%s-%s", a, b, c)}, {"a full number", fmt.Sprintf("(%s) %s-%s", a, b, c)}, {"a full number", fmt.Sprintf("%s %s", b, c)}}
	}
	if len(number) >= shortText {
		return []secretWord{{"a full address", number}}
	}
	return nil
}

// hiddenShapes are kinds of secrets, whoever's they are.
var hiddenShapes = map[string]*regexp.Regexp{
	"a token":     regexp.MustCompile(`xox[a-z]-[0-9A-Za-z]`),
	"a signature": regexp.MustCompile(`v0=[0-9a-f]{64}`),
}

// leaks names what of the hidden words a text holds, each once.
func leaks(text string, hidden []secretWord) []string {
	var found []string
	for _, h := range hidden {
		if strings.Contains(text, h.text) && !slices.Contains(found, h.what) {
			found = append(found, h.what)
		}
	}
	for what, shape := range hiddenShapes {
		if shape.MatchString(text) {
			found = append(found, what)
		}
	}
	return found
}

// TestLeaksAreFound: the check that every story's log goes through can fail.
func TestLeaksAreFound(t *testing.T) {
	sim := telnyxsim.New(telnyxsim.Options{})
	defer func() { _ = sim.Close() }()
	sim.Load(telnyxsim.Seeds(time.Now()))
	w := &world{TB: t, telnyx: sim}
	for _, line := range []string{
		`level=INFO token=` + worldToken, `err="invalid ` + worldSecret + `"`, `key=` + worldKey,
		`query="metadata eq.+14155550137"`, `number="+1 415-555-0137"`, `number="(415) 555-0137"`, `caller=sip:lobby-intercom@harbor-homes.example`,
		`text="please can i talk to a person"`, `url=http://x/response/commands/T0/1/k`, `sig=v0=` + strings.Repeat("0a", 32), `"token":"xoxp-1"`,
	} {
		if len(leaks(line, w.hidden())) == 0 {
			t.Errorf("not noticed: %s", line)
		}
	}
	if found := leaks(`{"level":"INFO","msg":"request","line":"ln_uxtlthmom7cb4mut","ref":"9n9s","who":"•••• 0137"}`, w.hidden()); found != nil {
		t.Errorf("found %v where nothing is", found)
	}
}
