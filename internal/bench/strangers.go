package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
)

const (
	// strangers is how many connections promise a body at any time, and strangersSend how many
	// bytes of it every second one of them sends.
	strangers     = 400
	strangersSend = 64 << 10
	// strangersPromise is as large as a body may be that the bot begins to read.
	strangersPromise = 768 << 10
	strangersClicks  = 2000
	// strangersPause is how soon one that was dropped comes again. Without it the row would measure
	// how the generator and the bot share two cores.
	strangersPause = time.Second
)

// besieged measures how many of Slack's requests are acknowledged while strangers hold
// connections open whose headers look like Slack's, and send what they promise slowly or
// not at all. Those that are dropped come again, from the same address as the
// clicks, as behind a proxy. Every click must be answered with 200: closedLoop fails otherwise.
func besieged(ctx context.Context, s *setup) []row {
	p := s.readyBot(ctx, s.sims, dbHeld)
	defer p.kill()
	n := s.scaled(strangersClicks, 200)
	measure := func() load {
		closedLoop(ctx, s.addr, 2, s.mint.batch(s.tooLate, warmUps))
		defer s.sims.answers.reset()
		l := closedLoop(ctx, s.addr, 8, s.mint.batch(s.tooLate, n))
		s.sims.answers.quiet(ctx, quietTime)
		return l
	}
	alone := measure()
	before := p.memory("VmRSS")
	holding, end := context.WithCancel(ctx)
	var all sync.WaitGroup
	for i := range strangers {
		all.Go(func() { s.promise(holding, i%2*strangersSend) })
	}
	pause(ctx, time.Second) // until they all are there
	among := measure()
	most := p.memory("VmHWM")
	end()
	all.Wait()
	share := ratio(among.perSecond(), alone.perSecond())
	return []row{
		{name: fmt.Sprintf("acknowledged per second, 8 clients, while %d strangers promise %d kB each and stall", strangers, strangersPromise>>10),
			bot: fmt.Sprintf("%.0f, none refused", among.perSecond()), ratio: times(share) + " undisturbed", target: "none refused", met: true},
		{name: "… p50 / p99", bot: spread(among.latencies), ratio: "undisturbed " + spread(alone.latencies)},
		{name: "… most memory resident", bot: fmt.Sprintf("%s (%s before)", inMB(most), inMB(before))},
	}
}

// promise opens a connection that announces a body of a well-formed, wrong signature, sends
// the first bytes of it and waits. When it is ended it comes again, until ctx ends.
func (s *setup) promise(ctx context.Context, send int) {
	for ctx.Err() == nil {
		c, err := tryDial(ctx, s.addr)
		if err != nil {
			continue // the bot may refuse a stranger
		}
		stop := context.AfterFunc(ctx, func() { _ = c.Close() })
		_, timestamp := slacksim.Sign(slackSecret, time.Now(), nil)
		_, err = fmt.Fprintf(c, "POST /slack/events HTTP/1.1\r\nHost: %s\r\nX-Slack-Signature: v0=%s\r\nX-Slack-Request-Timestamp: %s\r\nContent-Length: %s\r\n\r\n%s",
			s.addr, strings.Repeat("0a", 32), timestamp, strconv.Itoa(strangersPromise), strings.Repeat("{", send+1))
		if err == nil {
			_, _ = c.status() // it comes when the bot has had enough
		}
		stop()
		_ = c.Close()
		pause(ctx, strangersPause)
	}
}
