package slackbot

import (
	"context"
	"testing"
	"time"
)

// On a real clock time passes between two readings of it: a free key must not wait for
// a moment that is always just ahead. A clock that stands still cannot show that.
func TestPacerOnARealClock(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	p := newPacer()
	key := limitKey{method: methodPost, channel: "C1"}
	for range 2 { // the first at once, the second after its interval
		if err := p.wait(ctx, key, urgent); err != nil {
			t.Fatal(err)
		}
	}
}
