package telnyxsim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
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

const (
	// maxMedia is how many bytes the media of a text may have together.
	maxMedia  = 1_000_000
	mediaTime = 5 * time.Second
)

// fetch gets the media of a text that was accepted, each from its address, as a carrier takes them. A text
// whose media cannot be fetched, are no pictures, or are too large together does not arrive.
func (s *Sim) fetch(t *SentText) {
	if len(t.Media) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(s.server.Context(), mediaTime)
	defer cancel()
	var got []Media
	size := 0
	for _, m := range t.Media {
		m, err := fetchOne(ctx, m.URL)
		if size += m.Size; err != nil || size > maxMedia {
			break
		}
		got = append(got, m)
	}
	s.lock()
	defer s.mu.Unlock()
	if len(got) < len(t.Media) {
		t.fate, t.why = StatusSendingFailed, "40317"
	} else {
		t.Media = got
	}
	t.Reached = t.arrives()
	s.changed()
}

// fetchOne gets a picture from this machine: no request leaves it.
func fetchOne(ctx context.Context, address string) (Media, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Media{}, err
	}
	if ip := net.ParseIP(req.URL.Hostname()); !ip.IsLoopback() {
		return Media{}, errors.New("this address is not simulated")
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return Media{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxMedia+1))
	kind := resp.Header.Get("Content-Type")
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "image/") || !strings.HasPrefix(http.DetectContentType(content), "image/")) {
		err = fmt.Errorf("no picture: %s, %s", resp.Status, kind)
	}
	return Media{URL: address, Type: kind, Size: len(content), Content: content}, err
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
