package slackbot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// pageRow is one message of docs/cards.md: what it is, when it appears, and the message.
type pageRow struct {
	title, when string
	text        string
	blocks      any
}

func rowOf(title, when string, m slackapi.Message) pageRow {
	return pageRow{title, when, m.Text, m.Blocks}
}

// pagePart is a part of docs/cards.md.
type pagePart struct {
	title, intro string
	rows         []pageRow
}

// lockScreen is how many characters a phone shows of a message for certain.
const lockScreen = 90

const pageHead = `# Every card and every text, as people see them

Made by ` + "`make cards`" + ` from what the bot sends; do not edit it. A test fails when it is not up to date. Read it when you change
wording or looks: as a technician at 3 a.m., on a phone.

Each part of a message is a line. ` + "`[…]`" + ` is a button, ` + "`[⋯ …]`" + ` the menu behind it, ` + "`[… ▾]`" + ` a list to choose from. A phone's lock
screen shows the beginning of the message's text: what is **bold** there are the first 90 characters. Slack shows it
to the people whom it notifies. Times are those of the reader's zone; here it is 03:14 on a night in UTC. Text is enough here, so there are no
pictures; ` + "`make demo`" + ` shows the same in a browser.
`

// TestCardsPage holds docs/cards.md to what the bot sends.
func TestCardsPage(t *testing.T) {
	t.Parallel()
	r := newReader()
	var b strings.Builder
	b.WriteString(pageHead)
	for _, part := range pageParts(t) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", part.title, part.intro)
		for _, row := range part.rows {
			seen, text := r.read(t, row)
			fmt.Fprintf(&b, "\n### %s\n\n%s\n\n%s\n\nLock screen: %s\n", row.title, row.when, quoted(seen), beginning(text))
		}
	}
	slacktest.Golden(t, "../docs/cards.md", []byte(b.String()))
}

// reader reads messages as a person in UTC does.
type reader struct{ slack *slacksim.Sim }

func newReader() reader {
	return reader{slacksim.New(slacksim.Options{Now: func() time.Time { return slacktest.Night }})}
}

// read is what a person sees of a message in Slack, and its text for lock screens.
func (r reader) read(t *testing.T, row pageRow) (seen, text string) {
	t.Helper()
	people := strings.NewReplacer(string(slacktest.Holder), slacksim.Dana, string(slacktest.Other), slacksim.Omar)
	blocks, err := json.Marshal(row.blocks)
	slacktest.Must(t, err)
	seen = r.slack.PlainText(slacksim.Message{Blocks: json.RawMessage(people.Replace(string(blocks)))}, time.UTC)
	return seen, r.slack.PlainText(slacksim.Message{Text: people.Replace(row.text)}, time.UTC)
}

// literal keeps Markdown from reading marks in what is shown.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", ">", "&gt;", "#", `\#`)

// quoted is text in a quote block, with its line ends.
func quoted(text string) string {
	lines := strings.Split(literal.Replace(text), "\n")
	return "> " + strings.Join(lines, "\\\n> ")
}

// beginning sets what a lock screen shows apart from the rest.
func beginning(text string) string {
	runes := []rune(strings.ReplaceAll(text, "\n", " "))
	n := min(len(runes), lockScreen)
	for n < len(runes) && n > 0 && runes[n-1] == ' ' {
		n-- // bold that ends in a space is none
	}
	return "**" + literal.Replace(string(runes[:n])) + "**" + literal.Replace(string(runes[n:]))
}

// TestThePageHasEverything: a card or an event that is new has to be described.
func TestThePageHasEverything(t *testing.T) {
	t.Parallel()
	described := map[string]bool{}
	for _, row := range cardRows {
		described[row.card] = true
	}
	for name := range slacktest.Cards() {
		if !described[name] && oddCards[name] == "" {
			t.Errorf("the card %s is not on the page", name)
		}
	}
	told := map[takeover.Event]bool{}
	for _, row := range threadRows {
		told[row.event] = true
	}
	for _, name := range slacktest.ConstantsOf(t, "Event") {
		if event := takeover.Event(name); told[event] != event.Said() {
			t.Errorf("%q is on the page: %t; the thread tells of it: %t", name, told[event], event.Said())
		}
	}
}

// TestALockScreenSaysWho: the first characters of every text name whom it is about, and for how long
// or since when that end user has been waiting.
func TestALockScreenSaysWho(t *testing.T) {
	t.Parallel()
	r := newReader()
	for _, part := range pageParts(t) {
		for _, row := range part.rows {
			seen, text := r.read(t, row)
			runes := []rune(text)
			screen := string(runes[:min(len(runes), lockScreen)])
			waits := strings.Contains(seen, "been waiting") || strings.Contains(seen, "waiting for")
			if !strings.Contains(screen, "Unit 4B") || waits && !strings.Contains(screen, "waiting") && !strings.Contains(screen, "No answer since") {
				t.Errorf("%s, %s: %q", part.title, row.title, screen)
			}
		}
	}
}
