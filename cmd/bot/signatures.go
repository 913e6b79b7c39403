package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"takeoverbot/slackbot/listen"
	"takeoverbot/telnyx"
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
	signatureNoKey   = "no_key" // nothing to check it with
)

// signatures counts the requests of one sender by their signatures. Where requests are refused and
// none is accepted, it says once what that means: until a request is accepted again.
type signatures struct {
	signer
	count *prometheus.CounterVec
	log   *slog.Logger

	mu      sync.Mutex
	refused map[string]int // in a row
}

// signer is what the bot knows of a sender that signs its requests.
type signer struct {
	routes                 string // "Slack's routes"
	requests               string // "Slack's requests"
	metric                 string // the counter of these requests
	noneYet                string // what it means, or what to do, where none has come
	errWrong, errWrongTime error  // what the check of a signature returns
	wrong, wrongTime       string // what that means where no request is accepted
	errNoKey               error  // what it returns where nothing can be checked; nil if that cannot be
	noKey                  string // what that means; said at the first request
}

// slackSigner is about the requests of Slack.
func slackSigner() signer {
	return signer{routes: "Slack's routes", requests: "Slack's requests", metric: metricSlackRequests, noneYet: "none has come yet",
		errWrong: listen.ErrWrongSignature, errWrongTime: listen.ErrWrongTime, wrong: wrongSecret, wrongTime: wrongClock}
}

// telnyxSigner is about the webhooks of Telnyx.
func telnyxSigner() signer {
	return signer{routes: "/telnyx/webhooks", requests: "Telnyx's webhooks", metric: metricTelnyxWebhooks,
		noneYet:  "none has come yet: put the bot's https address with the path /telnyx/webhooks, and API version 2, into the messaging profile of your assistants' numbers",
		errWrong: telnyx.ErrWrongSignature, errWrongTime: telnyx.ErrWrongTime, errNoKey: telnyx.ErrNoKey,
		wrong: wrongPublicKey, wrongTime: wrongTelnyxClock, noKey: noPublicKey}
}

// checked counts a request; err is why it does not count as the sender's.
func (s *signatures) checked(err error) {
	kind, meaning, often := signatureNone, "", refusedOften
	switch {
	case err == nil:
		kind = signatureRight
	case errors.Is(err, s.errWrong):
		kind, meaning = signatureWrong, s.wrong
	case errors.Is(err, s.errWrongTime):
		kind, meaning = signatureAtWrong, s.wrongTime
	case s.errNoKey != nil && errors.Is(err, s.errNoKey):
		kind, meaning, often = signatureNoKey, s.noKey, 1
	}
	s.count.WithLabelValues(kind).Inc()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil || s.refused == nil {
		s.refused = map[string]int{}
	}
	s.refused[kind]++
	if meaning != "" && s.refused[kind] == often {
		s.log.ErrorContext(context.Background(), "requests are refused, and none was accepted since", "to", s.routes, "requests", often, "signature", kind, "meaning", meaning)
	}
}

// wrongClock is what it means that requests were signed at another time, where none is accepted.
const wrongClock = "the clock of this machine is more than five minutes from Slack's: run chrony or ntpd here"

// wrongSecret is what a wrong signature means where no request is accepted.
const wrongSecret = "SLACK_SIGNING_SECRET is not this app's: copy the Signing Secret from the app's page Basic Information, without quotes. " +
	"If it is right, a proxy changes the bodies, or the requests are not Slack's"

// What it means that no webhook of Telnyx is accepted.
const (
	wrongTelnyxClock = "the clock of this machine is more than five minutes from Telnyx's: run chrony or ntpd here"
	wrongPublicKey   = "TELNYX_PUBLIC_KEY is not this account's: copy the Public Key from Telnyx's portal, Keys & Credentials. " +
		"If it is right, a proxy changes the bodies, or the requests are not Telnyx's"
	noPublicKey = "TELNYX_PUBLIC_KEY is not set: copy the Public Key from Telnyx's portal, Keys & Credentials. Until then the bot does not learn " +
		"whether a text was delivered, and what an end user writes is in the thread some seconds later"
)
