package takeover_test

import (
	"errors"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// watchJob is the job of the watch that was begun last.
func (h *house) watchJob(t *testing.T) takeover.WatchJob {
	t.Helper()
	var job takeover.WatchJob
	for _, j := range h.store.jobs {
		if j, ok := j.(takeover.WatchJob); ok {
			job = j
		}
	}
	if job.Ref == "" {
		t.Fatal("nobody looks")
	}
	return job
}

func TestWatchBeginsAndEnds(t *testing.T) {
	h, r := readOnly(t)
	begin := press(takeover.Watching, "UA", "watch", noon)
	h.press(t, begin)
	h.press(t, begin) // a second delivery
	job := h.watchJob(t)
	l := h.store.lines["ln_1"]
	if l.Watch.By != "UA" || !l.Watch.Until.Equal(noon.Add(takeover.WatchFor)) {
		t.Fatalf("watch %+v", l.Watch)
	}
	r.transcript.Messages = []takeover.Message{{Key: "1", Role: takeover.RoleEndUser, Text: "hello", At: noon}}
	got, tr, over, err := h.Look(t.Context(), job, 20)
	if err != nil || over || len(tr.Messages) != 1 || len(got.Recent) != 1 {
		t.Fatalf("%+v, over %t, %v", tr, over, err)
	}
	before := h.store.lines["ln_1"].Version
	if _, _, _, err := h.Look(t.Context(), job, 20); err != nil || h.store.lines["ln_1"].Version != before {
		t.Errorf("nothing new was stored as version %d after %d, %v", h.store.lines["ln_1"].Version, before, err)
	}
	h.press(t, press(takeover.Watching, "UB", "stop", noon.Add(time.Minute)))
	if l := h.store.lines["ln_1"]; l.Watched() {
		t.Errorf("watch %+v after a second press", l.Watch)
	}
	if _, _, over, err := h.Look(t.Context(), job, 20); !over || err != nil {
		t.Errorf("over %t, %v", over, err)
	}
	last := h.store.audit[len(h.store.audit)-1]
	if last.Deed != takeover.DidStopWatch || last.Who != "UB" || last.Other != "UA" {
		t.Errorf("audit %+v", last)
	}
}

func TestAWatchThatWasReplacedEndsNothing(t *testing.T) {
	h, _ := readOnly(t)
	h.press(t, press(takeover.Watching, "UA", "one", noon))
	old := h.watchJob(t)
	late := noon.Add(takeover.WatchFor)
	h.press(t, press(takeover.Watching, "UB", "two", late)) // the first is over by the clock
	if err := h.StopWatch(t.Context(), old, "the time is over"); err != nil {
		t.Fatal(err)
	}
	if l := h.store.lines["ln_1"]; l.Watch.By != "UB" {
		t.Errorf("watch %+v", l.Watch)
	}
	if err := h.StopWatch(t.Context(), h.watchJob(t), "the time is over"); err != nil || h.store.lines["ln_1"].Watched() {
		t.Errorf("still watched, %v", err)
	}
}

func TestWhatCannotBeWatched(t *testing.T) {
	h, r := readOnly(t)
	r.can[takeover.CanWatch] = takeover.Ability{Level: takeover.LevelSetUp, Reason: "hidden by permission"}
	h.press(t, press(takeover.Watching, "UA", "watch", noon))
	if l := h.store.lines["ln_1"]; l.Watched() {
		t.Errorf("watch %+v", l.Watch)
	}
	if e := h.store.audit; len(e) != 1 || e[0].Deed != takeover.DidNotWatch || e[0].Answer != "hidden by permission" {
		t.Errorf("audit %+v", e)
	}
}

func TestLookAgainKeepsItsPace(t *testing.T) {
	for range 50 {
		for asked, atLeast := range map[time.Duration]time.Duration{0: 8 * time.Second, time.Minute: time.Minute} {
			later, ok := errors.AsType[*takeover.LaterError](takeover.LookAgain(asked))
			if !ok || later.After < atLeast || later.After > max(12*time.Second, asked) {
				t.Fatalf("again after %s, asked for %s", later.After, asked)
			}
		}
	}
}

func TestReadRemembersWhyThereIsNothing(t *testing.T) {
	h, r := readOnly(t)
	r.transcript = takeover.Transcript{State: takeover.TranscriptHidden, Why: "scope x", Status: "completed", Ended: true}
	l, _, err := h.Read(t.Context(), "ln_1", "", 20)
	if err != nil || l.Unread != takeover.TranscriptHidden || l.UnreadWhy != "scope x" || !l.Ended || l.Status != "completed" {
		t.Errorf("%+v, %v", l, err)
	}
}
