package jobs

import (
	"log/slog"
	"testing"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

func (b *bench) quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestWhereAJobWaits(t *testing.T) {
	tests := []struct {
		job  takeover.Job
		want string
	}{
		{takeover.SettleJob{}, queueSettle},
		{takeover.DrawJob{}, queueDraw},
		{takeover.SayJob{}, queueShow},
		{takeover.TellJob{}, queueShow},
		{takeover.WorkJob{Verb: takeover.Search}, queueWork},
		{takeover.WorkJob{Verb: takeover.Open}, queueWork},
		{takeover.WorkJob{Verb: takeover.Earlier}, queueBulk},
		{takeover.WorkJob{Verb: takeover.WholeText}, queueBulk},
		{takeover.DirectJob{}, queueShow},
		{takeover.DraftJob{}, queueShow},
		{takeover.FollowJob{}, queueFollow},
		{takeover.PurgeJob{}, queueBulk},
		{talk.SendJob{}, queueSend},
		{talk.MarkJob{}, queueMark},
		{talk.RecordJob{}, queueWork},
	}
	for _, tt := range tests {
		if got := options(tt.job).Queue; got != tt.want {
			t.Errorf("%T %+v waits in %s, want %s", tt.job, tt.job, got, tt.want)
		}
	}
}

// TestRescueComesAfterTheEnd: a job must not be given to another worker while it may
// still be worked by its own.
func TestRescueComesAfterTheEnd(t *testing.T) {
	if rescueAfter <= jobTime {
		t.Errorf("rescued after %s, while a run may take %s", rescueAfter, jobTime)
	}
}

// TestOneJobWaitsForATextAndALine: it sends all texts of its line, or shows all that became of a text.
// One that runs does not count.
func TestOneJobWaitsForATextAndALine(t *testing.T) {
	onBoth(t, func(b *bench) {
		mark, send := talk.MarkJob{Text: "tx_1"}, talk.SendJob{Line: "ln_1"}
		b.enqueue(send, mark, mark)
		b.enqueue(mark, send, talk.MarkJob{Text: "tx_2"}, talk.SendJob{Line: "ln_2"})
		if n := b.count("SELECT count(*) FROM river_job"); n != 4 {
			b.Errorf("%d jobs, want 4", n)
		}
		if err := b.db.Tx(b.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(b.Context(), "UPDATE river_job SET state = 'running'")
			return err
		}); err != nil {
			b.Fatal(err)
		}
		b.enqueue(mark, send)
		if n := b.count("SELECT count(*) FROM river_job"); n != 6 {
			b.Errorf("%d jobs, want 6", n)
		}
	})
}

func TestEnqueueNothing(t *testing.T) {
	b := newBench(t, databases.SQLite(t))
	b.enqueue()
	if n := b.count("SELECT count(*) FROM river_job"); n != 0 {
		t.Errorf("%d jobs", n)
	}
}
