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
	"unicode"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

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

// numbers are both ends of every conversation of the test, in full.
func (s *system) numbers() []secretWord {
	var words []secretWord
	for _, c := range s.telnyx.Conversations() {
		words = append(append(words, numberShapes(c.EndUser())...), numberShapes(c.Agent())...)
	}
	return words
}

// files are the files that the bot has put into the channel, each as a message.
func (s *system) files() []slacksim.Message {
	var all []slacksim.Message
	for _, f := range s.slack.Files() {
		all = append(all, slacksim.Message{Text: f.Title + "\n" + string(f.Content)})
	}
	return all
}

// givenAway names the numbers that are shown in full, wherever in a message: in the sentence for
// lock screens, in a block, in the words of end users, AIs and tools.
func givenAway(said []slacksim.Message, numbers []secretWord) []string {
	var found []string
	for _, m := range said {
		var blocks []any
		_ = json.Unmarshal(m.Blocks, &blocks) // the simulated Slack has taken them
		shown := m.Text
		for _, b := range blocks {
			shown += "\nblock\n" + textsIn(b)
		}
		for _, n := range numbers {
			if n.in(shown) {
				found = append(found, fmt.Sprintf("%s: %s", n.what, m.Text))
				break
			}
		}
	}
	return found
}

// in reports whether a text has the word, or all digits of a whole number, with anything but
// letters between them. A local number does not count behind another area code.
func (w secretWord) in(text string) bool {
	digits := takeover.Digits(w.text)
	if len(digits) >= 10 && strings.Contains(digitRows(text), digits) {
		return true
	}
	before, rest, found := strings.Cut(text, w.text)
	for ; found; before, rest, found = strings.Cut(rest, w.text) {
		before = strings.TrimRight(before, " -().")
		if last := before[max(0, len(before)-1):]; len(digits) != localDigits || takeover.Digits(last) == "" {
			return true
		}
	}
	return false
}

// localDigits is how many digits a number of North America has without its area code.
const localDigits = 7

// digitRows are the digits of a text, of any script, with a space for each letter.
func digitRows(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case unicode.IsLetter(r):
			return ' '
		}
		return -1
	}, text)
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
// and leaves alone what is no number of the line.
func TestNumbersGivenAwayAreFound(t *testing.T) {
	const quoted = `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"call %s"}]}]}]`
	for name, tt := range map[string]struct {
		text, blocks string
		found        int
	}{
		"a lock screen":     {"AI is answering. +1 415-555-0137.", "[]", 1},
		"a card":            {"x", `[{"type":"context","elements":[{"type":"plain_text","text":"+1 (415) 555-0137"}]}]`, 1},
		"a button":          {"x", `[{"type":"actions","elements":[{"type":"button","value":"4155550137","text":{"type":"plain_text","text":"Open"}}]}]`, 1},
		"an address":        {"sip:lobby-intercom@harbor-homes.example", "", 1},
		"masked":            {"•••• 0137", `[{"type":"section","text":{"type":"mrkdwn","text":"•••• 0137"}}]`, 0},
		"an end user's own": {"x", fmt.Sprintf(quoted, "+14155550137"), 1},
		"with spaces":       {"x", fmt.Sprintf(quoted, "4 1 5 5 5 5 0 1 3 7"), 1},
		"with marks":        {"x", fmt.Sprintf(quoted, "[+1] {415} 555.0137"), 1},
		"of a tool":         {`"from":["+1","415","5550137"]`, "[]", 1},
		"wide":              {"４１５ ５５５ ０１３７", "[]", 1},
		"Arabic":            {"٤١٥ ٥٥٥ ٠١٣٧", "[]", 1},
		"another number":    {"x", fmt.Sprintf(quoted, "+1 415 555 0138 or 212-555-0137"), 0},
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

// hidden is everything in the test that no log may contain.
func (s *system) hidden() []secretWord {
	words := []secretWord{
		{"the bot token", testSlackToken}, {"the app-level token", testAppToken}, {"the address of a connection", "ticket="}, {"the signing secret", testSigningSecret}, {"the provider's key", testTelnyxKey},
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

// hiddenShapes are the forms of secrets.
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
		`level=INFO token=` + testSlackToken, `token=` + testAppToken, `dial=wss://x/link/?ticket=1`, `err="invalid ` + testSigningSecret + `"`, `key=` + testTelnyxKey,
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
