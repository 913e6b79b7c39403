// Package render draws what people see in Slack: pure functions that make messages and views of
// stored lines and entries.
//
// Begin with card.go, the card of a line. What a card shows in each state is in card_face.go,
// card_held.go, trouble.go and, where the AI cannot be silenced, card_reading.go. What happened to a
// line is worded in one table, events.go, with a column for the thread (thread.go), for the log
// (log.go) and for direct messages (direct.go).
//
// Private answers are in refusal.go, trouble.go and list.go; home.go draws the App Home.
// Nothing here calls Slack or reads the store.
package render
