package handlers

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"

	"github.com/gorilla/mux"

	"takeoverbot/talk"
)

// Pictures hands out pictures that operators send (store.Store).
type Pictures interface {
	// Picture returns the picture of a token; ok is false if there is none, or if its time has passed.
	Picture(ctx context.Context, token string) (p talk.Picture, ok bool, err error)
}

// tokens are what package talk makes; nothing else is looked up.
var tokens = regexp.MustCompile(`^[A-Z2-7]{26}$`)

var errNoPicture = errors.New("no such picture, or its time has passed")

// picture hands out a picture to a caller that knows its token, which only the provider is told. It never
// shows anything but a picture, whatever its bytes are, and no cache may keep it.
func (s *server) picture(w http.ResponseWriter, r *http.Request) {
	token := mux.Vars(r)["token"]
	if !tokens.MatchString(token) {
		s.refuse(w, r, http.StatusNotFound, "no picture", errNoPicture)
		return
	}
	p, ok, err := s.Pictures.Picture(r.Context(), token)
	switch {
	case err != nil:
		s.refuse(w, r, http.StatusServiceUnavailable, "not read", err)
		return
	case !ok:
		s.refuse(w, r, http.StatusNotFound, "no picture", errNoPicture)
		return
	}
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Length", strconv.Itoa(len(p.Content)))
	h.Set("Content-Disposition", "attachment")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodGet {
		_, _ = w.Write(p.Content)
	}
}
