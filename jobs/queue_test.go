package jobs

import (
	"log/slog"
	"testing"

	"takeoverbot/takeover"
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

func TestEnqueueNothing(t *testing.T) {
	b := newBench(t, databases.SQLite(t))
	b.enqueue()
	if n := b.count("SELECT count(*) FROM river_job"); n != 0 {
		t.Errorf("%d jobs", n)
	}
}
