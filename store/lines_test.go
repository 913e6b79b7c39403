package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

func lineOf(id, endUser string) takeover.Line {
	conv := takeover.Conversation{ID: takeover.ConversationID("conv-" + id), EndUser: takeover.Target(endUser), Agent: "+14155550100"}
	return takeover.NewLine(takeover.LineID(id), "Telnyx", conv, start)
}

// save stores a line that has to be stored.
func (b *base) save(l takeover.Line) takeover.Line {
	b.Helper()
	b.change(func(ctx context.Context, tx takeover.Tx) error {
		var err error
		l, err = tx.Save(ctx, l)
		return err
	})
	return l
}

func TestLineRoundTrip(t *testing.T) {
	onBoth(t, func(b *base) {
		l := lineOf("ln_a", "+14155550137")
		l.Newest.Name = "Unit 4B \x00 \u202e <@U1> 🔧"
		l.State, l.Takeover.Holder, l.Takeover.Claim, l.Ref = takeover.StateHeld, "U1", "key", "k7f2"
		l.Trouble = &takeover.Trouble{Kind: takeover.NoAnswer, Since: start, NextAt: start.Add(time.Minute), Attempts: 3, Lost: []string{"unit"}}
		l.Recent.Lines = []takeover.Excerpt{{Role: takeover.RoleEndUser, Text: "hello", At: takeover.ProviderTime(start)}}
		saved := b.save(l)
		if saved.Version != 1 {
			b.Errorf("version %d, want 1", saved.Version)
		}
		got, err := b.Line(b.Context(), "ln_a")
		if err != nil {
			b.Fatal(err)
		}
		if !reflect.DeepEqual(got, saved) {
			b.Errorf("read   %+v\nstored %+v", got, saved)
		}
	})
}

func TestLineNotFound(t *testing.T) {
	onBoth(t, func(b *base) {
		if _, err := b.Line(b.Context(), "ln_none"); !errors.Is(err, takeover.ErrNotFound) {
			b.Errorf("Line: %v, want ErrNotFound", err)
		}
		b.change(func(ctx context.Context, tx takeover.Tx) error {
			if _, err := tx.Line(ctx, "ln_none"); !errors.Is(err, takeover.ErrNotFound) {
				b.Errorf("Tx.Line: %v, want ErrNotFound", err)
			}
			if _, err := tx.LineOf(ctx, "Telnyx", "+1", "+2"); !errors.Is(err, takeover.ErrNotFound) {
				b.Errorf("Tx.LineOf: %v, want ErrNotFound", err)
			}
			return nil
		})
	})
}

// try saves without another attempt.
func (b *base) try(l takeover.Line) error {
	tries := 0
	err := b.Change(b.Context(), func(ctx context.Context, tx takeover.Tx) error {
		if tries++; tries > 1 {
			return errors.New("tried again")
		}
		_, err := tx.Save(ctx, l)
		if errors.Is(err, takeover.ErrConflict) {
			return errors.New("refused: " + err.Error()) // not the type: Change would go on
		}
		return err
	})
	return err
}

func TestSaveRefusesWhatIsOld(t *testing.T) {
	onBoth(t, func(b *base) {
		first := b.save(lineOf("ln_a", "+1"))
		second := b.save(first)
		if second.Version != 2 {
			b.Errorf("version %d, want 2", second.Version)
		}
		tests := []struct {
			name string
			line takeover.Line
		}{
			{"loaded before the last save", first},
			{"same id, never saved", lineOf("ln_a", "+2")},
			{"same pair, another id", lineOf("ln_b", "+1")},
			{"never stored, but with a version", func() takeover.Line { l := lineOf("ln_c", "+3"); l.Version = 1; return l }()},
		}
		for _, tt := range tests {
			if err := b.try(tt.line); err == nil {
				b.Errorf("%s: saved", tt.name)
			}
		}
		if got, err := b.Line(b.Context(), "ln_a"); err != nil || !reflect.DeepEqual(got, second) {
			b.Errorf("the line changed: %+v, %v", got, err)
		}
		if n := b.count("SELECT count(*) FROM lines"); n != 1 {
			b.Errorf("%d lines, want 1", n)
		}
	})
}

