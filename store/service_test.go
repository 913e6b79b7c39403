package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// willing is a provider that can do everything and is never asked to.
type willing struct {
	takeover.Provider
	takeover.Silencer
}

// Name is that of the lines of these tests.
func (willing) Name() string { return "Telnyx" }

// Can says that everything that is decided here works.
func (willing) Can(takeover.Conversation) takeover.Capabilities {
	return takeover.Capabilities{takeover.CanSilence: {Level: takeover.LevelYes}}
}

// TestTwoClicksAtOnce: the domain on the real store. One has the line, the other is
// told who was faster, and the provider is asked once.
func TestTwoClicksAtOnce(t *testing.T) {
	onBoth(t, func(b *base) {
		service, err := takeover.New(takeover.Deps{Store: b.Store, Providers: takeover.Providers{willing{}}, Now: b.clock.Now, Log: quiet, Desks: takeover.Desks{{}},
			Wait: func(context.Context, time.Duration) {}, NewID: func() takeover.LineID { return "ln_new" }})
		if err != nil {
			b.Fatal(err)
		}
		line := b.save(lineOf("ln_a", "+1"))
		in := b.inbox()
		errs := make(chan error, 2)
		for _, who := range []takeover.OperatorID{"U1", "U2"} {
			c := click(string("click of " + who))
			c.By, c.Line = who, line.ID
			go func() { errs <- in.Put(b.Context(), c) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				b.Fatal(err)
			}
		}
		b.work(in, func(ctx context.Context, tx talk.Tx, seq int64, c takeover.Command) error {
			return service.Apply(ctx, tx, seq, c)
		})

		got, err := b.Line(b.Context(), line.ID)
		if err != nil || got.State != takeover.StateTaking {
			b.Fatalf("%+v, %v", got, err)
		}
		events := map[takeover.Event]takeover.OperatorID{}
		for _, e := range b.audit(line.ID, 10) {
			events[e.Event] = e.Who
		}
		winner, loser := events[takeover.EventClaimed], events[takeover.EventCameSecond]
		if len(events) != 2 || winner != got.Takeover.Holder || !slices.Contains([]takeover.OperatorID{"U1", "U2"}, loser) || winner == loser {
			b.Errorf("audit %v, holder %s", events, got.Takeover.Holder)
		}
		for kind, want := range map[string]int64{"settle": 1, "tell": 1} {
			if n := b.count("SELECT count(*) FROM river_job WHERE kind = $1", kind); n != want {
				b.Errorf("%d %s jobs, want %d", n, kind, want)
			}
		}
	})
}
