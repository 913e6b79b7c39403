package demo

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// Options are the parts that a Demo shows. The simulators are started and the bot runs
// already.
type Options struct {
	Slack  *slacksim.Sim
	Telnyx *telnyxsim.Sim
	Bot    Bot
	// TurnClock makes the bot's clock be ahead of the real time by so much; nil where it
	// cannot be turned.
	TurnClock func(ahead time.Duration) error
	// ReplyDelay is how long the simulated assistant takes to answer, as given to Telnyx.
	ReplyDelay time.Duration
	// Log gets a line for what the page cannot show; nil drops it.
	Log *slog.Logger
}

// Demo is one run of the page: what is switched on, and how far the tour has come.
type Demo struct {
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim
	bot    Bot
	delay  time.Duration
	log    *slog.Logger
	token  string // every POST carries it; only our own page knows it
	hub    *hub
	nights *nights
	tour   *tour

	turnClock func(ahead time.Duration) error
	clockMu   sync.Mutex
	ahead     time.Duration // of the bot's and the simulators' clocks

	story story
}

// New makes the page for parts that run already; Run has to be called too.
func New(o Options) *Demo {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Demo{slack: o.Slack, telnyx: o.Telnyx, bot: o.Bot, delay: o.ReplyDelay, log: o.Log, token: rand.Text(), hub: newHub(),
		turnClock: o.TurnClock}
	d.nights = &nights{slack: o.Slack, telnyx: o.Telnyx, report: o.ReplyDelay, on: map[string]bool{}}
	if err := d.nights.clear(); err != nil {
		d.log.Error("the switches are not as they should be at the start", "err", err)
	}
	d.tour = newTour(d.tourLine(), time.Now())
	return d
}

// Run tells the open pages of changes until ctx ends. Then their event streams end too.
func (d *Demo) Run(ctx context.Context) {
	slackChanges, stopSlack := d.slack.Changes()
	defer stopSlack()
	telnyxChanges, stopTelnyx := d.telnyx.Changes()
	defer stopTelnyx()
	d.hub.run(ctx, d.bot.Running, d.observe, slackChanges, telnyxChanges)
}
