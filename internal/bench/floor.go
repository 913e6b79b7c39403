package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gorilla/mux"
	"github.com/slack-go/slack"
)

// The floors: what a server costs that does less than the bot. They are processes of
// their own, as the bot is.
const (
	floorBare    = "bare"    // checks the signature and answers
	floorCommit  = "commit"  // and stores a row first, in its own commit
	floorGrouped = "grouped" // and requests that come together share a commit
	floorWrite   = "write"   // only overwrites a few bytes in place and waits for the disk
)

// floors in the order of the table's columns.
func floors() []string { return []string{floorBare, floorCommit, floorGrouped} }

// floorBody is the size of the largest body that a floor reads, in bytes.
const floorBody = 4 << 20

// keep stores one request durably.
type keep func(ctx context.Context, body []byte) error

// runFloor serves a floor until it is told to stop: args are its kind, its address, the
// signing secret and the folder for its database.
func runFloor(args []string) error {
	if len(args) != 4 {
		return errors.New("floor: kind, address, secret and folder are wanted")
	}
	kind, addr, secret, dir := args[0], args[1], args[2], args[3]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	put, end, err := keeping(ctx, kind, dir)
	if err != nil {
		return err
	}
	defer func() { _ = end() }()
	server := floorServer(addr, secret, put, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	go func() {
		<-ctx.Done()
		_ = server.Close() // no client waits for an answer
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("floor: %w", err)
	}
	return nil
}

// keeping is how a floor of this kind stores, and what ends it.
func keeping(ctx context.Context, kind, dir string) (put keep, end func() error, err error) {
	switch kind {
	case floorBare:
		return func(context.Context, []byte) error { return nil }, func() error { return nil }, nil
	case floorWrite:
		return overwrite(filepath.Join(dir, "floor"))
	}
	rows, err := openRows(ctx, filepath.Join(dir, "floor.db"))
	if err != nil {
		return nil, nil, err
	}
	if kind == floorGrouped {
		return rows.shared, rows.close, nil
	}
	return rows.one, rows.close, nil
}

// floorServer has the bot's limits, its router and its log line.
func floorServer(addr, secret string, put keep, log *slog.Logger) *http.Server {
	r := mux.NewRouter().SkipClean(true)
	r.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	r.HandleFunc("/slack/interactions", func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		status := acknowledge(r, secret, put)
		w.WriteHeader(status)
		log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("route", "/slack/interactions"),
			slog.Int("status", status), slog.Float64("ms", float64(time.Since(start).Microseconds())/1000), slog.String("kind", "line.take"))
	}).Methods(http.MethodPost)
	return &http.Server{
		Addr: addr, Handler: r,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// acknowledge checks the signature, stores, and returns the status.
func acknowledge(r *http.Request, secret string, put keep) int {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, floorBody))
	if err != nil {
		return http.StatusBadRequest
	}
	verifier, err := slack.NewSecretsVerifier(r.Header, secret)
	if err != nil {
		return http.StatusUnauthorized
	}
	if _, err := verifier.Write(body); err != nil {
		return http.StatusUnauthorized
	}
	if err := verifier.Ensure(); err != nil {
		return http.StatusUnauthorized
	}
	if err := put(r.Context(), body); err != nil {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}
