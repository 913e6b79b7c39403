package telnyxsim

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"unicode"
)

// turn is what the assistant does next: it says text, after using tool if that is not "".
type turn struct {
	text      string
	tool      string
	arguments string // JSON
	result    string // JSON, the tool's answer
	reference string // of the work order or escalation; part of the call's id
}

// compose decides the assistant's next turn from the conversation alone: the same one always gives the same turn.
func compose(c *Conversation) turn {
	h := read(c.Messages, c.text("unit"))
	t := h.turn()
	if h.note != "" {
		t.text = h.fill(sayNote) + " " + t.text
	}
	for _, danger := range hazards {
		if danger.words.MatchString(h.fresh) && !h.said(danger.warning) {
			t.text = danger.warning + " " + t.text
			break
		}
	}
	return t
}

// turn is the assistant's rule book, most urgent rule first.
func (h history) turn() turn {
	switch {
	case strings.ContainsFunc(h.last, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }):
		return h.say(sayArabic)
	case askPerson.MatchString(h.fresh):
		return h.escalate()
	case h.thanks():
		return h.goodbye()
	case h.note != "":
		return h.say(sayAfterNote)
	case h.topic.name == "":
		return h.welcome()
	case h.unit == "":
		return h.askUnit()
	case h.ticket() != "":
		return h.follow()
	case h.handled:
		return h.say(sayPassedOn)
	}
	for i, question := range h.topic.questions {
		if h.said(question) {
			continue
		}
		if i > 0 || h.said(sayAskUnit) {
			return h.say(sayNoted + " " + question)
		}
		return h.say(h.topic.react + " " + sayUnitKnown + " " + question)
	}
	return h.order()
}

func (h history) goodbye() turn {
	if h.note == "" && h.ticket() != "" {
		return h.say(sayByeTicket)
	}
	return h.say(sayBye)
}

func (h history) welcome() turn {
	if len(strings.Fields(h.fresh)) <= 6 && greeting.MatchString(h.fresh) {
		return h.say(sayGreet)
	}
	return h.say(sayUnclear)
}

func (h history) askUnit() turn {
	if h.said(sayAskUnit) {
		return h.say(sayAskUnitAgain)
	}
	return h.say(h.topic.react + " " + sayAskUnit)
}

// follow answers a text that comes after the work order.
func (h history) follow() turn {
	if strings.Contains(h.fresh, "?") || askTime.MatchString(h.fresh) {
		return h.say(sayStatus)
	}
	return h.say(sayAdded)
}

// order opens a work order with a tool call.
func (h history) order() turn {
	number := "WO-" + digits(h.unit+"/"+h.topic.name)
	h.tickets[h.topic.name] = number
	return turn{
		text: h.fill(sayOrdered), tool: "create_work_order", reference: number,
		arguments: object("unit", h.unit, "topic", h.topic.name, "details", clip(h.raised, 300)),
		result:    object("work_order", number, "topic", h.topic.name, "status", "open"),
	}
}

// escalate asks for a person with a tool call; asked again, it only says that it did.
func (h history) escalate() turn {
	if h.escalated {
		return h.say(sayPersonAgain)
	}
	number := "ES-" + digits(h.unit+"/"+h.fresh)
	return turn{
		text: sayCalled, tool: "escalate", reference: number,
		arguments: object("reason", clip(h.fresh, 300), "topic", h.topic.name, "unit", h.unit),
		result:    object("escalation", number, "status", "ok"),
	}
}

func (h history) say(text string) turn { return turn{text: h.fill(text)} }

// fill replaces the names in braces by what is known.
func (h history) fill(text string) string {
	return strings.NewReplacer("{quote}", clip(h.last, 80), "{note}", clip(h.note, 300), "{unit}", h.unit,
		"{ticket}", h.ticket(), "{topic}", h.topic.title).Replace(text)
}

