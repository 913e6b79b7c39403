package demo

import (
	"context"
	"time"

	"takeoverbot/internal/simserver"
)

const (
	// coalesce is how long changes are gathered before the pages are told.
	coalesce = 40 * time.Millisecond
	// lookAtBot is how often the bot is polled: a process does not tell that it died.
	lookAtBot = 500 * time.Millisecond
)

// hub gathers changes from everywhere and tells every open page that there were some.
type hub struct {
	poke chan struct{}
	done chan struct{} // closed when run has ended

	pages simserver.Changes
}

func newHub() *hub {
	return &hub{poke: make(chan struct{}, 1), done: make(chan struct{})}
}

// changed tells the hub of a change that neither simulator knows.
func (h *hub) changed() {
	select {
	case h.poke <- struct{}{}:
	default: // one value is waiting already
	}
}

// subscribe returns a channel that gets a value after changes; several may be one.
func (h *hub) subscribe() (ticks <-chan struct{}, cancel func()) { return h.pages.Subscribe() }

// run works until ctx ends. observe is called after changes and before pages are told;
// it returns when it wants to be called again without any, 0 for never.
func (h *hub) run(ctx context.Context, running func() bool, observe func() time.Duration, slack, telnyx <-chan struct{}) {
	defer close(h.done)
	look := time.NewTicker(lookAtBot)
	defer look.Stop()
	gather := time.NewTimer(0) // the first observation
	defer gather.Stop()
	soon := false // changes are being gathered; more of them must not put it off
	ran := running()
	for {
		select {
		case <-ctx.Done():
			return
		case <-gather.C:
			soon = false
			again := observe()
			h.pages.Tell()
			if again > 0 {
				gather.Reset(again)
			}
			continue
		case <-look.C:
			if now := running(); now == ran {
				continue
			}
			ran = !ran
		case <-slack:
		case <-telnyx:
		case <-h.poke:
		}
		if !soon {
			soon = true
			gather.Reset(coalesce)
		}
	}
}
