package talk_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// TestReceived: what an end user wrote is kept, and the conversation read, only where an operator is to see
// it; the wish not to be texted is kept for each line that the bot knows.
func TestReceived(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		state  takeover.State
		watch  bool
		from   takeover.Target
		text   string
		kept   bool
		optOut bool
	}{
		"held":                      {takeover.StateHeld, false, "+14155550137", "help", true, false},
		"held, STOP":                {takeover.StateHeld, false, "+14155550137", "Stop", true, true},
		"the AI's":                  {takeover.StateAI, false, "+14155550137", "help", false, false},
		"the AI's, STOP":            {takeover.StateAI, false, "+14155550137", "STOP", false, true},
		"watched":                   {takeover.StateAI, true, "+14155550137", "help", true, false},
		"of a line that is unknown": {takeover.StateHeld, false, "+14155550138", "STOP", false, false},
	} {
		rapid.Check(t, func(rt *rapid.T) { // for the world, which needs one
			w := newWorld(rt)
			w.line.State, w.line.Newest.ID = tt.state, "c1"
			if tt.watch {
				w.line.Watch.By = "UB"
			}
			in := takeover.Inbound{ID: "m1", From: tt.from, To: w.line.Agent, Text: tt.text, At: takeover.ProviderTime(w.now.Add(-time.Second)), OptOut: takeover.OptOutOf(tt.text)}
			w.apply(takeover.Command{Key: "telnyx/received/m1", Verb: takeover.Received, Provider: "Telnyx", Inbound: &in})
			follow := takeover.FollowJob{Line: "ln_1", Conversation: "c1"}
			want := takeover.LineText{Key: "telnyx/received/m1", By: takeover.RoleEndUser, Text: tt.text, At: in.At, In: "c1"}
			if kept := len(w.store.received) == 1 && w.store.received[0] == want; kept != tt.kept {
				rt.Errorf("%s: kept %+v", name, w.store.received)
			}
			if read := len(w.store.jobs) == 1 && w.store.jobs[0] == takeover.Job(follow); read != tt.kept {
				rt.Errorf("%s: jobs %+v", name, w.store.jobs)
			}
			if out := !w.line.OptedOutAt.IsZero(); out != tt.optOut || len(w.followed) > 0 != tt.optOut {
				rt.Errorf("%s: opted out: %t, %+v", name, out, w.followed)
			}
		})
	}
}

// TestPictures: each file of a text has a job, and those that are too many have one together.
func TestPictures(t *testing.T) {
	t.Parallel()
	for files, want := range map[int]int{0: 0, 1: 1, 10: 10, 11: 11, 400: 11} {
		rapid.Check(t, func(rt *rapid.T) { // for the world, which needs one
			w := newWorld(rt)
			w.line.State = takeover.StateHeld
			in := takeover.Inbound{ID: "m1", From: w.line.EndUser, To: w.line.Agent, Media: make([]takeover.Media, files)}
			w.apply(takeover.Command{Key: "telnyx/received/m1", Verb: takeover.Received, Provider: "Telnyx", Inbound: &in})
			if len(w.store.jobs) != 1+want {
				rt.Fatalf("%d jobs for %d files", len(w.store.jobs)-1, files)
			}
			for i, job := range w.store.jobs[1:] {
				if job != (talk.PictureJob{Line: "ln_1", Command: w.seq, File: i}) {
					rt.Errorf("job %+v", job)
				}
			}
		})
	}
}
