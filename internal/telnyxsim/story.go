package telnyxsim

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// topic is what a conversation is about.
type topic string

const (
	leak    topic = "leak"
	heating topic = "heating"
	lockout topic = "lockout"
	noise   topic = "noise"
	invoice topic = "invoice"
)

func topics() []topic { return []topic{leak, heating, lockout, noise, invoice} }

// story is what the assistant understands of a history.
type story struct {
	words     lexicon
	topic     topic
	raised    string // the text that raised the topic
	unit      string
	tickets   map[topic]string
	escalated bool
	own       []string // what the assistant said
	fresh     string   // what the end user wrote since anybody answered
	last      string   // the last text of that
	note      string   // what a person put into the history since the assistant last spoke; a system note wins
	noteIsSys bool
	handled   bool // a person put something into the history since the topic was raised
}

// maxHeard is how many characters of a text the assistant listens to.
const maxHeard = 2000

// read goes through the history once, oldest first. unit is what is known of the unit from elsewhere, or "".
func read(history []Message, unit string) story {
	all := lexicons()
	st := story{words: pickLexicon(all, history), tickets: map[topic]string{}}
	answered := true
	for _, m := range history {
		switch {
		case m.Role == RoleUser:
			if answered {
				st.fresh, answered = "", false
			}
			st.last = clip(m.Text, maxHeard)
			st.fresh = strings.TrimSpace(st.fresh + " " + st.last)
			st.hear(all, st.last)
		case m.Role == RoleTool:
			st.readResult(m.Text)
		case m.Inserted && m.Text != "":
			st.readNote(m)
			answered = answered || m.Role == RoleAssistant
		case m.Role == RoleAssistant && m.Text != "":
			st.own = append(st.own, m.Text)
			st.note, st.noteIsSys = "", false
			answered = true
		}
	}
	if st.unit == "" {
		st.unit = unitIn(unit, true)
	}
	return st
}

// hear takes topic and unit out of what the end user wrote.
func (st *story) hear(all []lexicon, text string) {
	if t := topicOf(all, text, st.topic); t != st.topic {
		st.topic, st.raised, st.handled = t, text, false
	}
	if m := namedUnit.FindStringSubmatch(text); m != nil {
		st.unit = strings.ToUpper(m[1])
	} else if st.unit == "" {
		st.unit = unitIn(text, st.askedUnitLast(all))
	}
}

func (st *story) readResult(text string) {
	var result struct {
		WorkOrder  string `json:"work_order"`
		Topic      topic  `json:"topic"`
		Escalation string `json:"escalation"`
	}
	if json.Unmarshal([]byte(text), &result) != nil {
		return // a tool of somebody else
	}
	if result.WorkOrder != "" {
		st.tickets[result.Topic] = result.WorkOrder
	}
	st.escalated = st.escalated || result.Escalation != ""
}

func (st *story) readNote(m Message) {
	st.handled = true
	sys := m.Role == RoleSystem || m.Role == RoleDeveloper
	if st.note == "" || sys || !st.noteIsSys {
		st.note, st.noteIsSys = m.Text, sys
	}
}

func (st story) said(line string) bool {
	for _, own := range st.own {
		if strings.Contains(own, line) {
			return true
		}
	}
	return false
}

func (st story) saidUnitQuestion() bool { return st.said(st.words.askUnit) }

// askedUnitLast reports whether the last thing that the assistant said asked for the unit, in any language.
func (st story) askedUnitLast(all []lexicon) bool {
	if len(st.own) == 0 {
		return false
	}
	last := st.own[len(st.own)-1]
	for _, l := range all {
		if strings.Contains(last, l.askUnit) || strings.Contains(last, l.askUnitAgain) {
			return true
		}
	}
	return false
}

// thanks reports a message that only says thanks or goodbye; a long one or a question says more than that.
func (st story) thanks() bool {
	return len(words(st.fresh)) <= 8 && anyWord(st.fresh, st.words.thanks) && !strings.ContainsAny(st.fresh, "?؟") &&
		topicOf([]lexicon{st.words}, st.fresh, "") == ""
}

func (st story) greets() bool {
	return len(words(st.fresh)) <= 6 && anyWord(st.fresh, st.words.greetings)
}

// hazard returns the warning that what was just written calls for.
func (st story) hazard() string {
	for _, h := range st.words.hazards {
		if anyWord(st.fresh, h.words) && !st.said(h.line) {
			return h.line
		}
	}
	return ""
}

var (
	// namedUnit is a unit after its word, bareUnit one that looks like nothing else (4B, not 3am), onlyNumber the answer
	// to the question for it.
	namedUnit = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:unit|apt\.?|apartment|flat|wohnung|whg\.?|apartamento|apto\.?|piso|departamento|unidad|شقة|الشقة)` +
		`\s*(?:nr\.?|no\.?|nummer|número|number|رقم|is|ist|es|#)?\s*#?([0-9]{1,4}[A-Za-z]?)(?:[^\p{L}\p{N}]|$)`)
	bareUnit   = regexp.MustCompile(`(?:^|[^\p{L}\p{N}])([0-9]{1,3}[A-Ga-g])(?:[^\p{L}\p{N}]|$)`)
	onlyNumber = regexp.MustCompile(`^[^0-9]*([0-9]{1,4}[A-Za-z]?)[^0-9]*$`)
)

// unitIn finds a unit in text; asked says that the text answers the question for it.
func unitIn(text string, asked bool) string {
	patterns := []*regexp.Regexp{namedUnit, bareUnit}
	if asked {
		patterns = append(patterns, onlyNumber)
	}
	for _, p := range patterns {
		if m := p.FindStringSubmatch(text); m != nil {
			return strings.ToUpper(m[1])
		}
	}
	return ""
}

// topicOf returns the topic that most words of text point to. The current one stays unless another one has more.
func topicOf(all []lexicon, text string, current topic) topic {
	heard := words(text)
	best, most := current, hits(all, heard, current)
	for _, t := range topics() {
		if n := hits(all, heard, t); n > most {
			best, most = t, n
		}
	}
	return best
}

// hits counts the words that point to t.
func hits(all []lexicon, heard []string, t topic) int {
	n := 0
	for _, l := range all {
		stems := l.topics[t].words
		for _, word := range heard {
			if fitsAny(word, stems) {
				n++
			}
		}
	}
	return n
}

// words splits text into its words, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

func anyWord(text string, stems []string) bool {
	for _, word := range words(text) {
		if fitsAny(word, stems) {
			return true
		}
	}
	return false
}

// fitsAny reports whether word begins with one of the stems, or has a long one in it: German compounds, Arabic articles.
// A stem that ends with '.' is a whole word.
func fitsAny(word string, stems []string) bool {
	for _, stem := range stems {
		whole, exact := strings.CutSuffix(stem, ".")
		switch {
		case exact && word == whole:
			return true
		case !exact && (strings.HasPrefix(word, stem) || len(stem) >= 6 && strings.Contains(word, stem)):
			return true
		}
	}
	return false
}
