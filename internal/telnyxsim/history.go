package telnyxsim

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// history is what the assistant understands of a conversation.
type history struct {
	topic     topic
	raised    string // the text that raised the topic
	unit      string
	tickets   map[string]string // work orders, by topic
	escalated bool
	own       []string // the assistant's sentences
	fresh     string   // the end user's texts since the last answer
	last      string   // the last one of them
	note      string   // the newest text that a person put into the history since the assistant last spoke
	handled   bool     // a person put a text into the history since the topic was raised
}

// maxHeard is how many characters of a text the assistant reads.
const maxHeard = 2000

// read goes through the messages once, oldest first. unit is the unit as the metadata has it, or "".
func read(messages []Message, unit string) history {
	h := history{tickets: map[string]string{}}
	answered := true
	for _, m := range messages {
		switch {
		case m.Role == RoleUser:
			if answered {
				h.fresh, answered = "", false
			}
			h.last = clip(m.Text, maxHeard)
			h.fresh = strings.TrimSpace(h.fresh + " " + h.last)
			h.readText()
		case m.Role == RoleTool:
			h.readResult(m.Text)
		case m.Inserted && m.Text != "":
			h.note, h.handled = m.Text, true
			answered = answered || m.Role == RoleAssistant
		case m.Role == RoleAssistant && m.Text != "":
			h.own = append(h.own, m.Text)
			h.note, answered = "", true
		}
	}
	if h.unit == "" {
		h.unit = unitIn(unit, namedUnit, bareUnit, onlyNumber)
	}
	return h
}

// readText takes topic and unit out of the end user's last text.
func (h *history) readText() {
	if t := topicOf(h.last, h.topic); t.name != h.topic.name {
		h.topic, h.raised, h.handled = t, h.last, false
	}
	if named := unitIn(h.last, namedUnit); named != "" {
		h.unit = named
	}
	if h.unit == "" {
		h.unit = unitIn(h.last, bareUnit)
	}
	if n := len(h.own); h.unit == "" && n > 0 && (strings.Contains(h.own[n-1], sayAskUnit) || strings.Contains(h.own[n-1], sayAskUnitAgain)) {
		h.unit = unitIn(h.last, onlyNumber)
	}
}

func (h *history) readResult(text string) {
	var result struct {
		WorkOrder  string `json:"work_order"`
		Topic      string `json:"topic"`
		Escalation string `json:"escalation"`
	}
	if json.Unmarshal([]byte(text), &result) != nil {
		return // another system's tool
	}
	if result.WorkOrder != "" {
		h.tickets[result.Topic] = result.WorkOrder
		for _, t := range topics {
			if t.name == result.Topic {
				h.topic = t
			}
		}
	}
	h.escalated = h.escalated || result.Escalation != ""
}

func (h history) ticket() string { return h.tickets[h.topic.name] }

func (h history) said(sentence string) bool {
	return slices.ContainsFunc(h.own, func(own string) bool { return strings.Contains(own, sentence) })
}

// thanks reports a text that only says thanks or goodbye; a long one or a question says more than that.
func (h history) thanks() bool {
	return len(strings.Fields(h.fresh)) <= 8 && thanking.MatchString(h.fresh) && !strings.Contains(h.fresh, "?") &&
		topicOf(h.fresh, topic{}).name == ""
}

var (
	// namedUnit is a unit after its word, bareUnit one that looks like nothing else (4B, not 3am), onlyNumber the answer
	// to the question for it.
	namedUnit  = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:unit|apt\.?|apartment|flat)\s*(?:no\.?|number|is|#)?\s*#?([0-9]{1,4}[A-Za-z]?)(?:[^\p{L}\p{N}]|$)`)
	bareUnit   = regexp.MustCompile(`(?:^|[^\p{L}\p{N}])([0-9]{1,3}[A-Ga-g])(?:[^\p{L}\p{N}]|$)`)
	onlyNumber = regexp.MustCompile(`^[^0-9]*([0-9]{1,4}[A-Za-z]?)[^0-9]*$`)
)

// unitIn returns the unit that the first matching pattern finds in text, or "".
func unitIn(text string, patterns ...*regexp.Regexp) string {
	for _, p := range patterns {
		if m := p.FindStringSubmatch(text); m != nil {
			return strings.ToUpper(m[1])
		}
	}
	return ""
}

// topicOf returns the topic that most words of text point to. The current one stays unless another one has more.
func topicOf(text string, current topic) topic {
	best, most := current, 0
	if current.words != nil {
		most = len(current.words.FindAllString(text, -1))
	}
	for _, t := range topics {
		if n := len(t.words.FindAllString(text, -1)); n > most {
			best, most = t, n
		}
	}
	return best
}
