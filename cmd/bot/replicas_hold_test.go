package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// TestReplicasKeepTime: two bots on one PostgreSQL hold five lines whose holder does not answer.
// In each step of what follows one of them is killed at a random moment, and started again
// later. Every step comes once for each line, every text of an end user is shown once, and
// Telnyx is polled once a tick, whichever bots run.
func TestReplicasKeepTime(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{database: databases.Postgres(t), replicas: 2, timeout: replicaTimeout})
	for _, bot := range s.bots {
		bot.env = append(bot.env, "SLACK_LEADS_GROUP_ID="+slacksim.LeadsGroup)
		bot.start(t)
	}
	random := newRandom(t)
	front := newBalancer(s, rand.New(rand.NewPCG(random.Uint64(), 1)))
	t.Cleanup(front.Close)
	s.slack.SetBotURL(front.URL)
	c := newOperators(s, 1, "+14155550137", "+14155550112", "+17735550129", "+16025550133", "+14045550108")
	p := &endUsers{sys: s, opened: map[string]map[string]string{}}
	for _, number := range c.numbers {
		c.pressOn(c.users[0], s.line(number), "line.take", "")
	}
	c.settle()
	began := time.Now()
	// told is how many messages with the words name each line to its holder.
	told := func(words string) map[string]int {
		lines := map[string]int{}
		for _, m := range s.directTexts(c.users[0]) {
			for _, number := range c.numbers {
				if strings.Contains(m, words) && strings.Contains(m, "•••• "+number[len(number)-4:]) {
					lines[number]++
				}
			}
		}
		return lines
	}
	steps := []struct {
		turn  time.Duration
		event takeover.Event
		words string // of the message to the holder
	}{
		{0, takeover.EventSilenced, ""}, {31 * time.Minute, takeover.EventHolderAsked, "Do you still need"},
		{6 * time.Minute, takeover.EventHolderAskedAgain, "For the second time: do you still need"},
		{6 * time.Minute, takeover.EventLeadsTold, ""}, {6 * time.Minute, takeover.EventLapsed, "Nobody answered, so by the desk's rule"},
	}
	for _, step := range steps {
		for _, number := range c.numbers {
			p.text(number)
		}
		// In half an hour there are hundreds of looks: what was written before it is known.
		s.eventually("it is known who waits", func() bool {
			return !slices.ContainsFunc(s.lines(), func(l takeover.Line) bool { return l.WaitingSince().IsZero() })
		})
		victim := choose(random, s.bots)
		s.turn(step.turn)
		noticed := random.IntN(len(c.numbers) + 1)
		s.eventually("some of "+string(step.event), func() bool { return s.events(step.event) >= noticed })
		victim.kill()
		s.eventually("all of "+string(step.event), func() bool { return s.events(step.event) >= len(c.numbers) })
		victim.start(t)
		if step.words != "" { // minutes later the bot would say what became of the question instead
			s.eventually("the holder is told of each line: "+step.words, func() bool { return len(told(step.words)) == len(c.numbers) })
		}
	}
	c.settle()
	s.eventually("nothing is under way", s.idle)
	for _, event := range []takeover.Event{takeover.EventHolderAsked, takeover.EventHolderAskedAgain, takeover.EventLeadsTold, takeover.EventLapsed, takeover.EventReleased} {
		if n := s.events(event); n != len(c.numbers) {
			t.Errorf("%d times %q for %d lines", n, event, len(c.numbers))
		}
	}
	for _, step := range steps {
		for _, number := range c.numbers {
			if n := told(step.words)[number]; step.words != "" && n != 1 {
				t.Errorf("%d messages with %q name the line of …%s:\n%s", n, step.words, number[len(number)-4:], readable(s.directTexts(c.users[0])))
			}
		}
	}
	c.checkSaid()
	p.check()
	t.Logf("all of it took %s", time.Since(began).Round(time.Second))
}
