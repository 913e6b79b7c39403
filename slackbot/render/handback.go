package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// AskHandBack asks an operator who hands back by a typed word whether that is meant, where
// another person holds the line or the end user waits. Its button opens the modal.
func AskHandBack(l takeover.Line, by takeover.OperatorID) slackapi.Message {
	question, label := "Hand back to the AI?", "Hand back …"
	var why []string
	if l.Takeover.Holder != by {
		why = append(why, fmt.Sprintf("%s has had this since %s and would be told in the thread.", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.Time(l.Takeover.HeldSince())))
	}
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		question = fmt.Sprintf("Hand back anyway? The AI will answer “%s” first.", cmp.Or(Unanswered(l), "what the end user wrote"))
		label = "Hand back anyway …"
		why = append(why, fmt.Sprintf("The end user has been waiting since %s.", mrkdwn.Time(waiting)))
	}
	foot := strings.Join(append(why, "Nothing was changed."), " ")
	return slackapi.Message{Text: mrkdwn.Escape(question) + " " + foot, Blocks: []slack.Block{
		slack.NewSectionBlock(mrkdwn.Plain(question), nil, nil, slack.SectionBlockOptionBlockID("anyway")),
		mrkdwn.Context("anyway.why", foot),
		slack.NewActionBlock("anyway.act", mrkdwn.Button(ids.HandBack, string(l.ID), label).WithStyle(slack.StyleDanger)),
	}}
}

// Unanswered is the end user's last message, on one line, if no one has answered it; else
// empty.
func Unanswered(l takeover.Line) string {
	if l.WaitingSince().IsZero() {
		return ""
	}
	for _, e := range slices.Backward(l.Recent.Lines) {
		if e.Role == takeover.RoleEndUser {
			return mrkdwn.OneLine(e.Text, takeover.ExcerptLength)
		}
	}
	return ""
}
