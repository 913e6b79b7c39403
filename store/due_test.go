package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// heldLine is a line that is held and due.
func heldLine(id, endUser string, due time.Time) takeover.Line {
	l := lineOf(id, endUser)
	l.State, l.Takeover.Holder, l.Covered[0].CheckedAt = takeover.StateHeld, "U1", start
	l.Takeover.Hold = takeover.Hold{For: 30 * time.Minute, Until: due, NextAt: due}
	return l
}

func TestDueLines(t *testing.T) {
	onBoth(t, func(b *base) {
		b.save(lineOf("ln_free", "+14155550101"))
		b.save(heldLine("ln_late", "+14155550102", start.Add(2*time.Minute)))
		soon := b.save(heldLine("ln_soon", "+14155550103", start.Add(time.Minute)))
		b.save(heldLine("ln_far", "+14155550104", start.Add(time.Hour)))
		due := func(at time.Time) []takeover.LineID {
			ids, err := b.DueLines(b.Context(), at, 10)
			if err != nil {
				b.Fatal(err)
			}
			return ids
		}
		if got := due(start); len(got) != 0 {
			b.Errorf("due at once: %v", got)
		}
		if got := due(start.Add(5 * time.Minute)); !slices.Equal(got, []takeover.LineID{"ln_soon", "ln_late"}) {
			b.Errorf("due %v, want the longest overdue first", got)
		}
		soon.State, soon.Takeover.Holder = takeover.StateAI, ""
		soon = b.save(soon)
		if got := due(start.Add(5 * time.Minute)); !slices.Equal(got, []takeover.LineID{"ln_late"}) {
			b.Errorf("due %v after one was handed back", got)
		}
		soon.Watch = takeover.Watch{By: "U1", NextAt: start.Add(time.Minute), Until: start.Add(time.Hour)}
		soon = b.save(soon)
		if got := due(start); len(got) != 0 {
			b.Errorf("due %v before the watch reads again", got)
		}
		soon.Watch.NextAt = start.Add(time.Hour) // by a clock that was an hour ahead
		b.save(soon)
		if got := due(start); !slices.Equal(got, []takeover.LineID{"ln_soon"}) {
			b.Errorf("due %v, want the watch that a wrong clock put off", got)
		}
	})
}

func TestAttended(t *testing.T) {
	onBoth(t, func(b *base) {
		l := b.save(lineOf("ln_a", "+14155550101"))
		attended := func() bool {
			ok, err := b.Attended(b.Context(), "Telnyx")
			if err != nil {
				b.Fatal(err)
			}
			_, err = b.AttendedOf(b.Context(), l.Provider, l.EndUser, l.Agent)
			if found := err == nil; found != ok || err != nil && !errors.Is(err, takeover.ErrNotFound) {
				b.Errorf("attended %t, found %t: %v", ok, found, err)
			}
			return ok
		}
		if attended() {
			b.Error("a free line is attended")
		}
		l.State = takeover.StateHeld
		if l = b.save(l); !attended() {
			b.Error("a held line is not attended")
		}
		if other, err := b.Attended(b.Context(), "Anyreach"); other || err != nil {
			b.Errorf("another provider's: %t, %v", other, err)
		}
		l.State, l.Aftercare.Since = takeover.StateAI, start
		if l = b.save(l); !attended() {
			b.Error("a line that was just handed back is not attended")
		}
		l.Aftercare = takeover.Aftercare{}
		if b.save(l); attended() {
			b.Error("attended for ever")
		}
	})
}

