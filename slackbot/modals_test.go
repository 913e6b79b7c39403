package slackbot

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

const testLine = takeover.LineID("ln_kq3v5n2m")

func TestHandBackAsksFirst(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateHeld))
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
	d := newDesk(t, lineIn(takeover.StateHeld))
	card := d.open(testLine)
	d.slack.ForgetCalls()
	d.bot.deps.Service = nil // a call would panic
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
			d := newDesk(t, inTrouble(takeover.StateTaking, takeover.Refused, 422))
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
			if !strings.Contains(text, "Please press again.") || claimsSilence(text) {
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
		{"the AI answers", lineIn(takeover.StateAI), "Nobody holds this line"},
		{"on its way back", lineIn(takeover.StateReturning), "is being handed back to the AI already"},
		{"unknown", with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.ID = "ln_other" }), "does not know this line any more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, lineIn(takeover.StateHeld))
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
