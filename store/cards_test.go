package store

import (
	"context"
	"fmt"
	"testing"

	"takeoverbot/takeover"
)

func (b *base) putCard(c takeover.Card) {
	b.Helper()
	if err := b.PutCard(b.Context(), c); err != nil {
		b.Fatal(err)
	}
}

// TestDrawnNeverGoesBack: a slow drawing that finishes late must not let an older state pass for the
// newest. Another card in its place begins anew.
func TestDrawnNeverGoesBack(t *testing.T) {
	onBoth(t, func(b *base) {
		card := takeover.Card{Line: "ln_a", Channel: "C1", TS: "1.1"}
		for _, step := range []struct{ put, want int64 }{{3, 3}, {5, 5}, {4, 5}, {5, 5}, {0, 5}, {6, 6}} {
			card.Drawn = step.put
			b.putCard(card)
			if c, ok, err := b.Card(b.Context(), "ln_a"); c.Drawn != step.want || !ok || err != nil {
				b.Errorf("after %d was put: %+v, %t, %v; want %d", step.put, c, ok, err, step.want)
			}
		}
		card.TS, card.Drawn = "2.1", 1
		b.putCard(card)
		if c, _, _ := b.Card(b.Context(), "ln_a"); c != card {
			b.Errorf("another card in its place: %+v, want %+v", c, card)
		}
	})
}

// TestCardAt: a message is the card of a line only by its channel and its id.
func TestCardAt(t *testing.T) {
	onBoth(t, func(b *base) {
		b.putCard(takeover.Card{Line: "ln_a", Channel: "C1", TS: "1.1"})
		b.putPost(takeover.Post{Key: "say/x", Channel: "C1", TS: "1.2"})
		for _, tt := range []struct {
			channel, ts string
			want        takeover.LineID
		}{{"C1", "1.1", "ln_a"}, {"C2", "1.1", ""}, {"C1", "1.2", ""}, {"C1", "", ""}} {
			got, ok, err := b.CardAt(b.Context(), tt.channel, tt.ts)
			if err != nil || got != tt.want || ok != (tt.want != "") {
				b.Errorf("%s %q: %q, %t, %v; want %q", tt.channel, tt.ts, got, ok, err, tt.want)
			}
		}
	})
}

// TestRedrawStaleCards: a card whose drawing was lost is drawn again, and no other.
func TestRedrawStaleCards(t *testing.T) {
	onBoth(t, func(b *base) {
		ids := map[string]takeover.Line{}
		for i, name := range []string{"behind", "held behind", "drawn", "no card"} {
			id := takeover.LineID(fmt.Sprintf("ln_%d", i))
			line := takeover.NewLine(id, "Telnyx", takeover.Conversation{ID: "c", EndUser: takeover.Target(fmt.Sprintf("+1415555%04d", i)), Agent: "+13125550100"}, start)
			if name == "held behind" {
				line.State = takeover.StateHeld
			}
			b.change(func(ctx context.Context, tx takeover.Tx) error {
				for range 2 {
					var err error
					if line, err = tx.Save(ctx, line); err != nil {
						return err
					}
				}
				return nil
			})
			ids[name] = line
		}
		for name, drawn := range map[string]int64{"behind": 1, "held behind": 1, "drawn": 2} {
			b.putCard(takeover.Card{Line: ids[name].ID, Channel: "C1", TS: "1.1", Drawn: drawn})
		}
		drawings := func() int64 { return b.count("SELECT count(*) FROM river_job WHERE kind = 'draw'") }
		if n, err := b.RedrawStaleCards(b.Context(), start, 1); n != 1 || err != nil || drawings() != 1 {
			b.Errorf("%d, %v, %d drawings; want one", n, err, drawings())
		}
		if n := b.count("SELECT count(*) FROM river_job WHERE CAST(args AS TEXT) LIKE '%ln_1%'"); n != 1 {
			b.Error("the held line does not come first")
		}
		for range 2 { // what waits already is not asked for twice
			if n, err := b.RedrawStaleCards(b.Context(), start, 10); n != 2 || err != nil || drawings() != 2 {
				b.Errorf("%d, %v, %d drawings; want two", n, err, drawings())
			}
		}
		for _, name := range []string{"behind", "held behind"} {
			b.putCard(takeover.Card{Line: ids[name].ID, Channel: "C1", TS: "1.1", Drawn: 2})
		}
		if n, err := b.RedrawStaleCards(b.Context(), start, 10); n != 0 || err != nil {
			b.Errorf("%d, %v after all were drawn", n, err)
		}
	})
}
