package slackbot

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
)

// TestNobodyWaitsForAnothersQuestion: while Slack does not say who the bot is, a request
// waits as long as it may itself, and what needs no answer does not wait at all.
func TestNobodyWaitsForAnothersQuestion(t *testing.T) {
	d := newDesk(t)
	d.slack.FailNext("auth.test", 1, slacksim.Fault{Kind: slacksim.FaultHang})
	var job sync.WaitGroup
	job.Go(func() {
		if _, err := d.bot.self.get(context.WithoutCancel(t.Context())); err == nil {
			t.Error("the question that hangs was answered")
		}
	})
	for asked := false; !asked; time.Sleep(time.Millisecond) {
		d.bot.self.mu.Lock()
		asked = d.bot.self.asked != nil
		d.bot.self.mu.Unlock()
	}
	began := time.Now()
	if d.bot.self.is(slacksim.BotUserID) || d.bot.self.link("C1", "1.1") != "" {
		t.Error("the bot knows itself before it was told")
	}
	if took := time.Since(began); took > 100*time.Millisecond {
		t.Errorf("what needs no answer took %s", took)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.bot.self.get(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one who waits 50 ms: %v", err)
	}
	if _, err := d.bot.Dispatch(t.Context(), slashBody(slacksim.Dana, "mine")); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > askTime+time.Second {
		t.Errorf("the command was answered after %s", took)
	}
	job.Wait() // the question that hangs is given up
	if took := time.Since(began); took > ackTime+2*time.Second {
		t.Errorf("the question was given up after %s", took)
	}
	if id, err := d.bot.self.get(t.Context()); err != nil || id.UserID != slacksim.BotUserID {
		t.Errorf("asked again: %+v, %v", id, err)
	}
}

// TestOneQuestionForAll: however many want to know who the bot is.
func TestOneQuestionForAll(t *testing.T) {
	d := newDesk(t)
	d.slack.SetLatency("auth.test", 50*time.Millisecond)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if id, err := d.bot.self.get(t.Context()); err != nil || id.TeamID != slacksim.TeamID {
				t.Errorf("%+v, %v", id, err)
			}
		})
	}
	all.Wait()
	if n := d.times("auth.test"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
