package store

import (
	"fmt"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestLinesAtRestGo a year after their last change, with their cards, and no others do.
func TestLinesAtRestGo(t *testing.T) {
	onBoth(t, func(b *base) {
		const old = 2*purgeBatch + 3
		for i := range old {
			b.exec(fmt.Sprintf("INSERT INTO lines (id, version, provider, end_user, agent, state, since, body, saved) VALUES ('old%[1]d', 1, 'Telnyx', '+%[1]d', '+1', 'ai', 1, '{}', 1)", i))
		}
		b.exec("INSERT INTO cards (line, channel, ts, drawn) SELECT id, 'C1', id, 1 FROM lines")
		b.exec("INSERT INTO alarms (line, event, channel, ts, holder) SELECT id, 'e', 'C1', id, '' FROM lines")
		stays := []string{"state = 'held'", "attended = 1", "due = 1", "compare_at = 1", "saved = 0"}
		for i, set := range stays {
			b.exec(fmt.Sprintf("UPDATE lines SET %s WHERE id = 'old%d'", set, i))
		}
		b.exec("INSERT INTO audit (key, line, at, body) VALUES ('acted on', 'old900', " + fmt.Sprint(millis(b.clock.Now())) + ", '{}')")
		now := b.clock.Now()
		if _, err := b.Purge(b.Context(), takeover.Retention{Audit: now.Add(-time.Hour), Lines: now.Add(-takeover.KeepLines)}); err != nil {
			b.Fatal(err)
		}
		for _, table := range []string{"lines", "cards", "alarms"} {
			if n := b.count("SELECT count(*) FROM " + table); n != int64(len(stays)+1) {
				b.Errorf("%d %s stay, want %d", n, table, len(stays)+1)
			}
		}
	})
}

// TestAsideIsTriedAgain: what was put aside is listed and counted, and works once it is tried again.
func TestAsideIsTriedAgain(t *testing.T) {
	onBoth(t, func(b *base) {
		in, d := b.inbox(), &diary{fail: map[string]func() error{"a": failures()["error"]}}
		b.put(in, "a", "b")
		for range maxAttempts {
			b.work(in, d.apply)
			b.clock.advance(time.Hour)
		}
		all, err := b.AllAside(b.Context())
		if err != nil || len(all) != 1 || all[0].Verb == "" || all[0].Received.IsZero() {
			b.Fatalf("%+v, %v", all, err)
		}
		sizes, err := b.Sizes(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for _, size := range sizes {
			if size.What == "commands put aside" && (size.Rows != 1 || !size.Oldest.Equal(all[0].Received)) {
				b.Errorf("%+v", size)
			}
			if size.What == "jobs that wait or run" && (size.Rows != 1 || size.Oldest.IsZero()) {
				b.Errorf("%+v", size)
			}
		}
		d.fail = nil
		for _, seq := range []int64{all[0].Seq, all[0].Seq + 1} { // the other was worked: nothing is to be tried again
			if err := b.Retry(b.Context(), seq); err != nil {
				b.Error(err)
			}
		}
		b.work(in, d.apply)
		b.wantApplied("b", "a")
	})
}
