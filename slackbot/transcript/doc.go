// Package transcript shows the messages of a conversation: as Slack messages, or as a file.
//
// posts.go has Posts, the way in. turns.go cleans the messages and joins the calls of tools,
// lines.go draws each turn, pack.go puts the turns into as few Slack messages as Slack's
// limits allow. file.go has File, for whole conversations.
package transcript
