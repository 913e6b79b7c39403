package slackbot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// readingLine is a line of a provider whose AI cannot be silenced.
func readingLine() takeover.Line {
	l := lineIn(takeover.StateAI)
	l.Provider, l.Newest.Channel, l.Newest.AgentName, l.Newest.Status = "Anyreach", takeover.ChannelCall, "Night desk", "in_progress"
	yes := takeover.Ability{Level: takeover.LevelYes}
	l.Can = takeover.Capabilities{takeover.CanRead: yes, takeover.CanWatch: yes,
		takeover.CanSilence: {Level: takeover.LevelNo, Reason: "Anyreach's AI cannot be silenced from outside. Call the end user yourself."}}
	return l
}

func watchedLine() takeover.Line {
	return with(readingLine(), func(l *takeover.Line) {
		l.Watch = takeover.Watch{By: holder, Ref: "w7t2", Until: time.Now().Add(time.Minute)}
	})
}

func TestReadingCards(t *testing.T) {
	hidden := with(readingLine(), func(l *takeover.Line) {
		l.Recent.Lines, l.Recent.State, l.Recent.Why = nil, takeover.TranscriptHidden, "The transcript is hidden by permission (scope conversations:read_sensitive)."
		l.Can[takeover.CanRead] = takeover.Ability{Level: takeover.LevelSetUp, Reason: "x"}
		l.Can[takeover.CanWatch] = l.Can[takeover.CanRead]
	})
	ended := with(readingLine(), func(l *takeover.Line) {
		l.Newest.Status, l.Newest.Ended = "completed", true
		l.Can[takeover.CanWatch] = takeover.Ability{Level: takeover.LevelNo, Reason: "x"}
	})
	watched := with(watchedLine(), func(l *takeover.Line) { l.Watch.Until = night.Add(time.Minute) })
	for name, tc := range map[string]struct {
		line           takeover.Line
		state, buttons string
		says           string // on the card
	}{
		"reading":         {readingLine(), "AI is answering", "Watch, Transcript, ⋯", "cannot be silenced from outside"},
		"reading_watched": {watched, "AI is answering", "Stop watching, Transcript, ⋯", "watches until"},
		"reading_hidden":  {hidden, "AI is answering", "⋯", "hidden by permission (scope conversations:read_sensitive)"},
		"reading_ended":   {ended, "The conversation has ended (completed)", "Transcript, ⋯", "Night desk at Anyreach"},
		"reading_odd":     {with(ended, func(l *takeover.Line) { l.Newest.Status, l.Newest.AgentName = hostileText, hostileText }), "The conversation has ended (", "", "Anyreach"},
	} {
		t.Run(name, func(t *testing.T) {
			m := card(tc.line)
			slacktest.Golden(t, "card/"+name+".json", shownJSON(t, m))
			checkMessage(t, m)
			if got := cardState(tc.line); !strings.HasPrefix(got, tc.state) {
				t.Errorf("state %q", got)
			}
			if got := buttonsOf(t, m); tc.buttons != "" && got != tc.buttons {
				t.Errorf("buttons %q, want %q", got, tc.buttons)
			}
			if raw := string(shownJSON(t, m)); !strings.Contains(raw, tc.says) || strings.Contains(raw, "Take over") || strings.Contains(raw, "no messages") {
				t.Errorf("card %s", raw)
			}
		})
	}
}

// TestAWatchedLineShowsWhatIsNew: each due reading shows what came since the last one.
func TestAWatchedLineShowsWhatIsNew(t *testing.T) {
	l := watchedLine()
	d := newDesk(t, l)
	d.house.said[l.Newest.ID] = []takeover.Message{{Key: "1", Role: takeover.RoleEndUser, Text: "hello", At: night}}
	for _, text := range []string{"", "is anybody there?", ""} {
		if text != "" {
			d.house.said[l.Newest.ID] = append(d.house.said[l.Newest.ID], takeover.Message{Key: "2", Role: takeover.RoleEndUser, Text: text, At: night})
		}
		d.follow("")
	}
	if got := d.thread(d.card()); len(got) != 2 || !strings.Contains(got[0], "hello") || !strings.Contains(got[1], "is anybody there?") {
		t.Errorf("thread %q", got)
	}
}

// TestAFailedReadingOfAWatchIsNotRepeated: the watch reads again by itself.
func TestAFailedReadingOfAWatchIsNotRepeated(t *testing.T) {
	d := newDesk(t, watchedLine())
	d.house.fails = &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Limited, RetryAfter: 20 * time.Second}
	if err := d.bot.Follow(t.Context(), takeover.FollowJob{Line: testLine}); err != nil {
		t.Errorf("asked for again: %v", err)
	}
}

// TestWhyAWatchEnds is said in the thread.
func TestWhyAWatchEnds(t *testing.T) {
	gone := &takeover.Trouble{Kind: takeover.Gone, Status: 404}
	for want, e := range map[string]takeover.Entry{
		"the conversation has ended (completed)":                  {End: takeover.WatchEnded, Answer: "completed"},
		"30 minutes have passed":                                  {End: takeover.WatchTimeUp},
		"the transcript cannot be shown any more":                 {End: takeover.WatchUnreadable},
		"Anyreach does not know this conversation any more (404)": {End: takeover.WatchFailed, Trouble: gone},
	} {
		e.Deed, e.Other, e.Ref = takeover.DidStopWatch, holder, "w7t2"
		if got := sayWords(watchedLine(), e); !strings.Contains(got, "The watch of <@UDANA> is over: "+want+".") {
			t.Errorf("%s", got)
		}
	}
}

func TestSearchSaysWhoDidNotAnswer(t *testing.T) {
	d := newDesk(t)
	d.bot.cfg.Providers = []string{"Telnyx", "Anyreach"}
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
	m := d.bot.results(t.Context(), q, hits.Conversations, []takeover.Line{readingLine()}, 0, hits)
	checkMessage(t, m)
	for _, want := range []string{"Telnyx did not answer", "1 conversations and perhaps older ones", "has ended (completed)", "Night desk"} {
		if raw := string(shownJSON(t, m)); !strings.Contains(raw, want) {
			t.Errorf("%q is not in %s", want, raw)
		}
	}
	err := errors.Join(down[0], &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Failing, Status: 502})
	if got := otherCauses(err); got != "Anyreach is failing (502). " {
		t.Errorf("%q", got)
	}
}
