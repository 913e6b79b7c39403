package write

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"takeoverbot/internal/pictures"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

const (
	// pictureAgain is how long a provider that does not hand a picture out is left alone, and
	// picturePatience for how long after the text the bot asks for it.
	pictureAgain    = 5 * time.Second
	picturePatience = 2 * time.Minute
)

// Picture puts a picture that an end user sent into the thread of the line's card as a file, once;
// where that is not possible, the thread says why and what to do.
func (w *Writer) Picture(ctx context.Context, job talk.PictureJob) error {
	return w.retryLater(ctx, fmt.Sprintf("picture/%d/%d", job.Command, job.File), w.picture(ctx, job))
}

func (w *Writer) picture(ctx context.Context, job talk.PictureJob) error {
	c, err := w.Reader.Command(ctx, job.Command)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return nil // purged
	case err != nil:
		return err
	case c.Inbound == nil || job.File >= len(c.Inbound.Media):
		return fmt.Errorf("command %d has no file %d", job.Command, job.File)
	}
	key := fmt.Sprintf("picture/%s/%d", c.Key, job.File)
	shown, begun, err := w.Posts.Post(ctx, key)
	if err != nil || shown.TS != "" {
		return err
	}
	files := len(c.Inbound.Media)
	if job.File >= talk.MaxPictures {
		return w.noPicture(ctx, job, key, fmt.Sprintf("The end user sent %d files with one text. Only the first %d are shown here.", files, talk.MaxPictures))
	}
	var p pictures.Picture
	if !begun { // else Slack has its content already
		p, err = w.Pictures.Get(ctx, c.Inbound.Media[job.File].URL)
	}
	failure, failed := errors.AsType[*pictures.Error](err)
	switch {
	case failed && failure.Reason == pictures.Failed && w.Now().Sub(c.At) < picturePatience:
		return takeover.Later(pictureAgain, failure.Error())
	case failed:
		w.Log.WarnContext(ctx, "a file of an end user is not shown", "line", job.Line, "ref", takeover.RefOf(c.Key), "err", failure)
		return w.noPicture(ctx, job, key, noPicture(c.Provider, failure))
	case err != nil:
		return err
	}
	title := "Picture from the end user"
	if files > 1 {
		title += fmt.Sprintf(", %d of %d", job.File+1, files)
	}
	file := slackapi.Upload{Filename: fmt.Sprintf("picture-%d%s", job.File+1, p.Ending), Title: title, Content: p.Content}
	return w.sharePicture(ctx, job.Line, key, file)
}

// sharePicture shares a file in the thread of a line's card, once.
func (w *Writer) sharePicture(ctx context.Context, id takeover.LineID, key string, file slackapi.Upload) error {
	line, card, ok, err := w.threadOf(ctx, id)
	if err != nil || !ok {
		return err
	}
	file.Channel, file.Thread = card.Channel, card.TS
	if err = w.Slack.UploadOnce(ctx, key, file); w.lost(card, err) {
		return w.showAgain(ctx, line, card)
	}
	return err
}

// noPicture says in the thread why a picture is not there.
func (w *Writer) noPicture(ctx context.Context, job talk.PictureJob, key, why string) error {
	_, err := w.sayInThread(ctx, takeover.Entry{Line: job.Line}, key+"/why", false, func(l takeover.Line) slackapi.Message {
		return render.About(l, w.Now(), mrkdwn.TextMessage(":frame_with_picture: "+why))
	})
	return err
}

// noPicture says why a file of an end user is not shown, and what to do.
func noPicture(provider string, e *pictures.Error) string {
	switch e.Reason {
	case pictures.TooLarge:
		return fmt.Sprintf("The end user sent a picture of more than %d MB, which is not shown here. Ask for a smaller one.", pictures.MaxSize>>20)
	case pictures.NotPicture:
		kind, _, _ := strings.Cut(e.Type, ";")
		return fmt.Sprintf("The end user sent a file that is no picture (%s). Only JPEG, PNG, GIF and WebP are shown here. Ask the end user what it says.", kind)
	case pictures.BadAddress:
		return "The end user sent a picture, but its address is not one that the bot may open. Ask the end user to send it again, and tell an administrator of the bot."
	case pictures.Gone:
		return fmt.Sprintf("The end user sent a picture that %s does not hand out. Ask the end user to send it again.", provider)
	}
	return fmt.Sprintf("The end user sent a picture, but %s did not hand it out in time. Ask the end user to send it again.", provider)
}

// signInPage is what Slack hands out, by its first bytes, in the place of a file that the bot may not read.
const signInPage = "text/html"

// PostedPicture reads a picture that an operator posted, for an end user, as talk.Files says.
func (w *Writer) PostedPicture(ctx context.Context, id takeover.FileID) (talk.Picture, error) {
	content, err := w.Slack.File(ctx, string(id), talk.MaxPictureBytes)
	refused, _ := errors.AsType[*slackapi.Error](err)
	switch {
	case errors.Is(err, slackapi.ErrFileLarge):
		return talk.Picture{}, &talk.FileError{Kind: takeover.SendFileSize, Detail: err.Error()}
	case errors.Is(err, slackapi.ErrFileHidden), refused != nil && refused.Class == slackapi.Permanent:
		return talk.Picture{}, &talk.FileError{Kind: takeover.SendFileUnread, Detail: err.Error()}
	case err != nil:
		return talk.Picture{}, err
	}
	p, err := pictures.Read(content)
	switch failure, failed := errors.AsType[*pictures.Error](err); {
	case failed && strings.HasPrefix(failure.Type, signInPage):
		return talk.Picture{}, &talk.FileError{Kind: takeover.SendFileUnread, Detail: "slack shows its sign-in page"}
	case failed:
		return talk.Picture{}, &talk.FileError{Kind: takeover.SendFileKind, Detail: failure.Detail}
	case !talk.Sendable(p.Type):
		return talk.Picture{}, &talk.FileError{Kind: takeover.SendFileKind, Detail: p.Type}
	}
	return talk.Picture{Type: p.Type, Content: p.Content}, nil
}
