package clock_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/clock"
)

// In these tests the system's clock stands still until everybody waits, so that a clock
// of ours can be compared with it to the nanosecond.

// aLook is longer than a waiting clock goes without looking.
const aLook = 105 * time.Millisecond

func ahead(c *clock.Clock) time.Duration { return time.Until(c.Now()) }

func TestSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, begin := clock.System(), time.Now()
		if ahead(c) != 0 {
			t.Error("it is not the system's time")
		}
		c.Wait(t.Context(), time.Hour)
		if took := time.Since(begin); took != time.Hour {
			t.Errorf("an hour took %s", took)
		}
		waitAfterTheEnd(t, c)
	})
}

// waitAfterTheEnd has a clock wait for a context that is over.
func waitAfterTheEnd(t *testing.T, c *clock.Clock) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	c.Wait(ctx, time.Hour)
	if took := time.Since(begin); took != 0 {
		t.Errorf("waited %s although nobody wants it", took)
	}
}

func TestTurned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "clock")
		c := clock.Turned(path)
		if ahead(c) != 0 {
			t.Error("without a file it is not the system's time")
		}
		for _, d := range []time.Duration{31 * time.Minute, 36 * time.Minute} {
			if err := clock.Turn(path, d); err != nil {
				t.Fatal(err)
			}
			if got := ahead(c); got != d {
				t.Errorf("it is ahead by %s, not %s", got, d)
			}
		}
		if got := ahead(clock.Turned(path)); got != 36*time.Minute {
			t.Errorf("a second clock of the same file is ahead by %s", got)
		}
	})
}

// Whatever the file says, time does not run backwards.
func TestNeverBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "clock")
		c := clock.Turned(path)
		last := c.Now()
		for _, words := range []string{"2h", "1h", "-3h", "soon", "", "1h59m59s", "9999999999h", "2h0m0.1s"} {
			if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
				t.Fatal(err)
			}
			now := c.Now()
			if now.Before(last) {
				t.Errorf("%q turned the clock back by %s", words, last.Sub(now))
			}
			last = now
		}
		if got := ahead(c); got != 2*time.Hour+100*time.Millisecond {
			t.Errorf("it is ahead by %s: the longest duration does not count", got)
		}
	})
}

// Who waits for half an hour is woken when it passes at once.
func TestWaitIsWokenByATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "clock")
		c, begin := clock.Turned(path), time.Now()
		time.AfterFunc(time.Second, func() {
			if err := clock.Turn(path, 31*time.Minute); err != nil {
				t.Error(err)
			}
		})
		c.Wait(t.Context(), 30*time.Minute)
		if took := time.Since(begin); took < time.Second || took > time.Second+aLook || ahead(c) != 31*time.Minute {
			t.Errorf("woken after %s, %s ahead", took, ahead(c))
		}
	})
}

func TestWaitEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, begin := clock.Turned(filepath.Join(t.TempDir(), "clock")), time.Now()
		c.Wait(t.Context(), time.Second)
		if took := time.Since(begin); took != time.Second {
			t.Errorf("a second took %s", took)
		}
		waitAfterTheEnd(t, c)
	})
}

func TestTurnSaysWhatFails(t *testing.T) {
	if err := clock.Turn(filepath.Join(t.TempDir(), "no", "clock"), time.Minute); err == nil {
		t.Error("a folder that is not there")
	}
}

// Now is asked for with every click: a look at the file must be rare.
func BenchmarkNow(b *testing.B) {
	c := clock.Turned(filepath.Join(b.TempDir(), "clock"))
	for b.Loop() {
		c.Now()
	}
}
