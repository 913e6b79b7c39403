package telnyxsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// said is what the first page of messages shows, newest first.
func (r *rig) said(id string) string {
	r.t.Helper()
	var out struct {
		Data []Message
		Meta meta
	}
	r.do("GET", "/ai/conversations/"+id+"/messages", "").into(r.t, &out)
	var texts []string
	for _, m := range out.Data {
		texts = append(texts, m.Text)
	}
	if out.Meta.TotalResults != len(texts) {
		r.t.Errorf("%d messages are announced, %d shown", out.Meta.TotalResults, len(texts))
	}
	return strings.Join(texts, " ")
}

// lastMessageAt is what GET and, as long as it is there, the list show.
func (r *rig) lastMessageAt(id string) time.Time {
	r.t.Helper()
	type row struct {
		LastMessageAt time.Time `json:"last_message_at"`
	}
	var one struct{ Data row }
	var many struct{ Data []row }
	r.do("GET", "/ai/conversations/"+id, "").into(r.t, &one)
	r.do("GET", "/ai/conversations?id=eq."+id, "").into(r.t, &many)
	if len(many.Data) != 1 || !many.Data[0].LastMessageAt.Equal(one.Data.LastMessageAt) {
		r.t.Errorf("the list shows %v, GET %v", many.Data, one.Data)
	}
	return one.Data.LastMessageAt
}

func TestAConversationBecomesVisibleLate(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
	r.faults(Faults{ConversationsLateMS: 5000})
	made := []string{r.text("hello"), r.PhoneCall(t.Context(), BulkEndUser(1), SeedAgent, "hello?")}
	var created struct{ ID string }
	r.do("POST", "/ai/conversations", "{}").into(t, &created)
	made = append(made, created.ID)
	r.faults(Faults{}) // what is hidden stays so
	paths := []string{"", "/messages", "/conversations-insights"}
	listed := func() []string {
		return slices.DeleteFunc(r.do("GET", "/ai/conversations", "").ids(t), func(id string) bool { return id == SeedID(9001) })
	}
	r.Advance(4999 * time.Millisecond)
	for _, id := range made {
		for _, path := range paths {
			if a := r.do("GET", "/ai/conversations/"+id+path, ""); a.status != 404 {
				t.Errorf("hidden: GET %s answers %d", path, a.status)
			}
		}
	}
	if ids := listed(); len(ids) != 0 {
		t.Errorf("hidden and listed: %v", ids)
	}
	if answers, in := r.WouldAnswer(BulkEndUser(1), SeedAgent); !answers || in != made[0] {
		t.Errorf("the assistant does not see it: %t %s", answers, in)
	}
	if a := r.do("PUT", "/ai/conversations/"+created.ID, `{"metadata":{}}`); a.status != 200 {
		t.Errorf("a write does not find it: %d", a.status)
	}
	r.Advance(time.Millisecond)
	for _, id := range made {
		for _, path := range paths {
			if a := r.do("GET", "/ai/conversations/"+id+path, ""); a.status != 200 {
				t.Errorf("visible: GET %s answers %d", path, a.status)
			}
		}
	}
	if ids := listed(); len(ids) != 3 {
		t.Errorf("visible: %v", ids)
	}
	if c, _ := r.Conversation(made[0]); !c.CreatedAt.Equal(clock()) {
		t.Errorf("its time is not the true one: %s", c.CreatedAt)
	}
}

func TestMessagesBecomeVisibleLate(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, Bulk(1, SeedAgent, clock())...)
	id := BulkID(0)
	c, _ := r.Conversation(id)
	c.Messages = c.Messages[:0]
	r.Load([]Conversation{c})
	say := func(n, lateMS int) {
		r.faults(Faults{MessagesLateMS: lateMS})
		if err := r.Append(id, RoleUser, fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		r.Advance(time.Second)
	}
	at := func(second int) time.Time { return clock().Add(time.Duration(second) * time.Second) }
	say(1, 0)
	say(2, 0)
	say(3, 4000)
	for i, want := range []struct {
		said string
		last time.Time
	}{{"2 1", at(1)}, {"4 2 1", at(3)}, {"4 2 1", at(3)}, {"4 3 2 1", at(3)}} {
		if got := r.said(id); got != want.said {
			t.Errorf("step %d: shows %s", i, got)
		}
		if got := r.lastMessageAt(id); !got.Equal(want.last) {
			t.Errorf("step %d: last message at %s", i, got)
		}
		if i == 0 {
			say(4, 0) // the third is hidden behind it
			continue
		}
		r.Advance(time.Second)
	}
	if all := r.Messages(id); len(all) != 4 || !all[2].CreatedAt.Equal(at(2)) {
		t.Errorf("the truth is %v", all)
	}
}

func TestLastMessageAtWithoutVisibleMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	r.faults(Faults{MessagesLateMS: 5000})
	r.Advance(time.Second)
	id := r.text("hello")
	r.Advance(time.Second)
	if got := r.lastMessageAt(id); !got.Equal(clock().Add(time.Second)) || r.said(id) != "" {
		t.Errorf("last message at %s; shows %s", got, r.said(id))
	}
	older := r.do("GET", "/ai/conversations?last_message_at=gte."+clock().Add(1001*time.Millisecond).Format(time.RFC3339Nano), "")
	if ids := older.ids(t); len(ids) != 0 {
		t.Errorf("a filter sees more: %v", ids)
	}
}
