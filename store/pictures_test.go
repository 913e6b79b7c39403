package store

import (
	"bytes"
	"testing"
	"time"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// TestPicturesAreHandedOutForATime: byte for byte, by whichever process is asked, and then removed.
func TestPicturesAreHandedOutForATime(t *testing.T) {
	onBoth(t, func(b *base) {
		content := bytes.Repeat([]byte{0, 0xff, '\'', '\n', 0x80}, 200_000)
		keep := func(token string, length time.Duration) {
			b.Helper()
			if err := b.KeepPicture(b.Context(), token, talk.Picture{Type: "image/png", Content: content}, length); err != nil {
				b.Fatal(err)
			}
		}
		has := func(token string, want bool) {
			b.Helper()
			got, ok, err := b.Picture(b.Context(), token)
			if err != nil || ok != want || ok && (got.Type != "image/png" || !bytes.Equal(got.Content, content)) {
				b.Errorf("%s: %t, %s, %d bytes, %v", token, ok, got.Type, len(got.Content), err)
			}
		}
		keep("LONG", time.Hour)
		has("LONG", true)
		has("OTHER", false)
		has("", false)
		keep("PAST", -time.Millisecond)
		has("PAST", false)
		keep("SECOND", time.Hour)
		if n := b.count("SELECT count(*) FROM pictures"); n != 2 {
			b.Errorf("%d pictures are kept", n)
		}
		keep("PAST", -time.Millisecond)
		n, err := b.Purge(b.Context(), takeover.Retention{})
		if left := b.count("SELECT count(*) FROM pictures"); err != nil || n != 1 || left != 2 {
			b.Errorf("%d removed, %d left, %v", n, left, err)
		}
		has("LONG", true)
	})
}
