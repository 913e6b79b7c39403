package slacktest

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// TestShownTextMissesNothing: what a golden file has no short form for stands in it as JSON.
func TestShownTextMissesNothing(t *testing.T) {
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	button := slack.NewButtonBlockElement("line.take", "ln_1", plain("Take over")).WithStyle(slack.StyleDanger).WithURL("https://example.com")
	button.WithConfirm(slack.NewConfirmationBlockObject(plain("Sure?"), plain("It goes out."), plain("Yes"), plain("No")))
	blocks := []slack.Block{
		slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "<!date^1795317249^{time}|03:15 UTC>", false, false), nil, slack.NewAccessory(button)),
		slack.NewContextBlock("who", slack.NewTextBlockObject(slack.PlainTextType, "live :tada:", true, false)),
		slack.NewDividerBlock(),
		slack.NewActionBlock("act", button),
	}
	got := ShownText(t, "At <!date^1795317249^{time_secs}|03:14:09 UTC>", blocks)
	for _, want := range []string{
		"lock    At ⟨03:14:09⟩\n", "section <!date^1795317249^{time}|03:15 UTC> {\"verbatim\":false}\n", `"accessory":{`, `(plain) live :tada: {"emoji":true}`,
		"actions [Take over] danger line.take ln_1 {", `"url":"https://example.com"`, "It goes out.", "divider",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}
