package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gorilla/mux"
)

// record is the log line of a request, filled by its handlers and written at its end.
type record struct {
	attrs  []any
	route  string
	unread bool // the request was not read to its end: strangers can make as many as they like
}

type recordKey struct{}

// note adds to the request's log line, only what was verified or is ours: no body, no
// number, no text.
func note(r *http.Request, key string, value any) {
	if rec, ok := r.Context().Value(recordKey{}).(*record); ok {
		rec.attrs = append(rec.attrs, key, value)
	}
}

// logged writes one line for each request, but one a minute for those that were not read, counts it, and
// turns a panic into a 500. If the answer was begun already, it closes the connection.
func (s *server) logged(router *mux.Router) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &record{route: template(router, r)}
		sw := &statusWriter{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), recordKey{}, rec))
		defer func() {
			p := recover()
			if p == nil {
				s.finish(r, rec, sw.status(), time.Since(start))
				return
			}
			note(r, "panic", p)
			note(r, "stack", string(debug.Stack()))
			s.finish(r, rec, http.StatusInternalServerError, time.Since(start))
			if sw.written != 0 {
				panic(http.ErrAbortHandler)
			}
			http.Error(sw, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}()
		router.ServeHTTP(sw, r)
	})
}

func (s *server) finish(r *http.Request, rec *record, status int, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case status >= 400:
		level = slog.LevelWarn
	case rec.route == "/healthz" || rec.route == "/readyz" || rec.route == "/metrics":
		level = slog.LevelDebug
	}
	attrs := append([]any{"method", method(r), "route", rec.route, "status", status,
		"ms", float64(took.Microseconds()) / 1000}, rec.attrs...)
	if rec.unread {
		s.unread.add(attrs...)
	} else {
		s.Log.Log(r.Context(), level, "request", attrs...)
	}
	if s.Observe != nil {
		s.Observe(rec.route, status, took)
	}
}

// method is the request's if it is a usual one: a client may send any word.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return r.Method
	default:
		return "other"
	}
}

// template is the route's path as it is registered, because a requested path could hold
// anything.
func template(router *mux.Router, r *http.Request) string {
	var match mux.RouteMatch
	if !router.Match(r, &match) || match.Route == nil {
		return "other"
	}
	path, err := match.Route.GetPathTemplate()
	if err != nil {
		return "other"
	}
	return path
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	written int
}

// WriteHeader sends the status once.
func (w *statusWriter) WriteHeader(status int) {
	if w.written == 0 {
		w.written = status
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write sends the body, with 200 if no status was sent.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.written == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer beneath.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) status() int {
	if w.written == 0 {
		return http.StatusOK
	}
	return w.written
}
