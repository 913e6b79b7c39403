package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"takeoverbot/internal/telnyxsim"
)

const (
	// joinedLines are held; in each of them a new conversation begins, once.
	joinedLines = 36
	// joinedATick is how many begin in a tick, each at another moment of it.
	joinedATick = 3
)

// begun is a new conversation of a held line.
type begun struct {
	id string
	at time.Time // of its first message
}

// joined measures how soon a conversation that begins on a held line is proven silent.
func joined(ctx context.Context, s *setup) []row {
	w, lines := s.simulators(false), s.scaled(joinedLines, 2*joinedATick)
	copyDatabase(s.prepared(dbHeld), s.prepared("joined"))
	must(holdLines(ctx, w, s.prepared("joined"), lines), "hold %d lines", lines)
	p := s.readyBot(ctx, w, "joined")
	defer p.kill()
	w.telnyx.SetInactivity(time.Nanosecond) // each text opens a conversation
	// The watch begins with the first look; what is before it is in no list of changes.
	listed := func(calls []call) bool { return count(calls, telnyxChanges) > 0 }
	value(w.telnyxCalls.await(ctx, listed))("wait for the first look")
	all := make([]begun, lines)
	began, pace := time.Now(), watchTick/joinedATick
	for i := range all {
		// Later by a little in each tick: so they spread over all moments of a tick.
		later := time.Duration(i/joinedATick) * pace * joinedATick / time.Duration(lines)
		pause(ctx, time.Until(began.Add(time.Duration(i)*pace+later)))
		all[i].at = time.Now()
		all[i].id = w.telnyx.Text(ctx, telnyxsim.BulkEndUser(i), heldAgent, "Me again. Is somebody still there?")
	}
	ctx, cancel := context.WithTimeout(ctx, 4*watchTick)
	defer cancel()
	delays := make(sample, 0, lines)
	for _, b := range all {
		calls := value(w.telnyxCalls.await(ctx, func(calls []call) bool { return !b.proven(calls).IsZero() }))("wait for silence in %s", b.id)
		delays = append(delays, b.proven(calls).Sub(b.at))
		if c, ok := w.telnyx.Conversation(b.id); !ok || !c.AIDisabled() {
			must(errors.New("the AI is on there"), "find the new conversation silent")
		}
	}
	most := watchTick + time.Second
	return []row{{
		name: fmt.Sprintf("new conversation of a held line: first message to proven silence there, p50 / p99 (n = %d)", lines),
		bot:  spread(delays), target: fmt.Sprintf("p99 ≤ %.0f s (a tick, and 1 s)", most.Seconds()), met: delays.percentile(99) <= most,
	}}
}

// proven is when the conversation's flag was read back after it was written; the zero time if
// it was not.
func (b begun) proven(calls []call) time.Time {
	wrote := false
	for _, c := range calls {
		if !strings.HasSuffix(c.Path, "/"+b.id) || c.Status/100 != 2 {
			continue
		}
		if wrote && c.Name == telnyxRead {
			return c.To
		}
		wrote = wrote || c.Name == telnyxWrite
	}
	return time.Time{}
}
