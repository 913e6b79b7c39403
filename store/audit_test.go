package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

func (b *base) record(entries ...takeover.Entry) {
	b.Helper()
	b.change(func(ctx context.Context, tx takeover.Tx) error {
		for _, e := range entries {
			if err := tx.Record(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *base) audit(line takeover.LineID, limit int) []takeover.Entry {
	b.Helper()
	entries, err := b.Audit(b.Context(), line, limit)
	if err != nil {
		b.Fatal(err)
	}
	return entries
}

func TestAuditRoundTrip(t *testing.T) {
	onBoth(t, func(b *base) {
		e := takeover.Entry{Key: "k", Line: "ln_a", At: start, Who: "U1", Origin: takeover.FromButton, Event: takeover.EventCameSecond,
			Before: takeover.Standing{State: takeover.StateHeld, Holder: "U2"}, After: takeover.Standing{State: takeover.StateHeld, Holder: "U2"}, Ref: "k7f2", Other: "U2", Lag: 1400 * time.Millisecond,
			Trouble: &takeover.Trouble{Kind: takeover.Limited, Status: 429, Since: start, NextAt: start}}
		b.record(e)
		got := b.audit("ln_a", 10)
		if len(got) != 1 || got[0].Seq == 0 {
			b.Fatalf("read %+v, want one entry with its number", got)
		}
		got[0].Seq = 0
		if !reflect.DeepEqual(got[0], e) {
			b.Errorf("read %+v\nwant %+v", got[0], e)
		}
	})
}

// TestAuditAppendsOnce: a job that runs twice writes once, and never over another one.
func TestAuditAppendsOnce(t *testing.T) {
	onBoth(t, func(b *base) {
		b.record(takeover.Entry{Key: "k", Line: "ln_a", At: start, Event: takeover.EventClaimed})
		b.record(takeover.Entry{Key: "k", Line: "ln_a", At: start.Add(time.Hour), Event: takeover.EventHandedBack})
		if got := b.audit("ln_a", 10); len(got) != 1 || got[0].Event != takeover.EventClaimed {
			b.Errorf("read %+v, want the first entry only", got)
		}
	})
}

func TestAuditOrderAndLimit(t *testing.T) {
	onBoth(t, func(b *base) {
		for i := range 5 {
			// Written in another order than their times: the order of writing counts.
			b.record(takeover.Entry{Key: fmt.Sprint("k", i), Line: "ln_a", At: start.Add(-time.Duration(i) * time.Hour)},
				takeover.Entry{Key: fmt.Sprint("other", i), Line: "ln_b", At: start})
		}
		tests := []struct {
			limit int
			want  []string
		}{
			{10, []string{"k0", "k1", "k2", "k3", "k4"}},
			{2, []string{"k3", "k4"}},
			{0, nil},
		}
		for _, tt := range tests {
			var keys []string
			entries := b.audit("ln_a", tt.limit)
			for _, e := range entries {
				keys = append(keys, e.Key)
			}
			if !slices.Equal(keys, tt.want) {
				b.Errorf("limit %d: %q, want %q", tt.limit, keys, tt.want)
			}
			if !slices.IsSortedFunc(entries, func(a, b takeover.Entry) int { return int(a.Seq - b.Seq) }) {
				b.Errorf("limit %d: not in order: %+v", tt.limit, entries)
			}
		}
	})
}

func TestPurge(t *testing.T) {
	onBoth(t, func(b *base) {
		now := b.clock.Now()
		commands, audit, people := now.Add(-takeover.KeepCommands), now.Add(-takeover.KeepAudit), now.Add(-takeover.KeepKnown)
		fill := func(table string, at time.Time, names ...string) {
			for _, name := range names {
				b.exec(strings.NewReplacer("NAME", name, "AT", fmt.Sprint(at.UnixMilli())).Replace(table))
			}
		}
		const (
			worked  = "INSERT INTO inbox (key, body, received_at, worked_at) VALUES ('NAME', '{}', AT, 1)"
			waiting = "INSERT INTO inbox (key, body, received_at) VALUES ('NAME', '{}', AT)"
			aside   = "INSERT INTO inbox (key, body, received_at, attempts) VALUES ('NAME', '{}', AT, 20)"
			entry   = "INSERT INTO audit (key, line, at, body) VALUES ('NAME', 'ln_a', AT, '{}')"
			post    = "INSERT INTO posts (key, channel, ts, begun, file, changed_at) VALUES ('NAME', '', '', 0, '', AT)"
			direct  = "INSERT INTO direct_messages (key, channel, ts, written, changed_at) VALUES ('NAME', '', '', 0, AT)"
			home    = "INSERT INTO homes (viewer, page, opened_at, digest, as_of) VALUES ('NAME', 0, AT, '', 0)"
			shown   = "INSERT INTO shown (line, conversation, card, keys, whole, posting, changed_at) VALUES ('NAME', '', '', '', 0, '', AT)"
			known   = "INSERT INTO slack_known (key, body, at) VALUES ('NAME', '{}', AT)"
			budget  = "INSERT INTO budgets (key, full_at) VALUES ('NAME', AT)"
			lease   = "INSERT INTO leases (key, owner, taken, until) VALUES ('NAME', 'x', 0, AT)"
		)
		old := -time.Millisecond
		fill(worked, commands.Add(old), "old worked")
		fill(worked, commands, "young")
		fill(waiting, audit.Add(old), "never worked")
		fill(aside, audit.Add(old), "old")
		fill(aside, audit, "put aside")
		fill(lease, commands.Add(old), "old")
		fill(lease, commands, "young")
		fill(budget, commands.Add(old), "old")
		fill(budget, commands, "young")
		fill(entry, audit.Add(old), "old")
		fill(entry, audit, "young")
		for _, table := range []string{post, direct, home, shown} {
			fill(table, audit.Add(old), "old")
			fill(table, audit, "young")
		}
		fill(known, people.Add(old), "old")
		fill(known, people, "young")
		b.putCard(takeover.Card{Line: "ln_a", Channel: "C1", TS: "1.1"})
		b.save(lineOf("ln_a", "+1"))

		n, err := b.Purge(b.Context(), takeover.Retention{Commands: commands, Audit: audit, Known: people, Lines: now.Add(-takeover.KeepLines)})
		if err != nil || n != 10 {
			b.Errorf("%d rows went, %v; want 10", n, err)
		}
		stay := map[string]int64{"lines": 1, "inbox": 3, "leases": 1, "budgets": 1, "audit": 1, "posts": 1, "direct_messages": 1, "homes": 1, "shown": 1, "cards": 1, "slack_known": 1}
		for table, want := range stay {
			if n := b.count("SELECT count(*) FROM " + table); n != want {
				b.Errorf("%d rows of %s stay, want %d", n, table, want)
			}
		}
		for left, name := range map[string]string{"inbox": "key", "leases": "key", "budgets": "key", "audit": "key", "posts": "key", "direct_messages": "key",
			"homes": "viewer", "shown": "line", "slack_known": "key"} {
			if n := b.count("SELECT count(*) FROM " + left + " WHERE " + name + " = 'old'"); n != 0 {
				b.Errorf("what is old stays in %s", left)
			}
		}
	})
}

// TestWhatHappenedInATime: of one event, whatever the line, without what came before and after.
func TestWhatHappenedInATime(t *testing.T) {
	onBoth(t, func(b *base) {
		for i, line := range []takeover.LineID{"ln_a", "ln_b", "ln_c", "ln_d"} {
			b.record(takeover.Entry{Key: fmt.Sprint("asked", i), Line: line, At: start.Add(time.Duration(i) * time.Second), Event: takeover.EventHolderAsked},
				takeover.Entry{Key: fmt.Sprint("kept", i), Line: line, At: start.Add(time.Duration(i) * time.Second), Event: takeover.EventKept})
		}
		got, err := b.Happened(b.Context(), takeover.EventHolderAsked, start.Add(time.Second), start.Add(3*time.Second))
		if err != nil || len(got) != 2 || got[0].Line != "ln_b" || got[1].Line != "ln_c" || got[0].Event != takeover.EventHolderAsked {
			b.Errorf("%+v, %v", got, err)
		}
	})
}
