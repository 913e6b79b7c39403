package store

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestCommandsWaitForTheirPerson: a command that is not checked takes no effect and holds up no
// other; once it is checked, it takes effect as it is then.
func TestCommandsWaitForTheirPerson(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{}
		waiting := click("waits")
		waiting.Unchecked, waiting.By = true, "UNEW"
		if err := in.Put(b.Context(), waiting); err != nil {
			b.Fatal(err)
		}
		b.put(in, "known")
		b.work(in, d.apply)
		b.wantApplied("known")

		who, err := b.Awaited(b.Context(), 10)
		if err != nil || !slices.Equal(who, []takeover.OperatorID{"UNEW"}) {
			b.Fatalf("awaited %v, %v", who, err)
		}
		all, err := b.Awaiting(b.Context(), "UNEW")
		if err != nil || len(all) != 1 || all[0].Command.Key != "waits" {
			b.Fatalf("awaiting %+v, %v", all, err)
		}
		for range 2 { // it is told once
			if err := b.CheckLater(b.Context(), all[0].Seq, time.Minute); err != nil {
				b.Fatal(err)
			}
		}
		if who, err := b.Awaited(b.Context(), 10); err != nil || len(who) > 0 {
			b.Errorf("asked for too early: %v, %v", who, err)
		}
		if n := b.count("SELECT count(*) FROM river_job WHERE kind = 'tell'"); n != 1 {
			b.Errorf("told %d times, want once", n)
		}
		b.work(in, d.apply)

		all[0].Command.Unchecked = false
		if err := b.Checked(b.Context(), all[0]); err != nil {
			b.Fatal(err)
		}
		b.work(in, d.apply)
		if got := b.applied(); !slices.Equal(got, []string{"known", "waits"}) {
			b.Errorf("applied %q", got)
		}
		if c, err := b.Command(b.Context(), all[0].Seq); err != nil || c.Unchecked {
			b.Errorf("stored %+v, %v", c, err)
		}
	})
}

// TestReadyWhileSlackDoesNotAnswer: commands that wait only for Slack's answer about a person, however
// long, are not late; once they can be applied, they count from then on.
func TestReadyWhileSlackDoesNotAnswer(t *testing.T) {
	onBoth(t, func(b *base) {
		in := b.inbox()
		c := click("waits")
		c.Unchecked, c.By, c.At = true, "UNEW", b.clock.Now()
		if err := in.Put(b.Context(), c); err != nil {
			b.Fatal(err)
		}
		b.clock.advance(time.Hour)
		want := func(waiting, unchecked int64) {
			b.Helper()
			if err := b.Ready(b.Context()); err != nil {
				b.Error(err)
			}
			if n, err := b.Waiting(b.Context()); err != nil || n != waiting {
				b.Errorf("%d wait to be applied, %v, want %d", n, err, waiting)
			}
			if n, err := b.Unchecked(b.Context()); err != nil || n != unchecked {
				b.Errorf("%d wait for Slack, %v, want %d", n, err, unchecked)
			}
		}
		want(0, 1)
		all, err := b.Awaiting(b.Context(), "UNEW")
		if err != nil || len(all) != 1 {
			b.Fatalf("awaiting %+v, %v", all, err)
		}
		if err := b.CheckLater(b.Context(), all[0].Seq, time.Second); err != nil {
			b.Fatal(err)
		}
		b.clock.advance(time.Minute)
		want(0, 1)
		if err := b.Checked(b.Context(), all[0]); err != nil {
			b.Fatal(err)
		}
		want(1, 0)
		b.clock.advance(stuckTime + time.Second)
		if err := b.Ready(b.Context()); err == nil {
			b.Error("ready while the command is stuck")
		}
	})
}

// TestWhatIsKnownOutlivesItsProcess: another process reads what this one has stored.
func TestWhatIsKnownOutlivesItsProcess(t *testing.T) {
	onBoth(t, func(b *base) {
		now := b.clock.Now()
		for _, k := range []takeover.Known{
			{Key: "person/U1", Body: "1", At: now.Add(-2 * time.Hour)}, {Key: "person/U1", Body: "2", At: now.Add(-time.Hour)}, {Key: "person/U2", Body: "3", At: now},
		} {
			if err := b.PutKnown(b.Context(), k); err != nil {
				b.Fatal(err)
			}
		}
		k, ok, err := b.Known(b.Context(), "person/U1")
		if err != nil || !ok || k.Body != "2" || !k.At.Equal(now.Add(-time.Hour).Truncate(time.Millisecond)) {
			b.Errorf("known %+v, %t, %v", k, ok, err)
		}
		if _, ok, err := b.Known(b.Context(), "person/U3"); err != nil || ok {
			b.Errorf("a stranger is known: %t, %v", ok, err)
		}
		for since, want := range map[time.Duration]int{-2 * time.Hour: 2, -time.Minute: 1} {
			if rows, err := b.KnownSince(b.Context(), now.Add(since), 10); err != nil || len(rows) != want || rows[0].Key != "person/U2" {
				b.Errorf("since %s: %+v, %v", since, rows, err)
			}
		}
	})
}
