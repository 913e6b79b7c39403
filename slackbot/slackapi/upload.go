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
	Content  []byte // not empty
}

// UploadOnce shares a file unless a file with this key was shared already. The bytes may be
// sent twice, but are shown once: the file's id is stored before it is shared. A file has the
// lowest priority. err is ErrThreadGone, an *Error or a *takeover.LaterError.
func (c *Client) UploadOnce(ctx context.Context, key string, u Upload) error {
	w := &posting{Client: c, prio: Bulk, key: key, at: Place{Channel: u.Channel, Thread: u.Thread}}
	_, err := w.once(ctx, func(ctx context.Context) (takeover.Post, error) {
		if w.file != "" {
			return w.resume(ctx, u)
		}
		if err := w.fileTurn(ctx); err != nil {
			return takeover.Post{}, err
		}
		if err := w.sendFile(ctx, u); err != nil {
			return takeover.Post{}, err
		}
		return w.shareFile(ctx, u)
	})
	return err
}

// resume shows a file that an earlier attempt sent, unless it is shown already.
func (w *posting) resume(ctx context.Context, u Upload) (takeover.Post, error) {
	found, err := w.find(ctx, func(m posted) bool { return slices.Contains(m.Files, postedFile{w.file}) })
	if err != nil || found.TS != "" {
		return w.adopt(ctx, found, err)
	}
	if err := w.fileTurn(ctx); err != nil {
		return takeover.Post{}, err
	}
	post, err := w.shareFile(ctx, u)
	if IsCode(err, "file_not_found") { // too long ago; the row is gone, so the next attempt sends it again
		return takeover.Post{}, takeover.Later(BusyWait, "slack forgot the file")
	}
	return post, err
}

// fileTurn waits until a file may be shared: that is a message in its channel like any other.
func (w *posting) fileTurn(ctx context.Context) error {
	if err := w.turn(ctx, w.prio, limitKey{method: methodUploaded}); err != nil {
		return err
	}
	return w.postTurn(ctx, w.prio, w.at.Channel)
}

// sendFile gives Slack the bytes. No person sees the file yet.
func (w *posting) sendFile(ctx context.Context, u Upload) error {
	wanted := slack.GetUploadURLExternalParameters{FileName: u.Filename, FileSize: len(u.Content)}
	to, err := fetch(ctx, w.Client, w.prio, methodUploadURL, func(ctx context.Context) (*slack.GetUploadURLExternalResponse, error) {
		return w.api.GetUploadURLExternalContext(ctx, wanted)
	})
	if err != nil {
		return err
	}
	w.file = to.FileID
	file := slack.UploadToURLParameters{UploadURL: to.UploadURL, Filename: u.Filename, Reader: bytes.NewReader(u.Content)}
	return w.callNow(ctx, limitKey{method: methodUpload}, func(ctx context.Context) error {
		return w.api.UploadToURL(ctx, file)
	})
}

// shareFile shows a file that was sent, after fileTurn.
func (w *posting) shareFile(ctx context.Context, u Upload) (takeover.Post, error) {
	if err := w.begin(ctx); err != nil {
		return takeover.Post{}, err
	}
	err := w.callNow(ctx, limitKey{method: methodUploaded}, func(ctx context.Context) error {
		_, err := w.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
			Files:   []slack.FileSummary{{ID: w.file, Title: u.Title}},
			Channel: u.Channel, ThreadTimestamp: u.Thread,
		})
		return err
	})
	if IsCode(err, "thread_not_found") {
		err = ErrThreadGone
	}
	if err != nil {
		return takeover.Post{}, w.failed(ctx, reference{}, withChannel(u.Channel, err))
	}
	// The answer does not have the message's TS, because Slack shares the file later. The
	// file's id takes its place.
	return w.store(ctx, reference{u.Channel, w.file})
}
