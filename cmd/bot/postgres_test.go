package main

import (
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// freshPostgres makes a database of the test's own on the server of TEST_DATABASE_URL
// and returns its address.
func freshPostgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		t.Skip("TEST_DATABASE_URL is not set: make test starts a PostgreSQL by itself")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := "takeover_stories_" + strings.ToLower(rand.Text()[:12])
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		_ = admin.Close()
	})
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal("TEST_DATABASE_URL is not an address")
	}
	address.Path = "/" + name
	return address.String()
}

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
			tell(t, paths[i], worldOptions{database: freshPostgres(t), patience: replicaPatience})
		})
	}
}
