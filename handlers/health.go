package handlers

import (
	"context"
	"net/http"
	"time"
)

// readyTime bounds the check whether the bot can work.
const readyTime = 2 * time.Second

// healthz says that the process is alive; it calls nothing.
func (s *server) healthz(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok\n"))
}

// readyz says whether requests can come and be stored.
func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.refuse(w, r, http.StatusServiceUnavailable, "not ready", err)
		return
	}
	if s.Connected != nil {
		if err := s.Connected(); err != nil {
			note(r, "why", "not connected")
			note(r, "err", err)
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = w.Write([]byte("ready\n"))
}
