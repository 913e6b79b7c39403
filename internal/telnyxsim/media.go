package telnyxsim

import (
	"fmt"
	"net/http"
	"strconv"
)

// mediaPath is below which the files of texts are handed out, without a key.
const mediaPath = "/media/"

// AddMedia keeps a file, so that an end user can send it with a text (TextWith). origin is where the simulator is reached
// ("http://127.0.0.1:41234"). A contentType that does not fit is as possible as with real texts.
func (s *Sim) AddMedia(origin string, content []byte, contentType string) Media {
	s.lock()
	defer s.mu.Unlock()
	s.media = append(s.media, content)
	return Media{URL: fmt.Sprintf("%s%s%d", origin, mediaPath, len(s.media)-1), Type: contentType, Size: len(content)}
}

// serveMedia hands out a file of a text. The address does not tell its type.
func (s *Sim) serveMedia(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("number"))
	s.lock()
	var content []byte
	if err == nil && number >= 0 && number < len(s.media) {
		content = s.media[number]
	}
	s.mu.Unlock()
	if content == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(content)
}
