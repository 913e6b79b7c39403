package db_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
)

// holdEnv makes the test binary a process that only opens the database named there.
const holdEnv = "DB_TEST_HOLD"

// hold opens the database, says so, and waits to be killed.
func hold(path string) {
	if _, err := db.Open(context.Background(), path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
}

func TestOneProcessHasTheFile(t *testing.T) {
	path := databases.SQLite(t)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdEnv+"="+path)
	stdin, err := other.StdinPipe() // open for as long as the test lives: the other one waits on it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	stdout, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || said != "open\n" {
		t.Fatalf("the other process: %q, %v", said, err)
	}

	if _, err := db.Open(t.Context(), path); !errors.Is(err, db.ErrInUse) {
		t.Errorf("error %v, want ErrInUse", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // "signal: killed", as it was told
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatalf("after the other process died: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if d, err = db.Open(t.Context(), path); err != nil {
		t.Fatalf("after an orderly close: %v", err)
	}
	_ = d.Close()
}

func TestSQLiteKeepsWhatItAcknowledged(t *testing.T) {
	d := newSQLite(t)
	pragmas := map[string]string{
		"journal_mode": "wal",
		"synchronous":  "2", // FULL
		"foreign_keys": "1",
		"busy_timeout": "5000",
	}
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for pragma, want := range pragmas {
			var got string
			if err := tx.QueryRow(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q, %v; want %q", pragma, got, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSQLiteReadersCannotWrite(t *testing.T) {
	d := newSQLite(t)
	if _, err := d.Read().Exec(t.Context(), "INSERT INTO things (name) VALUES ('a')"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestSQLitePaths(t *testing.T) {
	for _, name := range []string{"plain.db", "with space.db", "a?b.db", "a#b.db", "100%.db", "ünïcode.db", "new/folder/x.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			dbtest.Open(t, "sqlite://"+path)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			// Numbers and messages are in it.
			if info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, want 0600", info.Mode().Perm())
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, rawURL := range map[string]string{
		"nothing":            "",
		"another database":   "mysql://root@localhost/x",
		"no PostgreSQL URL":  "postgres://user:hunter2@host:notaport/x",
		"nobody listens":     "postgres://user:hunter2@127.0.0.1:1/x?connect_timeout=2",
		"a folder as a file": "sqlite://" + t.TempDir(),
	} {
		if wrong := db.CheckURL(rawURL); (wrong != nil) != slices.Contains([]string{"nothing", "another database", "no PostgreSQL URL"}, name) || wrong != nil && strings.Contains(wrong.Error(), "hunter2") {
			t.Errorf("%s: the address alone: %v", name, wrong)
		}
		d, err := db.Open(t.Context(), rawURL)
		if err == nil {
			_ = d.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password is in %q", name, err)
		}
	}
}

func TestMigrateAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		if n, err := d.Migrate(t.Context(), things); err != nil || n != 0 {
			t.Errorf("a second time: %d applied, %v; want none", n, err)
		}
		more := fstest.MapFS{"00002_more.sql": {Data: []byte("CREATE TABLE more (n BIGINT);\n")}}
		for name, file := range things {
			more[name] = file
		}
		if n, err := d.Migrate(t.Context(), more); err != nil || n != 1 {
			t.Errorf("one more: %d applied, %v; want 1", n, err)
		}
	})
}

func TestMigrateBroken(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		broken := fstest.MapFS{"00001_things.sql": things["00001_things.sql"],
			"00002_broken.sql": {Data: []byte("CREATE TABLE half (n BIGINT);\nCREATE NONSENSE;\n")}}
		if _, err := d.Migrate(t.Context(), broken); err == nil {
			t.Fatal("no error")
		}
		var n int64
		if err := d.Read().QueryRow(t.Context(), "SELECT count(*) FROM half").Scan(&n); err == nil {
			t.Error("half a migration stayed")
		}
	})
}

// TestMigrateTogether: replicas start at the same time.
func TestMigrateTogether(t *testing.T) {
	rawURL := dbtest.EmptyPostgres(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	type outcome struct {
		applied int
		err     error
	}
	outcomes := make(chan outcome, 5)
	for range cap(outcomes) {
		d := dbtest.Open(t, rawURL)
		go func() {
			n, err := d.Migrate(ctx, things)
			outcomes <- outcome{n, err}
		}()
	}
	workers := 0
	for range cap(outcomes) {
		o := <-outcomes
		if o.err != nil {
			t.Error(o.err)
		}
		if o.applied > 0 {
			workers++
		}
	}
	if workers != 1 {
		t.Errorf("%d of them migrated, want one", workers)
	}
}
