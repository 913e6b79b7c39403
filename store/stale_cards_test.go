package store

import (
	"context"
	"fmt"
	"testing"

	"takeoverbot/takeover"
)

// TestRedrawStaleCards: a card whose drawing was lost is drawn again, and no other.
func TestRedrawStaleCards(t *testing.T) {
	onBoth(t, func(b *base) {
		ids := map[string]takeover.Line{}
		for i, name := range []string{"behind", "held behind", "drawn", "no place", "no card"} {
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
		for name, p := range map[string]takeover.Post{"behind": {TS: "1.1", Drawn: 1}, "held behind": {TS: "1.2", Drawn: 1}, "drawn": {TS: "1.3", Drawn: 2}, "no place": {}} {
			p.Key, p.Channel = "card/"+string(ids[name].ID), "C1"
			b.putPost(p)
		}
		drawings := func() int64 { return b.count("SELECT count(*) FROM river_job WHERE kind = 'draw'") }
		if n, err := b.RedrawStaleCards(b.Context(), 1); n != 1 || err != nil || drawings() != 1 {
			b.Errorf("%d, %v, %d drawings; want one", n, err, drawings())
		}
		if n := b.count("SELECT count(*) FROM river_job WHERE CAST(args AS TEXT) LIKE '%ln_1%'"); n != 1 {
			b.Error("the held line does not come first")
		}
		for range 2 { // what waits already is not asked for twice
			if n, err := b.RedrawStaleCards(b.Context(), 10); n != 2 || err != nil || drawings() != 2 {
				b.Errorf("%d, %v, %d drawings; want two", n, err, drawings())
			}
		}
		for _, name := range []string{"behind", "held behind"} {
			b.putPost(takeover.Post{Key: "card/" + string(ids[name].ID), Channel: "C1", TS: "1.1", Drawn: 2})
		}
		if n, err := b.RedrawStaleCards(b.Context(), 10); n != 0 || err != nil {
			b.Errorf("%d, %v after all were drawn", n, err)
		}
	})
}
