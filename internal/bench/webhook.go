package main

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/telnyxsim"
)

const (
	// webhookEvery is the pause between two texts: each changes the post in the thread and the card, and
	// Slack lets the bot change about 50 messages a minute. What waits for that is not measured: with a
	// text every two seconds the thread is up to eight seconds behind after half a minute.
	webhookEvery = 3 * time.Second
	// webhookMost is what the bot may take from a webhook to the thread.
	webhookMost = 60 * time.Millisecond
)

// webhook measures how soon what an end user writes on a held line is in the thread where Telnyx
// sends a webhook for it.
func webhook(ctx context.Context, s *setup) []row {
	w := s.simulators(false)
	copyDatabase(s.prepared(dbHeld), s.prepared("webhook"))
	must(holdLines(ctx, w, s.prepared("webhook"), 1), "hold a line")
	p := s.readyBot(ctx, w, "webhook")
	defer p.kill()
	w.telnyx.SetWebhookURL("http://" + s.addr + "/telnyx/webhooks")
	h := &hearing{w: w, held: 1}
	// The line's card and what stands in its thread come first: they are not measured.
	h.text(ctx, 0)
	h.heard(ctx)
	h.sent, h.delays = nil, nil
	for i := range s.scaled(20, 5) {
		pause(ctx, webhookEvery)
		h.text(ctx, i+1)
	}
	h.heard(ctx)
	h.complete()
	return []row{{name: "from what an end user writes to the thread, with webhooks, p50 / p99", bot: spread(h.delays),
		target: "p50 ≤ 60 ms", met: h.delays.median() <= webhookMost}}
}

// text has an end user write a text, for which Telnyx sends a webhook.
func (h *hearing) text(ctx context.Context, n int) {
	m := message{fmt.Sprintf("message number %04d of the bench", n), time.Now()}
	h.w.telnyx.Text(ctx, telnyxsim.BulkEndUser(0), heldAgent, m.words)
	h.sent = append(h.sent, m)
}
