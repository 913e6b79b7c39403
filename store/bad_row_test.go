package store

import (
	"context"
	"errors"
	"strings"
	"testing"

	"takeoverbot/takeover"
)

// TestUnreadableLineStopsNoOther: a line whose body cannot be read is left out of lists, and reported.
func TestUnreadableLineStopsNoOther(t *testing.T) {
	onBoth(t, func(b *base) {
		var bad []string
		b.BadRow = func(what string, err error) { bad = append(bad, what+" "+err.Error()) }
		for _, id := range []string{"ln_a", "ln_b", "ln_c"} {
			l := lineOf(id, "+1415555010"+id[3:])
			l.State, l.Since = takeover.StateHeld, b.clock.Now()
			b.save(l)
			b.putCard(takeover.Card{Line: takeover.LineID(id), Channel: "C1", TS: id})
		}
		b.exec("UPDATE lines SET body = '{\"State\": 7}' WHERE id = 'ln_b'")
		lists := map[string]func() (int, error){
			"taken": func() (int, error) { l, err := b.Taken(b.Context()); return len(l), err },
			"open":  func() (int, error) { l, err := b.Open(b.Context()); return len(l), err },
			"to compare": func() (int, error) {
				b.exec("UPDATE lines SET compare_at = 1")
				l, _, err := b.ToCompare(b.Context(), lineOf("", "").Provider, b.clock.Now(), 10)
				return len(l), err
			},
			"cards to draw": func() (int, error) { return b.RedrawStaleCards(b.Context(), b.clock.Now(), 10) },
		}
		for name, list := range lists {
			bad = nil
			n, err := list()
			if err != nil || n != 2 || len(bad) != 1 || !strings.Contains(bad[0], "ln_b") {
				b.Errorf("%s: %d lines, %v; reported %q", name, n, err, bad)
			}
		}
		if _, err := b.Line(b.Context(), "ln_b"); !errors.Is(err, takeover.ErrBadRow) {
			b.Errorf("the line alone: %v", err)
		}
	})
}

// TestUnstorableLine: what PostgreSQL cannot hold is an error that says so, and not one of the database.
func TestUnstorableLine(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	for name, endUser := range map[string]string{"NUL": "+1\x005", "longer than an index holds": incompressible(3000)} {
		err := b.Change(b.Context(), func(ctx context.Context, tx takeover.Tx) error {
			_, err := tx.Save(ctx, lineOf("ln_bad", endUser))
			return err
		})
		if !errors.Is(err, takeover.ErrBadRow) {
			b.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.AttendedOf(b.Context(), "Telnyx", "+1\x005", "+1"); !errors.Is(err, takeover.ErrBadRow) {
		b.Errorf("a search for it: %v", err)
	}
}

// incompressible is a text that an index cannot make shorter.
func incompressible(n int) string {
	var text strings.Builder
	for x := uint32(1); text.Len() < n; x = x*1664525 + 1013904223 {
		text.WriteByte('!' + byte(x>>24)%90)
	}
	return text.String()
}
