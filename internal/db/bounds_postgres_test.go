package db_test

import (
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
)

// TestServerEndsWhatIsHeldTooLong: a transaction that waits for a lock, or for its next statement, ends
// within seconds.
func TestServerEndsWhatIsHeldTooLong(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, databases.Postgres(t))
	begun, ended := make(chan struct{}), make(chan error)
	go func() {
		ended <- d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := tx.Serialize(t.Context(), 1); err != nil {
				return err
			}
			close(begun)
			time.Sleep(7 * time.Second) // as a process that is suspended
			return nil
		})
	}()
	<-begun
	start := time.Now()
	for {
		err := d.Tx(t.Context(), func(tx *db.Tx) error { return tx.Serialize(t.Context(), 1) })
		if err == nil {
			break
		}
		if time.Since(start) > 12*time.Second {
			t.Fatalf("the lock is not free: %v", err)
		}
	}
	if err := <-ended; err == nil {
		t.Error("the suspended transaction was committed")
	}
	var n int
	err := d.Read().QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1", d.Session).Scan(&n)
	if err != nil || n == 0 {
		t.Errorf("%d connections are named for the process, %v", n, err)
	}
}
