package render

import (
	"fmt"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// sendFailures say why a text did not reach the end user, and what to do about it. {provider} is
// filled in by SendFailure.
var sendFailures = map[takeover.SendFailureKind]string{
	takeover.SendOptedOut:    "the end user wrote STOP, and gets no texts until writing START. Call instead.",
	takeover.SendNotTextable: "this number takes no texts. It may be a landline. Call instead.",
	takeover.SendByCarrier:   "the end user's carrier refused it. Write it in other words and without links, or call.",
	takeover.SendContent:     "{provider} does not accept its content. Make it shorter, or leave out files and links.",
	takeover.SendNumber:      "the assistant's number is not set up for texts. Call instead; an administrator finds the cause with `bot doctor`.",
	takeover.SendAccount:     "the {provider} account does not allow it: its funds, limits or settings. Call instead; an administrator finds the cause with `bot doctor`.",
	takeover.SendLater:       "{provider} or the carrier could not take it for some time. Write it again, or call.",
	takeover.SendUnknown:     "{provider} does not say why. Write it again, or call.",
}

// SendFailure says why a text did not reach the end user, as the end of a sentence, and what to do.
func SendFailure(provider string, f *takeover.SendFailure) string {
	if f == nil {
		f = &takeover.SendFailure{Kind: takeover.SendUnknown}
	}
	words, ok := sendFailures[f.Kind]
	if !ok || f.Kind == takeover.SendUnknown && f.Detail != "" {
		words = fmt.Sprintf("%s says “%s”. Write it again, or call.", provider, mrkdwn.Escape(mrkdwn.OneLine(f.Detail, takeover.ExcerptLength)))
	}
	if f.Code != "" {
		words += fmt.Sprintf(" (%s code %s)", provider, mrkdwn.Escape(mrkdwn.Clip(f.Code, 20)))
	}
	return strings.ReplaceAll(words, "{provider}", provider)
}
