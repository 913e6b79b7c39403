package typed

import (
	"regexp"
	"strings"
	"unicode"

	"takeoverbot/slackbot/mrkdwn"
)

// firstWord is a word with the marks of code, bold and quotes before it. What follows it is white
// space of any kind, punctuation, or digits.
var firstWord = regexp.MustCompile("(?s)^[\\s*_`~\"'“”‘’«»„]*(\\p{L}+)(.*)$")

// wordMarks are what people type between a word and what it is about, or around both.
const wordMarks = " \t\n`*_~\"'“”‘’.,:;!?…—–、。：，"

// FirstWord is the first word of a text, in lower case, and the rest without the marks around it.
// The word is empty for a text that begins otherwise.
func FirstWord(text string) (word, rest string) {
	text = mrkdwn.StripHidden(text)
	part := firstWord.FindStringSubmatch(text)
	if part == nil {
		return "", strings.TrimSpace(text)
	}
	return strings.ToLower(foldShapes(part[1])), strings.TrimFunc(part[2], func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(wordMarks, r)
	})
}

// otherNames are what people call a word instead, or how they finish it.
var otherNames = map[string]string{
	"handback": "back", "return": "back", "release": "back", "giveback": "back", "resume": "back",
	"takeover": "take", "grab": "take", "claim": "take", "seize": "take", "silence": "take", "mute": "take",
	"pass": "handoff", "offer": "handoff", "transfer": "handoff", "history": "log", "audit": "log",
	"list": "open", "who": "open", "waiting": "open", "my": "mine", "commands": "help", "remember": "note",
	"reject": "decline", "extend": "more", "hold": "more",
}

// NearestWord is the one of names that a mistyped word, or another name of it, means; empty if
// none is near.
func NearestWord(word string, names []string) string {
	nearest, least := "", 2 // mistakes are too many
	if len(word) >= 6 {
		least = 3
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		if otherNames[word] == name {
			return name
		}
		if len(name) < 3 {
			continue // "at" is one letter away from many a name
		}
		if d := distance(word, name); d < least {
			nearest, least = name, d
		}
	}
	return nearest
}

// distance is how many letters have to be typed, deleted, changed or swapped with their neighbour
// to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case x[i-1] == y[j-1]:
				rows[i][j] = rows[i-1][j-1]
				continue
			}
			rows[i][j] = 1 + min(rows[i-1][j], rows[i][j-1], rows[i-1][j-1])
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
