package slackbot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// Look is Read for the watch that the line has.
func (h *house) Look(ctx context.Context, job takeover.WatchJob, n int) (takeover.Line, takeover.Transcript, bool, error) {
	line, t, err := h.Read(ctx, job.Line, "", n)
	h.mu.Lock()
	defer h.mu.Unlock()
	t.Status, t.Ended = h.lines[job.Line].Status, h.lines[job.Line].Ended
	return line, t, line.Watch.Ref != job.Ref, err
}

// StopWatch ends the line's watch; the audit has why.
func (h *house) StopWatch(_ context.Context, job takeover.WatchJob, why string) error {
	line := h.change(job.Line, func(l *takeover.Line) { l.Watch = takeover.Watch{} })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.audit[line.ID] = append(h.audit[line.ID], takeover.Entry{Deed: takeover.DidStopWatch, Answer: why})
	return nil
}

// readingLine is a line of a provider whose AI cannot be silenced.
func readingLine() takeover.Line {
	l := lineIn(takeover.StateAI)
	l.Provider, l.Channel, l.AgentName, l.Status = "Anyreach", takeover.ChannelCall, "Night desk", "in_progress"
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
		l.Recent, l.Unread, l.UnreadWhy = nil, takeover.TranscriptHidden, "The transcript is hidden by permission (scope conversations:read_sensitive)."
		l.Can[takeover.CanRead] = takeover.Ability{Level: takeover.LevelSetUp, Reason: "x"}
		l.Can[takeover.CanWatch] = l.Can[takeover.CanRead]
	})
	ended := with(readingLine(), func(l *takeover.Line) {
		l.Status, l.Ended = "completed", true
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
		"reading_odd":     {with(ended, func(l *takeover.Line) { l.Status, l.AgentName = hostileText, hostileText }), "The conversation has ended (", "", "Anyreach"},
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

func TestWatchShowsWhatIsNewAndGoesOn(t *testing.T) {
	l := watchedLine()
	d := newDesk(t, l)
	job := takeover.WatchJob{Line: l.ID, Ref: l.Watch.Ref}
	d.house.said[l.Current] = []takeover.Message{{Key: "1", Role: takeover.RoleEndUser, Text: "hello", At: night}}
	for round, text := range []string{"", "is anybody there?", ""} {
		if text != "" {
			d.house.said[l.Current] = append(d.house.said[l.Current], takeover.Message{Key: "2", Role: takeover.RoleEndUser, Text: text, At: night})
		}
		later, ok := errors.AsType[*takeover.LaterError](d.bot.Watch(t.Context(), job))
		if !ok || later.After < 5*time.Second || later.After > 15*time.Second {
			t.Fatalf("round %d: again after %v", round, later)
		}
	}
	if got := d.thread(d.card()); len(got) != 2 || !strings.Contains(got[0], "hello") || !strings.Contains(got[1], "is anybody there?") {
		t.Errorf("thread %q", got)
	}
}

func TestWatchEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*desk, *takeover.Line)
		why    string // empty: it is over without a word
		again  bool
	}{
		"with the conversation": {func(_ *desk, l *takeover.Line) { l.Ended, l.Status = true, "completed" }, "the conversation has ended (completed)", false},
		"after its time":        {func(_ *desk, l *takeover.Line) { l.Watch.Until = time.Now() }, "30 minutes have passed", false},
		"when it was stopped":   {func(_ *desk, l *takeover.Line) { l.Watch = takeover.Watch{} }, "", false},
		"when it is gone": {func(d *desk, _ *takeover.Line) {
			d.house.fails = &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Gone, Status: 404}
		}, "Anyreach does not know this conversation any more (404)", false},
		"not for a moment": {func(d *desk, _ *takeover.Line) {
			d.house.fails = &takeover.ProviderError{Provider: "Anyreach", Kind: takeover.Limited, RetryAfter: 20 * time.Second}
		}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			l := watchedLine()
			job := takeover.WatchJob{Line: l.ID, Ref: l.Watch.Ref}
			d := newDesk(t)
			tc.change(d, &l)
			d.house.lines[l.ID] = l
			err := d.bot.Watch(t.Context(), job)
			later, again := errors.AsType[*takeover.LaterError](err)
			if again != tc.again || (err != nil && !again) || again && later.After < 20*time.Second {
				t.Fatalf("%v", err)
			}
			why := ""
			for _, e := range d.house.audit[l.ID] {
				why = e.Answer
			}
			if why != tc.why {
				t.Errorf("said %q, want %q", why, tc.why)
			}
		})
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
