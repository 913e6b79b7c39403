package write_test

import (
	"encoding/json"
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/takeover"
)

func TestTellWithoutAnybody(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.Bot.Tell(t.Context(), takeover.TellJob{Command: 99})) // purged
	d.Put(takeover.TakeOver, func(c *takeover.Command) { c.Reply = takeover.Reply{} })
	slacktest.Must(t, d.Bot.Tell(t.Context(), takeover.TellJob{Command: 1}))
	d.Put(takeover.TakeOver, func(c *takeover.Command) { c.By = "U0NOBODY" }) // left the channel
	slacktest.Must(t, d.Bot.Tell(t.Context(), takeover.TellJob{Command: 2}))
	d.Slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.Put(takeover.TakeOver)
	if err := d.Bot.Tell(t.Context(), takeover.TellJob{Command: 3}); err == nil {
		t.Error("an answer that did not go out counts as told")
	}
}

// TestTheQuestionIsAsTheLineIs: it says what the modal would say to the person who typed the word,
// about the line as it is when it is asked.
func TestTheQuestionIsAsTheLineIs(t *testing.T) {
	t.Parallel()
	waiting := slacktest.LineIn(takeover.StateHeld)
	for name, tt := range map[string]struct {
		line   takeover.Line
		by     takeover.OperatorID
		says   []string
		button bool
	}{
		"one's own, somebody waits": {waiting, slacktest.Holder, []string{"Hand back anyway? The end user still waits for an answer to “YES. Please send somebody”.", "has been waiting since", "Nothing was changed."}, true},
		"another's, somebody waits": {waiting, "U0OTHER", []string{"Hand back anyway?", "<@" + string(slacktest.Holder) + "> has had this since", "has been waiting since"}, true},
		"another's, nobody waits":   {desktest.HeldBy(slacktest.Holder), "U0OTHER", []string{"Hand back to the AI?", "<@" + string(slacktest.Holder) + "> has had this since"}, true},
		"one's own, answered since": {desktest.HeldBy(slacktest.Holder), slacktest.Holder, []string{"Hand back to the AI? Nothing was changed."}, true},
		"on its way back":           {slacktest.LineIn(takeover.StateReturning), slacktest.Holder, []string{"being handed back to the AI already"}, false},
		"handed back":               {slacktest.LineIn(takeover.StateAI), slacktest.Holder, []string{"Nobody holds this line"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, h := desktest.Offline()
			h.Lines[tt.line.ID] = tt.line
			m, err := b.Refusal(t.Context(), takeover.Command{By: tt.by}, takeover.Refusal{Kind: takeover.RefusedUnasked, Line: tt.line.ID})
			slacktest.Must(t, err)
			desktest.CheckMessage(t, m)
			for _, part := range tt.says {
				if !strings.Contains(m.Text, part) {
					t.Errorf("it does not say %q: %s", part, m.Text)
				}
			}
			raw, err := json.Marshal(m.Blocks)
			slacktest.Must(t, err)
			if strings.Contains(string(raw), ids.HandBack) != tt.button {
				t.Errorf("a button: %t, want %t", !tt.button, tt.button)
			}
		})
	}
	b, _ := desktest.Offline()
	if m, err := b.Refusal(t.Context(), takeover.Command{}, takeover.Refusal{Kind: takeover.RefusedUnasked, Line: "ln_gone"}); err != nil || !strings.Contains(m.Text, "does not know this line any more") {
		t.Errorf("a line that is gone: %q, %v", m.Text, err)
	}
}

// TestWordsThatStay: their author is asked what is to become of them, or told why nothing was sent.
func TestWordsThatStay(t *testing.T) {
	t.Parallel()
	b, _ := desktest.Offline()
	for kind, want := range map[takeover.RefusalKind]string{
		takeover.RefusedSpeaker:     "*Your words were not sent.* Only what <@UDANA> writes reaches the end user",
		takeover.RefusedNotHeld:     "Nothing was sent to the end user. Nobody holds this line",
		takeover.RefusedOptedOut:    "Nothing was sent: the end user wrote STOP",
		takeover.RefusedUnsupported: "Nothing was sent to the end user. No texts here.",
	} {
		c := takeover.Command{Verb: takeover.Say, By: slacktest.Other, Words: "I am on my way"}
		m, err := b.Refusal(t.Context(), c, takeover.Refusal{Kind: kind, Line: "ln_1", State: takeover.StateHeld, Holder: slacktest.Holder, Why: "No texts here."})
		slacktest.Must(t, err)
		desktest.CheckMessage(t, m)
		raw, err := json.Marshal(m.Blocks)
		slacktest.Must(t, err)
		asks := strings.Contains(string(raw), ids.TakeAndSay) && strings.Contains(string(raw), ids.KeepAsNote) && strings.Contains(string(raw), `"ln_1 1"`) && strings.Contains(string(raw), c.Words)
		if !strings.Contains(m.Text, want) || asks != (kind == takeover.RefusedSpeaker) {
			t.Errorf("%s: %q, asks: %t", kind, m.Text, asks)
		}
	}
}
