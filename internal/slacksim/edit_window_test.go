package slacksim

import (
	"testing"
	"time"
)

func TestTheEditWindowCloses(t *testing.T) {
	t.Parallel()
	for _, code := range []string{EditWindowClosed, CantUpdateMessage, MessageNotFound} {
		r := newRig(t)
		old := r.post(nil)
		if err := r.SetEditWindow(10*time.Minute, code); err != nil {
			t.Fatal(err)
		}
		update := func(ts string) string {
			return r.call("chat.update", m{"channel": DeskChannel, "ts": ts, "text": "changed"}).err()
		}
		r.Advance(10 * time.Minute)
		if got := update(old); got != "" {
			t.Errorf("in time: %s", got)
		}
		r.Advance(time.Millisecond)
		young := r.post(nil)
		before := r.findMessage(DeskChannel, old).Updates
		if got := update(old); got != code {
			t.Errorf("too late: %q, want %q", got, code)
		}
		if got := r.findMessage(DeskChannel, old).Updates; got != before {
			t.Error("the refused change was done")
		}
		if got := update(young); got != "" {
			t.Errorf("a younger message: %s", got)
		}
		if out := r.call("chat.delete", m{"channel": DeskChannel, "ts": old}); out["ok"] != true {
			t.Errorf("delete: %v", out)
		}
	}
}

func TestTheEditWindowOpensAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old := r.post(nil)
	r.Advance(time.Hour)
	for _, open := range []func(){func() { r.ClearFaults() }, func() { _ = r.SetEditWindow(0, "") }} {
		if err := r.SetEditWindow(time.Minute, EditWindowClosed); err != nil {
			t.Fatal(err)
		}
		if got := r.call("chat.update", m{"channel": DeskChannel, "ts": old, "text": "x"}).err(); got != EditWindowClosed {
			t.Errorf("closed: %q", got)
		}
		open()
		if got := r.call("chat.update", m{"channel": DeskChannel, "ts": old, "text": "x"}).err(); got != "" {
			t.Errorf("open again: %q", got)
		}
	}
	if r.SetEditWindow(-1, EditWindowClosed) == nil || r.SetEditWindow(time.Minute, "") == nil || r.SetEditWindow(time.Minute, "msg_too_long") == nil {
		t.Error("a window that makes no sense was accepted")
	}
}
