package db_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"takeoverbot/internal/db"
)

var errOops = errors.New("oops")

func TestTxRollsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := add(t.Context(), tx, "a"); err != nil {
				return err
			}
			return errOops
		})
		if !errors.Is(err, errOops) {
			t.Errorf("error %v, want the function's", err)
		}
		if got := names(t, d.Read()); len(got) != 0 {
			t.Errorf("%q stayed", got)
		}
	})
}

// TestTxSurvivesPanic: River recovers a panicking job, so the transaction has to end,
// or SQLite's only writer would wait for it for ever.
func TestTxSurvivesPanic(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() {
				p := recover()
				if err, ok := p.(error); !ok || !errors.Is(err, errOops) {
					t.Errorf("recovered %v, want the function's own panic", p)
				}
			}()
			_ = d.Tx(t.Context(), func(tx *db.Tx) error {
				if err := add(t.Context(), tx, "a"); err != nil {
					return err
				}
				panic(errOops)
			})
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := d.Tx(ctx, func(tx *db.Tx) error { return add(ctx, tx, "a") }); err != nil {
			t.Fatalf("the next transaction: %v", err)
		}
	})
}

func TestTxOfEndedContext(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Tx(ctx, func(tx *db.Tx) error {
			if err := add(ctx, tx, "a"); err != nil {
				return err
			}
			cancel()
			return nil
		})
		if err == nil {
			t.Error("committed after its context ended")
		}
		// The next one works: whatever the driver did to its connection is repaired.
		if err := d.Tx(t.Context(), func(tx *db.Tx) error { return add(t.Context(), tx, "a") }); err != nil {
			t.Fatal(err)
		}
	})
}

// TestTxWaitsNoLongerThanItsContext: behind a transaction that takes its time.
func TestTxWaitsNoLongerThanItsContext(t *testing.T) {
	d := newSQLite(t)
	err := d.Tx(t.Context(), func(*db.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := d.Tx(ctx, func(*db.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Tx: %v, want the context's error", err)
		}
		if _, err := d.ExecUrgent(ctx, "DELETE FROM things"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ExecUrgent: %v, want the context's error", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNestedUndoesItsOwnOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := add(t.Context(), tx, "before"); err != nil {
				return err
			}
			for _, name := range []string{"kept", "undone", "kept too", "undone too"} {
				err := tx.Nested(t.Context(), func() error {
					if err := add(t.Context(), tx, name); err != nil {
						return err
					}
					if name[0] == 'u' {
						return errOops
					}
					return nil
				})
				if wants := name[0] == 'u'; errors.Is(err, errOops) != wants {
					t.Errorf("%s: error %v", name, err)
				}
			}
			return add(t.Context(), tx, "after")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, d.Read()), []string{"before", "kept", "kept too", "after"}; !slices.Equal(got, want) {
			t.Errorf("stored %q, want %q", got, want)
		}
	})
}

// TestNestedGoesOnAfterBrokenStatement: on PostgreSQL a failed statement spoils the
// transaction up to the savepoint.
func TestNestedGoesOnAfterBrokenStatement(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := add(t.Context(), tx, "a"); err != nil {
				return err
			}
			err := tx.Nested(t.Context(), func() error { return add(t.Context(), tx, "a") })
			if err == nil {
				t.Error("the same name was stored twice")
			}
			return add(t.Context(), tx, "b")
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, d.Read()), []string{"a", "b"}; !slices.Equal(got, want) {
			t.Errorf("stored %q, want %q", got, want)
		}
	})
}

func TestNestedWithinNested(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			err := tx.Nested(t.Context(), func() error {
				if err := add(t.Context(), tx, "outer"); err != nil {
					return err
				}
				inner := tx.Nested(t.Context(), func() error { return errOops })
				return errors.Join(errors.New("outer failed too"), inner)
			})
			if err == nil {
				t.Error("the failure was lost")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, d.Read()); len(got) != 0 {
			t.Errorf("%q stayed of the outer one, which failed", got)
		}
	})
}

func TestSerialize(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		var inside, met atomic.Int32
		errs := make(chan error, 8)
		for range cap(errs) {
			go func() {
				errs <- d.Tx(t.Context(), func(tx *db.Tx) error {
					if err := tx.Serialize(t.Context(), 42); err != nil {
						return err
					}
					if inside.Add(1) > 1 {
						met.Add(1)
					}
					defer inside.Add(-1)
					var n int64 // a round trip, so that others have time to come in
					return tx.QueryRow(t.Context(), "SELECT count(*) FROM things").Scan(&n)
				})
			}()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if met.Load() > 0 {
			t.Errorf("%d transactions met another inside", met.Load())
		}
	})
}

func TestRowsAffected(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		steps := []struct {
			statement string
			want      int64
		}{
			{"INSERT INTO named (name) VALUES ('a'), ('b')", 2},
			{"INSERT INTO named (name) VALUES ('b'), ('c') ON CONFLICT (name) DO NOTHING", 1},
			{"INSERT INTO named (name) VALUES ('b') ON CONFLICT DO NOTHING", 0},
			{"INSERT INTO named (name) VALUES ('b') ON CONFLICT (name) DO UPDATE SET name = 'd' WHERE named.name = 'x'", 0},
			{"INSERT INTO named (name) VALUES ('b') ON CONFLICT (name) DO UPDATE SET name = 'd'", 1},
			{"UPDATE named SET name = 'e' WHERE name = 'x'", 0},
			{"DELETE FROM named", 3},
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			for _, s := range steps {
				if n, err := tx.Exec(t.Context(), s.statement); err != nil || n != s.want {
					t.Errorf("%s: %d rows, %v; want %d", s.statement, n, err, s.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestNoRows(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		var name string
		if err := d.Read().QueryRow(t.Context(), "SELECT name FROM things").Scan(&name); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("read: %v, want ErrNoRows", err)
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT name FROM things").Scan(&name)
		})
		if !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("in a transaction: %v, want ErrNoRows", err)
		}
	})
}

// TestReadSeesFreshCommits: a reader's connection must not keep an old snapshot.
func TestReadSeesFreshCommits(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		for i := range 20 {
			if err := d.Tx(t.Context(), func(tx *db.Tx) error { return add(t.Context(), tx, string(rune('a'+i))) }); err != nil {
				t.Fatal(err)
			}
			if got := len(names(t, d.Read())); got != i+1 {
				t.Fatalf("after commit %d a reader sees %d rows", i+1, got)
			}
		}
	})
}

func TestReadDoesNotWaitForWriter(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := add(t.Context(), tx, "a"); err != nil {
				return err
			}
			if got := names(t, d.Read()); len(got) != 0 {
				t.Errorf("a reader sees %q, which is not committed", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
