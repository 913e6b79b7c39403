package jobs

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"testing"

	"takeoverbot/internal/db"
	"takeoverbot/store"
	"takeoverbot/takeover"
)

// workEnv makes the test binary a process that works the database named there, and
// never ends a job.
const workEnv = "JOBS_TEST_WORK"

func TestMain(m *testing.M) {
	if rawURL := os.Getenv(workEnv); rawURL != "" {
		if err := workForever(context.Background(), rawURL); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(databases.Run(m))
}

// workForever says when it works a job, which never ends: the process waits to be
// killed.
func workForever(ctx context.Context, rawURL string) error {
	d, err := db.Open(ctx, rawURL)
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	st := store.New(d, nil, nil, "victim")
	if d.Kind == db.Postgres {
		go st.Heartbeat(ctx, log, Inherit)
	}
	r, err := New(d, "victim", log, nil)
	if err != nil {
		return err
	}
	Handle(r, func(context.Context, takeover.SettleJob) error {
		fmt.Println("working")
		select {}
	})
	if err := r.Start(ctx); err != nil {
		return err
	}
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // nothing comes
	return nil
}

// killAtWork has another process take the only job up, and kills it.
func killAtWork(b *bench) {
	b.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), workEnv+"="+b.url)
	stdin, err := victim.StdinPipe() // open for as long as the test lives: the victim waits on it
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = stdin.Close() }()
	stdout, err := victim.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		b.Fatal(err)
	}
	said, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || said != "working\n" {
		b.Errorf("the victim says %q, %v", said, err)
	}
	if err := victim.Process.Kill(); err != nil {
		b.Fatal(err)
	}
	_ = victim.Wait() // "signal: killed", as it was told
}

// TestKilledOnSQLite: the next process takes the job up at once, for nobody else can
// have it.
func TestKilledOnSQLite(t *testing.T) {
	b := newBench(t, databases.SQLite(t))
	b.enqueue(takeover.SettleJob{Line: "ln_a"})
	if err := b.db.Close(); err != nil { // the file is for one process
		t.Fatal(err)
	}
	killAtWork(b)
	b.open()
	arrived := make(chan takeover.Job, 1)
	b.start(func(r *Runner) { relay[takeover.SettleJob](r, arrived) })
	receive(b, arrived)
}

// TestKilledReplica: another replica inherits the job once the heartbeat ended, and
// leaves those of the living alone.
func TestKilledReplica(t *testing.T) {
	b := newBench(t, databases.Postgres(t))
	b.enqueue(takeover.SettleJob{Line: "ln_a"})
	killAtWork(b)

	arrived, drawing, goOn := make(chan takeover.Job, 10), make(chan struct{}, 10), make(chan struct{})
	b.name = "heir"
	b.start(func(r *Runner) {
		relay[takeover.SettleJob](r, arrived)
		Handle(r, func(context.Context, takeover.DrawJob) error {
			drawing <- struct{}{}
			<-goOn
			return nil
		})
	})
	b.enqueue(takeover.DrawJob{Line: "ln_a", Version: 1})
	receive(b, drawing)
	if n := b.count("SELECT count(*) FROM replicas WHERE id = 'victim'"); n != 1 {
		t.Fatal("the victim never said that it lived")
	}
	if len(arrived) > 0 {
		t.Fatal("the job was taken from a replica that may live")
	}
	err := b.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE replicas SET until = until - 15000")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	st := store.New(b.db, nil, nil, "heir")
	var beating sync.WaitGroup
	beating.Go(func() { st.Heartbeat(ctx, slog.New(slog.DiscardHandler), Inherit) })
	receive(b, arrived)
	if len(drawing) > 0 {
		t.Error("a job of a living replica was given away")
	}
	close(goOn)
	cancel()
	beating.Wait()
}

func TestInheritNothing(t *testing.T) {
	b := newBench(t, databases.Postgres(t))
	b.enqueue(takeover.SettleJob{Line: "ln_a"})
	err := b.db.Tx(t.Context(), func(tx *db.Tx) error {
		n, err := Inherit(t.Context(), tx, "nobody")
		if n != 0 {
			t.Errorf("%d jobs of nobody", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
