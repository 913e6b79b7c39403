package write_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/pictures"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

var png = append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 600)...)

// sent is a desk where an end user has sent files with a text, so long ago. The provider answers
// each request for one by serve.
func sent(t *testing.T, files int, ago time.Duration, serve http.HandlerFunc) *desktest.Desk {
	t.Helper()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Open(desktest.LineID)
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	deps := d.Deps()
	deps.Pictures = pictures.New(server.URL)
	d.Bot = desktest.NewBot(d.Config, deps)
	in := takeover.Inbound{ID: "m1", Media: make([]takeover.Media, files)}
	for i := range in.Media {
		in.Media[i].URL = fmt.Sprintf("%s/%d", server.URL, i)
	}
	slacktest.Must(t, d.Backend.Put(t.Context(), takeover.Command{Key: "telnyx/received/m1", Verb: takeover.Received, Provider: "Telnyx", Inbound: &in, At: time.Now().Add(-ago)}))
	return d
}

// show works the job for a file of the text.
func show(d *desktest.Desk, file int) error {
	return d.Bot.Picture(d.Context(), talk.PictureJob{Line: desktest.LineID, Command: int64(len(d.Backend.Stored())), File: file})
}

func TestPicture(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	send := func(content []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }
	}
	for name, tt := range map[string]struct {
		serve http.HandlerFunc
		ago   time.Duration
		file  int
		want  string // in the thread; empty: the picture
		later bool
	}{
		"a picture":         {serve: send(png)},
		"no picture":        {serve: send([]byte("<html>")), want: "a file that is no picture (text/html). Only JPEG"},
		"too large":         {serve: send(append(bytes.Clone(png), make([]byte, pictures.MaxSize)...)), want: "more than 10 MB, which is not shown here. Ask for a smaller one."},
		"gone":              {serve: status(404), want: "that Telnyx does not hand out"},
		"it fails":          {serve: status(500), later: true},
		"it fails for long": {serve: status(500), ago: 3 * time.Minute, want: "did not hand it out in time"},
		"somewhere inside": {serve: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, want: "not one that the bot may open"},
		"one too many": {serve: send(png), file: 10, want: "sent 12 files with one text. Only the first 10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sent(t, 12, tt.ago, tt.serve)
			err := show(d, tt.file)
			if _, later := errors.AsType[*takeover.LaterError](err); later != tt.later || !later && err != nil {
				t.Fatalf("error %v", err)
			}
			_ = show(d, tt.file) // the process died before the job was done
			shown, said := len(d.Slack.Files()), strings.Join(d.Thread(d.Card()), "\n")
			switch {
			case tt.later && (shown > 0 || strings.Contains(said, "picture")):
				t.Errorf("%d pictures; thread %s", shown, said)
			case !tt.later && tt.want == "" && (shown != 1 || !bytes.Equal(d.Slack.Files()[0].Content, png) || d.Slack.Files()[0].Title != "Picture from the end user, 1 of 12" || d.Slack.Files()[0].TS == ""):
				t.Errorf("%d pictures; thread %s", shown, said)
			case tt.want != "" && (shown > 0 || strings.Count(said, tt.want) != 1):
				t.Errorf("%d pictures; thread %s, want %q once", shown, said, tt.want)
			}
		})
	}
}

// TestPictureIsShownOnce: Slack's answer is lost, and by the next attempt the provider has lost the picture.
func TestPictureIsShownOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	d := sent(t, 1, 0, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(png)
	})
	puts := 0
	d.Posts.BeforePut = func(any) error {
		if puts++; puts > 1 { // it dies after the picture was shared
			return errors.New("the process is dead")
		}
		return nil
	}
	if show(d, 0) == nil || len(d.Slack.Files()) != 1 {
		t.Fatalf("%d pictures", len(d.Slack.Files()))
	}
	d.Posts.BeforePut = nil
	slacktest.Must(t, show(d, 0))
	if said := strings.Join(d.Thread(d.Card()), "\n"); len(d.Slack.Files()) != 1 || strings.Contains(said, "does not hand out") {
		t.Errorf("%d pictures; thread %s", len(d.Slack.Files()), said)
	}
}

// TestPostedPicture: only what is a picture by its first bytes, and that every phone shows, leaves.
func TestPostedPicture(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content []byte
		kind    string // empty: it does not leave
		why     takeover.SendFailureKind
	}{
		"PNG":                {png, "image/png", ""},
		"JPEG, called a PNG": {[]byte("\xff\xd8\xff\xe0 and more"), "image/jpeg", ""},
		"GIF":                {[]byte("GIF89a and more"), "image/gif", ""},
		"WebP":               {[]byte("RIFF\x00\x00\x00\x00WEBPVP8 and more"), "", takeover.SendFileKind},
		"a page":             {[]byte("<!DOCTYPE html><title>Sign in</title>"), "", takeover.SendFileUnread},
		"a script":           {[]byte("#!/bin/sh"), "", takeover.SendFileKind},
		"the largest":        {append(bytes.Clone(png), make([]byte, talk.MaxPictureBytes-len(png))...), "image/png", ""},
		"a byte too large":   {append(bytes.Clone(png), make([]byte, talk.MaxPictureBytes-len(png)+1)...), "", takeover.SendFileSize},
		"deleted meanwhile":  {nil, "", takeover.SendFileUnread},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			m, _ := d.Slack.SayWith(t.Context(), slacksim.Dana, slacksim.DeskChannel, "", "", slacksim.File{Name: "door.png", Content: tt.content})
			if tt.content == nil {
				d.Slack.DeleteFiles(t.Context(), slacksim.Dana, slacksim.DeskChannel, m.TS)
			}
			p, err := d.Bot.PostedPicture(t.Context(), takeover.FileID(m.Files[0].ID))
			refused, _ := errors.AsType[*talk.FileError](err)
			switch {
			case tt.why != "" && (refused == nil || refused.Kind != tt.why):
				t.Errorf("%v, want %s", err, tt.why)
			case tt.why == "" && (err != nil || p.Type != tt.kind || !bytes.Equal(p.Content, tt.content)):
				t.Errorf("%s, %d bytes, %v", p.Type, len(p.Content), err)
			}
		})
	}
	d := desktest.New(t)
	d.Slack.SetScopes([]string{"chat:write"})
	if _, err := d.Bot.PostedPicture(t.Context(), "F1"); err == nil || !strings.Contains(err.Error(), "files:read") {
		t.Errorf("without the permission: %v", err)
	}
}
