package main

import (
	"database/sql"
	"strings"
	"testing"
)

// TestRetry: a command that failed for good is counted by the doctor and the metrics, listed, and works
// once it is tried again.
func TestRetry(t *testing.T) {
	t.Parallel()
	s := startSystem(t, options{})
	s.run("slash", "dana", "+1 415 555 0137")
	s.run("card", "AI is answering")
	s.eventually("quiet", s.quiet)
	if code, err := s.bot().stop(); code != exitDone || err != nil {
		t.Fatal(code, err)
	}
	// As if it had failed twenty times.
	database, err := sql.Open("sqlite", s.database)
	s.must(nil, err)
	_, err = database.ExecContext(t.Context(), "UPDATE inbox SET worked_at = 0, attempts = 20, next_at = 4000000000000")
	s.must(nil, err)
	s.must(nil, database.Close())

	s.bot().start(t)
	if _, exposition := s.get("/metrics"); !strings.Contains(exposition, "takeover_inbox_put_aside 1") || !strings.Contains(exposition, "takeover_inbox_waiting 0") {
		t.Error("the metrics do not count it")
	}
	_, out, _ := runBot(t, s.bot().env, "doctor")
	for _, want := range []string{"has put them aside: 1", "bot retry", "What the database holds", "commands put aside"} {
		if !strings.Contains(out, want) {
			t.Errorf("the doctor does not say %q:\n%s", want, out)
		}
	}
	if code, out, errOut := runBot(t, s.bot().env, "retry", "--list"); code != exitDone || !strings.Contains(out, "commands put aside: 1") {
		t.Errorf("retry --list: %d %s %s", code, out, errOut)
	}
	if code, _, errOut := runBot(t, s.bot().env, "retry"); code != exitFailed || !strings.Contains(errOut, "stop the bot") {
		t.Errorf("retry while the bot runs: %d %s", code, errOut)
	}
	if code, err := s.bot().stop(); code != exitDone || err != nil {
		t.Fatal(code, err)
	}
	if code, out, errOut := runBot(t, s.bot().env, "retry"); code != exitDone || !strings.Contains(out, "command 1: ") {
		t.Errorf("retry: %d %s %s", code, out, errOut)
	}
	s.bot().start(t)
	s.eventually("it is worked", func() bool { return s.count("SELECT count(*) FROM inbox WHERE worked_at > 0") == 1 })
}
