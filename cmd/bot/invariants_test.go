package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// checkInvariants is what has to be true at the end of every story, whatever it told.
func (s *system) checkInvariants() {
	for _, bot := range s.bots {
		if bot.wanted && !bot.running() {
			s.Errorf("the bot ended by itself")
		}
	}
	s.cards.close()
	if !s.lenient {
		for _, v := range s.slack.Violations() {
			s.Errorf("Slack: %s", v)
		}
	}
	if gap := s.flags.tooSoon(); gap != 0 {
		s.Errorf("the watch asked Telnyx again after %s: once a tick is enough for all replicas", gap)
	}
	for _, found := range leaks(s.log.String(), s.hidden()) {
		s.Errorf("the log holds %s", found)
	}
	for _, found := range givenAway(s.said(), s.numbers()) {
		s.Errorf("the desk's channel, or a direct message, shows %s", found)
	}
	if bot := s.bots[0]; bot.cmd == nil {
		return // never started: there is no store
	}
	s.checkClaims()
	s.checkHolders(s.audit())
}

// checkClaims: the word "silent" was never shown without the flag having been read
// back as set.
func (s *system) checkClaims() {
	lines := map[string]takeover.Line{}
	for _, l := range s.lines() {
		lines[string(l.ID)] = l
	}
	began := s.joinTimes()
	for c := range s.cards.claims {
		at := time.Unix(c.at, 0)
		for _, conv := range lines[c.line].Covered {
			if !began[conv.ID].After(at) && !s.flags.wasOn(string(conv.ID), at) {
				s.Errorf("a card said that the AI is silent, checked at %s, but the flag of %s was not set then: %s", at.UTC().Format(time.TimeOnly), conv.ID, s.flags.story(string(conv.ID)))
			}
		}
	}
}

// joinTimes are since when a claim is about a conversation that Telnyx opened during the
// story: what a card said before it was first silenced was about the older ones. Those
// that the story began with are none of them.
func (s *system) joinTimes() map[takeover.ConversationID]time.Time {
	times := map[takeover.ConversationID]time.Time{}
	for _, c := range s.telnyx.Conversations() {
		if c.CreatedAt.After(s.began) {
			times[takeover.ConversationID(c.ID)] = s.flags.firstOn(c.ID)
		}
	}
	return times
}

// checkHolders replays the audit: a line has one holder at a time, it goes from one to
// the next only by being handed back, accepted, taken, or let go, and every offer has one
// end.
func (s *system) checkHolders(audit []takeover.Entry) {
	s.Helper()
	r := replay{holder: map[takeover.LineID]takeover.OperatorID{}, offered: map[takeover.LineID]takeover.OperatorID{}}
	for _, e := range audit {
		if wrong := r.step(e); wrong != "" {
			s.Errorf("the audit says of %s at %s: %s", e.Line, e.At.Format(time.TimeOnly), wrong)
		}
	}
	for _, l := range s.lines() {
		has := r.holder[l.ID]
		if l.State != takeover.StateReturning && has != l.Holder {
			s.Errorf("the audit leaves %s with %q, the store with %q", l.ID, has, l.Holder)
		}
	}
}

// replay is who holds what, and to whom it is offered, as the audit tells it.
type replay struct {
	holder, offered map[takeover.LineID]takeover.OperatorID
}

// step is the next entry; it returns what cannot be so.
func (r replay) step(e takeover.Entry) (wrong string) {
	has, to := r.holder[e.Line], r.offered[e.Line]
	switch e.Deed {
	case takeover.DidClaim:
		r.holder[e.Line] = e.Who
		if has != "" {
			return fmt.Sprintf("%s took over what %s held", e.Who, has)
		}
	case takeover.DidHandBack, takeover.DidLapse, takeover.DidSeeChange:
		r.holder[e.Line] = ""
		if has == "" || to != "" {
			return fmt.Sprintf("%s, held by %q and offered to %q", e.Deed, has, to)
		}
	case takeover.DidTakeFrom:
		r.holder[e.Line] = e.Who
		if has != e.Other || has == e.Who || to != "" {
			return fmt.Sprintf("%s took it from %s, but %q held it, offered to %q", e.Who, e.Other, has, to)
		}
	case takeover.DidOffer:
		r.offered[e.Line] = e.Other
		if has != e.Who || to != "" {
			return fmt.Sprintf("%s offered what %q held and was offered to %q", e.Who, has, to)
		}
	case takeover.DidAccept, takeover.DidDecline, takeover.DidWithdraw:
		return r.answer(e, has, to)
	}
	return ""
}

// answer is the end of an offer.
func (r replay) answer(e takeover.Entry, has, to takeover.OperatorID) (wrong string) {
	r.offered[e.Line] = ""
	receiver := e.Who
	if e.Deed == takeover.DidWithdraw {
		receiver = e.Other
	}
	if e.Deed == takeover.DidAccept {
		r.holder[e.Line] = e.Who
	}
	if to == "" || to != receiver || has == "" {
		return fmt.Sprintf("%s %s, but %q held it and it was offered to %q", e.Who, e.Deed, has, to)
	}
	return ""
}

