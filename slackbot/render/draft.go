package render

import (
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Draft is the message with the draft: that it was not sent comes first.
func Draft(l takeover.Line, job takeover.DraftJob) slackapi.Message {
	e := job.Entry
	words := fmt.Sprintf("*Draft, NOT sent.* %s, the bot cannot write to the end user yet: copy these words, translate them if needed, and send them yourself, from your own phone or %s. · ref %s",
		mrkdwn.Mention(e.Who), l.Provider, e.Ref)
	m := mrkdwn.TextMessage(words)
	m.Blocks = append(m.Blocks, mrkdwn.Quote("draft", correction(job.Said)))
	return m
}

// correction is what may be written to an end user whom the AI told something.
func correction(said string) string {
	what := "the last automatic message"
	if said != "" {
		what = "the automatic message “" + mrkdwn.Visible(said) + "”"
	}
	return "Please disregard " + what + ". It was sent by mistake. I am looking after this in person and will contact you."
}
