package slackapi

import (
	"bytes"
	"context"
	"slices"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// Upload is a file for a channel or thread.
type Upload struct {
	Channel  string
	Thread   string // the parent's TS; empty for the channel itself
	Filename string
	Title    string
	Text     string // beside the file, escaped; may be empty
	Content  []byte // not empty
}

// UploadOnce shares a file unless a file with this key was shared already. The bytes may be
// sent twice, but are shown once: the file's id is stored before it is shared. A file has the
// lowest priority. err is ErrThreadGone, an *Error or a *takeover.LaterError.
func (c *Client) UploadOnce(ctx context.Context, key string, u Upload) error {
	_, err := c.leased(ctx, key, func(ctx context.Context, known takeover.Post, begun bool) (takeover.Post, error) {
		w := &posting{c, Bulk, key, Place{Channel: u.Channel, Thread: u.Thread}, c.now()}
		if begun {
			w.begun = known.Begun
			if known.File != "" {
				return w.goOn(ctx, known.File, u)
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
func (w *posting) goOn(ctx context.Context, file string, u Upload) (takeover.Post, error) {
	found, err := w.find(ctx, func(m posted) bool { return slices.Contains(m.Files, postedFile{file}) })
	if err != nil || found != nil {
		return w.adopt(ctx, found, err)
	}
	if err := w.fileTurn(ctx); err != nil {
		return takeover.Post{}, err
	}
	post, err := w.shareFile(ctx, file, u)
	if IsCode(err, "file_not_found") { // too long ago; the row is gone, so another try sends it anew
		return takeover.Post{}, takeover.Later(BusyWait, "slack forgot the file")
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
func (w *posting) sendFile(ctx context.Context, u Upload) (file string, err error) {
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
func (w *posting) shareFile(ctx context.Context, file string, u Upload) (takeover.Post, error) {
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
	if IsCode(err, "thread_not_found") {
		err = ErrThreadGone
	}
	if err != nil {
		return takeover.Post{}, w.failed(ctx, reference{}, withChannel(u.Channel, err))
	}
	// The answer does not tell the message's TS: Slack shares when it has time. The
	// file's id takes its place.
	return w.stands(ctx, reference{u.Channel, file})
}
