package telnyxsim

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// turn is what the assistant does next: it says text, after using tool if that is not "".
type turn struct {
	text      string
	tool      string
	arguments string // JSON
	result    string // JSON, what the tool answers
	reference string // of the work order or escalation; part of the call's id
}

// compose decides the assistant's next turn from the conversation alone: the same one always gives the same turn.
func compose(c *Conversation) turn {
	st := read(c.Messages, c.text("unit"))
	t := st.turn()
	if st.note != "" {
		t.text = st.fill(st.words.note) + " " + t.text
	}
	if line := st.hazard(); line != "" {
		t.text = line + " " + t.text
	}
	return t
}

// turn is the assistant's rule book, most urgent rule first.
func (st story) turn() turn {
	w := st.words
	switch {
	case anyWord(st.fresh, w.person):
		return st.escalate()
	case st.note != "" && st.thanks():
		return st.say(w.bye)
	case st.note != "":
		return st.say(w.afterNote)
	case st.thanks():
		return st.goodbye()
	case st.topic == "" && st.greets():
		return st.say(w.greet)
	case st.topic == "":
		return st.say(w.unclear)
	case st.unit == "" && st.saidUnitQuestion():
		return st.say(w.askUnitAgain)
	case st.unit == "":
		return st.say(w.topics[st.topic].react + " " + w.askUnit)
	case st.settled():
		return st.follow()
	}
	if q, lead := st.question(); q != "" {
		return st.say(lead + " " + q)
	}
	return st.order()
}

// question returns the first question about the topic that was not asked yet, and what to say before it.
func (st story) question() (q, lead string) {
	lines := st.words.topics[st.topic]
	for i, q := range lines.questions {
		if st.said(q) {
			continue
		}
		if i > 0 || st.saidUnitQuestion() {
			return q, st.words.noted
		}
		return q, lines.react + " " + st.words.unitKnown
	}
	return "", ""
}

// settled reports that somebody is on it: a work order is open, or a colleague dealt with it.
func (st story) settled() bool { return st.ticket() != "" || st.handled }

// follow answers what is written after the matter was settled.
func (st story) follow() turn {
	asks := strings.ContainsAny(st.fresh, "?؟") || anyWord(st.fresh, st.words.when)
	switch {
	case st.ticket() == "":
		return st.say(st.words.passedOn)
	case asks:
		return st.say(st.words.status)
	}
	return st.say(st.words.added)
}

func (st story) goodbye() turn {
	if st.ticket() != "" {
		return st.say(st.words.byeTicket)
	}
	return st.say(st.words.bye)
}

// order opens a work order with a tool call.
func (st story) order() turn {
	number := "WO-" + digits(st.unit+"/"+string(st.topic))
	st.tickets[st.topic] = number
	return turn{
		text: st.fill(st.words.ordered), tool: "create_work_order", reference: number,
		arguments: object("unit", st.unit, "topic", string(st.topic), "details", clip(st.raised, 300)),
		result:    object("work_order", number, "topic", string(st.topic), "status", "open"),
	}
}

// escalate asks for a person with a tool call; asked again, it only says that it did.
func (st story) escalate() turn {
	if st.escalated {
		return st.say(st.words.personAgain)
	}
	number := "ES-" + digits(st.unit+"/"+st.fresh)
	return turn{
		text: st.fill(st.words.called), tool: "escalate", reference: number,
		arguments: object("reason", clip(st.fresh, 300), "topic", string(st.topic), "unit", st.unit),
		result:    object("escalation", number, "status", "ok"),
	}
}

func (st story) say(text string) turn { return turn{text: st.fill(text)} }

// fill puts what is known into a line of the lexicon.
func (st story) fill(text string) string {
	name := st.words.topics[st.topic].name
	return strings.NewReplacer("{quote}", clip(st.last, 80), "{note}", clip(st.note, 300), "{unit}", st.unit,
		"{ticket}", st.ticket(), "{topic}", name).Replace(text)
}

func (st story) ticket() string { return st.tickets[st.topic] }

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
