package slackapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"

	"github.com/slack-go/slack"
)

// Why a file cannot be read; compare with errors.Is.
var (
	// ErrFileHidden: it was deleted, is not kept by Slack, or is hidden from the bot.
	ErrFileHidden = errors.New("slack does not hand the file out")
	// ErrFileLarge: it has more bytes than are read.
	ErrFileLarge = errors.New("the file is too large")
)

// File reads a file that a person shared, of at most most bytes. The token is sent to Slack only, and
// no redirect is followed. err is ErrFileHidden, ErrFileLarge, an *Error or a *takeover.LaterError.
func (c *Client) File(ctx context.Context, id string, most int) ([]byte, error) {
	info, err := fetch(ctx, c, Urgent, methodFile, func(ctx context.Context) (*slack.File, error) {
		f, _, _, err := c.api.GetFileInfoContext(ctx, id, 0, 0)
		return f, err
	})
	switch {
	case IsCode(err, "file_not_found", "file_deleted", "file_not_visible", "access_denied"):
		return nil, ErrFileHidden
	case err != nil:
		return nil, err
	case info.IsExternal || info.Mode == "external" || info.Mode == "tombstone" || info.Mode == "hidden_by_limit":
		return nil, ErrFileHidden
	case info.Size > most:
		return nil, ErrFileLarge
	}
	content := &upTo{left: most}
	err = c.callNow(ctx, limitKey{method: methodLoad}, func(ctx context.Context) error {
		return c.files.GetFileContext(ctx, cmp.Or(info.URLPrivateDownload, info.URLPrivate), content)
	})
	switch {
	case content.over:
		return nil, ErrFileLarge
	case IsCode(err, "http_302", "http_403", "http_404"): // 302 leads to the sign-in page
		return nil, ErrFileHidden
	case err != nil:
		return nil, err
	}
	return content.kept.Bytes(), nil
}

// upTo keeps what is written, and fails where that is too much.
type upTo struct {
	kept bytes.Buffer
	left int
	over bool
}

// Write keeps p, or fails.
func (w *upTo) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		w.over = true
		return 0, ErrFileLarge
	}
	return w.kept.Write(p)
}
