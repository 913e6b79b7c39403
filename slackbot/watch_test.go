package slackbot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestAWatchedLineShowsWhatIsNew: each due reading shows what came since the last one.
func TestAWatchedLineShowsWhatIsNew(t *testing.T) {
	l := slacktest.WatchedLine()
	d := newDesk(t, l)
	d.house.said[l.Newest.ID] = []takeover.Message{{Key: "1", Role: takeover.RoleEndUser, Text: "hello", At: slacktest.Night}}
	for _, text := range []string{"", "is anybody there?", ""} {
		if text != "" {
			d.house.said[l.Newest.ID] = append(d.house.said[l.Newest.ID], takeover.Message{Key: "2", Role: takeover.RoleEndUser, Text: text, At: slacktest.Night})
		}
		d.follow("")
	}
	if got := d.thread(d.card()); len(got) != 2 || !strings.Contains(got[0], "hello") || !strings.Contains(got[1], "is anybody there?") {
		t.Errorf("thread %q", got)
	}
}

// TestAFailedReadingOfAWatchIsNotRepeated: the watch reads again by itself.
func TestAFailedReadingOfAWatchIsNotRepeated(t *testing.T) {
	d := newDesk(t, slacktest.WatchedLine())
	d.house.fails = &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Limited, RetryAfter: 20 * time.Second}
	if err := d.bot.Follow(t.Context(), takeover.FollowJob{Line: testLine}); err != nil {
		t.Errorf("asked for again: %v", err)
	}
}

func TestSearchSaysWhoDidNotAnswer(t *testing.T) {
	d := newDesk(t)
	d.bot.Writer.cfg.Providers = []string{"Telnyx", "Anyreach"}
	down := []*takeover.ProviderError{{Provider: "Telnyx", Kind: takeover.NoAnswer}}
	if got := d.bot.unanswered(takeover.Found{Unanswered: down}); got != "Telnyx did not answer: these are Anyreach's only." {
		t.Errorf("%q", got)
	}
	q := takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137"}
	if got := d.bot.nothingAnywhere(takeover.Found{Unanswered: down}, q); !strings.HasPrefix(got, "Telnyx did not answer: these are Anyreach's only. Anyreach has no conversation") {
		t.Errorf("%q", got)
	}
	if got := d.bot.nothingAnywhere(takeover.Found{}, q); !strings.HasPrefix(got, "Telnyx and Anyreach have no conversation") {
		t.Errorf("%q", got)
	}
	hits := takeover.Found{Unanswered: down, More: true, Conversations: []takeover.Conversation{{ID: "c1", Provider: "Anyreach", Ended: true, Status: "completed", AgentName: "Night desk"}}}
	m := d.bot.results(t.Context(), q, hits.Conversations, []takeover.Line{slacktest.ReadingLine()}, 0, hits)
	checkMessage(t, m)
	for _, want := range []string{"Telnyx did not answer", "1 conversations and perhaps older ones", "has ended (completed)", "Night desk"} {
		if raw := string(slacktest.ShownJSON(t, m.Text, m.Blocks)); !strings.Contains(raw, want) {
			t.Errorf("%q is not in %s", want, raw)
		}
	}
	err := errors.Join(down[0], &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Failing, Status: 502})
	if got := otherCauses(err); got != "Anyreach is failing (502). " {
		t.Errorf("%q", got)
	}
}
