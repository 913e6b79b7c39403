// Package transcript shows the messages of a conversation: as Slack messages, or as a file.
//
// Start with posts.go: Posts makes Slack messages. turns.go cleans the messages and joins the
// calls of tools, lines.go draws each turn, and pack.go puts the turns into as few Slack
// messages as Slack's limits allow. file.go has File, for whole conversations.
package transcript
