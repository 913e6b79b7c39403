package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"takeoverbot/handlers"
	"takeoverbot/internal/clock"
	"takeoverbot/internal/db"
	"takeoverbot/internal/pictures"
	"takeoverbot/jobs"
	"takeoverbot/slackbot"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/socket"
	"takeoverbot/slackbot/write"
	"takeoverbot/store"
	"takeoverbot/takeover"
	"takeoverbot/talk"
	"takeoverbot/telnyx"
)

// outsideTime bounds one call of an outside service.
const outsideTime = 10 * time.Second

// app is the wired bot.
type app struct {
	database *db.DB
	store    *store.Store
	inbox    *store.Inbox
	service  *takeover.Service
	listener *listen.Listener
	talk     *talk.Service
	writer   *write.Writer
	socket   *socket.Socket // nil: requests come over HTTP alone
	runner   *jobs.Runner
	handler  http.Handler // of LISTEN_ADDR
	checks   http.Handler // of METRICS_ADDR; nil where that is not set
	tasks    *sync.WaitGroup
	log      *slog.Logger
}

// wire makes every part and passes it to the next, in order of dependence. Timers and what
// people see follow now; leases, jobs and deadlines follow the system's clock.
func wire(cfg Config, database *db.DB, now *clock.Clock, log *slog.Logger) (*app, error) {
	metrics := newMetrics()
	name := processName()
	runner, err := jobs.New(database, name, log, metrics.job)
	if err != nil {
		return nil, err
	}
	st := store.New(database, runner.EnqueueTx, time.Now, name)
	st.BadRow = func(what string, err error) {
		log.Error("a stored row was left out", "what", what, "err", err)
		metrics.badRow(what)
	}
	inbox := store.NewInbox(database, log)
	inbox.Locked = metrics.inboxLocked
	metrics.inbox(st)
	providers, err := newProviders(cfg, now.Now, log, metrics)
	if err != nil {
		return nil, err
	}
	service, err := takeover.New(takeover.Deps{Store: st, Providers: providers, Desks: cfg.desks(), Placeholders: cfg.placeholders(), Now: now.Now, Turned: now.Ahead, Wait: now.Wait, NewID: newLineID, Log: log,
		BadRow: metrics.badRow, Happened: metrics.happened, Proved: metrics.proved})
	if err != nil {
		return nil, err
	}
	running := &sync.WaitGroup{}
	listener, writer, err := slackbot.New(cfg.slack(providers.Names()), slackbot.Deps{
		Inbox: inbox, Service: service, Store: st, HTTP: outside(), Pictures: pictures.New(cfg.TelnyxURL), Log: log, Now: now.Now,
		Background: background(running, log), Observe: metrics.slack, Pacer: pacer(database, st),
	})
	if err != nil {
		return nil, err
	}
	talking, err := talk.New(talk.Deps{Store: st, Takeover: service, Providers: providers, Files: writer, PublicURL: strings.TrimRight(cfg.PublicURL, "/"), Now: now.Now, Wait: now.Wait, Log: log})
	if err != nil {
		return nil, err
	}
	handle(runner, service, talking, writer)
	signed := &signatures{signer: slackSigner(), count: metrics.signed, log: log}
	surface := handlers.Deps{Slack: listener, Ready: st.Ready, Metrics: metrics.handler(), Verified: signed.checked, Observe: metrics.request, Log: log}
	if cfg.PublicURL != "" {
		surface.Pictures = st
	}
	if cfg.hasTelnyx() {
		verifier, err := telnyx.NewVerifier(cfg.TelnyxPublicKey, time.Now)
		if err != nil {
			return nil, err
		}
		webhooks := &signatures{signer: telnyxSigner(), count: metrics.webhooks, log: log}
		surface.Telnyx, surface.TelnyxVerified = &telnyx.Receiver{Verifier: verifier, Put: inbox.Put, Now: now.Now}, webhooks.checked
	}
	a := &app{database: database, store: st, inbox: inbox, service: service, talk: talking, listener: listener, writer: writer, runner: runner, tasks: running, log: log}
	if cfg.SlackAppToken != "" {
		a.socket = socket.New(socket.Deps{Slack: listener.Slack, Listener: listener, Changed: metrics.socketsOpen, Handled: metrics.envelope, Ended: metrics.socketEnded, Log: log})
		if cfg.SlackSigningSecret == "" {
			surface.Slack, surface.Connected = nil, a.socket.Err
		}
	}
	if cfg.MetricsAddr == "" {
		a.handler = handlers.New(surface)
	} else {
		a.handler, a.checks = handlers.NewApart(surface)
	}
	return a, nil
}

// pacer keeps Slack's limits: together with the other replicas where there may be some.
func pacer(database *db.DB, budget slackapi.Budget) *slackapi.Pacer {
	if database.Kind == db.Postgres {
		return slackapi.NewShared(budget)
	}
	return slackapi.NewSuccessor()
}

// handle registers the handler of each job.
func handle(runner *jobs.Runner, service *takeover.Service, talking *talk.Service, writer *write.Writer) {
	jobs.Handle(runner, service.Settle)
	jobs.Handle(runner, service.Purge)
	jobs.Handle(runner, talking.Send)
	jobs.Handle(runner, talking.Record)
	jobs.Handle(runner, writer.Draw)
	jobs.Handle(runner, writer.Say)
	jobs.Handle(runner, writer.Tell)
	jobs.Handle(runner, writer.Mark)
	jobs.Handle(runner, writer.Picture)
	jobs.Handle(runner, writer.Direct)
	jobs.Handle(runner, writer.Draft)
	jobs.Handle(runner, writer.Work)
	jobs.Handle(runner, writer.Follow)
}

// keepers start work without a request, until their context ends.
func (a *app) keepers() []func(context.Context) {
	all := []func(context.Context){a.service.RunTimers, a.service.SyncProviders, a.service.CompareProviders, a.writer.KeepHomes, a.writer.KeepCards, a.writer.KeepOutsiders,
		a.listener.People.Keep, a.listener.KeepChecking, a.runner.KeepLost}
	if a.socket != nil {
		all = append(all, a.socket.Run)
	}
	return all
}

// slack are the settings of slackbot.
func (c Config) slack(providers []string) slackbot.Config {
	return slackbot.Config{
		Token: c.SlackToken, AppToken: c.SlackAppToken, SigningSecret: c.SlackSigningSecret, APIURL: c.SlackAPIURL,
		Region: c.Region, Placeholders: c.placeholders(), Providers: providers, Desks: c.desks(), PublicURL: c.PublicURL,
	}
}

// outside is an HTTP client for one outside service: its calls end in time, and it follows
// no redirect, as that would send a token elsewhere.
func outside() *http.Client {
	return &http.Client{
		Timeout:       outsideTime,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// newLineID returns an id for a line: nobody can guess it, and it fits into a button.
func newLineID() takeover.LineID {
	return takeover.LineID("ln_" + strings.ToLower(rand.Text()[:16]))
}

// processName distinguishes the leases of this process from those of other replicas.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}
