package anyreachsim

import (
	"fmt"
	"time"
)

// The line of the main seed: a heating that is off, by phone, at night.
const (
	SeedEndUser = "+14155550161"
	SeedAgent   = "+13125550180"
)

// SeedID is the id of the n-th seed, counted from 1; the first is the main one.
func SeedID(n int) string { return fmt.Sprintf("conv_%04d", n) }

// Seeds returns conversations for demos and tests, all made up for that; their times are
// before now and go with it. Numbers are of the kind +1 AREA 555 01xx, which belong to
// nobody.
func Seeds(now time.Time) []Conversation {
	now = now.UTC().Truncate(time.Microsecond)
	call := func(n int, user, status string, ago time.Duration, items ...Item) Conversation {
		at := now.Add(-ago)
		for i := range items {
			items[i].At = at.Add(time.Duration(10*(i+1)) * time.Second)
		}
		return Conversation{ID: SeedID(n), UserID: user, Channel: "telephone", Direction: "inbound", Status: status,
			AgentID: "agent_night", AgentName: "Night desk", AgentNumber: SeedAgent, Duration: 10 * len(items), CreatedAt: at, Items: items}
	}
	heating := call(1, SeedEndUser, "in_progress", 4*time.Minute,
		said("assistant", "Night desk, how can I help?"),
		said("user", "The heating is off in the whole building and it is freezing."),
		Item{Type: "function_call", Name: "lookup_unit", Content: `{"phone":"known"}`},
		Item{Type: "function_call_output", Name: "lookup_unit", Content: `{"unit":"7C"}`},
		said("assistant", "I am sorry to hear that. Is anybody in the flat ill or very young?"),
		said("user", "My mother is eighty. Can I please talk to a person?"))
	heating.Metadata = map[string]string{"name": "R. Okafor", "unit": "7C"}
	done := call(2, SeedEndUser, "completed", 26*time.Hour, said("assistant", "Night desk, how can I help?"), said("user", "Sorry, wrong number."))
	bare := call(3, "14155550162", "completed", 3*time.Hour, said("user", "Is the office open on Saturday?"), said("assistant", "Yes, from nine to one."))
	handed := call(4, "+14155550163", "transferred", 5*time.Hour, said("user", "There is smoke in the hall!"), said("assistant", "I connect you now."))
	text := call(5, "+14155550164", "in_progress", 40*time.Minute, said("user", "The tap drips."), said("assistant", "I have noted it."))
	text.Channel, text.AgentNumber = "text", ""
	web := call(6, "guest_9f8e7d", "in_progress", 20*time.Minute, said("user", "Do you allow dogs?"))
	web.Channel, web.AgentNumber = "webrtc", ""
	mail := call(7, "tenant@example.com", "in_progress", 9*time.Hour, said("user", "Please send the contract."))
	mail.Channel, mail.AgentNumber = "email", ""
	quiet := call(8, "+14155550165", "ringing", time.Minute)
	noise := call(9, SeedEndUser+"9", "completed", 2*time.Hour, said("user", "I am somebody else."))
	return []Conversation{heating, done, bare, handed, text, web, mail, quiet, noise}
}

func said(role, text string) Item { return Item{Type: "message", Role: role, Content: text} }