func TestCompared(t *testing.T) {
	onBoth(t, func(b *base) {
		l := heldLine("ln_a", "+14155550101", start.Add(time.Hour))
		l.Takeover.ListedAt = start
		l = b.save(l)
		due := func(now time.Time) int {
			lines, all, err := b.ToCompare(b.Context(), "Telnyx", now, 10)
			if err != nil || len(lines) > 0 && all != 1 {
				b.Fatalf("%d of %d, %v", len(lines), all, err)
			}
			return len(lines)
		}
		check := func(what string, now time.Time, want int) {
			b.Helper()
			if n := due(now); n != want {
				b.Errorf("%s: %d to compare, want %d", what, n, want)
			}
		}
		check("moments after the proof", start.Add(time.Second), 0)
		check("in its time", start.Add(takeover.CompareEvery), 1)
		at := start.Add(time.Minute)
		next := at.Add(takeover.CompareEvery)
		if err := b.Compared(b.Context(), "ln_a", at, next); err != nil {
			b.Fatal(err)
		}
		got, err := b.Line(b.Context(), "ln_a")
		if err != nil || !got.ComparedAt.Equal(at) || got.Version != l.Version || !got.Silence(at).AsOf.Equal(at) {
			b.Errorf("compared at %s in version %d, %v; want %s in %d", got.ComparedAt, got.Version, err, at, l.Version)
		}
		check("right after the comparison", at.Add(time.Second), 0)
		check("in its next time", next, 1)
		if err := b.CompareLater(b.Context(), "ln_a", next.Add(time.Second)); err != nil {
			b.Fatal(err)
		}
		check("put off", next, 0)
		check("with a clock that was an hour ahead", next.Add(-time.Hour), 1)
		b.change(func(ctx context.Context, tx takeover.Tx) error { return tx.CompareAll(ctx, "Telnyx", at) })
		check("after a list that was not whole", at, 1)
		got.State = takeover.StateAI
		b.save(got)
		check("handed back long ago", next.Add(time.Hour), 0)
	})
}

func TestCursor(t *testing.T) {
	onBoth(t, func(b *base) {
		if at, err := b.Cursor(b.Context(), "sync/Telnyx"); err != nil || !at.IsZero() {
			b.Fatalf("%s, %v before the first look", at, err)
		}
		move := func(from, to time.Time) (moved bool) {
			b.change(func(ctx context.Context, tx takeover.Tx) (err error) {
				moved, err = tx.MoveCursor(ctx, "sync/Telnyx", takeover.ProviderTime(from), takeover.ProviderTime(to))
				return err
			})
			return moved
		}
		want := start.Add(123456 * time.Microsecond)
		if !move(time.Time{}, want) {
			b.Error("it did not begin")
		}
		if at, err := b.Cursor(b.Context(), "sync/Telnyx"); err != nil || !at.Equal(takeover.ProviderTime(want)) {
			b.Errorf("%s, %v; want %s to the microsecond", at, err, want)
		}
		if !move(want, start) || move(want, start.Add(time.Hour)) {
			b.Error("somebody moved it back, and who had read it before moved it on")
		}
		if at, err := b.Cursor(b.Context(), "sync/Telnyx"); err != nil || !at.Equal(takeover.ProviderTime(start)) {
			b.Errorf("%s, %v; want %s", at, err, start)
		}
	})
}

func TestTakenWithinATransaction(t *testing.T) {
	onBoth(t, func(b *base) {
		b.save(lineOf("ln_free", "+14155550101"))
		b.save(heldLine("ln_a", "+14155550102", start))
		b.change(func(ctx context.Context, tx takeover.Tx) error {
			lines, err := tx.Taken(ctx)
			if len(lines) != 1 || lines[0].ID != "ln_a" {
				b.Errorf("taken: %v", lines)
			}
			return err
		})
	})
}

func TestOpen(t *testing.T) {
	onBoth(t, func(b *base) {
		b.save(lineOf("ln_free", "+14155550101"))
		b.save(heldLine("ln_held", "+14155550102", start))
		back := lineOf("ln_back", "+14155550103")
		back.Aftercare.Since = start
		b.save(back)
		missed := lineOf("ln_missed", "+14155550104")
		missed.Since = start.Add(time.Hour)
		missed.Aftercare = takeover.Aftercare{Since: start, WaitsSince: start, Missed: true}
		b.save(missed)
		lines, err := b.Open(b.Context())
		var ids []takeover.LineID
		for _, l := range lines {
			ids = append(ids, l.ID)
		}
		if err != nil || !slices.Equal(ids, []takeover.LineID{"ln_held", "ln_missed"}) {
			b.Errorf("open: %v, %v", ids, err)
		}
	})
}
