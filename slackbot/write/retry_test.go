package write_test

import (
	"errors"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

// TestAnOutageUsesNoAttemptsUp: every job that calls Slack comes back after a transient failure,
// and after one that a person can fix.
func TestAnOutageUsesNoAttemptsUp(t *testing.T) {
	t.Parallel()
	faults := map[string]slacksim.Fault{
		"503": {Kind: slacksim.FaultUnavailable}, "connection lost": {Kind: slacksim.FaultDropBeforeCommit},
		"answer lost": {Kind: slacksim.FaultDropAfterCommit}, "limited": {Kind: slacksim.FaultRateLimited},
		"token": {Kind: slacksim.FaultError, Error: "invalid_auth"},
	}
	for _, code := range []string{"missing_scope", "not_in_channel", "is_archived", "channel_not_found"} {
		faults[code] = slacksim.Fault{Kind: slacksim.FaultError, Error: code}
	}
	jobs := map[string]struct {
		method string
		told   bool // a refusal is told to the operator, or concerns that person alone
		run    func(*desktest.Desk) error
	}{
		"draw": {"chat.update", false, func(d *desktest.Desk) error {
			l := d.Backend.Change(desktest.LineID, func(*takeover.Line) {})
			return d.Bot.Draw(d.Context(), takeover.DrawJob{Line: desktest.LineID, Version: l.Version})
		}},
		"say": {"chat.postMessage", false, func(d *desktest.Desk) error {
			return d.Bot.Say(d.Context(), takeover.SayJob{Entry: takeover.Entry{Key: "s", Line: desktest.LineID, Event: takeover.EventSilenced, At: slacktest.Night}})
		}},
		"draft": {"chat.postMessage", false, func(d *desktest.Desk) error {
			return d.Bot.Draft(d.Context(), takeover.DraftJob{Entry: takeover.Entry{Key: "d", Line: desktest.LineID, At: slacktest.Night}})
		}},
		"follow": {"chat.postMessage", false, func(d *desktest.Desk) error {
			d.Backend.Said[slacktest.LineIn(takeover.StateHeld).Newest.ID] = desktest.Dialogue("uau")
			return d.Bot.Follow(d.Context(), takeover.FollowJob{Line: desktest.LineID})
		}},
		"direct": {"chat.postMessage", true, func(d *desktest.Desk) error {
			return d.Bot.Direct(d.Context(), takeover.DirectJob{To: slacksim.Dana, Key: "k", Entry: takeover.Entry{Key: "k", Line: desktest.LineID, Event: takeover.EventHolderAsked, Other: slacksim.Dana, At: slacktest.Night}})
		}},
		"tell": {"chat.postEphemeral", true, func(d *desktest.Desk) error {
			return d.Bot.Tell(d.Context(), takeover.TellJob{Command: 1, Refusal: takeover.Refusal{Kind: takeover.RefusedNothing}})
		}},
	}
	for job, tc := range jobs {
		for fault, f := range faults {
			t.Run(job+" "+fault, func(t *testing.T) {
				t.Parallel()
				d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
				d.Open(desktest.LineID)
				d.Slack.FailNext(tc.method, 1, f)
				err := tc.run(d)
				_, later := errors.AsType[*takeover.LaterError](err)
				if gaveUp := tc.told && write.IsPlaceCode(f.Error) || job == "tell" && f.Error == "missing_scope"; later == gaveUp || gaveUp && err != nil {
					t.Errorf("%v, want that it comes back: %t", err, !gaveUp)
				}
			})
		}
	}
}
