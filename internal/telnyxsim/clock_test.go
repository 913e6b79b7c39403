package telnyxsim

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestTheClockOfTelnyxDiffers(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, 8 * time.Second, -15 * time.Second} {
		r := newRig(t, Options{Now: clock, Inactivity: time.Hour})
		r.faults(Faults{ClockAheadMS: int(ahead.Milliseconds()), Put: PutMerge})
		r.Advance(time.Minute)
		id := r.text("hello")
		path := "/ai/conversations/" + id
		if a := r.do("PUT", path, silencing); a.status != 200 {
			t.Fatal(a)
		}
		truth := clock().Add(time.Minute)
		theirs := truth.Add(ahead)
		var got struct {
			Data struct {
				CreatedAt     time.Time `json:"created_at"`
				LastMessageAt time.Time `json:"last_message_at"`
			}
		}
		a := r.do("GET", path, "")
		a.into(t, &got)
		if !got.Data.CreatedAt.Equal(theirs) || got.Data.LastMessageAt.Sub(theirs).Abs() > time.Millisecond || a.header.Get("Date") != theirs.Format(http.TimeFormat) {
			t.Errorf("%s ahead: created %s, Date %s", ahead, got.Data.CreatedAt, a.header.Get("Date"))
		}
		var messages struct{ Data []Message }
		if err := json.Unmarshal([]byte(r.do("GET", path+"/messages", "").body), &messages); err != nil {
			t.Fatal(err)
		}
		for _, m := range messages.Data {
			if m.CreatedAt.Sub(theirs).Abs() > time.Millisecond || !m.SentAt.Equal(m.CreatedAt) {
				t.Errorf("%s ahead: a message of %s, sent %s", ahead, m.CreatedAt, m.SentAt)
			}
		}
		if want := []FlagChange{{At: truth}, {At: truth, Silenced: true}}; !slices.Equal(r.FlagHistory(id), want) {
			t.Errorf("%s ahead: the journal follows: %v", ahead, r.FlagHistory(id))
		}
		// Silence is counted by Telnyx's clock alone.
		r.Advance(59 * time.Minute)
		if answers, in := r.WouldAnswer(BulkEndUser(1), SeedAgent); answers || in != id {
			t.Errorf("%s ahead: a text would be answered in %s", ahead, in)
		}
	}
}

func TestADateOnEveryAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	r.faults(Faults{ClockAheadMS: -3_600_000, Fail: []Failure{{Op: OpList, Status: 502}}})
	for _, path := range []string{"/ai/conversations", "/nothing", convPath} {
		if got := r.do("GET", path, "").header.Get("Date"); got != clock().Add(-time.Hour).Format(http.TimeFormat) {
			t.Errorf("%s: Date %s", path, got)
		}
	}
}
