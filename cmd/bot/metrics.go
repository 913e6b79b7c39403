package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"takeoverbot/jobs"
	"takeoverbot/slackbot/socket"
	"takeoverbot/store"
	"takeoverbot/takeover"
)

// What the doctor reads of a running bot: requests by their signatures.
const (
	metricSlackRequests  = "takeover_slack_requests_total"
	metricTelnyxWebhooks = "takeover_telnyx_webhooks_total"
)

// metrics are what the bot counts. Labels are kinds and outcomes, never ids.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	worked   *prometheus.HistogramVec
	called   *prometheus.HistogramVec
	posted   *prometheus.CounterVec
	signed   *prometheus.CounterVec
	webhooks *prometheus.CounterVec
	locked   *prometheus.HistogramVec
	badRows  *prometheus.CounterVec
	clocks   *prometheus.GaugeVec
	proofs   *prometheus.HistogramVec
	sockets  prometheus.Gauge
	trouble  *prometheus.GaugeVec
	ended    *prometheus.CounterVec
	received *prometheus.CounterVec
	events   *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	auto := promauto.With(m.registry)
	m.requests = m.histogram("takeover_http_request_seconds", "Time to answer a request.", "route", "status")
	m.worked = m.histogram("takeover_job_seconds", "Time of one run of a job.", "kind", "outcome")
	m.called = m.histogram("takeover_provider_call_seconds", "Time of one call of the provider's API; status 0 is no answer.", "provider", "operation", "status")
	m.proofs = m.histogram("takeover_proof_seconds", "Time from the stored click to the proof, by state reached (held: AI silent; ai: AI answering).", "state")
	m.locked = m.histogram("takeover_inbox_lock_seconds", "Time that the worker of the inbox waited for those of other replicas, by outcome (got: it worked; timeout: it tries again).", "outcome")
	m.clocks = auto.NewGaugeVec(prometheus.GaugeOpts{Name: "takeover_provider_clock_ahead_seconds", Help: "How far the provider's clock is ahead of the bot's, by its last answer, give or take half a second."}, []string{"provider"})
	m.posted = auto.NewCounterVec(prometheus.CounterOpts{Name: "takeover_slack_calls_total", Help: "Calls of Slack's Web API."}, []string{"method", "outcome"})
	m.signed = auto.NewCounterVec(prometheus.CounterOpts{Name: metricSlackRequests, Help: "Requests to Slack's routes, by their signature; only right ones are accepted."}, []string{"signature"})
	m.webhooks = auto.NewCounterVec(prometheus.CounterOpts{Name: metricTelnyxWebhooks, Help: "Webhooks of Telnyx, by their signature; only right ones are accepted."}, []string{"signature"})
	m.sockets = auto.NewGauge(prometheus.GaugeOpts{Name: "takeover_slack_socket_connections", Help: "Socket Mode connections to Slack that are open."})
	m.trouble = auto.NewGaugeVec(prometheus.GaugeOpts{Name: "takeover_slack_socket_trouble", Help: "1 while Socket Mode connections cannot be opened, by the reason (link_disabled: switched off in Slack; token_refused, missing_scope: of SLACK_APP_TOKEN)."}, []string{"why"})
	m.ended = auto.NewCounterVec(prometheus.CounterOpts{Name: "takeover_slack_socket_ended_total", Help: "Socket Mode connections that ended (replaced: by a new one, in time; silent: nothing came for two pings)."}, []string{"why"})
	m.received = auto.NewCounterVec(prometheus.CounterOpts{Name: "takeover_slack_socket_envelopes_total", Help: "Requests of Slack over Socket Mode, by what became of them (lost: stored, but the acknowledgement could not be sent)."}, []string{"type", "outcome"})
	m.events = auto.NewCounterVec(prometheus.CounterOpts{Name: "takeover_events_total", Help: "What happened to lines, in the words of the audit."}, []string{"event"})
	m.badRows = auto.NewCounterVec(prometheus.CounterOpts{Name: "takeover_bad_rows_total", Help: "Rows that could not be used and were left out, by what they are (line: in the database; timer: a step of a line that was due failed; change: of a provider's list, could not be stored; telnyx, anyreach: of a list, could not be read)."}, []string{"what"})
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	return promauto.With(m.registry).NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	}, labels)
}

// gauge registers a number that is read when metrics are read. It shows -1 after an error.
func (m *metrics) gauge(name, help string, ask func(context.Context) (int64, error)) {
	promauto.With(m.registry).NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		n, err := ask(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
}

// inbox registers what the database tells of the inbox.
func (m *metrics) inbox(st *store.Store) {
	m.gauge("takeover_inbox_waiting", "Commands that could be worked and are not yet.", st.Waiting)
	m.gauge("takeover_inbox_unchecked", "Commands that wait for what Slack says of their person.", st.Unchecked)
	m.gauge("takeover_inbox_oldest_seconds", "For how long the oldest command that could be worked has waited.", func(ctx context.Context) (int64, error) {
		oldest, err := st.OldestWaiting(ctx)
		return int64(oldest.Seconds()), err
	})
	m.gauge("takeover_inbox_put_aside", "Commands that failed too often; `bot retry` tries them again.", st.PutAside)
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) job(kind string, outcome jobs.Outcome, took time.Duration) {
	m.worked.WithLabelValues(kind, string(outcome)).Observe(took.Seconds())
}

// provider returns the function that counts the calls of one provider.
func (m *metrics) provider(name string) func(operation string, status int, took time.Duration) {
	return func(operation string, status int, took time.Duration) {
		m.called.WithLabelValues(name, operation, strconv.Itoa(status)).Observe(took.Seconds())
	}
}

// clock returns the function that keeps how far one provider's clock is ahead of the bot's.
func (m *metrics) clock(name string) func(ahead time.Duration) {
	return func(ahead time.Duration) { m.clocks.WithLabelValues(name).Set(ahead.Seconds()) }
}

func (m *metrics) inboxLocked(waited time.Duration, ok bool) {
	outcome := "timeout"
	if ok {
		outcome = "got"
	}
	m.locked.WithLabelValues(outcome).Observe(waited.Seconds())
}

func (m *metrics) badRow(what string) { m.badRows.WithLabelValues(what).Inc() }

func (m *metrics) slack(method, outcome string) {
	m.posted.WithLabelValues(method, outcome).Inc()
}

func (m *metrics) socketsOpen(open int, trouble socket.Trouble) {
	m.sockets.Set(float64(open))
	m.trouble.Reset()
	if trouble != socket.None {
		m.trouble.WithLabelValues(string(trouble)).Set(1)
	}
}

func (m *metrics) socketEnded(why string) { m.ended.WithLabelValues(why).Inc() }

func (m *metrics) envelope(kind, outcome string) { m.received.WithLabelValues(kind, outcome).Inc() }

func (m *metrics) happened(event takeover.Event) {
	m.events.WithLabelValues(string(event)).Inc()
}

func (m *metrics) proved(state takeover.State, took time.Duration) {
	m.proofs.WithLabelValues(string(state)).Observe(took.Seconds())
}
