package slackbot

import (
	"bytes"
	"context"
	"slices"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// upload is a file for a channel or thread.
type upload struct {
	Channel  string
	Thread   string // the parent's TS; empty for the channel itself
	Filename string
	Title    string
	Text     string // beside the file, escaped; may be empty
	Content  []byte // not empty
}

// uploadOnce shares a file unless the key's file stands already. The bytes may be sent
// twice, but what was sent is shown once: its id is stored before it is shared. A file
// waits for everything else.
func (c *client) uploadOnce(ctx context.Context, key string, u upload) error {
	_, err := c.leased(ctx, key, func(ctx context.Context, known takeover.Post, begun bool) (takeover.Post, error) {
		w := &posting{c, bulk, key, place{Channel: u.Channel, Thread: u.Thread}, c.now()}
		if begun {
			var file string
			if w.begun, file = begunWith(known, w.begun); file != "" {
				return w.goOn(ctx, file, u)
			}
		}
		if err := w.fileTurn(ctx); err != nil {
			return takeover.Post{}, err
		}
		file, err := w.sendFile(ctx, u)
		if err != nil {
			return takeover.Post{}, err
		}
		return w.shareFile(ctx, file, u)
	})
	return err
}

// goOn ends what was begun with a file: it is shown already, or is shown now.
func (w *posting) goOn(ctx context.Context, file string, u upload) (takeover.Post, error) {
	found, err := w.find(ctx, func(m posted) bool { return slices.Contains(m.Files, postedFile{file}) })
	if err != nil || found != nil {
		return w.adopt(ctx, found, err)
	}
	if err := w.fileTurn(ctx); err != nil {
		return takeover.Post{}, err
	}
	post, err := w.shareFile(ctx, file, u)
	if isCode(err, "file_not_found") { // too long ago; the row is gone, so another try sends it anew
		return takeover.Post{}, takeover.Later(busyWait, "slack forgot the file")
	}
	return post, err
}

// fileTurn waits until a file may be shared, which is a message of its channel like any
// other.
func (w *posting) fileTurn(ctx context.Context) error {
	if err := w.turn(ctx, w.prio, limitKey{method: methodUploaded}); err != nil {
		return err
	}
	return w.postTurn(ctx, w.prio, w.at.Channel)
}

// sendFile gives Slack the bytes and returns the file's id. Nobody sees it yet.
func (w *posting) sendFile(ctx context.Context, u upload) (file string, err error) {
	var to *slack.GetUploadURLExternalResponse
	err = w.call(ctx, w.prio, limitKey{method: methodUploadURL}, func(ctx context.Context) (err error) {
		to, err = w.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: u.Filename, FileSize: len(u.Content)})
		return err
	})
	if err != nil {
		return "", err
	}
	err = w.callNow(ctx, limitKey{method: methodUpload}, func(ctx context.Context) error {
		return w.api.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: to.UploadURL, Filename: u.Filename, Reader: bytes.NewReader(u.Content)})
	})
	return to.FileID, err
}

// shareFile shows a file that was sent, after fileTurn.
func (w *posting) shareFile(ctx context.Context, file string, u upload) (takeover.Post, error) {
	if err := w.begin(ctx, file); err != nil {
		return takeover.Post{}, err
	}
	err := w.callNow(ctx, limitKey{method: methodUploaded}, func(ctx context.Context) error {
		_, err := w.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
			Files:   []slack.FileSummary{{ID: file, Title: u.Title}},
			Channel: u.Channel, ThreadTimestamp: u.Thread, InitialComment: u.Text,
		})
		return err
	})
	if isCode(err, "thread_not_found") {
		err = errThreadGone
	}
	if err != nil {
		return takeover.Post{}, w.failed(ctx, reference{}, in(u.Channel, err))
	}
	// The answer does not tell the message's TS: Slack shares when it has time. The
	// file's id takes its place.
	return w.stands(ctx, reference{u.Channel, file})
}
