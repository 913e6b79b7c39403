package slacksim

import (
	"fmt"
	"testing"
	"time"
)

func seconds(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

func TestMessageIDsFollowTheClockAndNeverGoBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.post(nil)
	r.Advance(2 * time.Hour)
	later := r.post(nil)
	if later != seconds(r.clock.now().Add(2*time.Hour)) || first != seconds(r.clock.now()) {
		t.Errorf("%s, then %s", first, later)
	}
	r.SetNow(func() time.Time { return r.clock.now().Add(-time.Hour) })
	if back := r.post(nil); back <= later {
		t.Errorf("%s after %s", back, later)
	}
	if now := r.Snapshot(Dana, nil).Now; !now.Equal(r.clock.now().Add(-time.Hour)) {
		t.Errorf("people see %s", now)
	}
	r.SetNow(nil)
	if now := r.Snapshot(Dana, nil).Now; !now.Equal(r.clock.now()) {
		t.Errorf("the clock of the options is not back: %s", now)
	}
	if len(r.Messages(DeskChannel)) != 3 || r.findMessage(DeskChannel, later) == nil {
		t.Errorf("messages %+v", r.Messages(DeskChannel))
	}
}

func TestATurnedClockOutdatesNothingThatSlackCounts(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.PostBurst = 1 })
	d := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
	r.post(nil)
	r.Advance(24 * time.Hour)
	if status, _ := r.limited("chat.postMessage", m{"channel": DeskChannel, "text": "x", "unfurl_links": false, "unfurl_media": false}); status != 429 {
		t.Errorf("a day later by hand, the limit is over: %d", status)
	}
	r.ForgetViolations()
	if out := r.call("views.open", m{"trigger_id": d.TriggerID, "view": m{"type": "modal", "title": plain("T"), "blocks": l{m{"type": "divider"}}}}); out["ok"] != true {
		t.Errorf("trigger: %v", out)
	}
	if _, resp := r.do(d.ResponseURL[len(r.base):], "application/json", "", `{"text":"x"}`); resp.StatusCode != 200 {
		t.Errorf("response URL: %d", resp.StatusCode)
	}
	d = mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
	q, body := r.bot.last()
	if want, at := Sign(testSecret, r.clock.now(), []byte(body)); q.Header.Get("X-Slack-Signature") != want || q.Header.Get("X-Slack-Request-Timestamp") != at {
		t.Errorf("signed at %s", q.Header.Get("X-Slack-Request-Timestamp"))
	}
	r.clock.add(4 * time.Second)
	if out := r.call("views.open", m{"trigger_id": d.TriggerID, "view": m{"type": "modal", "title": plain("T"), "blocks": l{}}}); out.err() != "expired_trigger_id" {
		t.Errorf("trigger in real time: %v", out)
	}
}

func TestTurningTheClockIsAChange(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	changes, cancel := r.Changes()
	defer cancel()
	for _, turn := range []func(){func() { r.Advance(time.Minute) }, func() { r.SetNow(nil) }} {
		turn()
		select {
		case <-changes:
		default:
			t.Error("nobody was told")
		}
	}
}
