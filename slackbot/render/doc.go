// Package render draws what people see in Slack: pure functions that make messages and views of
// stored lines and entries.
//
// Begin with card.go: the card of a line, with its buttons (card_buttons.go), its foot
// (card_foot.go, trouble.go) and what it says where the AI cannot be silenced
// (card_reading.go). Whatever changes a line is told in three places, each with its own words:
// thread.go (thread_text.go, thread_hold.go, thread_handoff.go, draft.go) below the card,
// log.go (log_held.go) in the log, and direct.go in direct messages.
//
// Private answers are in refusal.go, failure.go, handback.go and list.go; home.go draws the
// App Home. Nothing here calls Slack or reads the store.
package render
