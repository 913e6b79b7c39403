package db

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// What PRAGMA synchronous says.
const (
	syncNormal = "1"
	syncFull   = "2"
)

// noteSync stores how much the transaction that it runs in waits for the disk.
const noteSync = "INSERT INTO synced (mode) SELECT synchronous FROM pragma_synchronous"

// syncDB is a database with a table of notes.
func syncDB(t *testing.T, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	err = d.Tx(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS synced (seq INTEGER PRIMARY KEY, mode TEXT NOT NULL)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func synced(t *testing.T, d *DB) string {
	t.Helper()
	var all string
	err := d.Read().QueryRow(t.Context(), "SELECT coalesce(group_concat(mode, '' ORDER BY seq), '') FROM synced").Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func note(ctx context.Context) func(*Tx) error {
	return func(tx *Tx) error {
		_, err := tx.Exec(ctx, noteSync)
		return err
	}
}

// TestCommitsThatWaitForTheDisk: all but the relaxed ones, whatever came before.
func TestCommitsThatWaitForTheDisk(t *testing.T) {
	d := syncDB(t, filepath.Join(t.TempDir(), "test.db"))
	ctx := t.Context()
	oops := errors.New("oops")
	want := ""
	for i, step := range []struct {
		do   func() error
		mode string
	}{
		{func() error { return d.Tx(ctx, note(ctx)) }, syncFull},
		{func() error { return d.TxRelaxed(ctx, note(ctx)) }, syncNormal},
		{func() error { _, err := d.ExecUrgent(ctx, noteSync); return err }, syncFull},
		{func() error { return d.TxRelaxed(ctx, func(*Tx) error { return oops }) }, ""},
		{func() error { return d.Tx(ctx, note(ctx)) }, syncFull},
		{func() error {
			return d.TxRelaxed(ctx, func(tx *Tx) error { return tx.Nested(ctx, func() error { return note(relaxed(ctx))(tx) }) })
		}, syncNormal},
		{func() error { return d.Tx(ctx, note(relaxed(ctx))) }, syncFull}, // its beginning decides
	} {
		if err := step.do(); err != nil && !errors.Is(err, oops) {
			t.Fatalf("step %d: %v", i, err)
		}
		if want += step.mode; synced(t, d) != want {
			t.Fatalf("after step %d: %s, want %s", i, synced(t, d), want)
		}
	}
}

// TestPowerCut cuts the log off where the disk may have ended: what is left is what was
// committed before, in order.
func TestPowerCut(t *testing.T) {
	dir := t.TempDir()
	d := syncDB(t, filepath.Join(dir, "test.db"))
	for range 3 {
		if err := d.TxRelaxed(t.Context(), note(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	file, log := read(t, filepath.Join(dir, "test.db")), read(t, filepath.Join(dir, "test.db-wal"))
	left := 4
	for cut := len(log); cut > 0; cut -= 512 {
		path := filepath.Join(t.TempDir(), "cut"+strconv.Itoa(cut)+".db")
		write(t, path, file)
		write(t, path+"-wal", log[:cut])
		n := len(synced(t, syncDB(t, path)))
		if n > 3 || n > left || n < left-1 {
			t.Fatalf("%d of %d bytes of the log: %d commits are left, and %d were with more of it", cut, len(log), n, left)
		}
		left = n
	}
	if left != 0 {
		t.Errorf("%d commits are left without a log", left)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
