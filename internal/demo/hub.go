package demo

import (
	"context"
	"sync"
	"time"
)

const (
	// coalesce is how long changes are gathered before the pages are told.
	coalesce = 40 * time.Millisecond
	// lookAtBot is how often the bot is looked at: a process tells nobody that it died.
	lookAtBot = 500 * time.Millisecond
)

// hub gathers changes from everywhere and tells every open page that there were some.
type hub struct {
	poke chan struct{}
	done chan struct{} // closed when run has ended

	mu    sync.Mutex
	pages map[chan struct{}]struct{}
}

func newHub() *hub {
	return &hub{poke: make(chan struct{}, 1), done: make(chan struct{}), pages: map[chan struct{}]struct{}{}}
}

// changed tells the hub of a change of ours.
func (h *hub) changed() { signal(h.poke) }

// signal leaves one value in a channel of size 1.
func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default: // one is waiting there already
	}
}

// subscribe returns a channel that gets a value after changes; several may be one.
func (h *hub) subscribe() (ticks <-chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages[ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.pages, ch)
	}
}

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
			h.tell()
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

func (h *hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.pages {
		signal(ch)
	}
}
