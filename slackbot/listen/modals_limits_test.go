package listen

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// boxesOf are all modals that may open for a line, as a person sees them.
func boxesOf(l takeover.Line, by takeover.OperatorID) map[string]slack.ModalViewRequest {
	boxes := map[string]slack.ModalViewRequest{"pass all": passAllModal(3, "C0DESK")}
	for id, m := range modals() {
		if m.build == nil {
			continue
		}
		if view, refusal := m.build(modalRequest{l, by, "C0DESK"}); refusal == nil {
			boxes[id] = view
		}
	}
	return boxes
}

func TestBoxesKeepLimitsAndClaimNothing(t *testing.T) {
	t.Parallel()
	for name, line := range slacktest.Cards() {
		line.Takeover.Notes = []string{slacktest.HostileText, strings.Repeat("long & <note> ", 300), "last words"}
		for _, by := range []takeover.OperatorID{slacktest.Holder, slacktest.Other} {
			for what, view := range boxesOf(line, by) {
				t.Run(what+" of "+name+" by "+string(by), func(t *testing.T) {
					seen := slacktest.CheckView(t, view)
					if name != "hostile" && slacktest.ClaimsSilence(strings.Join(seen.Texts, " ")) {
						t.Errorf("the box claims silence: %q", seen.Texts)
					}
					for _, s := range seen.Mrkdwn {
						if strings.Contains(s, "bold") {
							t.Errorf("hostile words are mark-up: %q", s)
						}
					}
				})
			}
			if told := strings.Contains(handBackIntro(line, by), mrkdwn.Mention(line.Takeover.Holder)); told != (by != line.Takeover.Holder) {
				t.Errorf("%s: naming the holder: %v", name, told)
			}
		}
	}
}

// TestHandingBackAnUnansweredEndUserIsAsked before it is done.
func TestHandingBackAnUnansweredEndUserIsAsked(t *testing.T) {
	t.Parallel()
	answered := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Recent = slacktest.RecentOf(l.Recent.Lines[:2]) })
	for name, tc := range map[string]struct {
		line         takeover.Line
		submit, asks string
	}{
		"waits":    {slacktest.LineIn(takeover.StateHeld), "Hand back anyway", "Hand back anyway? The end user still waits for an answer to “YES. Please send somebody”."},
		"answered": {answered, "Hand back", ""},
		"ended":    {slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Newest.Ended = true }), "Hand back", ""},
	} {
		box, _ := handBackModal(modalRequest{tc.line, slacktest.Holder, "C0DESK"})
		texts := strings.Join(slacktest.CheckView(t, box).Texts, "\n")
		if box.Submit.Text != tc.submit || !strings.Contains(texts, tc.asks) || (tc.asks == "") == strings.Contains(texts, "anyway") {
			t.Errorf("%s: %q %q", name, box.Submit.Text, texts)
		}
	}
}