// TestConcurrentSaves: the second of two writers sees what the first one wrote.
func TestConcurrentSaves(t *testing.T) {
	onBoth(t, func(b *base) {
		b.save(lineOf("ln_a", "+1"))
		const writers = 6
		errs := make(chan error, writers)
		for range writers {
			go func() {
				errs <- b.Change(b.Context(), func(ctx context.Context, tx takeover.Tx) error {
					l, err := tx.Line(ctx, "ln_a")
					if err != nil {
						return err
					}
					l.Newest.Name += "x"
					_, err = tx.Save(ctx, l)
					return err
				})
			}()
		}
		for range writers {
			if err := <-errs; err != nil {
				b.Error(err)
			}
		}
		got, err := b.Line(b.Context(), "ln_a")
		if err != nil || got.Newest.Name != "xxxxxx" || got.Version != 1+writers {
			b.Errorf("name %q, version %d, %v; want six x, version 7", got.Newest.Name, got.Version, err)
		}
	})
}

// TestSamePairAtOnce: two searches that find a new end user make one line.
func TestSamePairAtOnce(t *testing.T) {
	onBoth(t, func(b *base) {
		const finders = 4
		ids := make(chan takeover.LineID, finders)
		for i := range finders {
			go func() {
				var found takeover.Line
				err := b.Change(b.Context(), func(ctx context.Context, tx takeover.Tx) error {
					var err error
					found, err = tx.LineOf(ctx, "Telnyx", "+1", "+14155550100")
					if errors.Is(err, takeover.ErrNotFound) {
						found, err = tx.Save(ctx, lineOf(fmt.Sprintf("ln_%d", i), "+1"))
					}
					return err
				})
				if err != nil {
					b.Error(err)
				}
				ids <- found.ID
			}()
		}
		first := <-ids
		for range finders - 1 {
			if id := <-ids; id != first {
				b.Errorf("lines %s and %s for one pair", first, id)
			}
		}
	})
}

