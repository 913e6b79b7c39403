package db_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
)

// filesIn are the names of what is in a folder.
func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// newer are the tests' migrations with one more.
func newer() fs.FS {
	files := maps.Clone(things)
	files["99999_more.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE more (id {{serial}});\n")}
	return files
}

// TestInspectChangesNothing: it creates neither a file nor a table, and changes nothing.
func TestInspectChangesNothing(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{filepath.Join(folder, "new.db"), filepath.Join(folder, "new", "folder", "new.db")} {
		got, err := db.Inspect(t.Context(), "sqlite://"+path, things)
		if err != nil || !got.Missing || got.Behind != 0 {
			t.Errorf("a missing file: %+v, %v", got, err)
		}
	}
	if all := filesIn(t, folder); len(all) > 0 {
		t.Fatalf("created %q", all)
	}

	path := filepath.Join(folder, "takeover.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Inspect(t.Context(), path, things); !errors.Is(err, db.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	inspect := func(files fs.FS) db.Status {
		t.Helper()
		all := filesIn(t, folder)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := db.Inspect(t.Context(), path, files)
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(path)
		if err != nil || string(before) != string(after) || !slices.Equal(all, filesIn(t, folder)) {
			t.Errorf("inspecting changed the file, or %q to %q; %v", all, filesIn(t, folder), err)
		}
		return got
	}
	empty := inspect(things)
	if empty.Missing || empty.Behind < 2 {
		t.Errorf("an empty file: %+v, want all migrations to be applied", empty)
	}
	if d, err = db.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "takeover.db") // as a process that is killed leaves it: all is in the log
	for _, end := range []string{"", "-wal", "-shm"} {
		left, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(killed+end, left, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.Inspect(t.Context(), killed, newer()); err != nil || got != (db.Status{Behind: 1}) || len(filesIn(t, filepath.Dir(killed))) != 3 {
		t.Errorf("after a kill: %+v, %v; files %q", got, err, filesIn(t, filepath.Dir(killed)))
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got := inspect(things); got != (db.Status{}) {
		t.Errorf("up to date: %+v", got)
	}
	if got := inspect(newer()); got != (db.Status{Behind: 1}) {
		t.Errorf("one behind: %+v", got)
	}
}

func TestInspectPostgres(t *testing.T) {
	address := dbtest.EmptyPostgres(t)
	if got, err := db.Inspect(t.Context(), address, things); err != nil || got.Behind < 2 {
		t.Errorf("without tables: %+v, %v", got, err)
	}
	again, err := db.Inspect(t.Context(), address, things)
	if err != nil || again.Behind < 2 {
		t.Errorf("inspecting created tables: %+v, %v", again, err)
	}
	if _, err := dbtest.Open(t, address).Migrate(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Inspect(t.Context(), address, things); err != nil || got != (db.Status{}) {
		t.Errorf("up to date: %+v, %v", got, err)
	}
	if got, err := db.Inspect(t.Context(), address, newer()); err != nil || got != (db.Status{Behind: 1}) {
		t.Errorf("one behind: %+v, %v", got, err)
	}
}

func TestInspectRefusesWhatOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a database, but long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{
		"nothing": "", "another database": "mysql://root@localhost/x", "nobody listens": "postgres://user:hunter2@127.0.0.1:1/x?connect_timeout=2",
		"a folder as a file": t.TempDir(), "a file as a folder": filepath.Join(file, "takeover.db"), "no database": file, "a closed folder": filepath.Join(closed, "takeover.db"),
	} {
		if name == "a closed folder" && os.Geteuid() == 0 {
			continue // to root no folder is closed
		}
		if got, err := db.Inspect(t.Context(), address, things); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
