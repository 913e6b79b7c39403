package takeover_test

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// readings are the conversations that jobs of the store ask to be read, and forgets the jobs.
func (h *fixture) readings() []takeover.FollowJob {
	var asked []takeover.FollowJob
	for _, j := range h.store.jobs {
		if f, ok := j.(takeover.FollowJob); ok {
			asked = append(asked, f)
		}
	}
	h.store.jobs = nil
	return asked
}

func TestWatchBeginsAndEnds(t *testing.T) {
	h, r := readOnly(t)
	begin := press(takeover.Watching, "UA", "watch", noon)
	h.press(t, begin)
	h.press(t, begin) // a second delivery
	l := h.line()
	if l.Watch.By != "UA" || !l.Watch.Until.Equal(noon.Add(takeover.WatchFor)) {
		t.Fatalf("watch %+v", l.Watch)
	}
	asked := h.readings()
	if len(asked) != 1 || asked[0].Conversation != l.Newest.ID {
		t.Fatalf("asked to read %v, want the newest conversation once", asked)
	}
	r.transcript.Messages = []takeover.Message{{Key: "1", Role: takeover.RoleEndUser, Text: "hello", At: takeover.ProviderTime(noon)}}
	got, tr, err := h.follow(t, asked[0])
	if err != nil || len(tr.Messages) != 1 || len(got.Recent.Lines) != 1 {
		t.Fatalf("%+v, %v", tr, err)
	}
	before := h.line().Version
	if _, _, err := h.follow(t, asked[0]); err != nil || h.line().Version != before {
		t.Errorf("nothing new was stored as version %d after %d, %v", h.line().Version, before, err)
	}
	h.press(t, press(takeover.Watching, "UB", "stop", noon.Add(time.Minute)))
	if l := h.line(); l.Watched() {
		t.Errorf("watch %+v after a second press", l.Watch)
	}
	last := h.store.audit[len(h.store.audit)-1]
	if last.Event != takeover.EventWatchEnded || last.Who != "UB" || last.Other != "UA" {
		t.Errorf("audit %+v", last)
	}
}

// TestAWatchIsReadEveryTenSeconds, and ends by itself after its time.
func TestAWatchIsReadEveryTenSeconds(t *testing.T) {
	h, _ := readOnly(t)
	h.press(t, press(takeover.Watching, "UA", "watch", noon))
	readings := len(h.readings())
	for h.clock = noon; h.line().Watched() && h.clock.Before(noon.Add(time.Hour)); h.clock = h.clock.Add(time.Second) {
		h.due(t)
		readings += len(h.readings())
	}
	if passed := h.clock.Sub(noon); passed < takeover.WatchFor || passed > takeover.WatchFor+5*time.Second {
		t.Errorf("the watch lasted %s", passed)
	}
	if most := int(takeover.WatchFor/takeover.WatchEvery) + 1; readings > most || readings < most*4/5 {
		t.Errorf("%d readings in %s, want one every %s", readings, takeover.WatchFor, takeover.WatchEvery)
	}
	if last := h.store.audit[len(h.store.audit)-1]; last.End != takeover.WatchTimeUp {
		t.Errorf("audit %+v", last)
	}
}