// TestChangeAfterDeadlock: two transactions that lock lines crosswise both succeed.
func TestChangeAfterDeadlock(t *testing.T) {
	onBoth(t, func(b *base) {
		b.save(lineOf("ln_a", "+1"))
		b.save(lineOf("ln_b", "+2"))
		var both sync.WaitGroup // each holds its first lock until the other one has its own
		both.Add(2)
		touch := func(first, second takeover.LineID) error {
			tries := 0
			return b.Change(b.Context(), func(ctx context.Context, tx takeover.Tx) error {
				tries++
				for _, id := range []takeover.LineID{first, second} {
					l, err := tx.Line(ctx, id)
					if err != nil {
						return err
					}
					if _, err = tx.Save(ctx, l); err != nil {
						return err
					}
					if id == first && tries == 1 && b.db.Kind == db.Postgres {
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
		}
		errs := make(chan error, 2)
		go func() { errs <- touch("ln_a", "ln_b") }()
		go func() { errs <- touch("ln_b", "ln_a") }()
		for range 2 {
			if err := <-errs; err != nil {
				b.Error(err)
			}
		}
		if n := b.count("SELECT min(version) FROM lines"); n != 3 {
			b.Errorf("version %d, want both saved twice more", n)
		}
	})
}

func TestChangeUndoes(t *testing.T) {
	onBoth(t, func(b *base) {
		oops := errors.New("oops")
		err := b.Change(b.Context(), func(ctx context.Context, tx takeover.Tx) error {
			if _, err := tx.Save(ctx, lineOf("ln_a", "+1")); err != nil {
				return err
			}
			if err := tx.Record(ctx, takeover.Entry{Key: "k", Line: "ln_a", At: start}); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, takeover.SettleJob{Line: "ln_a"}, takeover.DrawJob{Line: "ln_a", Version: 1}); err != nil {
				return err
			}
			return oops
		})
		if !errors.Is(err, oops) {
			b.Errorf("error %v", err)
		}
		for _, table := range []string{"lines", "audit", "river_job"} {
			if n := b.count("SELECT count(*) FROM " + table); n != 0 {
				b.Errorf("%d rows stayed in %s", n, table)
			}
		}
	})
}

func TestChangeGivesUp(t *testing.T) {
	onBoth(t, func(b *base) {
		tries := 0
		err := b.Change(b.Context(), func(context.Context, takeover.Tx) error {
			tries++
			return takeover.ErrConflict
		})
		if !errors.Is(err, takeover.ErrConflict) || tries != 10 {
			b.Errorf("%v after %d tries, want ErrConflict after 10", err, tries)
		}
	})
}

// TestSpellingsOfOneAddress: two spellings of a SIP address are one line.
func TestSpellingsOfOneAddress(t *testing.T) {
	onBoth(t, func(b *base) {
		l := lineOf("ln_sip", "Lobby@Harbor.Example;lr")
		l.State = takeover.StateHeld
		saved := b.save(l)
		if saved.EndUser != l.EndUser {
			t.Errorf("stored as %q", string(saved.EndUser))
		}
		const other = "sip:Lobby@harbor.example"
		if got, err := b.AttendedOf(t.Context(), l.Provider, other, l.Agent); err != nil || got.ID != l.ID {
			t.Errorf("attended: %q, %v", got.ID, err)
		}
		if got, err := b.LinesOf(t.Context(), l.Provider, other); err != nil || len(got) != 1 {
			t.Errorf("lines: %d, %v", len(got), err)
		}
		if err := b.try(lineOf("ln_other", other)); err == nil {
			t.Error("a second line of the same pair")
		}
	})
}

func TestLists(t *testing.T) {
	onBoth(t, func(b *base) {
		for i, state := range []takeover.State{takeover.StateHeld, takeover.StateAI, takeover.StateTaking, takeover.StateReturning} {
			l := lineOf(fmt.Sprintf("ln_%d", i), "+1")
			l.Agent, l.State, l.Since = takeover.Target(fmt.Sprint(i)), state, start.Add(-time.Duration(i)*time.Minute)
			b.save(l)
		}
		other := lineOf("ln_other", "+2")
		other.State = takeover.StateHeld
		b.save(other)

		of, err := b.LinesOf(b.Context(), "Telnyx", "+1")
		if want := []takeover.LineID{"ln_0", "ln_1", "ln_2", "ln_3"}; err != nil || !slices.Equal(ids(of), want) {
			b.Errorf("LinesOf: %v, %v; want %v, newest change first", ids(of), err, want)
		}
		none, err := b.LinesOf(b.Context(), "Other", "+1")
		if err != nil || len(none) != 0 {
			b.Errorf("of another provider: %v, %v", ids(none), err)
		}
		other.Since = start
		taken, err := b.Taken(b.Context())
		if err != nil || len(taken) != 4 || !slices.Equal(ids(taken[:2]), []takeover.LineID{"ln_3", "ln_2"}) {
			b.Errorf("Taken: %v, %v; want four, longest first, and nothing the AI has", ids(taken), err)
		}
	})
}

// TestOpenHasWhoeverIsKnownToWait: a line whose AI is off, and that nobody holds, is open while
// its end user waits.
func TestOpenHasWhoeverIsKnownToWait(t *testing.T) {
	onBoth(t, func(b *base) {
		waits := lineOf("ln_waits", "+1")
		waits.State, waits.OffAt, waits.Recent.WaitsSince = takeover.StateAI, start, takeover.ProviderTime(start)
		answered := lineOf("ln_answered", "+2")
		answered.State, answered.OffAt = takeover.StateAI, start
		on := lineOf("ln_on", "+3")
		on.State, on.Recent.WaitsSince = takeover.StateAI, takeover.ProviderTime(start)
		b.save(answered)
		b.save(on)
		waits = b.save(waits)
		if open, err := b.Open(b.Context()); err != nil || !slices.Equal(ids(open), []takeover.LineID{"ln_waits"}) {
			b.Errorf("open: %v, %v", ids(open), err)
		}
		waits.Recent.WaitsSince = takeover.ProviderTime{}
		b.save(waits)
		if open, err := b.Open(b.Context()); err != nil || len(open) != 0 {
			b.Errorf("answered, and open: %v, %v", ids(open), err)
		}
	})
}

func ids(lines []takeover.Line) []takeover.LineID {
	var out []takeover.LineID
	for _, l := range lines {
		out = append(out, l.ID)
	}
	return out
}

func TestReady(t *testing.T) {
	onBoth(t, func(b *base) {
		if err := b.Ready(b.Context()); err != nil {
			b.Error(err)
		}
		b.exec("INSERT INTO inbox (key, body, received_at) VALUES ('stuck', '{}', " + fmt.Sprint(b.clock.Now().UnixMilli()) + ")")
		b.clock.advance(stuckTime)
		if err := b.Ready(b.Context()); err != nil {
			b.Error(err)
		}
		b.clock.advance(time.Second)
		if err := b.Ready(b.Context()); err == nil {
			b.Error("ready while a command is stuck")
		}
		b.exec("UPDATE inbox SET attempts = 3, next_at = " + fmt.Sprint(b.clock.Now().Add(time.Minute).UnixMilli()))
		if err := b.Ready(b.Context()); err != nil {
			b.Errorf("while a command that failed waits for its next attempt: %v", err)
		}
		b.exec("DROP TABLE inbox")
		if err := b.Ready(b.Context()); err == nil {
			b.Error("ready without tables")
		}
	})
}
