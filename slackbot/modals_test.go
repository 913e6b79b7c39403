package slackbot

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

const testLine = takeover.LineID("ln_kq3v5n2m")

func TestHandBackAsksFirst(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	card := d.open(testLine)
	d.slack.ForgetCalls()
	before := len(d.house.stored())
	ack := d.click(slacksim.Dana, card.Ref(), "line.handback")
	if ack.Body != "" || len(d.house.stored()) != before {
		t.Errorf("body %q, stored %+v: nothing has happened yet", ack.Body, d.house.stored()[before:])
	}
	if n := d.times("views.open"); n != 1 {
		t.Errorf("%d boxes opened", n)
	}
	box := d.slack.View(slacksim.Dana)
	sent := d.fine(d.slack.Submit(t.Context(), slacksim.Dana, box.ID, map[string]string{"note": " Plumber at four. "}))
	if sent.Body != "" {
		t.Errorf("body %q: only an empty one closes the box", sent.Body)
	}
	if d.slack.View(slacksim.Dana) != nil {
		t.Error("the box is still there")
	}
	got := d.house.stored()[before]
	if got.Verb != takeover.GiveBack || got.Line != testLine || got.Note != "Plumber at four." || got.By != slacksim.Dana || got.Reply.Channel != slacksim.DeskChannel {
		t.Errorf("stored %+v", got)
	}
}

// TestTheBoxIsOpenedBeforeAnythingSlow: what it needs is one row of the store, and one
// deadline holds for all of it.
func TestTheBoxIsOpenedBeforeAnythingSlow(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	card := d.open(testLine)
	d.slack.ForgetCalls()
	d.bot.Writer = nil // a call would panic
	start := time.Now()
	d.click(slacksim.Dana, card.Ref(), "line.handback")
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("acknowledged after %s", took)
	}
	for _, c := range d.slack.Calls() {
		if c.Method != "views.open" && c.Method != "users.info" && c.Method != "auth.test" {
			t.Errorf("%s was called before the acknowledgement", c.Method)
		}
	}
}

func TestABoxThatDoesNotOpenIsExplained(t *testing.T) {
	for name, fault := range map[string]slacksim.Fault{
		"refused": {Kind: slacksim.FaultError, Error: "expired_trigger_id"},
		"hangs":   {Kind: slacksim.FaultHang},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422))
			card := d.open(testLine)
			d.slack.ForgetCalls()
			d.slack.FailNext("views.open", 1, fault)
			start := time.Now()
			d.click(slacksim.Dana, card.Ref(), "line.menu", slacksim.Pick{Value: "line.handback " + string(testLine)})
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("acknowledged after %s", took)
			}
			if n := d.times("views.open"); n > 1 { // one that hangs is noted when it is given up
				t.Errorf("tried %d times: a trigger works once", n)
			}
			_, text := d.private(slacksim.Dana)
			if !strings.Contains(text, "Please press again.") || slacktest.ClaimsSilence(text) {
				t.Errorf("told %q", text)
			}
		})
	}
}

func TestAnOldButtonShowsTheStateAsItIs(t *testing.T) {
	tests := []struct {
		name string
		now  takeover.Line
		want string
	}{
		{"the AI answers", slacktest.LineIn(takeover.StateAI), "Nobody holds this line"},
		{"on its way back", slacktest.LineIn(takeover.StateReturning), "is being handed back to the AI already"},
		{"unknown", slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.ID = "ln_other" }), "does not know this line any more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
			old := d.open(testLine)
			d.house.mu.Lock()
			d.house.lines = map[takeover.LineID]takeover.Line{tt.now.ID: tt.now}
			d.house.mu.Unlock()
			before := len(d.house.stored())
			d.fine(d.slack.ClickStale(t.Context(), slacksim.Dana, old, "line.handback"))
			if d.slack.View(slacksim.Dana) != nil {
				t.Error("the box was opened")
			}
			if _, text := d.private(slacksim.Dana); !strings.Contains(text, tt.want) {
				t.Errorf("told %q, want %q", text, tt.want)
			}
			stored := d.house.stored()[before:]
			if tt.now.ID != testLine {
				if len(stored) != 0 {
					t.Errorf("stored %+v", stored)
				}
				return
			}
			if len(stored) != 1 || stored[0].Verb != takeover.Refresh || stored[0].Reply != (takeover.Reply{}) {
				t.Errorf("stored %+v, want the card refreshed without another answer", stored)
			}
		})
	}
}

// boxesOf are all boxes that a line may open, as a person sees them.
func boxesOf(l takeover.Line, by takeover.OperatorID) map[string]slack.ModalViewRequest {
	return map[string]slack.ModalViewRequest{
		"hand back": handBackBox(l, by, "C0DESK"), "hand off": handOffBox(l, "C0DESK"), "pass all": passAllBox(3, "C0DESK"),
		"take from": takeFromBox(l, "C0DESK"), "hold for": holdForBox(l, "C0DESK"),
	}
}

func TestBoxesKeepLimitsAndClaimNothing(t *testing.T) {
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
	answered := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Recent = slacktest.RecentOf(l.Recent.Lines[:2]) })
	for name, tc := range map[string]struct {
		line         takeover.Line
		submit, asks string
	}{
		"waits":    {slacktest.LineIn(takeover.StateHeld), "Hand back anyway", "Hand back anyway? The AI will answer “YES. Please send somebody” first."},
		"answered": {answered, "Hand back", ""},
		"ended":    {slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Newest.Ended = true }), "Hand back", ""},
	} {
		box := handBackBox(tc.line, slacktest.Holder, "C0DESK")
		texts := strings.Join(slacktest.CheckView(t, box).Texts, "\n")
		if box.Submit.Text != tc.submit || !strings.Contains(texts, tc.asks) || (tc.asks == "") == strings.Contains(texts, "anyway") {
			t.Errorf("%s: %q %q", name, box.Submit.Text, texts)
		}
	}
}

func TestTheNotesOfATakeoverStandInTheBox(t *testing.T) {
	d := newDesk(t, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Notes = []string{"Plumber at four.", "Water is off."} }))
	card := d.open(testLine)
	d.click(slacksim.Dana, card.Ref(), "line.handback")
	d.fine(d.slack.Submit(t.Context(), slacksim.Dana, d.slack.View(slacksim.Dana).ID, nil))
	stored := d.house.stored()
	if got := stored[len(stored)-1]; got.Verb != takeover.GiveBack || got.Note != "Plumber at four.\nWater is off." {
		t.Errorf("stored %+v", got)
	}
}
