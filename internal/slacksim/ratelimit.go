package slacksim

import "time"

// limitGrace forgives the jitter of two requests that were sent exactly one
// interval apart. It is borrowed from the future, so the long-term rate holds.
const limitGrace = 100 * time.Millisecond

// postsPerMinute is the workspace-wide limit of chat.postMessage; Slack only
// says "several hundred".
const postsPerMinute = 600

// bucket is a token bucket that holds up to burst tokens.
type bucket struct {
	perSecond, burst, tokens float64
	last                     time.Time
}

func newBucket(perSecond, burst float64, now time.Time) *bucket {
	return &bucket{perSecond: perSecond, burst: burst, tokens: burst, last: now}
}

// take spends a token and returns 0, or spends none and returns how long to wait.
func (b *bucket) take(now time.Time) time.Duration {
	if passed := now.Sub(b.last).Seconds(); passed > 0 {
		b.tokens = min(b.burst, b.tokens+passed*b.perSecond)
		b.last = now
	}
	wait := time.Duration((1 - b.tokens) / b.perSecond * float64(time.Second))
	if wait > limitGrace {
		return wait
	}
	b.tokens--
	return 0
}

// limit spends a call of a method and returns how long the bot should have
// waited; 0 means the call may go on.
func (s *Sim) limit(name string, m method, a args) time.Duration {
	if s.opt.NoRateLimits {
		return 0
	}
	if name == "chat.postMessage" {
		return max(
			s.bucket("channel "+s.resolveID(a.get("channel")), 1, float64(s.opt.PostBurst)).take(s.real()),
			s.bucket(name, postsPerMinute/60, postsPerMinute).take(s.real()))
	}
	if m.perMinute == 0 {
		return 0
	}
	return s.bucket(name, float64(m.perMinute)/60, float64(m.perMinute)).take(s.real())
}

func (s *Sim) bucket(key string, perSecond, burst float64) *bucket {
	b := s.buckets[key]
	if b == nil {
		b = newBucket(perSecond, burst, s.real())
		s.buckets[key] = b
	}
	return b
}

// resolveID maps a user id to the id of the direct message with that user.
func (s *Sim) resolveID(channel string) string {
	if u := s.users[channel]; u != nil {
		return s.directMessage(channel).ID
	}
	return channel
}
