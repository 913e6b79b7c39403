package store

import (
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
