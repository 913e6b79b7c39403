package store

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

func (b *base) post(key string) (takeover.Post, bool) {
	b.Helper()
	p, ok, err := b.Post(b.Context(), key)
	if err != nil {
		b.Fatal(err)
	}
	return p, ok
}

func (b *base) putPost(p takeover.Post) {
	b.Helper()
	if err := b.PutPost(b.Context(), p); err != nil {
		b.Fatal(err)
	}
}

func TestPosts(t *testing.T) {
	onBoth(t, func(b *base) {
		if p, ok := b.post("say/1"); ok || p.Key != "say/1" {
			b.Errorf("%+v, %t before it was put", p, ok)
		}
		begun := takeover.Post{Key: "say/1", Channel: "C1", Begun: start, File: "F1"}
		b.putPost(begun)
		if p, ok := b.post(begun.Key); !ok || p != begun {
			b.Errorf("%+v, %t; want %+v", p, ok, begun)
		}
		done := takeover.Post{Key: begun.Key, Channel: "C1", TS: "1795300000.000100"}
		b.putPost(done)
		if p, ok := b.post(begun.Key); !ok || p != done {
			b.Errorf("%+v, %t; want %+v", p, ok, done)
		}
		for range 2 { // dropping twice is no error
			if err := b.DropPost(b.Context(), begun.Key); err != nil {
				b.Fatal(err)
			}
		}
		if _, ok := b.post(begun.Key); ok {
			b.Error("it is still there after it was dropped")
		}
	})
}

func TestPostNotesItsTime(t *testing.T) {
	onBoth(t, func(b *base) {
		b.putPost(takeover.Post{Key: "say/1"})
		b.clock.advance(time.Minute)
		b.putPost(takeover.Post{Key: "say/1", TS: "1.2"})
		if at := b.count("SELECT changed_at FROM posts"); at != start.Add(time.Minute).UnixMilli() {
			b.Errorf("changed at %d, want %d", at, start.Add(time.Minute).UnixMilli())
		}
	})
}

func TestDirectMessages(t *testing.T) {
	onBoth(t, func(b *base) {
		if d, ok, err := b.DirectMessage(b.Context(), "handoff/1"); ok || err != nil || d.Key != "handoff/1" || !d.Written.IsZero() {
			b.Errorf("%+v, %t, %v before it was put", d, ok, err)
		}
		for i := range 2 {
			want := takeover.DirectMessage{Key: "handoff/1", Channel: "D1", TS: "1.1", Written: start.Add(time.Duration(i) * time.Microsecond)}
			if err := b.PutDirectMessage(b.Context(), want); err != nil {
				b.Fatal(err)
			}
			if d, ok, err := b.DirectMessage(b.Context(), "handoff/1"); !ok || err != nil || d != want {
				b.Errorf("%+v, %t, %v; want %+v", d, ok, err, want)
			}
		}
	})
}

func TestAlarms(t *testing.T) {
	onBoth(t, func(b *base) {
		first := takeover.Alarm{Line: "ln_a", Event: takeover.EventLeadsTold, Channel: "C1", TS: "1.1", Holder: "U1"}
		second := first
		second.TS, second.Holder = "1.2", "U2"
		other := takeover.Alarm{Line: "ln_a", Event: takeover.EventDeskWarned, Channel: "C1", TS: "1.3"}
		want := []takeover.Alarm{second, other}
		slices.SortFunc(want, func(a, b takeover.Alarm) int { return strings.Compare(string(a.Event), string(b.Event)) })
		for _, a := range []takeover.Alarm{first, other, second, {Line: "ln_b", Event: takeover.EventDeskWarned}} {
			if err := b.PutAlarm(b.Context(), a); err != nil {
				b.Fatal(err)
			}
		}
		if err := b.DropAlarm(b.Context(), first); err != nil { // a newer one has taken its place
			b.Fatal(err)
		}
		if got, err := b.Alarms(b.Context(), "ln_a"); err != nil || !slices.Equal(got, want) {
			b.Errorf("%+v, %v; want %+v", got, err, want)
		}
		if err := b.DropAlarm(b.Context(), second); err != nil {
			b.Fatal(err)
		}
		if got, err := b.Alarms(b.Context(), "ln_a"); err != nil || !slices.Equal(got, []takeover.Alarm{other}) {
			b.Errorf("%+v, %v after one was dropped", got, err)
		}
	})
}

func TestHomes(t *testing.T) {
	onBoth(t, func(b *base) {
		open := func(viewer takeover.OperatorID, page int) {
			if err := b.OpenHome(b.Context(), viewer, page); err != nil {
				b.Fatal(err)
			}
		}
		open("U1", 1)
		b.clock.advance(time.Hour)
		open("U2", 2)
		b.clock.advance(time.Hour)
		open("U3", 0)
		for _, tt := range []struct {
			since time.Duration
			limit int
			want  string
		}{{0, 9, "U3 U2 U1"}, {time.Hour, 9, "U3 U2"}, {0, 1, "U3"}, {3 * time.Hour, 9, ""}} {
			homes, err := b.Homes(b.Context(), start.Add(tt.since), tt.limit)
			var viewers []string
			for _, h := range homes {
				viewers = append(viewers, string(h.Viewer))
			}
			if got := strings.Join(viewers, " "); err != nil || got != tt.want {
				b.Errorf("since %s, %d at most: %q, %v; want %q", tt.since, tt.limit, got, err, tt.want)
			}
		}
		published := takeover.Home{Viewer: "U1", Page: 4, Digest: "abc", AsOf: start}
		for _, h := range []takeover.Home{published, {Viewer: "U9", Digest: "closed"}} {
			if err := b.PublishedHome(b.Context(), h); err != nil {
				b.Fatal(err)
			}
		}
		open("U1", 4) // what stands there is still known
		if h, ok, err := b.Home(b.Context(), "U1"); !ok || err != nil || h != published {
			b.Errorf("%+v, %t, %v; want %+v", h, ok, err, published)
		}
		if err := b.CloseHome(b.Context(), "U1"); err != nil {
			b.Fatal(err)
		}
		for _, viewer := range []takeover.OperatorID{"U1", "U9"} {
			if h, ok, err := b.Home(b.Context(), viewer); ok || err != nil {
				b.Errorf("%+v, %v: it is not open", h, err)
			}
		}
	})
}

func TestShown(t *testing.T) {
	onBoth(t, func(b *base) {
		want := takeover.Shown{Line: "ln_a", Conversation: "c1", Card: "1.1", Keys: []string{"m1", "m2"}, Whole: true, Posting: []string{"m3"},
			Burst: takeover.Burst{Post: "messages/m2", Since: start, Names: []string{"m2", "m3"}}}
		for range 2 {
			if err := b.PutShown(b.Context(), want); err != nil {
				b.Fatal(err)
			}
			if got, ok, err := b.Shown(b.Context(), "ln_a", "c1"); !ok || err != nil || !reflect.DeepEqual(got, want) {
				b.Errorf("%+v, %t, %v; want %+v", got, ok, err, want)
			}
			want.Keys, want.Whole, want.Posting = []string{"m2", "m3"}, false, []string{}
		}
		if got, ok, err := b.Shown(b.Context(), "ln_a", "c2"); ok || err != nil {
			b.Errorf("another conversation: %+v, %v", got, err)
		}
	})
}
