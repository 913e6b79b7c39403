package main

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"takeoverbot/internal/dbtest"
)

// balancer hands each request to one of the bots by chance, also to one that is gone:
// then the person sees an error and presses again.
type balancer struct {
	mu     sync.Mutex
	chance *rand.Rand
	bots   []http.Handler
}

// ServeHTTP picks a bot.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	bot := choose(b.chance, b.bots)
	b.mu.Unlock()
	bot.ServeHTTP(w, r)
}

func newBalancer(s *system, chance *rand.Rand) *httptest.Server {
	b := &balancer{chance: chance}
	for _, bot := range s.bots {
		proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: bot.addr})
		proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
		b.bots = append(b.bots, proxy)
	}
	return httptest.NewServer(b)
}

// TestReplicas: two bots on one PostgreSQL, people whose clicks reach either, one bot
// killed and started again meanwhile. There is never a second holder, every flag is as
// its card says, and no click is lost or counted twice.
func TestReplicas(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{database: dbtest.EmptyPostgres(t), replicas: 2, timeout: replicaTimeout})
	for _, bot := range s.bots {
		bot.start(t)
	}
	random := newRandom(t)
	front := newBalancer(s, rand.New(rand.NewPCG(random.Uint64(), 1)))
	t.Cleanup(front.Close)
	s.slack.SetBotURL(front.URL)
	s.allowViolations = true // who is sent to a dead bot gets a 502
	c := newOperators(s, 6, "+14155550137", "+14155550112", "+17735550129", "+16025550133", "+14045550108")

	var pressed atomic.Int64
	var people sync.WaitGroup
	killed, started := make(chan struct{}), make(chan struct{})
	for range 4 {
		own := rand.New(rand.NewPCG(random.Uint64(), 2))
		people.Go(func() {
			for range 10 {
				switch pressed.Add(1) {
				case 15:
					s.bots[0].kill()
					close(killed)
				case 28:
					<-killed
					s.bots[0].start(t)
					close(started)
				}
				c.press(own)
				c.checkNow()
			}
		})
	}
	people.Wait()
	<-started
	c.settle()
	c.checkClicks()
	if c.refused > len(c.clicks) {
		t.Errorf("%d clicks were acknowledged, %d were not", len(c.clicks), c.refused)
	}
}
