package listen_test

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

func TestHandBackAsksFirst(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	card := d.Open(desktest.LineID)
	d.Slack.ForgetCalls()
	before := len(d.Backend.Stored())
	ack := d.Click(slacksim.Dana, card.Ref(), "line.handback")
	if ack.Body != "" || len(d.Backend.Stored()) != before {
		t.Errorf("body %q, stored %+v: nothing has happened yet", ack.Body, d.Backend.Stored()[before:])
	}
	if n := d.Times("views.open"); n != 1 {
		t.Errorf("%d boxes opened", n)
	}
	box := d.Slack.View(slacksim.Dana)
	sent := d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, box.ID, map[string]string{"note": " Plumber at four. "}))
	if sent.Body != "" {
		t.Errorf("body %q: only an empty one closes the box", sent.Body)
	}
	if d.Slack.View(slacksim.Dana) != nil {
		t.Error("the box is still there")
	}
	got := d.Backend.Stored()[before]
	if got.Verb != takeover.GiveBack || got.Line != desktest.LineID || got.Note != "Plumber at four." || got.By != slacksim.Dana || got.Reply.Channel != slacksim.DeskChannel {
		t.Errorf("stored %+v", got)
	}
}

// TestTheBoxIsOpenedBeforeAnythingSlow: what it needs is one row of the store, and one
// deadline holds for all of it.
func TestTheBoxIsOpenedBeforeAnythingSlow(t *testing.T) {
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	card := d.Open(desktest.LineID)
	d.Slack.ForgetCalls()
	d.Bot.Writer = nil // a call would panic
	start := time.Now()
	d.Click(slacksim.Dana, card.Ref(), "line.handback")
	if took := time.Since(start); took > 500*time.Millisecond {
		t.Errorf("acknowledged after %s", took)
	}
	for _, c := range d.Slack.Calls() {
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
			d := desktest.New(t, slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422))
			card := d.Open(desktest.LineID)
			d.Slack.ForgetCalls()
			d.Slack.FailNext("views.open", 1, fault)
			start := time.Now()
			d.Click(slacksim.Dana, card.Ref(), "line.menu", slacksim.Pick{Value: "line.handback " + string(desktest.LineID)})
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("acknowledged after %s", took)
			}
			if n := d.Times("views.open"); n > 1 { // one that hangs is noted when it is given up
				t.Errorf("tried %d times: a trigger works once", n)
			}
			_, text := d.Private(slacksim.Dana)
			if !strings.Contains(text, "Please press or type again.") || slacktest.ClaimsSilence(text) {
				t.Errorf("told %q", text)
			}
		})
	}
}

func TestAnOldButtonShowsTheStateAsItIs(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
			old := d.Open(desktest.LineID)
			d.Backend.Mu.Lock()
			d.Backend.Lines = map[takeover.LineID]takeover.Line{tt.now.ID: tt.now}
			d.Backend.Mu.Unlock()
			before := len(d.Backend.Stored())
			d.Fine(d.Slack.ClickStale(t.Context(), slacksim.Dana, old, "line.handback"))
			if d.Slack.View(slacksim.Dana) != nil {
				t.Error("the box was opened")
			}
			if _, text := d.Private(slacksim.Dana); !strings.Contains(text, tt.want) {
				t.Errorf("told %q, want %q", text, tt.want)
			}
			stored := d.Backend.Stored()[before:]
			if tt.now.ID != desktest.LineID {
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

func TestTheNotesOfATakeoverStandInTheBox(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Notes = []string{"Plumber at four.", "Water is off."} }))
	card := d.Open(desktest.LineID)
	d.Click(slacksim.Dana, card.Ref(), "line.handback")
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, d.Slack.View(slacksim.Dana).ID, nil))
	stored := d.Backend.Stored()
	if got := stored[len(stored)-1]; got.Verb != takeover.GiveBack || got.Note != "Plumber at four.\nWater is off." {
		t.Errorf("stored %+v", got)
	}
}
