package slackbot

import (
	"context"
	"errors"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// TestAnOutageUsesNoAttemptsUp: what a moment or a person may mend is asked for later, by
// every job that calls Slack.
func TestAnOutageUsesNoAttemptsUp(t *testing.T) {
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
		told   bool // a refusal is told to whoever waits, or concerns that person alone
		run    func(*desk) error
	}{
		"draw": {"chat.update", false, func(d *desk) error {
			l := d.house.change(testLine, func(*takeover.Line) {})
			return d.bot.Draw(d.Context(), takeover.DrawJob{Line: testLine, Version: l.Version})
		}},
		"say": {"chat.postMessage", false, func(d *desk) error {
			return d.bot.Say(d.Context(), takeover.SayJob{Entry: takeover.Entry{Key: "s", Line: testLine, Event: takeover.EventSilenced, At: slacktest.Night}})
		}},
		"draft": {"chat.postMessage", false, func(d *desk) error {
			return d.bot.Draft(d.Context(), takeover.DraftJob{Entry: takeover.Entry{Key: "d", Line: testLine, At: slacktest.Night}})
		}},
		"follow": {"chat.postMessage", false, func(d *desk) error {
			d.house.said[slacktest.LineIn(takeover.StateHeld).Newest.ID] = dialogue("uau")
			return d.bot.Follow(d.Context(), takeover.FollowJob{Line: testLine})
		}},
		"direct": {"chat.postMessage", true, func(d *desk) error {
			return d.bot.Direct(d.Context(), takeover.DirectJob{To: slacksim.Dana, Key: "k", Entry: takeover.Entry{Key: "k", Line: testLine, Event: takeover.EventHolderAsked, Other: slacksim.Dana, At: slacktest.Night}})
		}},
		"tell": {"chat.postEphemeral", true, func(d *desk) error {
			return d.bot.Tell(d.Context(), takeover.TellJob{Command: 1, Refusal: takeover.Refusal{Kind: takeover.RefusedNothing}})
		}},
	}
	for job, tc := range jobs {
		for fault, f := range faults {
			t.Run(job+" "+fault, func(t *testing.T) {
				d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
				d.open(testLine)
				d.slack.FailNext(tc.method, 1, f)
				err := tc.run(d)
				_, later := errors.AsType[*takeover.LaterError](err)
				if gaveUp := tc.told && isOneOf(f.Error, placeCodes) || job == "tell" && f.Error == "missing_scope"; later == gaveUp || gaveUp && err != nil {
					t.Errorf("%v, want that it comes back: %t", err, !gaveUp)
				}
			})
		}
	}
}

func isOneOf(code string, codes []string) bool {
	return slackapi.IsCode(&slackapi.Error{Code: code}, codes...)
}

// TestTheWaitGrows, to a minute where Slack fails and to five where a person has to help,
// and begins anew after a success.
func TestTheWaitGrows(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
	after := func(err error) time.Duration {
		later, ok := errors.AsType[*takeover.LaterError](d.bot.retryLater(t.Context(), "a", err))
		if !ok {
			t.Fatalf("%v uses an attempt up", err)
		}
		return later.After
	}
	down, out := &slackapi.Error{Code: "http_503", Class: slackapi.Retry}, &slackapi.Error{Code: "not_in_channel", Class: slackapi.Permanent}
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if got := after(down); got != want*time.Second {
			t.Errorf("waits %s, want %ds", got, want)
		}
	}
	slacktest.Must(t, d.bot.retryLater(t.Context(), "a", nil))
	if got := after(down); got != time.Second {
		t.Errorf("waits %s after a success", got)
	}
	for _, want := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		if got := after(out); got != want*time.Second {
			t.Errorf("waits %s, want %ds", got, want)
		}
	}
	for _, never := range []error{&slackapi.Error{Code: "invalid_blocks", Class: slackapi.Permanent}, slackapi.ErrNoText, slacktest.ErrKilled} {
		if err := d.bot.retryLater(t.Context(), "b", never); !errors.Is(err, never) {
			t.Errorf("%v became %v: it would be tried for ever", never, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := d.bot.retryLater(stopped, "c", down); !errors.Is(err, down) {
		t.Errorf("%v, want the end of the program", err)
	}
}
