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

// TestACardMaySaySilent until a drawing that does not say it is stored as the newest.
func TestACardMaySaySilent(t *testing.T) {
	onBoth(t, func(b *base) {
		for i, step := range []struct {
			drawn        int64
			silent, want bool
		}{{3, true, true}, {2, false, true}, {4, false, false}, {4, true, true}, {5, false, false}, {2, true, true}} {
			b.putCard(takeover.Card{Line: "ln_a", Channel: "C1", TS: "1.1", Drawn: step.drawn, Silent: step.silent})
			if c, _, err := b.Card(b.Context(), "ln_a"); c.Silent != step.want || err != nil {
				b.Errorf("step %d: %+v, %v", i, c, err)
			}
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
		for i, name := range []string{"behind", "held behind", "drawn", "no card", "wrong"} {
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
		for name, drawn := range map[string]int64{"behind": 1, "held behind": 1, "drawn": 2, "wrong": 1} {
			b.putCard(takeover.Card{Line: ids[name].ID, Channel: "C1", TS: "1.1", Drawn: drawn, Silent: name == "wrong" || name == "held behind"})
		}
		drawings := func() int64 { return b.count("SELECT count(*) FROM river_job WHERE kind = 'draw'") }
		for limit, want := range []string{1: "ln_4", 2: "ln_1"} {
			if n, err := b.RedrawStaleCards(b.Context(), start, limit); n != limit || err != nil || drawings() != int64(limit) {
				b.Errorf("%d, %v, %d drawings; want %d", n, err, drawings(), limit)
			}
			if n := b.count("SELECT count(*) FROM river_job WHERE CAST(args AS TEXT) LIKE '%" + want + "%'"); want != "" && n != 1 {
				b.Errorf("%s is not number %d: the card that wrongly says silent comes first, then the held line", want, limit)
			}
		}
		if n := b.count("SELECT priority FROM river_job WHERE CAST(args AS TEXT) LIKE '%ln_4%'"); n != int64(takeover.UrgentWrong) {
			b.Errorf("the card that wrongly says silent has priority %d", n)
		}
		for range 2 { // what waits already is not asked for twice
			if n, err := b.RedrawStaleCards(b.Context(), start, 10); n != 3 || err != nil || drawings() != 3 {
				b.Errorf("%d, %v, %d drawings; want three", n, err, drawings())
			}
		}
		for _, name := range []string{"behind", "held behind", "wrong"} {
			b.putCard(takeover.Card{Line: ids[name].ID, Channel: "C1", TS: "1.1", Drawn: 2})
		}
		if n, err := b.RedrawStaleCards(b.Context(), start, 10); n != 0 || err != nil {
			b.Errorf("%d, %v after all were drawn", n, err)
		}
	})
}
