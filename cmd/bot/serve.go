package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"takeoverbot/handlers"
	"takeoverbot/internal/clock"
	"takeoverbot/internal/db"
	"takeoverbot/jobs"
	"takeoverbot/store"
)

// Bounds of a graceful stop; each part gets its own.
const (
	stopRequests = 5 * time.Second
	stopJobs     = 15 * time.Second
)

func serve(ctx context.Context, args []string, out io.Writer) error {
	var turned, env string
	err := flags("serve", args, out, func(set *flag.FlagSet) {
		envFlag(set, &env)
		set.StringVar(&turned, "clock", "", "a `file` whose duration (31m) the bot's clock is ahead by; for the demo and for tests")
	})
	if err != nil {
		return err
	}
	cfg, err := loadConfig(env)
	if err != nil {
		return err
	}
	now := clock.System()
	if turned != "" {
		now = clock.Turned(turned)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	return run(ctx, cfg, now, os.Stderr)
}

// gcPercent is how much garbage there may be before it is collected, in percent of what is in use.
// Go's own 100 lets a list of 2,000 held lines grow the process to 107 to 122 MB; with 50 it is 81
// to 95 (make bench, row crowd).
const gcPercent = 50

// run wires the bot, serves until ctx ends, and stops it: first the listener, then the
// inbox, then the jobs, then the store. The log goes to logs.
func run(ctx context.Context, cfg Config, now *clock.Clock, logs io.Writer) error {
	log := newLog(cfg, logs)
	database, _, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = database.Close() }()
	app, err := wire(cfg, database, now, log) //nolint:contextcheck // Prometheus asks a gauge without one
	if err != nil {
		return err
	}
	listener, err := listenOn(ctx, cfg.ListenAddr)
	if err != nil {
		return err
	}
	endpoints := []endpoint{{listener, app.handler}}
	if app.checks != nil {
		if listener, err = listenOn(ctx, cfg.MetricsAddr); err != nil {
			return errors.Join(err, endpoints[0].Close())
		}
		endpoints = append(endpoints, endpoint{listener, app.checks})
	}
	return app.serve(ctx, endpoints, log)
}

// endpoint is an address at which the bot is reached, and what is served there.
type endpoint struct {
	net.Listener
	handler http.Handler
}

func listenOn(ctx context.Context, addr string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return listener, nil
}

// openDatabase opens and migrates the store; applied is how many migrations there were.
func openDatabase(ctx context.Context, cfg Config) (database *db.DB, applied int, err error) {
	if database, err = db.Open(ctx, cfg.DatabaseURL); err != nil {
		return nil, 0, fmt.Errorf("open DATABASE_URL: %w", err)
	}
	if applied, err = database.Migrate(ctx, store.Migrations()); err != nil {
		return nil, 0, errors.Join(err, database.Close())
	}
	return database, applied, nil
}

// server bounds the time of each part of a request, and the connections.
func server(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnState:         handlers.NewConnections(log).State,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

func (a *app) serve(ctx context.Context, endpoints []endpoint, log *slog.Logger) error {
	// Work continues after ctx ends, so that it can be stopped in order.
	working, endWork := context.WithCancel(context.WithoutCancel(ctx))
	defer endWork()
	var inbox, worker sync.WaitGroup
	inbox.Go(func() { a.inbox.Run(working) })
	failed := make(chan error, len(endpoints))
	servers := make([]*http.Server, len(endpoints))
	for i, d := range endpoints {
		servers[i] = server(d.handler, log)
		go func() { failed <- servers[i].Serve(d) }()
		log.InfoContext(ctx, "listening", "addr", d.Addr().String(), "version", versionText(), "database", a.database.Kind)
	}

	worker.Go(func() { a.store.Heartbeat(working, log, jobs.Inherit) })
	if err := a.runner.Start(working); err != nil {
		for _, server := range servers {
			err = errors.Join(err, server.Close())
		}
		return err
	}
	worker.Go(func() { a.store.WorkInbox(working, a.inbox, a.talk.Apply) })
	keeping, endKeeping := context.WithCancel(working)
	defer endKeeping()
	var keepers sync.WaitGroup
	for _, keep := range a.keepers() {
		keepers.Go(func() { keep(keeping) })
	}

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	log.InfoContext(working, "stopping")
	endKeeping() // so that no keeper starts more work
	shutdown, cancel := context.WithTimeout(working, stopRequests)
	defer cancel()
	for _, server := range servers {
		if stopErr := server.Shutdown(shutdown); stopErr != nil {
			_ = server.Close() // Slack sends again what was not answered
		}
	}
	keepers.Wait()
	a.inbox.Close()
	inbox.Wait()
	a.tasks.Wait()
	stopping, cancel := context.WithTimeout(working, stopJobs)
	defer cancel()
	stopErr := a.runner.Stop(stopping)
	endWork()
	worker.Wait()
	log.InfoContext(ctx, "stopped")
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	if stopErr != nil {
		return fmt.Errorf("stop the jobs: %w", stopErr)
	}
	return nil
}

func migrate(ctx context.Context, args []string, out io.Writer) error {
	var env string
	if err := flags("migrate", args, out, func(set *flag.FlagSet) { envFlag(set, &env) }); err != nil {
		return err
	}
	cfg, err := loadDatabaseConfig(env)
	if err != nil {
		return err
	}
	database, applied, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The database is up to date; %d migrations were applied.\n", applied)
	return errors.Join(err, database.Close())
}

func newLog(cfg Config, out io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.LogLevel)) // Validate has checked it
	opts := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(out, opts))
	}
	return slog.New(slog.NewJSONHandler(out, opts))
}