// The sentences of the assistant. {quote} is the end user's last text, {note} what a person put into the history.
const (
	sayGreet        = "Hello, this is the Harbor Homes night desk, an AI assistant. What is going on?"
	sayUnclear      = "You wrote “{quote}”. I can help with water, heating, a lockout, noise or an invoice: which one is it?"
	sayAskUnit      = "Which unit are you in?"
	sayAskUnitAgain = "I still need the number of your unit, for example 4B, before I can send anybody. What is it?"
	sayUnitKnown    = "Unit {unit}, understood."
	sayNoted        = "Noted: “{quote}”."
	sayOrdered      = "I opened work order {ticket} for {topic} in unit {unit}. " +
		"The technician on call can see it now. Write here if anything changes."
	sayAdded  = "I added “{quote}” to work order {ticket} ({topic}, unit {unit})."
	sayStatus = "Work order {ticket} ({topic}, unit {unit}) is open and with the technician on call. " +
		"I have no exact time yet."
	sayBye         = "You are welcome. Write here at any hour."
	sayByeTicket   = "You are welcome. Work order {ticket} stays open until {topic} in unit {unit} is dealt with."
	sayCalled      = "I asked a colleague to step in. They will write to you right here."
	sayPersonAgain = "My colleagues have been asked already and can read all of this. They will write to you right here."
	sayNote        = "My colleague told me: “{note}”."
	sayAfterNote   = "I will keep to that. About “{quote}”: is there anything that has changed since?"
	sayPassedOn    = "I passed “{quote}” on to my colleague."

	// sayArabic answers every text in Arabic, so that text from right to left comes from both sides.
	sayArabic = "سجّلت: «{quote}». فني المناوبة (Harbor Homes) سيكتب لك هنا."
)

// The assistant recognizes what is asked by the beginnings of words.
var (
	greeting  = regexp.MustCompile(`(?i)\b(?:hello|hi\b|hey\b|morning|evening)`)
	thanking  = regexp.MustCompile(`(?i)\b(?:thank|thx|bye|goodnight|cheers)`)
	askPerson = regexp.MustCompile(`(?i)\b(?:human|person\b|technician|manager|operator|supervisor|somebody\b|someone\b)`)
	askTime   = regexp.MustCompile(`(?i)\b(?:when\b|long\b|soon\b|status|eta\b)`)
)

// hazard is a warning that comes before everything else, once.
type hazard struct {
	words   *regexp.Regexp
	warning string
}

var hazards = []hazard{
	{regexp.MustCompile(`(?i)\b(?:gas\b|smoke|fire\b|burning)`),
		"Please leave the apartment now, leave the door unlocked and call 911 from outside."},
	{regexp.MustCompile(`(?i)\b(?:light\b|lights|lamp|socket|outlet|electric|spark|breaker)`),
		"Keep away from lights and sockets there and switch the breaker of that room off, if you can reach it dry."},
}

// topic is a subject that the assistant can deal with.
type topic struct {
	name      string // in tool calls
	words     *regexp.Regexp
	title     string // in sentences
	react     string
	questions []string
}

var topics = []topic{
	{"leak", regexp.MustCompile(`(?i)\b(?:water\b|leak|drip|flood|ceiling|pipe|soaked|plumb|toilet|sink\b)`),
		"the leak", "Water where it should not be is urgent, I am with you.",
		[]string{"Is it dripping, or is it running?", "Is there a light or a socket near the water?"}},
	{"heating", regexp.MustCompile(`(?i)\b(?:heat|radiator|boiler|cold\b|freezing|thermostat|warm\b)`),
		"the heating", "I am sorry that you are cold.",
		[]string{"What does the thermostat show?", "Is it every radiator or only one?"}},
	{"lockout", regexp.MustCompile(`(?i)\b(?:locked|lockout|lock\b|keys?\b|fob)`),
		"the lockout", "Let us get you back inside.",
		[]string{"Are you safe where you are waiting?", "Can you show an ID with your name to the locksmith?"}},
	{"noise", regexp.MustCompile(`(?i)\b(?:noise|noisy|loud|party|music|barking|neighbou?r)`),
		"the noise", "That is no way to spend a night.",
		[]string{"Which unit does it come from, as far as you can tell?", "Since when has it been going on?"}},
	{"invoice", regexp.MustCompile(`(?i)\b(?:invoice|bill\b|rent\b|charge|payment|paid|fee\b|deposit|refund)`),
		"the invoice", "I can look into that.",
		[]string{"Which month is it about?", "Which amount looks wrong to you?"}},
}

// digits makes a number of four digits out of what it stands for.
func digits(of string) string {
	h := fnv.New32a()
	h.Write([]byte(of))
	return fmt.Sprint(1000 + h.Sum32()%9000)
}

// object writes a JSON object from names and values in turn; empty values are left out.
func object(pairs ...string) string {
	fields := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fields[pairs[i]] = pairs[i+1]
		}
	}
	raw, err := marshal(fields)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// clip shortens s to n characters and puts it on one line.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}
