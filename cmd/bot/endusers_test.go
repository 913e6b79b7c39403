package main

import (
	"fmt"
	"strings"
	"sync"

	"takeoverbot/takeover"
)

// asked is a text that an end user wrote, and whether the thread owes it to the holder.
type sentText struct {
	serial  int
	number  string
	conv    takeover.ConversationID
	taken   bool // a person had the line
	covered bool // the takeover knew the conversation
}

// words is what the thread shows of it.
func (a sentText) words() string {
	return fmt.Sprintf("question %05d of %s", a.serial, a.number[len(a.number)-4:])
}

// endUsers are the end users of the operators' lines. Safe for use by several goroutines.
type endUsers struct {
	sys    *system
	mu     sync.Mutex
	asked  []sentText
	opened map[string]map[string]string // entries of the conversations that Telnyx opened, by id
}

// text has an end user write. The AI answers where it may.
func (p *endUsers) text(number string) {
	line, err := p.sys.lineOf(number)
	p.sys.must(nil, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	a := sentText{serial: len(p.asked) + 1, number: number, taken: line.Taken()}
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
		joined[e.Conversation] = joined[e.Conversation] || e.Event == takeover.EventJoined
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
