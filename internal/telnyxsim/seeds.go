package telnyxsim

import (
	"encoding/json"
	"fmt"
	"time"
)

// The line of the main seed: water through the ceiling of unit 4B at three in the morning.
const (
	SeedEndUser = "+14155550137"
	SeedAgent   = "+13125550100"
)

// seedLeasing is the other number of the company.
const seedLeasing = "+13125550101"

// Seeds returns conversations of a property-management assistant for demos and tests, all written or made up for that;
// their times are before now and go with it. Ids are the same every time, see SeedID.
// Numbers are of the kind +1 AREA 555 01xx, which are reserved for fiction.
func Seeds(now time.Time) []Conversation {
	now = now.UTC().Truncate(time.Millisecond)
	var out []Conversation
	for i, write := range []func(time.Time) *script{
		seedLeak, seedShort, seedLong, seedRenovation, seedTools,
		seedSpanish, seedGerman, seedArabic, seedEmoji,
		seedKeys, seedKeysAgain, seedLeasingQuestion,
		seedCall, seedSIP, seedWebChat, seedHostile, seedHuge, seedSilenced,
		seedPersian, seedImported, seedMarkdown,
	} {
		s := write(now)
		s.c.ID = SeedID(i + 1)
		out = append(out, s.c)
	}
	return out
}

// SeedID returns the id of the n-th seed, counted from 1; the first is the main one.
func SeedID(n int) string { return fmt.Sprintf("5eed0000-0000-4000-8000-%012d", n) }

// script writes a conversation down line by line, with a clock that goes on from line to line.
type script struct {
	c  Conversation
	at time.Time
}

// begin starts a text conversation of the night desk.
func begin(name, endUser, agent string, at time.Time) *script {
	s := &script{c: Conversation{Name: name, CreatedAt: at, LastMessageAt: at, Metadata: Metadata{}}, at: at}
	assistant := NightDeskAssistant
	if agent == seedLeasing {
		assistant = LeasingAssistant
	}
	return s.set(KeyAssistantID, assistant).set(KeyChannel, "sms_chat").set(KeyAgentTarget, agent).set(KeyEndUserTarget, endUser).
		set("assistant_version_id", "20260914T081500000000")
}

// set writes a metadata value that is given in Go, raw one that is given as JSON text.
func (s *script) set(key string, value any) *script {
	s.c.Metadata.set(key, value)
	return s
}

func (s *script) raw(key, value string) *script {
	s.c.Metadata[key] = json.RawMessage(value)
	return s
}

// end and ai write a text of the end user or of the assistant, so many seconds after the line before.
func (s *script) end(after int, text string) *script {
	return s.line(after, Message{Role: RoleUser, Text: text, delivered: true})
}

func (s *script) ai(after int, text string) *script {
	return s.line(after, Message{Role: RoleAssistant, Text: text, delivered: true})
}

// tool writes a tool call and its result, a second apart.
func (s *script) tool(after int, name, arguments, result string) *script {
	n := len(s.c.Messages)
	call := ToolCall{ID: fmt.Sprintf("call_%04d", n), Type: "function", Function: ToolFunction{name, arguments}}
	s.line(after, Message{Role: RoleAssistant, NullText: n%2 == 0, ToolCalls: []ToolCall{call}})
	s.line(1, Message{Role: RoleTool, Text: result})
	return s.set(KeyCalledTools, append(s.c.Metadata.strings(KeyCalledTools), name))
}

func (s *script) line(after int, m Message) *script {
	s.at = s.at.Add(time.Duration(after) * time.Second)
	s.c.add(m, s.at)
	return s
}
