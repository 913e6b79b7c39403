package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"takeoverbot/slackbot/listen"
)

// refusedOften is after how many refused requests in a row their cause is logged: a single one may
// be anybody's.
const refusedOften = 3

// Values of the label signature.
const (
	signatureRight   = "right"
	signatureWrong   = "wrong"
	signatureAtWrong = "wrong_time"
	signatureNone    = "none"
)

// signatures counts the requests by their signatures. Where requests are refused and none is
// accepted, it says once what that means: until a request is accepted again.
type signatures struct {
	count *prometheus.CounterVec
	log   *slog.Logger

	mu      sync.Mutex
	refused map[string]int // in a row
}

// checked counts a request; err is why it does not count as Slack's.
func (s *signatures) checked(err error) {
	kind, meaning := signatureNone, ""
	switch {
	case err == nil:
		kind = signatureRight
	case errors.Is(err, listen.ErrWrongSignature):
		kind, meaning = signatureWrong, wrongSecret
	case errors.Is(err, listen.ErrWrongTime):
		kind, meaning = signatureAtWrong, wrongClock
	}
	s.count.WithLabelValues(kind).Inc()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || s.refused == nil {
		s.refused = map[string]int{}
	}
	s.refused[kind]++
	if meaning != "" && s.refused[kind] == refusedOften {
		s.log.ErrorContext(context.Background(), "requests to Slack's routes are refused, and none was accepted since", "requests", refusedOften, "signature", kind, "meaning", meaning)
	}
}

// wrongClock is what it means that requests were signed at another time, where none is accepted.
const wrongClock = "the clock of this machine is more than five minutes from Slack's: run chrony or ntpd here"

// wrongSecret is what a wrong signature means where no request is accepted.
const wrongSecret = "SLACK_SIGNING_SECRET is not this app's: copy the Signing Secret from the app's page Basic Information, without quotes. " +
	"If it is right, a proxy changes the bodies, or the requests are not Slack's"
