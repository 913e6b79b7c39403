package slacktest

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
)

func TestTheChecksCanFail(t *testing.T) {
	bad := map[string]slackapi.Message{
		"a ping":           mrkdwn.TextMessage("Hello <!channel>."),
		"an open bracket":  mrkdwn.TextMessage("1 < 2."),
		"an ampersand":     mrkdwn.TextMessage("A & B."),
		"escaped twice":    mrkdwn.TextMessage("A &amp;lt; B."),
		"no sentence":      mrkdwn.TextMessage("AI is answering"),
		"no text":          {Blocks: mrkdwn.TextMessage("x.").Blocks},
		"too long":         mrkdwn.TextMessage(strings.Repeat("a", 3000) + "."),
		"not verbatim":     {Text: "x.", Blocks: []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "x", false, false), nil, nil)}},
		"a number":         {Text: "x.", Blocks: []slack.Block{slack.NewActionBlock("", mrkdwn.Button("a", "+14155550137", "x"))}},
		"the same id":      {Text: "x.", Blocks: []slack.Block{mrkdwn.Section("a", "x"), mrkdwn.Section("a", "y")}},
		"empty rich text":  {Text: "x.", Blocks: []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionTextElement("", nil)))}},
		"a live user":      {Text: "x.", Blocks: []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(slack.NewRichTextSectionUserElement("U1", nil)))}},
		"a foreign link":   mrkdwn.TextMessage("<https://evil.example>."),
		"two spaces":       mrkdwn.TextMessage("A  b."),
		"six buttons":      {Text: "x.", Blocks: []slack.Block{slack.NewActionBlock("", mrkdwn.Button("a", "1", "x"), mrkdwn.Button("b", "1", "x"), mrkdwn.Button("c", "1", "x"), mrkdwn.Button("d", "1", "x"), mrkdwn.Button("e", "1", "x"), mrkdwn.Button("f", "1", "x"))}},
		"an empty context": {Text: "x.", Blocks: []slack.Block{slack.NewContextBlock("a")}},
	}
	for name, m := range bad {
		if faults := append(faultsOfSentence(m.Text), Look(m.Blocks, 50).Faults...); len(faults) == 0 {
			t.Errorf("%s: no fault found", name)
		}
	}
	if !ClaimsSilence("AI is silent (checked now)") || ClaimsSilence("NOT silent — refused") {
		t.Error("claims of silence are not told apart")
	}
}