// TestHowAWatchEnds where the provider shows that there is no more to be seen.
func TestHowAWatchEnds(t *testing.T) {
	refused := &takeover.ProviderError{Provider: "Telnyx", Op: "read", Kind: takeover.KeyRefused, Status: 403}
	limited := &takeover.ProviderError{Provider: "Telnyx", Op: "read", Kind: takeover.Limited, Status: 429, RetryAfter: time.Minute}
	for name, c := range map[string]struct {
		transcript takeover.Transcript
		err        error
		end        takeover.WatchEnd
		next       time.Duration // where the watch goes on
	}{
		"the conversation ends": {takeover.Transcript{Ended: true, Status: "completed"}, nil, takeover.WatchEnded, 0},
		"it is hidden":          {takeover.Transcript{State: takeover.TranscriptHidden}, nil, takeover.WatchUnreadable, 0},
		"the key is refused":    {takeover.Transcript{}, refused, takeover.WatchFailed, 0},
		"too many calls":        {takeover.Transcript{}, limited, "", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			h, r := readOnly(t)
			h.press(t, press(takeover.Watching, "UA", "watch", noon))
			r.transcript, r.err = c.transcript, c.err
			_, _, err := h.follow(t, h.readings()[0])
			if (err != nil) != (c.err != nil) {
				t.Fatal(err)
			}
			last := h.store.audit[len(h.store.audit)-1]
			if l := h.line(); c.end == "" && (!l.Watched() || l.Watch.NextAt.Before(noon.Add(c.next))) {
				t.Errorf("watch %+v, want the next reading after %s", l.Watch, c.next)
			}
			if c.end != "" && (h.line().Watched() || last.Event != takeover.EventWatchEnded || last.End != c.end) {
				t.Errorf("watched %t, audit %+v", h.line().Watched(), last)
			}
			if c.end == takeover.WatchFailed && last.Trouble.Kind != takeover.KeyRefused {
				t.Errorf("the audit does not say why: %+v", last.Trouble)
			}
		})
	}
}

func TestWhatCannotBeWatched(t *testing.T) {
	h, r := readOnly(t)
	r.can[takeover.CanWatch] = takeover.Ability{Level: takeover.LevelSetUp, Reason: "hidden by permission"}
	h.press(t, press(takeover.Watching, "UA", "watch", noon))
	if l := h.line(); l.Watched() {
		t.Errorf("watch %+v", l.Watch)
	}
	if e := h.store.audit; len(e) != 1 || e[0].Event != takeover.EventWatchRefused || e[0].Answer != "hidden by permission" {
		t.Errorf("audit %+v", e)
	}
}

func TestReadRemembersWhyThereIsNothing(t *testing.T) {
	h, r := readOnly(t)
	r.transcript = takeover.Transcript{State: takeover.TranscriptHidden, Why: "scope x", Status: "completed", Ended: true}
	l, _, err := h.Read(t.Context(), takeover.Reading{Line: "ln_1", Messages: 20})
	if err != nil || l.Recent.State != takeover.TranscriptHidden || l.Recent.Why != "scope x" || !l.Newest.Ended || l.Newest.Status != "completed" {
		t.Errorf("%+v, %v", l, err)
	}
	if l.Ability(takeover.CanWatch).Level == takeover.LevelYes {
		t.Error("the line of a conversation that has ended can still be watched")
	}
}

// TestOpeningAnOlderConversationCoversIt, unless the line is taken; the card is drawn anew
// each time.
func TestOpeningAnOlderConversationCoversIt(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	open := takeover.Reading{Line: "ln_1", Conversation: "old", Messages: 20, Opened: true}
	h.store.known["ln_1/old"] = true // a search has found it
	l, _, err := h.Read(t.Context(), open)
	if err != nil || !l.Covers("c1") || !l.Covers("old") || l.Newest.ID != "c1" {
		t.Fatalf("covers %v, newest %s, %v", l.Covered, l.Newest.ID, err)
	}
	if again, _, err := h.Read(t.Context(), open); err != nil || again.Version == l.Version {
		t.Errorf("version %d after %d, %v", again.Version, l.Version, err)
	}
	h.store.lines["ln_1"] = line(takeover.StateHeld, "UA")
	if l, _, err := h.Read(t.Context(), open); err != nil || l.Covers("old") {
		t.Errorf("a held line covers %v, %v", l.Covered, err)
	}
}

// TestReadReturnsTheLineAsItIsStored: its version is what a card counts as drawn.
func TestReadReturnsTheLineAsItIsStored(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water")
	for range 2 {
		l, _, err := h.Read(t.Context(), takeover.Reading{Line: "ln_1", Messages: 20, Opened: true})
		if err != nil || l.Version != h.line().Version {
			t.Errorf("version %d, stored %d, %v", l.Version, h.line().Version, err)
		}
	}
}
