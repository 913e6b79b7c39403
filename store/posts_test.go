package store

import (
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
		if p, ok := b.post("card/ln_a/C1"); ok || p.Key != "card/ln_a/C1" {
			b.Errorf("%+v, %t before it was put", p, ok)
		}
		begun := takeover.Post{Key: "card/ln_a/C1", Channel: "C1"}
		b.putPost(begun)
		if p, ok := b.post(begun.Key); !ok || p != begun {
			b.Errorf("%+v, %t; want %+v", p, ok, begun)
		}
		done := takeover.Post{Key: begun.Key, Channel: "C1", TS: "1795300000.000100", Drawn: 7, Extra: "thread"}
		b.putPost(done)
		if p, ok := b.post(begun.Key); !ok || p != done {
			b.Errorf("%+v, %t; want %+v", p, ok, done)
		}
		if err := b.DropPost(b.Context(), begun.Key); err != nil {
			b.Fatal(err)
		}
		if _, ok := b.post(begun.Key); ok {
			b.Error("it is still there after it was dropped")
		}
		if err := b.DropPost(b.Context(), begun.Key); err != nil {
			b.Errorf("dropped twice: %v", err)
		}
	})
}

// TestDrawnNeverGoesBack: a slow drawing that finishes late must not let an older card
// pass for the newest.
func TestDrawnNeverGoesBack(t *testing.T) {
	onBoth(t, func(b *base) {
		for _, step := range []struct{ put, want int64 }{{3, 3}, {5, 5}, {4, 5}, {5, 5}, {0, 5}, {6, 6}} {
			b.putPost(takeover.Post{Key: "card/ln_a/C1", Drawn: step.put})
			if p, _ := b.post("card/ln_a/C1"); p.Drawn != step.want {
				b.Errorf("after %d was put, %d is drawn, want %d", step.put, p.Drawn, step.want)
			}
		}
		if err := b.DropPost(b.Context(), "card/ln_a/C1"); err != nil {
			b.Fatal(err)
		}
		b.putPost(takeover.Post{Key: "card/ln_a/C1", Drawn: 1})
		if p, _ := b.post("card/ln_a/C1"); p.Drawn != 1 {
			b.Errorf("a card put up anew has drawn %d, want 1", p.Drawn)
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

// TestCardAt: a message is the card of a line only where that is its key, its channel and
// its id.
func TestCardAt(t *testing.T) {
	onBoth(t, func(b *base) {
		b.putPost(takeover.Post{Key: "card/ln_a", Channel: "C1", TS: "1.1"})
		b.putPost(takeover.Post{Key: "card/ln_b", Channel: "C1"})
		b.putPost(takeover.Post{Key: "say/x", Channel: "C1", TS: "1.2"})
		b.putPost(takeover.Post{Key: "cardx/ln_c", Channel: "C1", TS: "1.3"})
		for _, tt := range []struct {
			channel, ts string
			want        takeover.LineID
		}{{"C1", "1.1", "ln_a"}, {"C2", "1.1", ""}, {"C1", "1.2", ""}, {"C1", "1.3", ""}, {"C1", "", ""}, {"C1", "9.9", ""}} {
			got, ok, err := b.CardAt(b.Context(), tt.channel, tt.ts)
			if err != nil || got != tt.want || ok != (tt.want != "") {
				b.Errorf("%s %q: %q, %t, %v; want %q", tt.channel, tt.ts, got, ok, err, tt.want)
			}
		}
	})
}

func TestPostsUnder(t *testing.T) {
	onBoth(t, func(b *base) {
		b.putPost(takeover.Post{Key: "home/U1", Extra: "1"})
		b.putPost(takeover.Post{Key: "homer/U9"})
		b.clock.advance(time.Hour)
		b.putPost(takeover.Post{Key: "home/U2", Extra: "2"})
		b.clock.advance(time.Hour)
		b.putPost(takeover.Post{Key: "home/U3"})
		for _, tt := range []struct {
			since time.Duration
			limit int
			want  string
		}{{0, 9, "home/U3 home/U2 home/U1"}, {time.Hour, 9, "home/U3 home/U2"}, {0, 1, "home/U3"}, {3 * time.Hour, 9, ""}} {
			posts, err := b.PostsUnder(b.Context(), "home/", start.Add(tt.since), tt.limit)
			var keys []string
			for _, p := range posts {
				keys = append(keys, p.Key)
			}
			if got := strings.Join(keys, " "); err != nil || got != tt.want {
				b.Errorf("since %s, %d at most: %q, %v; want %q", tt.since, tt.limit, got, err, tt.want)
			}
		}
	})
}
