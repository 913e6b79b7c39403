package desktest

import (
	"fmt"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// Offered is a line that Dana offers to Omar.
func Offered() takeover.Line {
	return slacktest.With(slacktest.Offering(slacktest.LineIn(takeover.StateHeld)), func(l *takeover.Line) {
		l.Takeover.Holder, l.Takeover.Handoff.By, l.Takeover.Handoff.To = slacksim.Dana, slacksim.Dana, slacksim.Omar
	})
}

// Dialogue are messages of "word 001" and on, by turns as the letters say: u the end
// user, a the AI, o an operator, n a note for the AI.
func Dialogue(turns string) []takeover.Message {
	roles := map[rune]takeover.Role{'u': takeover.RoleEndUser, 'a': takeover.RoleAssistant, 'o': takeover.RoleOperator, 'n': takeover.RoleNote}
	all := Spoken(len(turns))
	for i, r := range turns {
		all[i].Role = roles[r]
		all[i].At = takeover.ProviderTime(slacktest.Night.Add(time.Duration(i) * time.Second))
	}
	return all
}

// Spoken are n messages, a minute apart: "word 001" is the first.
func Spoken(n int) []takeover.Message {
	var all []takeover.Message
	for i := range n {
		m := takeover.Message{Key: fmt.Sprintf("%032x", i+1), Role: takeover.RoleEndUser, Text: fmt.Sprintf("word %03d", i+1), At: takeover.ProviderTime(slacktest.Night.Add(time.Duration(i-n) * time.Minute))}
		if i%2 == 1 {
			m.Role = takeover.RoleAssistant
		}
		all = append(all, m)
	}
	return all
}

// WordsIn lists the "word 001" of texts, in order.
func WordsIn(texts []string) []int {
	var found []int
	for _, text := range texts {
		for _, part := range strings.Split(text, "word ")[1:] {
			var n int
			if _, err := fmt.Sscanf(part, "%d", &n); err == nil {
				found = append(found, n)
			}
		}
	}
	return found
}

// FromTo lists the numbers from the first to the last.
func FromTo(from, to int) []int {
	var all []int
	for i := from; i <= to; i++ {
		all = append(all, i)
	}
	return all
}

// HeldBy is a line that a user of the simulated workspace holds, with no end user waiting.
func HeldBy(user takeover.OperatorID) takeover.Line {
	l := slacktest.LineIn(takeover.StateHeld)
	l.Takeover.Holder, l.Recent = user, slacktest.RecentOf(l.Recent.Lines[:2])
	return l
}
