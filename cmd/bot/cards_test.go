package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/clock"
	"takeoverbot/takeover"
)

// TestCardsAreComparedAtTheStart: a drawing that was lost before a restart is asked for
// after it, by one of the wired keepers.
func TestCardsAreComparedAtTheStart(t *testing.T) {
	cfg := Config{DatabaseURL: filepath.Join(t.TempDir(), "test.db"), SlackToken: "x", SlackChannel: "C1", TelnyxURL: "http://127.0.0.1:1", TelnyxKey: "KEY"}
	database, _, err := openDatabase(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = database.Close() }()
	a, err := wire(cfg, database, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	line := takeover.NewLine("ln_a", "Telnyx", takeover.Conversation{ID: "c", EndUser: "+14155550137", Agent: "+13125550100"}, time.Now())
	err = a.store.Change(t.Context(), func(ctx context.Context, tx takeover.Tx) error {
		_, err := tx.Save(ctx, line)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.store.PutCard(t.Context(), takeover.Card{Line: "ln_a", Channel: "C1", TS: "1.1"}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var keepers sync.WaitGroup
	for _, keep := range a.keepers() {
		keepers.Go(func() { keep(ctx) })
	}
	defer keepers.Wait()
	defer stop()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) { // there is no event for a stored job
		var n int
		if err := database.Read().QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE kind = 'draw'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			return
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("%d drawings are asked for, want 1", n)
		}
	}
}
