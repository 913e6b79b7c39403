package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// replicaTimeout is longer than it takes until another bot takes up the work of a dead
// one: it cannot know at once that the other is dead.
const replicaTimeout = 90 * time.Second

// TestStoriesOnPostgres runs some of the stories again with a store on PostgreSQL.
func TestStoriesOnPostgres(t *testing.T) {
	t.Parallel()
	names := []string{"take", "two_at_once", "crowd", "handback_note", "slack_retries", "restart", "power_cut_during_put",
		"hold_restart", "join", "outside", "handoff_accept", "shift_change"}
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join("testdata", name+".txt"))
	}
	testscript.Run(t, storyParams(paths, func(t testing.TB) options {
		return options{database: databases.Postgres(t), timeout: replicaTimeout}
	}))
}
