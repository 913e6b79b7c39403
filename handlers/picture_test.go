package handlers

import (
	"net/http"
	"strings"
	"testing"
)

// TestAPictureIsNothingElse: whatever its bytes are, a browser shows no page of them, and nobody keeps
// it. Its token is in no log.
func TestAPictureIsNothingElse(t *testing.T) {
	s := newSurface(t)
	resp, body := s.send(http.MethodGet, "/media/"+goodToken, nil)
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Disposition": "attachment",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Length": "6",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if body != "<html>" || strings.Contains(s.log.String(), goodToken) {
		t.Errorf("body %q, log %s", body, s.log.String())
	}
}

// TestNoRouteWithoutPictures: a bot without a public address hands nothing out.
func TestNoRouteWithoutPictures(t *testing.T) {
	s := newSurface(t)
	s.server.Pictures = nil
	s.serve()
	if resp, _ := s.send(http.MethodGet, "/media/"+goodToken, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("answered %d", resp.StatusCode)
	}
}
