package db_test

import (
	"testing"
	"time"

	"takeoverbot/internal/db"
)

// TestRiverWaitsForTheDisk when it fetches a job, which then may call the outside, and
// not when it notes that one is done.
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
	const normal, full = 1, 2
	for state, mode := range map[string]int{"running": full, "completed": normal} {
		if least, most := notedModes(t, d, state); least != mode || most != mode {
			t.Errorf("synchronous was %d to %d when jobs became %s, want %d", least, most, state, mode)
		}
	}
}

// notedModes waits until a job got into a state.
func notedModes(t *testing.T, d *db.DB, state string) (least, most int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(20 * time.Second)
	for {
		var n int
		err := d.Read().QueryRow(t.Context(), "SELECT count(*), coalesce(min(mode), 0), coalesce(max(mode), 0) FROM noted WHERE state = $1", state).
			Scan(&n, &least, &most)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return least, most
		}
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatalf("no job became %s", state)
		}
	}
}
