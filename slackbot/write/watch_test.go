package write_test

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestAWatchedLineShowsWhatIsNew: each reading shows the messages since the last one.
func TestAWatchedLineShowsWhatIsNew(t *testing.T) {
	t.Parallel()
	l := slacktest.WatchedLine()
	d := desktest.New(t, l)
	d.Backend.Said[l.Newest.ID] = []takeover.Message{{Key: "1", Role: takeover.RoleEndUser, Text: "hello", At: takeover.ProviderTime(slacktest.Night)}}
	for _, text := range []string{"", "is anybody there?", ""} {
		if text != "" {
			d.Backend.Said[l.Newest.ID] = append(d.Backend.Said[l.Newest.ID], takeover.Message{Key: "2", Role: takeover.RoleEndUser, Text: text, At: takeover.ProviderTime(slacktest.Night)})
		}
		follow(d, "")
	}
	if got := d.Thread(d.Card()); len(got) != 2 || !strings.Contains(got[0], "hello") || !strings.Contains(got[1], "is anybody there?") {
		t.Errorf("thread %q", got)
	}
}

// TestAFailedReadingOfAWatchIsNotRepeated: the watch reads again by itself.
func TestAFailedReadingOfAWatchIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.WatchedLine())
	d.Backend.Fails = &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Limited, RetryAfter: 20 * time.Second}
	if err := d.Bot.Follow(t.Context(), takeover.FollowJob{Line: desktest.LineID}); err != nil {
		t.Errorf("asked for again: %v", err)
	}
}
