package slackapi

import "github.com/slack-go/slack"

// Message is one Slack message: blocks, and the sentence that a lock screen shows in place of
// them. Text is sent as it is: the caller has escaped text from outside in it.
type Message struct {
	Text   string
	Blocks []slack.Block
}