// TestReplayFindsWhatCannotBe: the check that every story's audit goes through can fail.
func TestReplayFindsWhatCannotBe(t *testing.T) {
	for _, deeds := range [][]takeover.Entry{
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidClaim, Who: "B"}},
		{{Deed: takeover.DidHandBack, Who: "A"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidTakeFrom, Who: "C", Other: "B"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidAccept, Who: "B", Other: "A"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidOffer, Who: "A", Other: "B"}, {Deed: takeover.DidAccept, Who: "B", Other: "A"}, {Deed: takeover.DidAccept, Who: "B", Other: "A"}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidOffer, Who: "A", Other: "B"}, {Deed: takeover.DidLapse}},
		{{Deed: takeover.DidClaim, Who: "A"}, {Deed: takeover.DidOffer, Who: "B", Other: "C"}},
	} {
		r, found := replay{map[takeover.LineID]takeover.OperatorID{}, map[takeover.LineID]takeover.OperatorID{}}, ""
		for _, e := range deeds {
			found += r.step(e)
		}
		if found == "" {
			t.Errorf("not noticed: %v", deeds)
		}
	}
}

// said are the messages that the bot has written where others than the searcher read: in
// the desk's channel, in the threads there, and directly to people.
func (s *system) said() []slacksim.Message {
	all := s.slack.Messages(slacksim.DeskChannel)
	for _, m := range slices.Clone(all) {
		all = append(all, s.slack.Thread(slacksim.DeskChannel, m.TS)...)
	}
	for _, user := range []string{slacksim.Dana, slacksim.Omar, slacksim.Lena} {
		all = append(all, s.slack.DirectMessages(user)...)
	}
	return slices.DeleteFunc(all, func(m slacksim.Message) bool { return m.BotID == "" })
}

// numbers are both ends of every conversation in this world, in full.
func (s *system) numbers() []secretWord {
	var words []secretWord
	for _, c := range s.telnyx.Conversations() {
		words = append(append(words, numberShapes(c.EndUser())...), numberShapes(c.Agent())...)
	}
	return words
}

// givenAway names the numbers that are shown in full in the messages' own words: their
// sentences for lock screens, in which the heads of transcripts are, and their blocks.
// What somebody said stands in rich text, and may hold any number.
func givenAway(said []slacksim.Message, numbers []secretWord) []string {
	var found []string
	for _, m := range said {
		shown := m.Text
		var blocks []map[string]any
		_ = json.Unmarshal(m.Blocks, &blocks) // the simulated Slack has taken them
		for _, b := range blocks {
			if b["type"] != "rich_text" {
				shown += "\n" + textsIn(b)
			}
		}
		for _, n := range numbers {
			if strings.Contains(shown, n.text) {
				found = append(found, fmt.Sprintf("%s: %s", n.what, m.Text))
				break
			}
		}
	}
	return found
}

// textsIn are the texts within a block, whatever they are nested in.
func textsIn(v any) string {
	var texts strings.Builder
	switch v := v.(type) {
	case string:
		texts.WriteString(v + "\n")
	case []any:
		for _, e := range v {
			texts.WriteString(textsIn(e))
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			texts.WriteString(textsIn(v[key]))
		}
	}
	return texts.String()
}

// TestNumbersGivenAwayAreFound: the check that every story's messages go through can fail,
// and leaves alone what an end user said.
func TestNumbersGivenAwayAreFound(t *testing.T) {
	const quoted = `{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"call +14155550137"}]}]}`
	for name, tt := range map[string]struct {
		text, blocks string
		found        int
	}{
		"a lock screen":     {"AI is answering. +1 415-555-0137.", "[]", 1},
		"a card":            {"x", `[{"type":"context","elements":[{"type":"plain_text","text":"+1 (415) 555-0137"}]}]`, 1},
		"a button":          {"x", `[{"type":"actions","elements":[{"type":"button","value":"4155550137","text":{"type":"plain_text","text":"Open"}}]}]`, 1},
		"an address":        {"sip:lobby-intercom@harbor-homes.example", "", 1},
		"masked":            {"•••• 0137", `[{"type":"section","text":{"type":"mrkdwn","text":"•••• 0137"}}]`, 0},
		"an end user's own": {"x", "[" + quoted + "]", 0},
	} {
		said := []slacksim.Message{{Text: tt.text, Blocks: json.RawMessage(tt.blocks)}}
		numbers := append(numberShapes("+14155550137"), numberShapes("sip:lobby-intercom@harbor-homes.example")...)
		if found := givenAway(said, numbers); len(found) != tt.found {
			t.Errorf("%s: found %q, want %d", name, found, tt.found)
		}
	}
}

// secretWord is something that must not be logged, and how to say so without it.
type secretWord struct{ what, text string }

// hidden is everything in this world that belongs into no log.
func (s *system) hidden() []secretWord {
	words := []secretWord{
		{"the bot token", worldToken}, {"the signing secret", worldSecret}, {"the provider's key", worldKey},
		{"an authorization header", "Bearer "}, {"the address of a private answer", "/response/"},
		{"the database's password", "world-password"},
	}
	for _, c := range s.telnyx.Conversations() {
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
	s := &system{TB: t, telnyx: sim}
	for _, line := range []string{
		`level=INFO token=` + worldToken, `err="invalid ` + worldSecret + `"`, `key=` + worldKey,
		`query="metadata eq.+14155550137"`, `number="+1 415-555-0137"`, `number="(415) 555-0137"`, `caller=sip:lobby-intercom@harbor-homes.example`,
		`text="please can i talk to a person"`, `url=http://x/response/commands/T0/1/k`, `sig=v0=` + strings.Repeat("0a", 32), `"token":"xoxp-1"`,
	} {
		if len(leaks(line, s.hidden())) == 0 {
			t.Errorf("not noticed: %s", line)
		}
	}
	if found := leaks(`{"level":"INFO","msg":"request","line":"ln_uxtlthmom7cb4mut","ref":"9n9s","who":"•••• 0137"}`, s.hidden()); found != nil {
		t.Errorf("found %v where nothing is", found)
	}
}
