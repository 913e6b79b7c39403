package slackapi

import "github.com/slack-go/slack"

// Message is one Slack message: blocks, and the sentence that stands for them on a lock
// screen. Text is sent as it is: what comes from outside is escaped in it already.
type Message struct {
	Text   string
	Blocks []slack.Block
}
