package slacksim

import (
	"encoding/json"
	"testing"
)

// heard are the inner events of the requests so far, by subtype.
func (b *testBot) heard(t *testing.T) map[any][]m {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[any][]m{}
	for _, body := range b.bodies {
		var envelope struct{ Event m }
		if err := json.Unmarshal([]byte(body), &envelope); err != nil {
			t.Fatal(err)
		}
		found[envelope.Event["subtype"]] = append(found[envelope.Event["subtype"]], envelope.Event)
	}
	return found
}

func TestTheBotHearsOfItsChanges(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.EchoBotMessages = true })
	deliveries := 0
	wait := func(more int) {
		t.Helper()
		deliveries += more
		r.waitFor("the events", func(*Snapshot) bool { return len(r.Deliveries()) == deliveries })
	}
	ts := r.post(m{"blocks": l{m{"type": "divider"}}})
	wait(1)
	r.call("chat.update", m{"channel": DeskChannel, "ts": ts, "text": "with blocks", "blocks": l{m{"type": "divider"}}})
	wait(1)
	r.call("chat.update", m{"channel": DeskChannel, "ts": ts, "text": "words"})
	wait(1)
	reply := r.post(m{"thread_ts": ts})
	wait(1)
	r.call("chat.delete", m{"channel": DeskChannel, "ts": ts})
	wait(1)
	r.call("chat.delete", m{"channel": DeskChannel, "ts": reply})
	wait(1)
	heard := r.bot.heard(t)
	if posts := heard[nil]; len(posts) != 2 || posts[0]["bot_id"] != BotID || posts[0]["bot_profile"] == nil {
		t.Errorf("posts %v", posts)
	}
	changes := heard["message_changed"]
	if len(changes) != 3 {
		t.Fatalf("changes %v", changes)
	}
	for i, want := range []struct {
		text   string
		edited bool
	}{{"with blocks", false}, {"words", true}} {
		now := changes[i]["message"].(m)
		if now["text"] != want.text || (now["edited"] != nil) != want.edited || now["bot_id"] != BotID || changes[i]["ts"] == ts {
			t.Errorf("change %d: %v", i, changes[i])
		}
	}
	if last := changes[2]["message"].(m); last["subtype"] != tombstone {
		t.Errorf("a parent with replies: %v", changes[2])
	}
	if gone := heard["message_deleted"]; len(gone) != 1 || gone[0]["deleted_ts"] != reply {
		t.Errorf("deleted %v", gone)
	}
}

func TestWithoutEchoTheBotHearsOnlyPeople(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(nil)
	r.call("chat.update", m{"channel": DeskChannel, "ts": ts, "text": "x"})
	r.call("chat.delete", m{"channel": DeskChannel, "ts": ts})
	_, d := r.Say(t.Context(), Dana, DeskChannel, "", "hello")
	mustOK(t, d)
	if n := r.bot.count(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestAParentThatAPersonDeletes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	parent, d := r.Say(t.Context(), Dana, DeskChannel, "", "first")
	mustOK(t, d)
	_, d = r.Say(t.Context(), Omar, DeskChannel, parent.TS, "second")
	mustOK(t, d)
	mustOK(t, r.Delete(t.Context(), Dana, DeskChannel, parent.TS))
	if _, e := r.bot.event(t); e["subtype"] != "message_changed" || e["message"].(m)["subtype"] != tombstone || e["previous_message"].(m)["text"] != "first" {
		t.Errorf("event %v", e)
	}
}
