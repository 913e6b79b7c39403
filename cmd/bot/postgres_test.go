package main

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/internal/dbtest"
)

// replicaPatience is longer than it takes until a dead bot's work is taken up by
// another one, which cannot know at once that it is dead.
const replicaPatience = 90 * time.Second

// TestStoriesOnPostgres plays some of the stories again where the store is PostgreSQL.
func TestStoriesOnPostgres(t *testing.T) {
	t.Parallel()
	names := []string{"take", "two_at_once", "crowd", "handback_note", "slack_retries", "restart", "power_cut_during_put",
		"hold_restart", "join", "outside", "handoff_accept", "shift_change"}
	paths := storyFiles(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(paths, func(p string) bool { return storyName(p) == name })
			if i < 0 {
				t.Fatal("there is no such story")
			}
			tell(t, paths[i], worldOptions{database: dbtest.EmptyPostgres(t), patience: replicaPatience})
		})
	}
}
