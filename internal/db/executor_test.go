package db_test

import (
	"testing"
	"time"

	"takeoverbot/internal/db"
)

// TestRiverWaitsForTheDisk when it fetches a job, which then may call the outside, and
// when it notes that one is done.
func TestRiverWaitsForTheDisk(t *testing.T) {
	d := newSQLite(t)
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, statement := range []string{
			"CREATE TABLE noted (state TEXT NOT NULL, mode INTEGER NOT NULL)",
			`CREATE TRIGGER note AFTER UPDATE OF state ON river_job BEGIN
				INSERT INTO noted (state, mode) SELECT NEW.state, synchronous FROM pragma_synchronous; END`,
		} {
			if _, err := tx.Exec(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	startRiver(t, d) // works some
	const full = 2
	for _, state := range []string{"running", "completed"} {
		if least := notedMode(t, d, state); least != full {
			t.Errorf("synchronous was %d when a job became %s, want %d", least, state, full)
		}
	}
}

// notedMode waits until a job got into a state, and returns the least that was noted.
func notedMode(t *testing.T, d *db.DB, state string) (least int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(20 * time.Second)
	for {
		var n int
		err := d.Read().QueryRow(t.Context(), "SELECT count(*), coalesce(min(mode), 0) FROM noted WHERE state = $1", state).
			Scan(&n, &least)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return least
		}
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("no job became %s", state)
		}
	}
}
